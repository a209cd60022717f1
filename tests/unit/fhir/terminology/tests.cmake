target_link_libraries(test_${name} PRIVATE fhir_compile)
