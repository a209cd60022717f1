// What one check knows while it walks: where it is inside, and what it has found.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/value.h"
#include "fhir/terminology/terminology.h"
#include "fhir/validate/conformance.h"
#include "fhir/validate/place.h"
#include "fhir/validate/plan.h"
#include "fhir/validate/rules.h"
#include "fhir/validate/validate.h"

namespace throughline::validate {

class BundleIndex;
class ProfileChecker;
struct ProfileCheckerDeleter {
  void operator()(ProfileChecker* checker) const;
};

struct Contained {
  std::string_view id;
  definitions::TypeId type = definitions::kNoType;
  std::size_t index = 0;    // among the items of `contained`
  bool referenced = false;  // "#id" stands somewhere, or it refers to what contains it
};

// The resource that "#..." refers into, and what it contains.
struct Scope {
  Scope() = default;
  explicit Scope(bool of_resource) : known(of_resource) {}

  bool known = false;                   // false for a datatype by itself
  std::size_t inside = Place::kSingle;  // the contained resource that is walked
  std::vector<Contained> contained;     // sorted by id
  std::unordered_set<std::string_view> element_ids;
  std::unordered_set<std::string_view> contained_element_ids;  // of the contained resource that is walked
};

struct Context {
  Context(const definitions::Definitions& rows, const Options& chosen)
      : definitions(rows),
        options(chosen),
        plan(PlanOf(rows)),
        terminology(rows),
        findings(chosen.issues),
        steps(chosen.check_steps) {
    environment.resolver = chosen.resolver;
    environment.terminology = &terminology;
    environment.conformance = &conformance;
    environment.now = chosen.now;
  }

  const definitions::Definitions& definitions;
  const Options& options;
  const Plan& plan;
  const terminology::Terminology terminology;
  Findings findings;
  Scope scope;
  const BundleIndex* bundle = nullptr;                              // the nearest Bundle around, and
  std::size_t entry = Place::kSingle;                               // its entry that is walked
  std::string_view extension;                                       // url of the extension whose members are walked
  json::Value document;                                             // the resource that the check began with
  json::Value root;                                                 // the value at the first place
  std::vector<std::string_view> unchecked_sets;                     // value sets that were said to be unchecked
  std::vector<std::string_view> unknown_profiles;                   // profiles that were said to be unknown
  std::size_t steps;                                                // that rules may still take
  bool sound = true;                                                // no flaw in the value whose constraints are asked
  path::Environment environment;                                    // of constraints: follows the walk
  Conformance conformance{*this};                                   // what constraints ask of profiles
  std::unique_ptr<ProfileChecker, ProfileCheckerDeleter> profiles;  // made when the first profile is met
};

// The context's checker of profiles, made at the first call.
ProfileChecker& CheckerOf(Context& context);

// Notes that something refers to the contained resource with this id; null when there is none.
const Contained* ReferTo(Context& context, std::string_view id);
// Notes that the contained resource that is walked refers to what contains it.
void ReferToContainer(Context& context);

// Reads `contained` of a resource that is about to be walked into the scope, and reports what is wrong with the list.
void EnterContainer(Context& context, const json::Value& resource, const Place& place);
// Reports contained resources that nothing refers to.
void LeaveContainer(Context& context, const Place& place);
// What is forbidden in a contained resource.
void CheckContained(Context& context, const json::Value& resource, const Place& place);

// A Reference. https://hl7.org/fhir/R4/references.html
void CheckReference(Context& context, const Visit& visit);
// The type of what is referred to must be one that the element allows.
void CheckTarget(Context& context, const definitions::Element& element, definitions::TypeId type, const Place& place);
// "#id" in a uri, url or canonical refers into the resource.
void CheckFragment(Context& context, std::string_view text);
// The form of a UUID or OID in a URN; `broken` is said of what is none.
void CheckUrn(Context& context, std::string_view text, Rule broken, const Place& place);
// RFC 2606: example.org and its kin, with all that is below them.
bool IsExampleUrl(std::string_view url);
// One code, Coding or CodeableConcept against its value set.
void CheckBinding(Context& context, const definitions::Element& element, const json::Value& value, const Place& place);
// The text of a primitive: length, characters, white space, what the type asks for.
void CheckText(Context& context, const TypePlan& type, std::string_view text, const Place& place);
// The profiles that a resource declares and those that are asked for.
void CheckProfiles(Context& context, const json::Value& resource, definitions::TypeId type, const Place& place);
// The value of an extension by its definition, beyond its parts and types: see extension.h.
void CheckByDefinition(Context& context, const definitions::Profile& extension, const Visit& visit);
// XHTML. https://hl7.org/fhir/R4/narrative.html
void CheckNarrative(Context& context, std::string_view text, const Place& place);

}  // namespace throughline::validate
