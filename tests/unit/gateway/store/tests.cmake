target_include_directories(test_${name} PRIVATE ${folder})
target_link_libraries(test_${name} PRIVATE Threads::Threads fhir_compile)
set(labels unit threads)
