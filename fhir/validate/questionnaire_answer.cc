#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "fhir/terminology/terminology.h"
#include "fhir/validate/answer_value.h"
#include "fhir/validate/questionnaire.h"

namespace throughline::validate {
namespace {

using json::Member;
using json::Value;
using terminology::Answer;
using terminology::Coding;
using terminology::Verdict;

// What an item's type lets its answers be. https://hl7.org/fhir/R4/valueset-item-type.html
struct AnswerRow {
  std::string_view type;
  std::string_view value;
  std::string_view other;
  std::string_view initial;  // in the Questionnaire alone: "consistent with the type"
  bool listed;               // what it may be can be listed: que-5
};
constexpr std::array kAnswers = {
    AnswerRow{"attachment", "valueAttachment", "", "", false},
    AnswerRow{"boolean", "valueBoolean", "", "", false},
    AnswerRow{"choice", "valueCoding", "", "", true},
    AnswerRow{"date", "valueDate", "", "", true},
    AnswerRow{"dateTime", "valueDateTime", "", "valueDate", true},
    AnswerRow{"decimal", "valueDecimal", "", "valueInteger", true},
    AnswerRow{"integer", "valueInteger", "", "", true},
    AnswerRow{"open-choice", "valueCoding", "valueString", "", true},
    AnswerRow{"quantity", "valueQuantity", "", "", true},
    AnswerRow{"reference", "valueReference", "", "", false},
    AnswerRow{"string", "valueString", "", "", true},
    AnswerRow{"text", "valueString", "", "", false},
    AnswerRow{"time", "valueTime", "", "", true},
    AnswerRow{"url", "valueUri", "valueUrl", "", false},
};

const AnswerRow* RowOfItem(const Value& item) {
  const auto* const row = std::ranges::find(kAnswers, item.Get("type").text(), &AnswerRow::type);
  return row == kAnswers.end() ? nullptr : row;
}

bool IsChoice(const AnswerRow& row) { return row.value == "valueCoding"; }

// A code without its system is not the code of a system. https://hl7.org/fhir/R4/datatypes.html#Coding
bool IsOffered(const Member& option, const Member& given) {
  if (option.name != given.name) {
    return false;
  }
  const Relation relation = Compare(given.name, given.value, option.value);
  const bool lacks_system = !option.value.Get("system").text().empty() && given.value.Get("system").text().empty();
  return (relation == Relation::kEqual || relation == Relation::kUnclear) && !lacks_system;
}

template <typename Keep>
bool AnyOption(const Value& item, Keep keep) {
  return std::ranges::any_of(item.Get("answerOption").items(), [&](const Value& option) {
    const Member* const value = ChoiceOf(option, "value");
    return value != nullptr && keep(*value, option);
  });
}

Coding CodingOf(const Value& value) {
  return {value.Get("system").text(), value.Get("version").text(), value.Get("code").text()};
}

// A code that its complete system does not have, which is said where codes are looked up.
bool IsStrange(const Context& context, const Member& given) {
  const Coding coding = CodingOf(given.value);
  return given.name == "valueCoding" && context.options.bindings && !coding.system.empty() &&
         context.terminology.Find(coding).answer == Answer::kNo;
}

// The contained value set that "#vs" names: of the Questionnaire, or of what contains that.
const Value* ContainedSet(const Asking& asking, std::string_view id) {
  for (const Value* const holder : {&asking.questionnaire, &asking.response}) {
    const Value* const contained = holder->Find("contained");
    for (const Value& each : contained == nullptr ? std::span<const Value>{} : contained->items()) {
      if (each.Get("id").text() == id) {
        return &each;
      }
    }
  }
  return nullptr;
}

// Is the code known not to be in the set? What is no code of a system is in none.
bool IsOutside(const Asking& asking, std::string_view set, const Member& given) {
  const terminology::Terminology& terminology = asking.context.terminology;
  const Coding coding = CodingOf(given.value);
  const bool contained = set.starts_with('#');
  const Value* const written = contained ? ContainedSet(asking, set.substr(1)) : nullptr;
  if (contained ? written == nullptr : !terminology.HasValueSet(set)) {
    return false;
  }
  if (coding.code.empty() || coding.system.empty()) {
    return given.name == "valueCoding" && given.value.Find("extension") == nullptr;
  }
  const Verdict verdict = written != nullptr ? terminology.Offers(*written, coding) : terminology.Offers(set, coding);
  return verdict.answer == Answer::kNo && !IsStrange(asking.context, given);
}

// Options and value sets; those of the unit, for quantities.
void CheckOptions(const Asking& asking, const Value& item, const Member& given, const Place& place) {
  if (item.Get("answerOption").size() > 0) {
    const bool free_text = item.Get("type").text() == "open-choice" && given.name == "valueString";
    if (!free_text && !AnyOption(item, [&](const Member& option, const Value&) { return IsOffered(option, given); })) {
      asking.context.findings.Add(Rule::kAnswerOption, place);
    }
    return;
  }
  const bool quantity = given.name == "valueQuantity";
  const Value set = quantity ? ExtensionOf(item, "questionnaire-unitValueSet") : item.Get("answerValueSet");
  if (set.is_string() && (quantity || given.name == "valueCoding") && IsOutside(asking, set.text(), given)) {
    asking.context.findings.Add(Rule::kAnswerOption, place);
  }
}

void CheckUnit(const Asking& asking, const Value& item, const Member& given, const Place& place) {
  bool offered = false;
  bool found = false;
  for (const Value& extension : item.Get("extension").items()) {
    if (IsExtensionOf(extension, "questionnaire-unitOption")) {
      offered = true;
      found = found || Compare("valueCoding", extension.Get("valueCoding"), given.value) == Relation::kEqual;
    }
  }
  if (offered && !found) {
    asking.context.findings.Add(Rule::kAnswerOption, place);
  }
}

}  // namespace

bool MayListAnswers(const Value& item) {
  const AnswerRow* const row = RowOfItem(item);
  return row != nullptr && row->listed;
}

bool SuitsItem(const Value& item, std::string_view name) {
  const AnswerRow* const row = RowOfItem(item);
  return row == nullptr || IsChoice(*row) || name == row->value || name == row->other || name == row->initial;
}

bool IsExclusive(Asking& asking, const Value& item, const Value& answer) {
  const Member* const given = ChoiceOf(answer, "value");
  const bool covered = asking.enablement.Charge(item.Get("answerOption").size());
  return covered && given != nullptr && AnyOption(item, [&](const Member& value, const Value& option) {
           return IsOffered(value, *given) && ExtensionOf(option, "questionnaire-optionExclusive").boolean();
         });
}

void CheckAnswer(Asking& asking, const Value& item, const Value& answer, const Place& place) {
  const Member* const given = ChoiceOf(answer, "value");
  const AnswerRow* const row = RowOfItem(item);
  if (given == nullptr || row == nullptr || !asking.enablement.Charge(2 * item.Get("answerOption").size() + 1)) {
    return;
  }
  const Place here{&place, "value", Place::kSingle, given->name};
  const bool offers_type =
      IsChoice(*row) && AnyOption(item, [&](const Member& option, const Value&) { return option.name == given->name; });
  if (given->name != row->value && given->name != row->other && !offers_type) {
    asking.context.findings.Add(Rule::kAnswerType, here);
    return;
  }
  CheckOptions(asking, item, *given, here);
  CheckLimits(asking, item, *given, here);
  if (row->type == "quantity") {
    CheckUnit(asking, item, *given, here);
  }
}

}  // namespace throughline::validate
