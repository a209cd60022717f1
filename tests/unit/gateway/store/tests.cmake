target_include_directories(test_${name} PRIVATE ${folder})
target_link_libraries(test_${name} PRIVATE Threads::Threads)
cmake_language(DEFER CALL set_tests_properties gateway/store PROPERTIES LABELS "unit;threads")
