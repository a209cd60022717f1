target_link_libraries(test_${name} PRIVATE fhir_packages mappings_review certs)
target_compile_definitions(test_${name} PRIVATE THROUGHLINE_PACKAGE="${THROUGHLINE_PACKAGE}")
add_dependencies(test_${name} fhir_package)
# Packed a second time it is the same file.
add_test(NAME mappings/package/again COMMAND sh -c "python3 \"$1\" \"$2.again\" && cmp \"$2\" \"$2.again\"" sh
         ${PROJECT_SOURCE_DIR}/mappings/package/build.py ${THROUGHLINE_PACKAGE})
set_tests_properties(mappings/package/again PROPERTIES LABELS unit)
