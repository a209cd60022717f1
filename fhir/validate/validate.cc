#include "fhir/validate/validate.h"

#include "fhir/json/locate.h"
#include "fhir/validate/walker.h"

namespace throughline::validate {

Issues Check(const json::Value& resource, const definitions::Definitions& definitions, const Options& options) {
  Walker walker(definitions, options);
  walker.Start(resource);
  return walker.Take();
}

Issues CheckType(const json::Value& value, definitions::TypeId type, std::string_view place,
                 const definitions::Definitions& definitions, const Options& options) {
  Walker walker(definitions, options);
  walker.WalkValue(value, type, {nullptr, place});
  return walker.Take();
}

void AddLines(Issues& issues, std::string_view text, std::size_t first_line) {
  for (Issue& issue : issues) {
    const json::Position position = json::Locate(text, issue.location);
    issue.location = std::to_string(position.line + first_line - 1) + ':' + std::to_string(position.column);
  }
}

}  // namespace throughline::validate
