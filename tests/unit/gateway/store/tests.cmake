target_include_directories(test_${name} PRIVATE ${folder})
target_link_libraries(test_${name} PRIVATE Threads::Threads)
set(labels unit threads)
