// The rules of profiles and of the definitions of extensions, in the table of all rules (rules.h).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "fhir/validate/validate.h"

namespace throughline::validate {

// In the order of the rows.
enum class ProfileRule : std::uint8_t {
  kProfileUnknown,
  kProfileMissing,
  kProfileType,
  kProfileAbstract,
  kProfileCostly,
  kSliceMin,
  kSliceMax,
  kSliceClosed,
  kSliceOrder,
  kSliceAtEnd,
  kFixedValue,
  kPatternValue,
  kMinValue,
  kMaxValue,
  kMaxLength,
  kTypeNotAllowed,
  kTypeProfile,
  kReferenceProfile,
  kReferenceAggregation,
  kCount,
};

inline constexpr std::array<RuleRow, static_cast<std::size_t>(ProfileRule::kCount)> kProfileRules = {{
    {"profile-unknown", IssueType::kNotFound, Severity::kWarning,
     "This profile is not at hand, so it was not checked: load its package, or correct its URL."},
    {"profile-missing", IssueType::kNotFound, Severity::kError,
     "The profile that was asked for is not at hand: load its package, or correct its URL."},
    {"profile-type", IssueType::kStructure, Severity::kError,
     "The profile is for another type than this is: name one for this type."},
    {"profile-abstract", IssueType::kBusinessRule, Severity::kWarning,
     "The profile is abstract: name one that derives from it."},
    {"profile-costly", IssueType::kTooCostly, Severity::kError,
     "Checking the profiles takes too much work: send less at once."},
    {"slice-min", IssueType::kRequired, Severity::kError,
     "There are fewer of this slice than asked for: add what is missing."},
    {"slice-max", IssueType::kStructure, Severity::kError, "There are more of this slice than allowed: remove some."},
    {"slice-closed", IssueType::kStructure, Severity::kError,
     "This fits none of the slices, and others are not allowed: make it fit one, or remove it."},
    {"slice-order", IssueType::kStructure, Severity::kError,
     "The slices have an order, and this one comes too late: move it up."},
    {"slice-at-end", IssueType::kStructure, Severity::kError,
     "What fits none of the slices comes after all that do: move this down."},
    {"fixed-value", IssueType::kValue, Severity::kError, "The value here is fixed: write exactly that."},
    {"pattern-value", IssueType::kValue, Severity::kError,
     "The value lacks a part that is asked for here: add it as it is given."},
    {"min-value", IssueType::kValue, Severity::kError, "The value is smaller than allowed: correct it."},
    {"max-value", IssueType::kValue, Severity::kError, "The value is greater than allowed: correct it."},
    {"max-length", IssueType::kValue, Severity::kError, "The text is longer than allowed: shorten it."},
    {"type-not-allowed", IssueType::kStructure, Severity::kError,
     "A value of this type is not allowed here: use another."},
    {"type-profile", IssueType::kStructure, Severity::kError,
     "The value conforms to none of the profiles that are allowed here: check it against them."},
    {"reference-profile", IssueType::kStructure, Severity::kError,
     "What is referred to conforms to none of the profiles that are allowed here: check it against them."},
    {"reference-aggregation", IssueType::kStructure, Severity::kError,
     "What is referred to must be contained, in the Bundle or elsewhere, as the profile says: move it."},
}};

inline const RuleRow& RowOf(ProfileRule rule) { return kProfileRules[static_cast<std::size_t>(rule)]; }

}  // namespace throughline::validate
