set_target_properties(test_mappings_formats PROPERTIES UNITY_BUILD OFF)  # its files use the same words for different things
