#include "fhir/validate/rules.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "fhir/validate/primitives.h"
#include "fhir/validate/profile_rules.h"

namespace throughline::validate {
namespace {

constexpr std::size_t kGeneral = static_cast<std::size_t>(Rule::kCount);

constexpr std::array<RuleRow, kGeneral> kGeneralRules = {{
    {"resource-type-missing", IssueType::kStructure, Severity::kError,
     "A resource says what it is in `resourceType`: add it."},
    {"resource-type-unknown", IssueType::kStructure, Severity::kError,
     "`resourceType` is not the name of a resource of FHIR R4: correct it."},
    {"unknown-element", IssueType::kStructure, Severity::kError,
     "There is no such element here in FHIR R4: correct its name, or remove it."},
    {"type", IssueType::kStructure, Severity::kError, "The JSON value is of the wrong kind."},
    {"array-expected", IssueType::kStructure, Severity::kError,
     "This element may repeat: write it as a JSON array, also when there is one."},
    {"array-unexpected", IssueType::kStructure, Severity::kError,
     "This element does not repeat: write it without the JSON array."},
    {"card-min", IssueType::kRequired, Severity::kError, "This element is required here: add it."},
    {"card-max", IssueType::kStructure, Severity::kError, "There are more of these than allowed: remove some."},
    {"choice-many", IssueType::kStructure, Severity::kError,
     "Only one type of this element may be given: keep one of them."},
    {"ele-1", IssueType::kInvariant, Severity::kError,
     "An element has a value or children, not an id alone: fill it, or remove it."},
    {"empty-array", IssueType::kStructure, Severity::kError, "An array is never empty: fill it, or remove it."},
    {"empty-string", IssueType::kValue, Severity::kError, "A string is never empty: fill it, or remove it."},
    {"null-value", IssueType::kStructure, Severity::kError,
     "null stands only in the array of a primitive, where the other array has an id or an extension: remove it."},
    {"sibling-length", IssueType::kStructure, Severity::kError,
     "The array of values and the array of their ids and extensions have different lengths: fill up with null."},
    {"string-too-long", IssueType::kTooLong, Severity::kError,
     "A string has at most 1,048,576 characters: shorten it."},
    {"string-control", IssueType::kValue, Severity::kError,
     "A string holds no control characters but tab, line feed and carriage return: remove them."},
    {"string-blank-ends", IssueType::kValue, Severity::kWarning,
     "Text should not begin or end with white space: trim it."},
    {"string-markup", IssueType::kSecurity, Severity::kError,
     "A string is plain text here: remove what looks like an HTML tag."},
    {"example-url", IssueType::kValue, Severity::kError,
     "URLs of example domains are for examples alone: name the real one."},
    {"urn", IssueType::kValue, Severity::kError,
     "After urn:uuid: come 8-4-4-4-12 hexadecimal digits, after urn:oid: numbers with points between them: correct "
     "it."},
    {"urn-case", IssueType::kValue, Severity::kWarning, "A UUID in a URI is in lower case: write it so."},
    {"urn-unknown", IssueType::kValue, Severity::kWarning,
     "No UUID or OID is written like this, so that nothing can be found by it: name what is meant."},
    {"too-deep", IssueType::kTooCostly, Severity::kError, "The objects are nested too deeply: flatten them."},
    {"element-id-repeated", IssueType::kInvalid, Severity::kError,
     "Another element of the resource has the same id: give each its own."},
    {"element-id", IssueType::kValue, Severity::kError,
     "The id of an element has no white space: remove it, here and where the id is referred to."},
    {"reference-syntax", IssueType::kValue, Severity::kError,
     "A reference is Type/id, an http(s) URL, urn:uuid:, urn:oid: or #id of a contained resource: correct it."},
    {"reference-target", IssueType::kValue, Severity::kError,
     "The reference points to a type that is not allowed here."},
    {"reference-type", IssueType::kInvalid, Severity::kError,
     "`type` and `reference` name different types of resources: correct one of them."},
    {"reference-unknown", IssueType::kNotFound, Severity::kError,
     "Nothing at hand answers to this reference: send the resource with it, or correct the reference."},
    {"ref-1", IssueType::kInvariant, Severity::kError,
     "No contained resource has this id: add it to `contained`, or correct the reference."},
    {"dom-2", IssueType::kInvariant, Severity::kError,
     "A contained resource contains no others: move them up to the resource that contains it."},
    {"dom-3", IssueType::kInvariant, Severity::kError,
     "Nothing refers to this contained resource, nor does it refer to what contains it: add the reference, or remove "
     "the resource."},
    {"dom-4", IssueType::kInvariant, Severity::kError,
     "A contained resource has no meta.versionId and no meta.lastUpdated: remove them."},
    {"dom-5", IssueType::kInvariant, Severity::kError,
     "A contained resource has no security labels of its own: put them on the resource that contains it."},
    {"dom-6", IssueType::kInvariant, Severity::kWarning,
     "A resource should say in its narrative (text) what it means: add it."},
    {"contained-id-repeated", IssueType::kInvariant, Severity::kError,
     "Another contained resource has the same id: give each its own."},
    {"contained-many", IssueType::kTooCostly, Severity::kError,
     "There are too many contained resources: send them as resources of their own."},
    {"ext-1", IssueType::kInvariant, Severity::kError,
     "An extension has either a value or extensions of its own: give one of them, not both."},
    {"extension-url", IssueType::kValue, Severity::kError,
     "The url of an extension is absolute, but for the parts of another extension: write it in full."},
    {"extension-modifier", IssueType::kExtension, Severity::kError,
     "The definition of this extension says whether it modifies: write it in `modifierExtension` or `extension` "
     "accordingly."},
    {"extension-modifier-unknown", IssueType::kExtension, Severity::kWarning,
     "What changes the meaning of the resource must be understood, and no definition of this modifier extension is "
     "loaded: load its package, or remove it."},
    {"extension-unknown", IssueType::kExtension, Severity::kError,
     "No definition of this extension is loaded: load its package, or remove it."},
    {"extension-unknown-core", IssueType::kExtension, Severity::kWarning,
     "FHIR R4 itself has no extension with this url: check the url, or load the package that defines it."},
    {"extension-context", IssueType::kExtension, Severity::kError,
     "The definition of this extension does not let it stand here: move it."},
    {"extension-invariant", IssueType::kInvariant, Severity::kError,
     "A rule of the definition about where this extension may stand does not hold here:"},
    {"extension-value", IssueType::kExtension, Severity::kError,
     "The definition of this extension does not let it have a value of this type: correct it."},
    {"extension-part-missing", IssueType::kExtension, Severity::kError,
     "The definition of this extension asks for a part that is not there: add it."},
    {"extension-part-many", IssueType::kExtension, Severity::kError,
     "There are more parts of one kind than the definition of this extension allows: remove some."},
    {"extension-part-unknown", IssueType::kExtension, Severity::kWarning,
     "The definition of this extension has no part of this url: correct it, or remove the part."},
    {"narrative-syntax", IssueType::kValue, Severity::kError,
     "The narrative is not well-formed XHTML without DOCTYPE and named entities but those of XML: correct it."},
    {"narrative-root", IssueType::kValue, Severity::kError,
     "A narrative is one div in the namespace http://www.w3.org/1999/xhtml: wrap it so."},
    {"txt-1", IssueType::kInvariant, Severity::kError,
     "A narrative holds text formatting alone, no scripts, forms, styles from outside, links that run code or hidden "
     "tags: remove it."},
    {"txt-2", IssueType::kInvariant, Severity::kWarning, "A narrative has text or an image: fill it, or remove it."},
    {"attachment-size", IssueType::kInvalid, Severity::kError,
     "`size` is not the number of bytes in `data`: correct it."},
    {"attachment-hash", IssueType::kInvalid, Severity::kError,
     "`hash` is not the SHA-1 of the bytes in `data`, in base64: correct it."},
    {"attachment-hash-length", IssueType::kInvalid, Severity::kWarning,
     "`hash` is no SHA-1, which has 20 bytes, in base64: correct it."},
    {"sampled-data", IssueType::kValue, Severity::kError,
     "Samples are decimals, or E, L or U, with a space between them: correct them."},
    {"bundle-fullurl", IssueType::kValue, Severity::kError,
     "fullUrl is an absolute URL, or urn:uuid: with a UUID in lower case: correct it."},
    {"bundle-fullurl-id", IssueType::kValue, Severity::kError,
     "fullUrl ends in another type and id than the resource has: make them agree."},
    {"bundle-fullurl-missing", IssueType::kRequired, Severity::kError,
     "An entry of such a Bundle says in fullUrl which resource it has: add it."},
    {"bundle-included", IssueType::kNotFound, Severity::kError,
     "What is referred to from here must be an entry of the Bundle: add it, or correct the reference."},
    {"bundle-reference", IssueType::kNotFound, Severity::kWarning,
     "No entry of the Bundle has this fullUrl: add it, or correct the reference."},
    {"bundle-ambiguous", IssueType::kMultipleMatches, Severity::kError,
     "Several entries of the Bundle answer to this reference: name the version."},
    {"bundle-request-url", IssueType::kValue, Severity::kWarning,
     "The url of a request is relative to the server, and of the type of the resource that it sends: correct it."},
    {"bundle-request-resource", IssueType::kRequired, Severity::kError,
     "A request of this method sends a resource: add it."},
    {"bundle-request-condition", IssueType::kValue, Severity::kWarning,
     "ifNoneExist stands with POST alone, ifMatch with PUT, PATCH and DELETE: remove it."},
    {"bundle-search-id", IssueType::kRequired, Severity::kError, "What a search finds has an id: add it."},
    {"bundle-search-type", IssueType::kInvalid, Severity::kError,
     "The self link asks for other types, or an outcome is no OperationOutcome: correct one of them."},
    {"bundle-unreachable", IssueType::kInformational, Severity::kWarning,
     "Nothing leads from the first entry of the document to this one: refer to it, or leave it out."},
    {"questionnaire-condition", IssueType::kNotFound, Severity::kError,
     "enableWhen asks for a question that this Questionnaire does not have: correct its linkId."},
    {"questionnaire-value", IssueType::kValue, Severity::kError,
     "The value is not of the type that the item asks for: correct one of them."},
    {"response-unchecked", IssueType::kInformational, Severity::kInformation,
     "The Questionnaire is not at hand, so that the answers were not checked by it: send it along."},
    {"response-unknown", IssueType::kNotFound, Severity::kError,
     "The Questionnaire has no item of this linkId: correct it, or remove the item."},
    {"response-place", IssueType::kStructure, Severity::kError,
     "The Questionnaire has this item at another level: move it."},
    {"response-order", IssueType::kStructure, Severity::kError,
     "Items stand in the order of the Questionnaire: move this one."},
    {"response-disabled", IssueType::kBusinessRule, Severity::kError,
     "The conditions of this item do not hold, so that it is not asked: remove it."},
    {"response-display", IssueType::kStructure, Severity::kError,
     "A text that is only displayed has no answers and no items: remove them."},
    {"response-group", IssueType::kStructure, Severity::kError,
     "A group has items, not answers: move the answers to its items."},
    {"response-nesting", IssueType::kStructure, Severity::kError,
     "What is asked below a question stands in its answers, in each for itself: move the items there."},
    {"response-many", IssueType::kBusinessRule, Severity::kError,
     "This item of the Questionnaire does not repeat, or not so often: keep as many answers as it allows."},
    {"response-few", IssueType::kRequired, Severity::kWarning,
     "The Questionnaire asks for more answers to this item: add them."},
    {"response-required", IssueType::kRequired, Severity::kWarning,
     "An item that the Questionnaire requires is not answered: answer it."},
    {"response-costly", IssueType::kTooCostly, Severity::kError,
     "Conditions and options times answers are too many to compare: send the answers in parts."},
    {"answer-type", IssueType::kValue, Severity::kError,
     "The Questionnaire asks for an answer of another type: correct it."},
    {"answer-option", IssueType::kCodeInvalid, Severity::kError,
     "The answer or its unit is not one of those that the Questionnaire offers: choose one."},
    {"answer-bounds", IssueType::kValue, Severity::kError,
     "The answer is shorter, longer, smaller, larger or finer than the Questionnaire allows: correct it."},
    {"answer-pattern", IssueType::kValue, Severity::kError,
     "The answer does not match the pattern that the Questionnaire asks for: correct it."},
    {"answer-mime-type", IssueType::kValue, Severity::kError,
     "The Questionnaire asks for a file of another MIME type: send one of those."},
    {"answer-reference", IssueType::kValue, Severity::kError,
     "The Questionnaire asks for a resource of another type or profile: refer to one of those."},
    {"answer-exclusive", IssueType::kBusinessRule, Severity::kError,
     "An option that excludes all others was chosen together with others: keep one of them."},
    {"definition-path", IssueType::kValue, Severity::kError, "The type has no element of this path: correct it."},
    {"definition-expression", IssueType::kValue, Severity::kError,
     "This is no FHIRPath that could be evaluated: correct it."},
    {"binding-required", IssueType::kCodeInvalid, Severity::kError,
     "The code is not one of the required value set: use one of its codes."},
    {"binding-extensible", IssueType::kCodeInvalid, Severity::kWarning,
     "The code is not one of the value set: use one of its codes, unless none of them means what is meant here."},
    {"binding-unchecked", IssueType::kIncomplete, Severity::kInformation,
     "The value set cannot be known offline, and codes were not checked against it."},
    {"code-unknown", IssueType::kCodeInvalid, Severity::kError,
     "The code system has no such code: use one of its codes, or name the system that the code is of."},
    {"system-relative", IssueType::kValue, Severity::kError,
     "The system of a code is an absolute URI: write the one that the code system has."},
    {"system-value-set", IssueType::kInvalid, Severity::kError,
     "This is the URL of a value set, not of a code system: name the code system that the code is of."},
    {"unit-unknown", IssueType::kCodeInvalid, Severity::kWarning,
     "The code is no unit of the system that is named: write the unit as the system does."},
    {"invariant-unknown", IssueType::kIncomplete, Severity::kWarning,
     "A rule of the definition could not be evaluated here:"},
    {"invariant-costly", IssueType::kTooCostly, Severity::kError,
     "A rule of the definition could not be checked, it takes too many steps here; send less at once:"},
    {"rules-costly", IssueType::kTooCostly, Severity::kError,
     "The rules of the definitions take too many steps for this resource, and from here on they were not checked; send "
     "less at once:"},
    {"too-many-issues", IssueType::kIncomplete, Severity::kWarning,
     "There are more issues than are listed: correct these and check again."},
}};

constexpr auto kRules = [] {
  std::array<RuleRow, kGeneral + kRuledPrimitiveCount + kProfileRules.size()> rows{};
  auto* next = std::ranges::copy(kGeneralRules, rows.begin()).out;
  for (const PrimitiveRow& primitive : kPrimitives) {
    if (!primitive.rule.empty()) {
      *next++ = {primitive.rule, IssueType::kValue, Severity::kError, primitive.text};
    }
  }
  std::ranges::copy(kProfileRules, next);
  return rows;
}();

constexpr std::array kUnprocessable = {
    IssueType::kInvariant, IssueType::kCodeInvalid,  IssueType::kBusinessRule, IssueType::kExtension,
    IssueType::kNotFound,  IssueType::kNotSupported, IssueType::kDuplicate,    IssueType::kConflict,
    IssueType::kTooCostly, IssueType::kIncomplete,
};

bool IsError(Severity severity) { return severity == Severity::kError || severity == Severity::kFatal; }

}  // namespace

const RuleRow& RowOf(Rule rule) { return kRules[static_cast<std::size_t>(rule)]; }

const RuleRow& RuleOf(const PrimitiveRow& primitive) {
  return *std::ranges::find(kRules, primitive.rule, &RuleRow::id);
}

std::span<const RuleRow> RuleRows() { return kRules; }

// The place for one more of this severity; null when there is none.
Issue* Findings::Room(Severity severity) {
  const bool error = IsError(severity);
  if ((error ? errors_ : issues_.size() - errors_) >= most_) {
    full_ = true;
    return nullptr;
  }
  errors_ += error ? 1 : 0;
  Issue& issue = issues_.emplace_back();
  issue.severity = severity;
  return &issue;
}

Issues Findings::Take() {
  if (std::exchange(full_, false)) {
    const RuleRow& row = RowOf(Rule::kTooManyIssues);
    issues_.push_back({row.severity, row.type, std::string(row.id), {}, {}, std::string(row.text)});
  }
  errors_ = 0;
  flaws_ = 0;
  return std::exchange(issues_, {});
}

void Findings::Add(const RuleRow& rule, const Place& place, std::string_view detail) {
  Issue* const issue = Room(rule.severity);
  if (issue == nullptr) {
    return;
  }
  flaws_ += IsError(rule.severity) ? 1 : 0;
  issue->type = rule.type;
  issue->rule = rule.id;
  issue->expression = ToExpression(place);
  issue->location = ToPointer(place);
  issue->text = rule.text;
  issue->text.append(detail.empty() ? "" : " ").append(detail);
}

void Findings::AddAs(Severity severity, Rule rule, const Place& place, std::string_view detail) {
  RuleRow row = RowOf(rule);
  row.severity = severity;
  Add(row, place, detail);
}

void Findings::AddConstraint(std::string_view key, Severity severity, std::string_view human, const Place& place) {
  Issue* const issue = Room(severity);
  if (issue == nullptr) {
    return;
  }
  issue->type = IssueType::kInvariant;
  issue->rule = key;
  issue->expression = ToExpression(place);
  issue->location = ToPointer(place);
  issue->text = std::string("A rule of the definition does not hold here: ").append(human);
}

void Findings::Soften(const Mark& mark) {
  const auto start = issues_.begin() + static_cast<std::ptrdiff_t>(std::min(mark.issues, issues_.size()));
  const auto said = [&](const Issue& issue) {
    return std::any_of(issues_.begin(), start, [&](const Issue& other) {
      return other.rule == issue.rule && other.expression == issue.expression;
    });
  };
  issues_.erase(std::remove_if(start, issues_.end(), said), issues_.end());
  for (auto issue = start; issue != issues_.end(); ++issue) {
    if (issue->type != IssueType::kTooCostly) {
      issue->severity = std::max(issue->severity, Severity::kWarning);
    }
  }
  const auto left = std::count_if(start, issues_.end(), [](const Issue& issue) { return IsError(issue.severity); });
  errors_ = mark.errors + static_cast<std::size_t>(left);
  flaws_ = mark.flaws;
}

bool Findings::Raise(Rule rule, const Place& place) {
  const std::string expression = ToExpression(place);
  for (Issue& issue : issues_) {
    if (issue.rule == RowOf(rule).id && issue.expression == expression) {
      const bool raised = !IsError(issue.severity);
      issue.severity = Severity::kError;
      errors_ += raised ? 1 : 0;
      flaws_ += raised ? 1 : 0;
      return true;
    }
  }
  return false;
}

bool Findings::Said(const RuleRow& rule, const Place& place) const {
  const std::string expression = issues_.empty() ? std::string() : ToExpression(place);
  return std::ranges::any_of(
      issues_, [&](const Issue& issue) { return issue.rule == rule.id && issue.expression == expression; });
}

ErrorKind KindOf(const Issues& issues) {
  const bool errors = HasErrors(issues);
  const bool plain = std::ranges::all_of(issues, [](const Issue& issue) {
    return !IsError(issue.severity) || std::ranges::find(kUnprocessable, issue.type) != kUnprocessable.end();
  });
  return errors && plain ? ErrorKind::kUnprocessable : ErrorKind::kInvalid;
}

}  // namespace throughline::validate
