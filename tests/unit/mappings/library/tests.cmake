target_link_libraries(test_${name} PRIVATE mappings_review)
set_target_properties(test_mappings_library PROPERTIES UNITY_BUILD OFF)  # its files use the same words for different things
