// What a unit means: an exact factor and a vector of base units.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/units/atoms.h"
#include "fhir/units/factor.h"

namespace throughline::units {

struct Term {
  struct Arbitrary {
    std::int16_t atom = 0;  // index into Atoms()
    std::int16_t power = 0;
    friend bool operator==(const Arbitrary&, const Arbitrary&) = default;
  };

  Factor factor;                                // one of the unit is `factor` of its base units
  std::array<std::int16_t, kBaseUnits> base{};  // powers of Atoms()[0..6]
  std::array<Arbitrary, 4> arbitrary{};         // by atom, unused ones (power 0) last
  std::int16_t special = -1;  // the atom whose kind is neither ratio nor arbitrary; then it stands alone
  std::int32_t scale = 0;     // and this is its prefix: 10^scale
  bool mystery = false;       // valid, and nothing else is known

  bool SameDimension(const Term& other) const { return base == other.base && arbitrary == other.arbitrary; }
  bool IsOne() const;
};

// The meaning of a code; nothing when it is none.
std::optional<Term> ParseTerm(std::string_view code);

// "m.s-2"; "1" without any. Atoms in the order of their rows.
std::string DimensionText(const Term& term);

}  // namespace throughline::units
