target_compile_definitions(throughline PRIVATE THROUGHLINE_LIBRARY_DIR="${PROJECT_SOURCE_DIR}/mappings/library"
                                               THROUGHLINE_VERSION="${PROJECT_VERSION}")
target_link_libraries(throughline PRIVATE Poco::Util)
