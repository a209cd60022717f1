# RapidJSON 1.1.0 adds an offset to the null pointer of its empty stack before it allocates one (internal/stack.h):
# harmless, and not ours to change.
if(THROUGHLINE_SANITIZE)
  set_source_files_properties(${PROJECT_SOURCE_DIR}/fhir/json/parse.cc PROPERTIES COMPILE_OPTIONS -fno-sanitize=pointer-overflow)
endif()
