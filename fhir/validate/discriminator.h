// How the slices of an element are told apart. https://hl7.org/fhir/R4/profiling.html#discriminator
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/arena.h"
#include "fhir/json/value.h"

namespace throughline::validate {

class Profiles;

// The restricted FHIRPath of discriminators: "$this", "code.coding", "extension('url').value", "resolve()",
// "value.ofType(Quantity)".
enum class StepKind : std::uint8_t { kElement, kExtension, kResolve, kType };
struct Step {
  StepKind kind = StepKind::kElement;
  std::string_view text;                            // the element's name, the extension's url, the type's name
  definitions::TypeId type = definitions::kNoType;  // of kType
};

// False: not of that language. "$this" has no steps.
bool ReadSteps(std::string_view path, const definitions::Definitions& definitions, std::vector<Step>& steps);

enum class Presence : std::uint8_t { kAny, kMust, kMustNot };

// A value that what the path finds must have.
struct Expected {
  json::Value value;
  bool exact = false;  // by fixed[x], else by pattern[x]
};

// What a discriminator asks of one slice: the parts that its type does not use are empty.
struct Criterion {
  definitions::DiscriminatorType type = definitions::DiscriminatorType::kValue;
  std::string_view path;
  std::vector<Step> steps;
  std::vector<Expected> values;              // all of them
  std::vector<std::string_view> value_sets;  // of required bindings
  Presence presence = Presence::kAny;
  std::vector<definitions::TypeId> types;  // one of them
  std::vector<std::uint32_t> profiles;     // one of them: see Profiles::Get()

  // The slice does not say what the discriminator looks for.
  bool empty() const {
    return values.empty() && value_sets.empty() && presence == Presence::kAny && types.empty() && profiles.empty();
  }
};

// The criterion of a discriminator for the slice `slice` of `profile`. Expected values are parsed into `arena`.
Criterion ReadCriterion(const Profiles& profiles, const definitions::Profile& profile,
                        const definitions::ProfileElement& slice, const definitions::Discriminator& discriminator,
                        json::Arena& arena);

}  // namespace throughline::validate
