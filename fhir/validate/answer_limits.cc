// What R4's own extensions of Questionnaires ask of answers.
// https://hl7.org/fhir/R4/questionnaire-profiles.html, https://hl7.org/fhir/R4/extension-mimetype.html
#include <algorithm>
#include <array>
#include <charconv>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "fhir/base/decimal.h"
#include "fhir/path/letters.h"
#include "fhir/units/units.h"
#include "fhir/validate/answer_value.h"
#include "fhir/validate/attachment.h"
#include "fhir/validate/bundle.h"
#include "fhir/validate/questionnaire.h"
#include "fhir/validate/reference_text.h"

namespace throughline::validate {
namespace {

using definitions::kNoType;
using definitions::TypeId;
using json::Member;
using json::Value;

std::size_t ToNumber(const Value& value, std::size_t otherwise) {
  std::size_t number = otherwise;
  if (value.is_number()) {
    std::from_chars(value.text().data(), value.text().data() + value.text().size(), number);
  }
  return number;
}

// A limit that is kept, broken, or says nothing of such an answer.
enum class Kept : std::uint8_t { kYes, kNo, kSilent };
Kept ToKept(bool kept) { return kept ? Kept::kYes : Kept::kNo; }

Kept KeepsMinLength(Asking& /*asking*/, const Value& limit, const Member& given) {
  return given.value.is_string() ? ToKept(path::CharacterCount(given.value.text()) >= ToNumber(limit, 0))
                                 : Kept::kSilent;
}

Kept KeepsMinValue(Asking& /*asking*/, const Value& limit, const Member& given) {
  return ToKept(Compare(given.name, given.value, limit) != Relation::kLess);
}

Kept KeepsMaxValue(Asking& /*asking*/, const Value& limit, const Member& given) {
  return ToKept(Compare(given.name, given.value, limit) != Relation::kGreater);
}

Kept KeepsDecimalPlaces(Asking& /*asking*/, const Value& limit, const Member& given) {
  const auto decimal = given.value.is_number() ? Decimal::Parse(given.value.text()) : std::nullopt;
  const std::size_t places = decimal && decimal->exponent() < 0 ? static_cast<std::size_t>(-decimal->exponent()) : 0;
  return ToKept(places <= ToNumber(limit, SIZE_MAX));
}

// "image/png" of "image/png; charset=x".
std::string_view TypeAlone(std::string_view mime) {
  mime = mime.substr(0, mime.find(';'));
  while (mime.ends_with(' ')) {
    mime.remove_suffix(1);
  }
  return mime;
}

bool SameLetters(std::string_view a, std::string_view b) {
  const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, small, small);
}

Kept KeepsMimeType(Asking& /*asking*/, const Value& limit, const Member& given) {
  const Value type = given.value.Get("contentType");
  return type.is_string() ? ToKept(SameLetters(TypeAlone(type.text()), TypeAlone(limit.text()))) : Kept::kSilent;
}

// The limit is in MB, which are taken for the larger ones: 2^20 bytes.
Kept KeepsMaxSize(Asking& /*asking*/, const Value& limit, const Member& given) {
  const Value size = given.value.Get("size");
  const std::optional<std::uint64_t> bytes = size.is_number() ? ToNumber(size, 0) : BytesIn(given.value.Get("data"));
  if (!bytes || !limit.is_number()) {
    return Kept::kSilent;
  }
  const auto order = units::Compare(std::to_string(*bytes), "By", limit.text(), "MiBy");
  return order ? ToKept(std::is_lteq(*order)) : Kept::kSilent;
}

Kept KeepsPattern(Asking& asking, const Value& limit, const Member& given) {
  const Value& value = given.value;
  if (!limit.is_string() || !(value.is_string() || value.is_number())) {
    return Kept::kSilent;
  }
  auto [found, added] = asking.patterns.try_emplace(limit.text());
  if (added) {
    found->second = path::WholePattern::Compile(limit.text());
  }
  return found->second ? ToKept(found->second->Matches(value.text())) : Kept::kSilent;
}

// What a reference names, when it is at hand.
bool FindReferred(const Asking& asking, std::string_view text, Value& out) {
  const Context& context = asking.context;
  if (text.starts_with('#')) {
    const auto contained = context.environment.root_resource.value().Get("contained").items();
    const auto found =
        std::ranges::find_if(contained, [&](const Value& each) { return each.Get("id").text() == text.substr(1); });
    out = found == contained.end() ? out : *found;
    return found != contained.end();
  }
  if (context.bundle != nullptr) {
    const BundleIndex::Answer answer = context.bundle->Find(text, context.entry);
    out = answer.count == 1 ? context.bundle->resource(answer.entry) : out;
  }
  return out.is_object() || (context.options.resolver != nullptr && context.options.resolver->Resolve(text, out));
}

TypeId TypeOfReferred(const Asking& asking, const Value& reference, const Value& referred) {
  const definitions::Definitions& definitions = asking.context.definitions;
  if (referred.is_object()) {
    return definitions.FindType(referred.Get("resourceType").text());
  }
  const TypeId literal = ReadReference(reference.Get("reference").text(), definitions).type;
  const Value named = reference.Get("type");
  return literal == kNoType && named.is_string() ? definitions.FindType(named.text()) : literal;
}

Kept KeepsResource(Asking& asking, const Value& limit, const Member& given) {
  Value referred;
  FindReferred(asking, given.value.Get("reference").text(), referred);
  const definitions::Definitions& definitions = asking.context.definitions;
  const TypeId type = TypeOfReferred(asking, given.value, referred);
  const TypeId wanted = definitions.FindType(limit.text());
  return type == kNoType || wanted == kNoType ? Kept::kSilent : ToKept(definitions.Derives(type, wanted));
}

Kept KeepsProfile(Asking& asking, const Value& limit, const Member& given) {
  const std::string_view text = given.value.Get("reference").text();
  Value referred;
  definitions::Profile profile;
  const definitions::Definitions& definitions = asking.context.definitions;
  if (!definitions.FindProfile(limit.text(), profile) || profile.type_id == kNoType) {
    return Kept::kSilent;
  }
  if (!FindReferred(asking, text, referred)) {
    const TypeId type = TypeOfReferred(asking, given.value, referred);
    return type == kNoType || definitions.Derives(type, profile.type_id) ? Kept::kSilent : Kept::kNo;
  }
  const path::Item resource = path::ResourceItem(definitions, referred);
  const path::Item& root = text.starts_with('#') ? asking.context.environment.root_resource : resource;
  const auto conforms = asking.context.conformance.ConformsTo(resource, limit.text(), {resource, root});
  return conforms ? ToKept(*conforms) : Kept::kSilent;
}

// Where an item has several extensions of a kind, one of them must be kept.
struct LimitRow {
  std::string_view extension;
  std::string_view value;  // of answers of this name alone; empty: of all
  Rule rule;
  Kept (*keeps)(Asking& asking, const Value& limit, const Member& given);
};
constexpr std::array kLimits = {
    LimitRow{"maxDecimalPlaces", "", Rule::kAnswerBounds, KeepsDecimalPlaces},
    LimitRow{"maxSize", "valueAttachment", Rule::kAnswerBounds, KeepsMaxSize},
    LimitRow{"maxValue", "", Rule::kAnswerBounds, KeepsMaxValue},
    LimitRow{"mimeType", "valueAttachment", Rule::kAnswerMimeType, KeepsMimeType},
    LimitRow{"minLength", "valueString", Rule::kAnswerBounds, KeepsMinLength},
    LimitRow{"minValue", "", Rule::kAnswerBounds, KeepsMinValue},
    LimitRow{"questionnaire-referenceProfile", "valueReference", Rule::kAnswerReference, KeepsProfile},
    LimitRow{"questionnaire-referenceResource", "valueReference", Rule::kAnswerReference, KeepsResource},
    LimitRow{"regex", "", Rule::kAnswerPattern, KeepsPattern},
};

bool IsBroken(Asking& asking, const LimitRow& row, const Value& item, const Member& given) {
  bool broken = false;
  for (const Value& extension : item.Get("extension").items()) {
    const Member* const limit = IsExtensionOf(extension, row.extension) ? ChoiceOf(extension, "value") : nullptr;
    if (limit == nullptr || !asking.enablement.Charge(1)) {
      continue;
    }
    const Kept kept = row.keeps(asking, limit->value, given);
    if (kept != Kept::kNo) {
      return false;
    }
    broken = true;
  }
  return broken;
}

}  // namespace

void CheckLimits(Asking& asking, const Value& item, const Member& given, const Place& place) {
  std::optional<Rule> said;
  if (given.value.is_string() && path::CharacterCount(given.value.text()) > ToNumber(item.Get("maxLength"), SIZE_MAX)) {
    said = Rule::kAnswerBounds;
    asking.context.findings.Add(*said, place);
  }
  if (item.Find("extension") == nullptr) {
    return;
  }
  for (const LimitRow& row : kLimits) {
    const bool spoken_of = row.value.empty() || row.value == given.name;
    if (spoken_of && said != row.rule && IsBroken(asking, row, item, given)) {
      said = row.rule;
      asking.context.findings.Add(row.rule, place);
    }
  }
}

}  // namespace throughline::validate
