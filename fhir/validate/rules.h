// The rules of the walker, and the list of what broke them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fhir/validate/place.h"
#include "fhir/validate/validate.h"

namespace throughline::validate {

// In the order of the rows. The rules of primitives follow: see primitives.h.
enum class Rule : std::uint8_t {
  kResourceTypeMissing,
  kResourceTypeUnknown,
  kUnknownElement,
  kType,
  kArrayExpected,
  kArrayUnexpected,
  kCardMin,
  kCardMax,
  kChoiceMany,
  kEmptyObject,
  kEmptyArray,
  kEmptyString,
  kNullValue,
  kSiblingLength,
  kStringTooLong,
  kStringControl,
  kTooDeep,
  kReferenceSyntax,
  kReferenceTarget,
  kReferenceContained,
  kContainedNested,
  kContainedIdRepeated,
  kContainedMany,
  kBindingRequired,
  kTooManyIssues,
  kCount,
};

const RuleRow& RowOf(Rule rule);

// Collects issues up to a number.
class Findings {
 public:
  explicit Findings(std::size_t most) : most_(most) {}

  // `detail` is added to the rule's text; it holds only words of the definitions.
  void Add(const RuleRow& rule, const Place& place, std::string_view detail = {});
  void Add(Rule rule, const Place& place, std::string_view detail = {}) { Add(RowOf(rule), place, detail); }

  Issues Take() { return std::move(issues_); }

 private:
  Issues issues_;
  std::size_t most_;
};

}  // namespace throughline::validate
