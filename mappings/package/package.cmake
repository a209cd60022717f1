# Our own FHIR package, ready to publish: build/<preset>/throughline.aftercare-0.1.0.tgz.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
file(GLOB package_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/mappings/package/*.json
     ${PROJECT_SOURCE_DIR}/mappings/package/*/*.json)
file(READ ${PROJECT_SOURCE_DIR}/mappings/package/package.json manifest)
string(JSON package_name GET ${manifest} name)
string(JSON package_version GET ${manifest} version)
set(THROUGHLINE_PACKAGE ${CMAKE_BINARY_DIR}/${package_name}-${package_version}.tgz)
add_custom_command(
  OUTPUT ${THROUGHLINE_PACKAGE}
  COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/mappings/package/build.py ${THROUGHLINE_PACKAGE}
  DEPENDS ${PROJECT_SOURCE_DIR}/mappings/package/build.py ${package_sources}
  COMMENT "Packing our FHIR package"
  VERBATIM)
add_custom_target(fhir_package ALL DEPENDS ${THROUGHLINE_PACKAGE})
# The program carries it.
set_source_files_properties(${PROJECT_SOURCE_DIR}/gateway/app/own_package.S PROPERTIES
  COMPILE_DEFINITIONS THROUGHLINE_PACKAGE_FILE="${THROUGHLINE_PACKAGE}" OBJECT_DEPENDS ${THROUGHLINE_PACKAGE})
