#include <algorithm>
#include <array>
#include <charconv>
#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

#include "fhir/base/date_time.h"
#include "fhir/base/decimal.h"
#include "fhir/terminology/terminology.h"
#include "fhir/validate/context.h"
#include "fhir/validate/questionnaire.h"

namespace throughline::validate {
namespace {

using json::Member;
using json::Value;

constexpr std::size_t kMostItemDepth = 60;
constexpr std::string_view kCore = "http://hl7.org/fhir/StructureDefinition/";

// What an item's type lets its answers be. https://hl7.org/fhir/R4/valueset-item-type.html
struct AnswerRow {
  std::string_view type;
  std::string_view value;
  std::string_view other;
};
constexpr std::array kAnswers = {
    AnswerRow{"attachment", "valueAttachment", ""},
    AnswerRow{"boolean", "valueBoolean", ""},
    AnswerRow{"choice", "valueCoding", ""},
    AnswerRow{"date", "valueDate", ""},
    AnswerRow{"dateTime", "valueDateTime", ""},
    AnswerRow{"decimal", "valueDecimal", "valueInteger"},
    AnswerRow{"integer", "valueInteger", ""},
    AnswerRow{"open-choice", "valueCoding", "valueString"},
    AnswerRow{"quantity", "valueQuantity", ""},
    AnswerRow{"reference", "valueReference", ""},
    AnswerRow{"string", "valueString", ""},
    AnswerRow{"text", "valueString", ""},
    AnswerRow{"time", "valueTime", ""},
    AnswerRow{"url", "valueUri", "valueUrl"},
};

const Member* ChoiceOf(const Value& object, std::string_view name) {
  const auto found = std::ranges::find_if(object.members(), [&](const Member& member) {
    return member.name.starts_with(name) && member.name.size() > name.size();
  });
  return found == object.members().end() ? nullptr : &*found;
}

bool SameCoding(const Value& a, const Value& b) {
  const std::string_view left = a.Get("system").text();
  const std::string_view right = b.Get("system").text();
  return a.Get("code").text() == b.Get("code").text() && (left.empty() || right.empty() || left == right);
}

// How `a` stands to `b`, both of the type that `name` ends in; unordered when that cannot be said.
std::partial_ordering Compare(std::string_view name, const Value& a, const Value& b) {
  if (name.ends_with("Integer") || name.ends_with("Decimal")) {
    const auto left = Decimal::Parse(a.text());
    const auto right = Decimal::Parse(b.text());
    return left && right ? std::partial_ordering(*left <=> *right) : std::partial_ordering::unordered;
  }
  if (name.ends_with("Date") || name.ends_with("DateTime")) {
    const auto left = DateTime::ParseDateTime(a.text());
    const auto right = DateTime::ParseDateTime(b.text());
    if (!left || !right) {
      return std::partial_ordering::unordered;
    }
    const Period first = left->Interval();
    const Period second = right->Interval();
    return first.end <= second.start   ? std::partial_ordering::less
           : second.end <= first.start ? std::partial_ordering::greater
                                       : std::partial_ordering::equivalent;
  }
  if (name.ends_with("Coding")) {
    return SameCoding(a, b) ? std::partial_ordering::equivalent : std::partial_ordering::unordered;
  }
  if (name.ends_with("Quantity")) {
    return a.Get("code").text() == b.Get("code").text() && a.Get("unit").text() == b.Get("unit").text()
               ? Compare("Decimal", a.Get("value"), b.Get("value"))
               : std::partial_ordering::unordered;
  }
  if (a.is_boolean()) {
    return b.is_boolean() && a.boolean() == b.boolean() ? std::partial_ordering::equivalent
                                                        : std::partial_ordering::unordered;
  }
  const int order = a.text().compare(b.text());
  return order < 0   ? std::partial_ordering::less
         : order > 0 ? std::partial_ordering::greater
                     : std::partial_ordering::equivalent;
}

bool Equivalent(std::string_view name, const Value& a, const Value& b) {
  return Compare(name, a, b) == std::partial_ordering::equivalent;
}

struct OperatorRow {
  std::string_view code;
  bool (*holds)(std::partial_ordering);
};
constexpr std::array kOperators = {
    OperatorRow{"!=", std::is_neq}, OperatorRow{"<", std::is_lt}, OperatorRow{"<=", std::is_lteq},
    OperatorRow{"=", std::is_eq},   OperatorRow{">", std::is_gt}, OperatorRow{">=", std::is_gteq},
};

bool HoldsInOrder(std::string_view code, std::partial_ordering order) {
  const auto* const row = std::ranges::find(kOperators, code, &OperatorRow::code);
  return row != kOperators.end() && row->holds(order);
}

// The value of an extension of `object`; null when there is none.
Value ExtensionOf(const Value& object, std::string_view name) {
  for (const Value& extension : object.Get("extension").items()) {
    const std::string_view url = extension.Get("url").text();
    if (url.size() == kCore.size() + name.size() && url.starts_with(kCore) && url.ends_with(name)) {
      const Member* const value = ChoiceOf(extension, "value");
      return value == nullptr ? Value{} : value->value;
    }
  }
  return {};
}

bool IsOption(const Value& item, const Member& given) {
  return std::ranges::any_of(item.Get("answerOption").items(), [&](const Value& option) {
    const Member* const value = ChoiceOf(option, "value");
    return value != nullptr && value->name == given.name && Equivalent(given.name, value->value, given.value);
  });
}

bool OffersType(const Value& item, std::string_view name) {
  return std::ranges::any_of(item.Get("answerOption").items(), [&](const Value& option) {
    const Member* const value = ChoiceOf(option, "value");
    return value != nullptr && value->name == name;
  });
}

std::size_t Number(const Value& value, std::size_t otherwise) {
  std::size_t number = otherwise;
  if (value.is_number()) {
    std::from_chars(value.text().data(), value.text().data() + value.text().size(), number);
  }
  return number;
}

void CheckBounds(Context& context, const Value& item, const Member& given, const Place& place) {
  const Value& value = given.value;
  if (given.name == "valueString") {
    const auto size =
        static_cast<std::size_t>(std::ranges::count_if(value.text(), [](char c) { return (c & 0xC0) != 0x80; }));
    if (size > Number(item.Get("maxLength"), SIZE_MAX) || size < Number(ExtensionOf(item, "minLength"), 0)) {
      context.findings.Add(Rule::kAnswerBounds, place);
    }
    return;
  }
  const Value low = ExtensionOf(item, "minValue");
  const Value high = ExtensionOf(item, "maxValue");
  const bool below = !low.is_null() && Compare(given.name, value, low) == std::partial_ordering::less;
  const bool above = !high.is_null() && Compare(given.name, value, high) == std::partial_ordering::greater;
  const auto decimal = value.is_number() ? Decimal::Parse(value.text()) : std::nullopt;
  const std::size_t places = decimal && decimal->exponent() < 0 ? static_cast<std::size_t>(-decimal->exponent()) : 0;
  if (below || above || places > Number(ExtensionOf(item, "maxDecimalPlaces"), SIZE_MAX)) {
    context.findings.Add(Rule::kAnswerBounds, place);
  }
}

// A code that its complete system does not have, which is said where codes are looked up.
bool IsStrange(const Context& context, const Member& given) {
  const terminology::Coding coding{given.value.Get("system").text(), given.value.Get("version").text(),
                                   given.value.Get("code").text()};
  return given.name == "valueCoding" && context.options.bindings && !coding.system.empty() &&
         context.terminology.Find(coding).answer == terminology::Answer::kNo;
}

// Options and value sets; those of the unit, for quantities.
void CheckOptions(Context& context, const Value& item, const Member& given, const Place& place) {
  const bool open = item.Get("type").text() == "open-choice";
  if (item.Get("answerOption").size() > 0) {
    if (!(open && given.name == "valueString") && !IsOption(item, given)) {
      context.findings.Add(Rule::kAnswerOption, place);
    }
    return;
  }
  const terminology::Terminology terminology(context.definitions);
  const bool quantity = given.name == "valueQuantity";
  const Value set = quantity ? ExtensionOf(item, "questionnaire-unitValueSet") : item.Get("answerValueSet");
  if (set.is_string() && !open && (quantity || given.name == "valueCoding") &&
      terminology.MemberOf(set.text(), given.value).answer == terminology::Answer::kNo && !IsStrange(context, given)) {
    context.findings.Add(Rule::kAnswerOption, place);
  }
}

void CheckUnit(Context& context, const Value& item, const Member& given, const Place& place) {
  constexpr std::string_view kUnit = "questionnaire-unitOption";
  bool offered = false;
  bool found = false;
  for (const Value& extension : item.Get("extension").items()) {
    if (extension.Get("url").text().ends_with(kUnit)) {
      offered = true;
      found = found || SameCoding(extension.Get("valueCoding"), given.value);
    }
  }
  if (offered && !found) {
    context.findings.Add(Rule::kAnswerOption, place);
  }
}

}  // namespace

AnswerIndex::AnswerIndex(const Value& response) {
  Read(response, 0);
  std::ranges::stable_sort(rows_, {}, &Row::link_id);
}

void AnswerIndex::Read(const Value& parent, std::size_t depth) {
  for (const Value& item : depth < kMostItemDepth ? parent.Get("item").items() : std::span<const Value>{}) {
    for (const Value& answer : item.Get("answer").items()) {
      rows_.push_back({item.Get("linkId").text(), answer});
      Read(answer, depth + 1);
    }
    Read(item, depth + 1);
  }
}

bool AnswerIndex::Charge(std::size_t comparisons) {
  const bool covered = comparisons <= budget_;
  budget_ = covered ? budget_ - comparisons : 0;
  return covered && budget_ > 0;
}

bool AnswerIndex::IsMet(const Value& when) {
  const std::string_view op = when.Get("operator").text();
  const Member* const wanted = ChoiceOf(when, "answer");
  const auto answers = std::ranges::equal_range(rows_, when.Get("question").text(), {}, &Row::link_id);
  if (wanted == nullptr || !Charge(answers.size() + 1)) {
    return wanted != nullptr;
  }
  bool answered = false;
  bool met = false;
  for (const Row& row : answers) {
    const Member* const given = ChoiceOf(row.answer, "value");
    answered = answered || given != nullptr;
    met = met || (given != nullptr && HoldsInOrder(op, Compare(wanted->name, given->value, wanted->value)));
  }
  return op == "exists" ? answered == wanted->value.boolean() : met;
}

bool AnswerIndex::IsEnabled(const Value& item) {
  const auto conditions = item.Get("enableWhen").items();
  const auto met = [&](const Value& when) { return IsMet(when); };
  if (item.Get("enableBehavior").text() == "any") {
    return conditions.empty() || std::ranges::any_of(conditions, met);
  }
  return std::ranges::all_of(conditions, met);
}

bool IsExclusive(AnswerIndex& index, const Value& item, const Value& answer) {
  const Member* const given = ChoiceOf(answer, "value");
  const bool covered = index.Charge(item.Get("answerOption").size());
  return covered && given != nullptr && std::ranges::any_of(item.Get("answerOption").items(), [&](const Value& option) {
           const Member* const value = ChoiceOf(option, "value");
           return value != nullptr && value->name == given->name &&
                  Equivalent(given->name, value->value, given->value) &&
                  ExtensionOf(option, "questionnaire-optionExclusive").boolean();
         });
}

void CheckAnswer(Context& context, AnswerIndex& index, const Value& item, const Value& answer, const Place& place) {
  const Member* const given = ChoiceOf(answer, "value");
  const auto* const row = std::ranges::find(kAnswers, item.Get("type").text(), &AnswerRow::type);
  if (given == nullptr || row == kAnswers.end() || !index.Charge(2 * item.Get("answerOption").size() + 1)) {
    return;
  }
  const Place here{&place, "value", Place::kSingle, given->name};
  const bool choice = row->type == "choice" || row->type == "open-choice";
  if (given->name != row->value && given->name != row->other && !(choice && OffersType(item, given->name))) {
    context.findings.Add(Rule::kAnswerType, here);
    return;
  }
  CheckOptions(context, item, *given, here);
  CheckBounds(context, item, *given, here);
  if (row->type == "quantity") {
    CheckUnit(context, item, *given, here);
  }
}

}  // namespace throughline::validate
