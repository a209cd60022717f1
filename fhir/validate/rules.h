// The rules of the walker, and the list of what broke them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

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
  kEle1,
  kEmptyArray,
  kEmptyString,
  kNullValue,
  kSiblingLength,
  kStringTooLong,
  kStringControl,
  kStringBlankEnds,
  kStringMarkup,
  kExampleUrl,
  kUrn,
  kUrnCase,
  kUrnUnknown,
  kTooDeep,
  kElementIdRepeated,
  kElementId,
  kReferenceSyntax,
  kReferenceTarget,
  kReferenceType,
  kReferenceUnknown,
  kRef1,
  kDom2,
  kDom3,
  kDom4,
  kDom5,
  kDom6,
  kContainedIdRepeated,
  kContainedMany,
  kExt1,
  kExtensionUrl,
  kExtensionModifier,
  kExtensionModifierUnknown,
  kExtensionUnknown,
  kExtensionUnknownCore,
  kExtensionContext,
  kExtensionInvariant,
  kExtensionValue,
  kExtensionPartMissing,
  kExtensionPartMany,
  kExtensionPartUnknown,
  kNarrativeSyntax,
  kNarrativeRoot,
  kTxt1,
  kTxt2,
  kAttachmentSize,
  kAttachmentHash,
  kAttachmentHashLength,
  kSampledData,
  kBundleFullUrl,
  kBundleFullUrlId,
  kBundleFullUrlMissing,
  kBundleIncluded,
  kBundleReference,
  kBundleAmbiguous,
  kBundleRequestUrl,
  kBundleRequestResource,
  kBundleRequestCondition,
  kBundleSearchId,
  kBundleSearchType,
  kBundleUnreachable,
  kQuestionnaireCondition,
  kQuestionnaireValue,
  kResponseUnchecked,
  kResponseUnknown,
  kResponsePlace,
  kResponseOrder,
  kResponseDisabled,
  kResponseDisplay,
  kResponseGroup,
  kResponseNesting,
  kResponseMany,
  kResponseFew,
  kResponseRequired,
  kResponseCostly,
  kAnswerType,
  kAnswerOption,
  kAnswerBounds,
  kAnswerPattern,
  kAnswerMimeType,
  kAnswerReference,
  kAnswerExclusive,
  kDefinitionPath,
  kDefinitionExpression,
  kBindingRequired,
  kBindingExtensible,
  kBindingUnchecked,
  kCodeUnknown,
  kSystemRelative,
  kSystemValueSet,
  kUnitUnknown,
  kInvariantUnknown,
  kInvariantCostly,
  kRulesCostly,
  kTooManyIssues,
  kCount,
};

const RuleRow& RowOf(Rule rule);

// Collects issues up to a number: so many errors, and so many others, so that warnings never hide an error.
class Findings {
 public:
  explicit Findings(std::size_t most) : most_(most) {}

  // `detail` is added to the rule's text; it holds only words of the definitions.
  void Add(const RuleRow& rule, const Place& place, std::string_view detail = {});
  void Add(Rule rule, const Place& place, std::string_view detail = {}) { Add(RowOf(rule), place, detail); }

  // As Add(), of this severity whatever the rule's row says.
  void AddAs(Severity severity, Rule rule, const Place& place, std::string_view detail = {});
  // As Add(), for a constraint of the definitions: its key, severity and words.
  void AddConstraint(std::string_view key, Severity severity, std::string_view human, const Place& place);

  // How far the list was.
  struct Mark {
    std::size_t issues;
    std::size_t errors;
    std::size_t flaws;
  };
  Mark mark() const { return {issues_.size(), errors_, flaws_}; }
  // From the mark on: errors become warnings, but for what was not checked for its cost, and what an earlier issue says
  // of the same place goes.
  void Soften(const Mark& mark);

  // Makes the issue of this rule at this place an error; false when there is none.
  bool Raise(Rule rule, const Place& place);

  // Does an issue say this of the place already?
  bool Said(const RuleRow& rule, const Place& place) const;

  bool empty() const { return issues_.empty(); }
  std::size_t size() const { return issues_.size(); }
  std::size_t errors() const { return errors_; }
  // The errors that are no constraints of the definitions.
  std::size_t flaws() const { return flaws_; }
  Issues Take();

 private:
  Issue* Room(Severity severity);

  Issues issues_;
  std::size_t most_;
  std::size_t errors_ = 0;
  std::size_t flaws_ = 0;
  bool full_ = false;  // there was more to say
};

}  // namespace throughline::validate
