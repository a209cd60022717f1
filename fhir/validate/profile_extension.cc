// Extensions by their definitions. https://hl7.org/fhir/R4/defining-extensions.html
#include <algorithm>
#include <memory>
#include <string_view>

#include "fhir/validate/profile_checker.h"

namespace throughline::validate {
namespace {

using json::Value;

// A resource that names no profile, in a check that asks for none, costs these three looks.
bool HasProfiles(const Context& context, const Value& resource, definitions::TypeId type, const Place& place) {
  return (place.parent == nullptr && !context.options.profiles.empty()) ||
         (context.options.declared_profiles && resource.Get("meta").Find("profile") != nullptr) ||
         (context.options.implied_profiles && !context.plan.implied().Find(type, resource).empty());
}

}  // namespace

ProfileChecker& CheckerOf(Context& context) {
  if (context.profiles == nullptr) {
    context.profiles.reset(std::make_unique<ProfileChecker>(context).release());
  }
  return *context.profiles;
}

void ProfileCheckerDeleter::operator()(ProfileChecker* checker) const { delete checker; }

void CheckProfiles(Context& context, const Value& resource, definitions::TypeId type, const Place& place) {
  if (HasProfiles(context, resource, type, place)) {
    CheckerOf(context).CheckResource(resource, type, place);
  }
}

void CheckByDefinition(Context& context, const definitions::Profile& extension, const Visit& visit) {
  CheckerOf(context).CheckValue(extension.row, path::Item::Node(extension.type_id, visit.value), visit.place);
}

}  // namespace throughline::validate
