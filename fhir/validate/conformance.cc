#include "fhir/validate/conformance.h"

#include "fhir/validate/narrative.h"
#include "fhir/validate/profile_checker.h"
#include "fhir/validate/profile_plan.h"
#include "fhir/validate/walker.h"

namespace throughline::validate {

using definitions::kNoType;
using path::Around;
using path::Item;

Conformance::Conformance(const definitions::Definitions& definitions, const Profiles* profiles,
                         path::Resolver* resolver)
    : definitions_(definitions), profiles_(profiles), resolver_(resolver) {}

Conformance::Conformance(Context& running)
    : definitions_(running.definitions), profiles_(nullptr), resolver_(nullptr), running_(&running) {}

const Profiles& Conformance::profiles() {
  if (running_ != nullptr) {
    return CheckerOf(*running_).profiles();
  }
  if (profiles_ == nullptr) {
    own_ = std::make_unique<const Profiles>(definitions_);
    profiles_ = own_.get();
  }
  return *profiles_;
}

template <typename Question>
auto Conformance::Ask(Question question) {
  if (running_ != nullptr) {
    return question(CheckerOf(*running_));
  }
  Options options;
  options.profile_plans = &profiles();
  options.resolver = resolver_;
  Context context(definitions_, options);
  ProfileChecker checker(context);
  return question(checker);
}

bool Conformance::KeepsItsType(const Item& item, const Around& around) {
  if (running_ != nullptr) {
    return true;
  }
  Options options;
  options.profile_plans = &profiles();
  options.resolver = resolver_;
  options.declared_profiles = false;
  options.implied_profiles = false;
  Walker walker(definitions_, options);
  walker.StartWithin(around.root_resource.value(), item);
  return !HasErrors(walker.Take());
}

std::optional<bool> Conformance::ConformsTo(const Item& item, std::string_view url, const Around& around) {
  const std::uint32_t profile = profiles().Find(url);
  const ProfilePlan* const plan = profiles().Get(profile);
  if (plan == nullptr) {
    return std::nullopt;
  }
  const definitions::TypeId type = plan->profile.type_id;
  if (!item.is_node() || item.type() == kNoType || type == kNoType || !definitions_.Derives(item.type(), type)) {
    return false;
  }
  return KeepsItsType(item, around) &&
         Ask([&](ProfileChecker& checker) { return checker.Conforms(profile, item, around); });
}

bool Conformance::IsNarrative(std::string_view text) { return !ReadNarrative(text).any(); }

std::optional<bool> Conformance::IsInSlice(const Item& item, std::string_view structure, std::string_view name,
                                           const Around& around) {
  const std::uint32_t profile = profiles().Find(structure);
  return Ask([&](ProfileChecker& checker) { return checker.IsInSlice(profile, name, item, around); });
}

}  // namespace throughline::validate
