#include "mappings/engine/transforms.h"

#include <algorithm>
#include <array>
#include <string>

#include "fhir/base/decimal.h"
#include "fhir/json/build.h"
#include "fhir/terminology/terminology.h"
#include "fhir/validate/validate.h"
#include "mappings/engine/bands.h"
#include "mappings/engine/table_transforms.h"
#include "mappings/engine/time_transforms.h"
#include "mappings/plan/truth_words.h"

namespace throughline::engine {
namespace {

bool TextToFhir(const Conversion& at, const json::Value& local, FhirValue& out) {
  if (!local.is_string()) {
    at.Problem("map-kind", "the map expects a text here");
    return false;
  }
  out.value = local;
  const std::string_view set = at.leaf.required_set;
  const terminology::Terminology terminology(*at.findings.plan.definitions);
  if (!set.empty() && terminology.MemberOf(set, local).answer == terminology::Answer::kNo) {
    at.Problem("map-value", "the text is not a code of " + std::string(set) + ", which R4 requires there");
    return false;
  }
  if (validate::IsValidPrimitive(at.leaf.type_name, local)) return true;
  at.Problem("map-value", "the text is not a valid " + std::string(at.leaf.type_name));
  return false;
}

bool TextToLocal(const Conversion&, const json::Value& value, const json::Value&, json::Value& out) {
  out = value;
  return value.is_string();
}

bool InRange(const Field& field, std::string_view literal) {
  if (!field.low && !field.high) return true;
  const auto number = Decimal::Parse(literal);
  return number && (!field.low || *number >= *field.low) && (!field.high || *number <= *field.high);
}

// The JSON literal of a local number; nothing after a finding.
std::optional<json::Value> ReadNumber(const Conversion& at, const json::Value& local) {
  std::string text(local.text());
  if (at.field.comma) {
    std::ranges::replace(text, '.', ' ');
    std::ranges::replace(text, ',', '.');
  }
  const bool literal = at.field.textual ? local.is_string() && IsJsonNumber(text) : local.is_number();
  const bool whole = text.find_first_of(".eE") == std::string::npos;
  if (!literal || (at.field.type == ValueType::kInteger && !whole)) {
    at.Problem("map-kind", std::string("the map expects a ") + (at.field.type == ValueType::kInteger ? "whole " : "") +
                               "number here" + (at.field.textual ? ", written as text without leading zeros" : ""));
    return std::nullopt;
  }
  if (!InRange(at.field, text)) {
    at.Problem("map-range", "the number is outside the range that the map allows");
    return std::nullopt;
  }
  return at.field.textual ? json::Value::Number(at.arena.Copy(text)) : local;
}

bool IsValid(const Conversion& at, const json::Value& value) {
  if (validate::IsValidPrimitive(at.leaf.type_name, value)) return true;
  at.Problem("map-value", "the number is not a valid " + std::string(at.leaf.type_name));
  return false;
}

bool WriteNumber(const Conversion& at, std::string_view literal, json::Value& out) {
  if (at.field.type == ValueType::kInteger && literal.find_first_of(".eE") != std::string_view::npos) {
    at.Loss(LedgerKind::kCoarsened, "the number has digits behind the point and the source takes whole numbers");
    return false;
  }
  if (!at.field.textual) {
    out = json::Value::Number(literal);
    return true;
  }
  std::string text(literal);
  if (at.field.comma) std::ranges::replace(text, '.', ',');
  out = json::Value::String(at.arena.Copy(text));
  return true;
}

bool NumberToFhir(const Conversion& at, const json::Value& local, FhirValue& out) {
  const auto number = ReadNumber(at, local);
  if (!number) return false;
  out.value = *number;
  return IsValid(at, out.value);
}

bool NumberToLocal(const Conversion& at, const json::Value& value, const json::Value&, json::Value& out) {
  return value.is_number() && WriteNumber(at, value.text(), out);
}

bool NumberTextToFhir(const Conversion& at, const json::Value& local, FhirValue& out) {
  const auto number = ReadNumber(at, local);
  if (!number) return false;
  out.value = json::Value::String(number->text());
  return IsValid(at, out.value);
}

bool NumberTextToLocal(const Conversion& at, const json::Value& value, const json::Value&, json::Value& out) {
  if (value.is_string() && IsJsonNumber(value.text())) return WriteNumber(at, value.text(), out);
  at.Loss(LedgerKind::kUnmapped, "the source takes numbers here");
  return false;
}

bool BooleanToFhir(const Conversion& at, const json::Value& local, FhirValue& out) {
  out.value = local;
  if (local.is_boolean()) return true;
  at.Problem("map-kind", "the map expects true or false here");
  return false;
}

bool BooleanToLocal(const Conversion&, const json::Value& value, const json::Value&, json::Value& out) {
  out = value;
  return value.is_boolean();
}

bool WordsToFhir(const Conversion& at, const json::Value& local, FhirValue& out) {
  const auto word = local.is_string() ? FindTruth(at.field, local.text()) : std::nullopt;
  if (word) out.value = json::Value::Boolean(word->truth);
  if (!word) at.Problem("map-value", "the value is neither the map's word for yes nor its word for no");
  return word.has_value();
}

bool WordsToLocal(const Conversion& at, const json::Value& value, const json::Value&, json::Value& out) {
  out = json::Value::String(WordsFor(at.field, value.boolean()).front());
  return value.is_boolean();
}

struct TransformRow {
  TransformId id;
  bool (*to_fhir)(const Conversion&, const json::Value& local, FhirValue& out);
  bool (*to_local)(const Conversion&, const json::Value& value, const json::Value& sibling, json::Value& out);
  std::string_view what_not;  // said where it cannot be read back
};
constexpr std::array kTransforms = {
    TransformRow{TransformId::kText, TextToFhir, TextToLocal, "no valid text"},
    TransformRow{TransformId::kNumber, NumberToFhir, NumberToLocal, "no valid number"},
    TransformRow{TransformId::kNumberText, NumberTextToFhir, NumberTextToLocal, "no valid number"},
    TransformRow{TransformId::kBoolean, BooleanToFhir, BooleanToLocal, "neither true nor false"},
    TransformRow{TransformId::kWords, WordsToFhir, WordsToLocal, "neither true nor false"},
    TransformRow{TransformId::kDate, DateToFhir, DateToLocal, "no valid date"},
    TransformRow{TransformId::kDateTime, DateTimeToFhir, DateTimeToLocal, "no valid date or time"},
    TransformRow{TransformId::kTime, TimeToFhir, TimeToLocal, "no valid time of day"},
    TransformRow{TransformId::kMoment, MomentToFhir, MomentToLocal, "no valid date or time"},
    TransformRow{TransformId::kCodePrimitive, CodeToFhir, CodeToLocal, "no valid code"},
    TransformRow{TransformId::kCoding, CodingToFhir, CodingToLocal, "no valid code"},
    TransformRow{TransformId::kConcept, ConceptToFhir, ConceptToLocal, "no valid code"},
    TransformRow{TransformId::kBand, BandToFhir, BandToLocal, "no valid range"},
};
static_assert(std::ranges::is_sorted(kTransforms, {}, &TransformRow::id));
static_assert(kTransforms.size() == static_cast<std::size_t>(TransformId::kBand) + 1);

}  // namespace

void Conversion::Problem(std::string_view rule, std::string_view text) const {
  if (findings.issues.size() >= kMaxIssues) return;
  Issue issue;
  issue.type = IssueType::kValue;
  issue.rule = rule;
  issue.expression = target;
  issue.location = PointerTo(findings.plan, field.node, *scope);
  issue.text = text;
  findings.issues.push_back(std::move(issue));
}

void Conversion::Loss(LedgerKind kind, std::string_view reason) const {
  findings.ledger.push_back({field.path, PointerTo(findings.plan, field.node, *scope), kind, std::string(reason)});
}

bool ToFhirValue(const Conversion& conversion, const json::Value& local, FhirValue& out) {
  return kTransforms[static_cast<std::size_t>(conversion.leaf.transform)].to_fhir(conversion, local, out);
}

bool ToLocalValue(const Conversion& conversion, const json::Value& value, const json::Value& sibling,
                  json::Value& out) {
  const TransformRow& row = kTransforms[static_cast<std::size_t>(conversion.leaf.transform)];
  const std::size_t said = conversion.findings.ledger.size();
  if (row.to_local(conversion, value, sibling, out)) return true;
  if (said == conversion.findings.ledger.size())
    conversion.Loss(LedgerKind::kUnmapped, std::string(row.what_not) + " stands there");
  return false;
}

json::Value ExtensionValue(const json::Value& object, std::string_view url) {
  for (const json::Value& extension : object.Get("extension").items()) {
    if (extension.Get("url").text() != url) continue;
    for (const json::Member& member : extension.members()) {
      if (member.name.starts_with("value")) return member.value;
    }
  }
  return {};
}

}  // namespace throughline::engine
