#include "fhir/validate/same.h"

#include <algorithm>

#include "fhir/base/decimal.h"

namespace throughline::validate {
namespace {

using json::Member;
using json::Value;

constexpr std::string_view kId = "id";

// Precision is part of a decimal: 1.0 is not 1.00, but 1.0e1 is 10.
bool SameNumbers(const Value& a, const Value& b) {
  const auto left = Decimal::Parse(a.text());
  const auto right = Decimal::Parse(b.text());
  return left && right && *left == *right && left->exponent() == right->exponent();
}

bool SameScalars(const Value& a, const Value& b) {
  return json::Equal(a, b) || (a.is_number() && b.is_number() && SameNumbers(a, b));
}

bool SameMembers(const Value& value, const Value& fixed) {
  const auto counted = [](const Value& object) {
    return std::ranges::count_if(object.members(), [](const Member& member) { return member.name != kId; });
  };
  return counted(value) == counted(fixed) && std::ranges::all_of(fixed.members(), [&](const Member& wanted) {
           const Value* const found = value.Find(wanted.name);
           return wanted.name == kId || (found != nullptr && Same(*found, wanted.value));
         });
}

}  // namespace

bool Same(const Value& value, const Value& fixed) {
  if (value.kind() != fixed.kind()) {
    return false;
  }
  if (value.is_array()) {
    return std::ranges::equal(value.items(), fixed.items(), Same);
  }
  return value.is_object() ? SameMembers(value, fixed) : SameScalars(value, fixed);
}

bool Covers(const Value& value, const Value& pattern) {
  if (value.kind() != pattern.kind()) {
    return false;
  }
  if (pattern.is_array()) {
    return std::ranges::all_of(pattern.items(), [&](const Value& wanted) {
      return std::ranges::any_of(value.items(), [&](const Value& item) { return Covers(item, wanted); });
    });
  }
  if (pattern.is_object()) {
    return std::ranges::all_of(pattern.members(), [&](const Member& wanted) {
      const Value* const found = value.Find(wanted.name);
      return found != nullptr && Covers(*found, wanted.value);
    });
  }
  return SameScalars(value, pattern);
}

}  // namespace throughline::validate
