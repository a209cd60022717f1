#include "fhir/validate/validate.h"

#include <vector>

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
  if (issues.empty()) return;
  const std::vector<std::string_view> pointers = [&] {
    std::vector<std::string_view> all;
    for (const Issue& issue : issues) all.push_back(issue.location);
    return all;
  }();
  const std::vector<json::Position> positions = json::Locate(text, pointers);
  for (std::size_t i = 0; i < issues.size(); ++i) {
    const auto [line, column] = positions[i];
    issues[i].location = std::to_string(line + first_line - 1) + ':' + std::to_string(column);
  }
}

}  // namespace throughline::validate
