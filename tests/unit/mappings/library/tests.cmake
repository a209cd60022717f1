target_link_libraries(test_${name} PRIVATE mappings_review)
