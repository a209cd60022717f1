# The schema's files as rows of one generated source.
file(GLOB steps CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/schema/*.sql)
set(rows "")
foreach(step ${steps})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${step})
  get_filename_component(name ${step} NAME_WE)
  file(READ ${step} text)
  string(APPEND rows "    {\"${name}\", R\"sql(${text})sql\"},\n")
endforeach()
set(generated ${CMAKE_BINARY_DIR}/generated/gateway/store/schema_steps.cc)
file(CONFIGURE OUTPUT ${generated} @ONLY CONTENT [[
#include "gateway/store/schema.h"

namespace throughline::store {
namespace {
constexpr SchemaStep kSteps[] = {
@rows@};
}  // namespace
std::span<const SchemaStep> SchemaSteps() { return kSteps; }
}  // namespace throughline::store
]])
target_sources(gateway_store PRIVATE ${generated})
