cmake_language(DEFER CALL set_tests_properties gateway/interactions PROPERTIES LABELS "unit;threads")
