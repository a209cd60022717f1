// Profiles that R4 asks for without being named: what an Observation's code says it is.
// https://hl7.org/fhir/R4/observation-vitalsigns.html
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/value.h"

namespace throughline::validate {

// A resource of `type` whose `code` has this coding is to keep the profile.
struct ImpliedRow {
  definitions::TypeId type = definitions::kNoType;
  std::string_view system;
  std::string_view code;
  std::uint32_t profile = 0;
};

// Read from the profiles of R4: those of the families named here, by the codings that they fix. Immutable; safe from
// several threads.
class Implied {
 public:
  explicit Implied(const definitions::Definitions& r4);

  // Those of `resource`, in the order of its codings; mostly none.
  std::vector<std::uint32_t> Find(definitions::TypeId type, const json::Value& resource) const;

  const std::vector<ImpliedRow>& rows() const { return rows_; }

 private:
  std::vector<ImpliedRow> rows_;            // sorted by code
  std::vector<definitions::TypeId> types_;  // that have rows
};

}  // namespace throughline::validate
