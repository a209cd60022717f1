// The atoms and prefixes of UCUM 2.2 as rows. The codes and values are UCUM's (https://ucum.org/license).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace throughline::units {

// How the number of a unit becomes one of its definition's unit.
enum class Kind : std::uint8_t {
  kBase,       // one of the seven
  kRatio,      // by a factor
  kPi,         // by pi
  kArbitrary,  // not at all: a dimension of its own
  kShifted,    // by a factor, after something is added: temperatures
  kLn,         // the rest by a function: special.h
  kLg,
  kLgTimes2,
  kLd,
  kPh,
  kTanTimes100,
  kHpX,
  kHpC,
  kHpM,
  kHpQ,
  kSqrt,
};

struct AtomRow {
  std::string_view code;
  bool metric;  // takes prefixes
  Kind kind;
  std::string_view value;       // of `unit`; one of `code` is that much
  std::string_view unit;        // by atoms of rows before this one
  std::string_view shift = {};  // added to the number before `value` multiplies it
};

struct PrefixRow {
  std::string_view code;
  std::string_view value;
};

// In the order of UCUM's tables; the first seven are the base units.
std::span<const AtomRow> Atoms();
std::span<const PrefixRow> Prefixes();

inline constexpr int kBaseUnits = 7;

}  // namespace throughline::units
