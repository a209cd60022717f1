#include "fhir/validate/validate.h"

#include "fhir/validate/walker.h"

namespace throughline::validate {

Issues Check(const json::Value& resource, const definitions::Definitions& definitions, const Options& options) {
  Walker walker(definitions, options);
  walker.WalkResource(resource, {});
  return walker.Take();
}

Issues CheckType(const json::Value& value, definitions::TypeId type, std::string_view place,
                 const definitions::Definitions& definitions, const Options& options) {
  Walker walker(definitions, options);
  walker.WalkValue(value, type, {nullptr, place});
  return walker.Take();
}

}  // namespace throughline::validate
