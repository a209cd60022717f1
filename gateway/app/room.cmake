# What compiled packages follow from beside their bytes: kept ones of another compiler are not used.
file(GLOB compiler_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/fhir/compile/*.cc ${PROJECT_SOURCE_DIR}/fhir/compile/*.h
     ${PROJECT_SOURCE_DIR}/fhir/packages/*.cc ${PROJECT_SOURCE_DIR}/fhir/packages/*.h)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${compiler_sources})
set(compiler_hashes "")
foreach(source ${compiler_sources})
  file(SHA256 ${source} hash)
  string(APPEND compiler_hashes ${hash})
endforeach()
string(SHA256 compiler_hash "${compiler_hashes}")
set_source_files_properties(${PROJECT_SOURCE_DIR}/gateway/app/packages.cc PROPERTIES
  COMPILE_DEFINITIONS THROUGHLINE_COMPILER="${compiler_hash}")
target_compile_definitions(throughline PRIVATE THROUGHLINE_LIBRARY_DIR="${PROJECT_SOURCE_DIR}/mappings/library"
                                               THROUGHLINE_VERSION="${PROJECT_VERSION}")
target_link_libraries(throughline PRIVATE Poco::Util)
