#include "fhir/compile/element_rules.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <utility>

#include "fhir/compile/codes.h"
#include "fhir/json/write.h"

namespace throughline::compile {
namespace {

using definitions::BindingStrength;
using definitions::ConstraintSeverity;
using definitions::DiscriminatorType;
using definitions::SlicingRules;
using definitions::ValueKind;

constexpr std::string_view kFhirTypeUrl = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type";
constexpr std::string_view kMaxValueSetUrl = "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet";

constexpr auto kStrengths = std::to_array<CodeRow<BindingStrength>>({{"required", BindingStrength::kRequired},
                                                                     {"extensible", BindingStrength::kExtensible},
                                                                     {"preferred", BindingStrength::kPreferred},
                                                                     {"example", BindingStrength::kExample}});
constexpr auto kSlicings = std::to_array<CodeRow<SlicingRules>>(
    {{"open", SlicingRules::kOpen}, {"closed", SlicingRules::kClosed}, {"openAtEnd", SlicingRules::kOpenAtEnd}});
constexpr auto kDiscriminators = std::to_array<CodeRow<DiscriminatorType>>({{"value", DiscriminatorType::kValue},
                                                                            {"exists", DiscriminatorType::kExists},
                                                                            {"pattern", DiscriminatorType::kPattern},
                                                                            {"type", DiscriminatorType::kType},
                                                                            {"profile", DiscriminatorType::kProfile}});
constexpr auto kAggregations = std::to_array<CodeRow<std::uint8_t>>({{"contained", definitions::kContained},
                                                                     {"referenced", definitions::kReferenced},
                                                                     {"bundled", definitions::kBundled}});
constexpr auto kValues = std::to_array<CodeRow<ValueKind>>({{"fixed", ValueKind::kFixed},
                                                            {"pattern", ValueKind::kPattern},
                                                            {"minValue", ValueKind::kMinValue},
                                                            {"maxValue", ValueKind::kMaxValue}});

template <typename Word, std::size_t kCount>
Word WordOf(const std::array<CodeRow<Word>, kCount>& rows, std::string_view code, Word otherwise) {
  FindWord(rows, code, otherwise);
  return otherwise;
}

std::vector<std::string> Texts(const json::Value& items) {
  std::vector<std::string> texts;
  for (const json::Value& item : items.items()) {
    texts.emplace_back(item.text());
  }
  return texts;
}

// An extension's value, whichever of the uri types the package writes it as.
std::string_view ValueOf(const json::Value& extension) {
  for (const json::Member& member : extension.members()) {
    if (member.name.starts_with("value") && member.value.is_string()) {
      return member.value.text();
    }
  }
  return {};
}

std::string_view FindExtension(const json::Value& element, std::string_view url) {
  for (const json::Value& extension : element.Get("extension").items()) {
    if (extension.Get("url").text() == url) {
      return ValueOf(extension);
    }
  }
  return {};
}

BindingRules ReadBinding(const json::Value& binding) {
  BindingRules rules;
  rules.strength = StrengthOf(binding.Get("strength").text());
  rules.value_set = binding.Get("valueSet").text();
  rules.max_value_set = FindExtension(binding, kMaxValueSetUrl);
  return rules;
}

SlicingDraft ReadSlicing(const json::Value& slicing) {
  SlicingDraft draft;
  draft.rules = WordOf(kSlicings, slicing.Get("rules").text(), SlicingRules::kOpen);
  draft.ordered = slicing.Get("ordered").boolean();
  for (const json::Value& row : slicing.Get("discriminator").items()) {
    draft.discriminators.push_back({WordOf(kDiscriminators, row.Get("type").text(), DiscriminatorType::kValue),
                                    std::string(row.Get("path").text())});
  }
  return draft;
}

std::string Uncapitalised(std::string_view type) {
  // Names of complex types start with a capital, of primitive ones not: both are written alike behind "fixed".
  constexpr std::array<std::string_view, 20> kPrimitives = {
      "base64Binary", "boolean", "canonical",   "code",   "date", "dateTime",    "decimal", "id",  "instant", "integer",
      "markdown",     "oid",     "positiveInt", "string", "time", "unsignedInt", "uri",     "url", "uuid",    "xhtml"};
  std::string name(type);
  name[0] = static_cast<char>(name[0] >= 'A' && name[0] <= 'Z' ? name[0] - 'A' + 'a' : name[0]);
  return std::ranges::find(kPrimitives, name) == kPrimitives.end() ? std::string(type) : name;
}

std::vector<ValueRules> ReadValues(const json::Value& element) {
  std::vector<ValueRules> values;
  for (const json::Member& member : element.members()) {
    for (const auto& row : kValues) {
      if (member.name.starts_with(row.code) && member.name.size() > row.code.size()) {
        values.push_back({row.word, Uncapitalised(member.name.substr(row.code.size())), json::ToString(member.value)});
      }
    }
  }
  return values;
}

std::optional<bool> Flag(const json::Value& element, std::string_view name) {
  const json::Value* value = element.Find(name);
  return value == nullptr ? std::nullopt : std::optional(value->boolean());
}

std::optional<std::uint16_t> Count(const json::Value& element, std::string_view name) {
  const json::Value* value = element.Find(name);
  return value == nullptr ? std::nullopt : std::optional(CountOf(value->text()));
}

}  // namespace

std::string_view LastPart(std::string_view path) { return path.substr(path.rfind('.') + 1); }

std::string_view ParentOf(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
}

std::uint16_t CountOf(std::string_view text) {
  if (text == "*") {
    return definitions::kUnbounded;
  }
  std::uint16_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

BindingStrength StrengthOf(std::string_view code) { return WordOf(kStrengths, code, BindingStrength::kNone); }

std::string ElementReader::TypeName(std::string_view path, const json::Value& type) const {
  const std::string_view code = type.Get("code").text();
  if (!code.starts_with(kSystemUrl)) {
    return std::string(code);
  }
  if (is_resource && LastPart(path) == "id" && ParentOf(path).find('.') == std::string_view::npos) {
    return std::string(resource_id_type);
  }
  const std::string_view named = FindExtension(type, kFhirTypeUrl);
  return std::string(named.empty() ? code : named);
}

std::vector<ConstraintRules> ElementReader::Constraints(const json::Value& element) const {
  std::vector<ConstraintRules> rules;
  for (const json::Value& row : element.Get("constraint").items()) {
    const std::string_view source = row.Get("source").text();
    rules.push_back(
        {std::string(row.Get("key").text()), std::string(row.Get("human").text()),
         std::string(row.Get("expression").text()), std::string(source.empty() ? url : source),
         row.Get("severity").text() == "warning" ? ConstraintSeverity::kWarning : ConstraintSeverity::kError});
  }
  return rules;
}

ElementRules ElementReader::Read(const json::Value& element) const {
  ElementRules rules;
  rules.path = element.Get("path").text();
  rules.id = element.Get("id").text();
  rules.slice_name = element.Get("sliceName").text();
  const std::string_view reference = element.Get("contentReference").text();
  rules.content_reference = reference.substr(reference.rfind('#') + 1);
  rules.min = Count(element, "min");
  rules.max = Count(element, "max");
  rules.base_max = Count(element.Get("base"), "max");
  rules.must_support = Flag(element, "mustSupport");
  rules.modifier = Flag(element, "isModifier");
  rules.summary = Flag(element, "isSummary");
  if (const json::Value* length = element.Find("maxLength")) {
    std::uint32_t characters = 0;
    std::from_chars(length->text().data(), length->text().data() + length->text().size(), characters);
    rules.max_length = characters;
  }
  if (const json::Value* binding = element.Find("binding")) {
    rules.binding = ReadBinding(*binding);
  }
  if (const json::Value* slicing = element.Find("slicing")) {
    rules.slicing = ReadSlicing(*slicing);
  }
  for (const json::Value& type : element.Get("type").items()) {
    TypeRules row{TypeName(rules.path, type), Texts(type.Get("profile")), Texts(type.Get("targetProfile")), 0};
    for (const json::Value& mode : type.Get("aggregation").items()) {
      row.aggregation |= WordOf(kAggregations, mode.text(), std::uint8_t{0});
    }
    rules.types.push_back(std::move(row));
  }
  rules.values = ReadValues(element);
  rules.constraints = Constraints(element);
  return rules;
}

}  // namespace throughline::compile
