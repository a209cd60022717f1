// What FHIRPath leaves to a validator: conformsTo(), htmlChecks() and slice().
// https://hl7.org/fhir/R4/fhirpath.html#functions
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "fhir/definitions/definitions.h"
#include "fhir/path/expression.h"
#include "fhir/validate/profiles.h"

namespace throughline::validate {

struct Context;

// By the types of R4 and by all profiles of the definitions, of resources and of datatypes; those that a resource
// declares in meta.profile are not asked. A profile that is not for the item's type is not kept; warnings do not count.
// One thread at a time.
class Conformance final : public path::Conformance {
 public:
  // `profiles`: made for these definitions and shared by many; null: those that are met are compiled here, and kept.
  // `resolver`: what references outside of the resource name; null: they are not followed. All must outlive it.
  explicit Conformance(const definitions::Definitions& definitions, const Profiles* profiles = nullptr,
                       path::Resolver* resolver = nullptr);
  // Within a check, which itself reports what breaks the rules of a type: only those of profiles are asked.
  explicit Conformance(Context& running);

  std::optional<bool> ConformsTo(const path::Item& item, std::string_view url, const path::Around& around) override;
  bool IsNarrative(std::string_view text) override;
  std::optional<bool> IsInSlice(const path::Item& item, std::string_view structure, std::string_view name,
                                const path::Around& around) override;

 private:
  const Profiles& profiles();
  template <typename Question>
  auto Ask(Question question);
  bool KeepsItsType(const path::Item& item, const path::Around& around);

  const definitions::Definitions& definitions_;
  const Profiles* profiles_;
  path::Resolver* resolver_;
  Context* running_ = nullptr;
  std::unique_ptr<const Profiles> own_;
};

}  // namespace throughline::validate
