#include "fhir/validate/questionnaire.h"

#include <span>

#include "fhir/validate/answer_value.h"

namespace throughline::validate {
namespace {

using json::Member;
using json::Value;

constexpr std::size_t kMostQuestionDepth = 60;

void CheckItemValues(Context& context, const Value& item, std::string_view list, const Place& place) {
  std::size_t number = 0;
  for (const Value& row : item.Get(list).items()) {
    const Place here{&place, list, number++};
    const Member* const value = ChoiceOf(row, "value");
    if (value != nullptr && !SuitsItem(item, value->name)) {
      context.findings.Add(Rule::kQuestionnaireValue, {&here, "value", Place::kSingle, value->name});
    }
  }
}

void CheckItems(Context& context, const ItemTree& tree, const Value& parent, const Place& place, std::size_t depth) {
  std::size_t number = 0;
  for (const Value& item : depth < kMostQuestionDepth ? parent.Get("item").items() : std::span<const Value>{}) {
    const Place here{&place, "item", number++};
    std::size_t condition = 0;
    for (const Value& when : item.Get("enableWhen").items()) {
      const Place at{&here, "enableWhen", condition++};
      const std::string_view question = when.Get("question").text();
      if (!question.empty() && tree.Find(question).empty()) {
        context.findings.Add(Rule::kQuestionnaireCondition, {&at, "question"});
      }
    }
    CheckItemValues(context, item, "initial", here);
    if (MayListAnswers(item)) {
      CheckItemValues(context, item, "answerOption", here);
    }
    CheckItems(context, tree, item, here, depth + 1);
  }
}

}  // namespace

void CheckQuestionnaire(Context& context, const Visit& visit) {
  CheckItems(context, ItemTree(visit.value), visit.value, visit.place, 0);
}

}  // namespace throughline::validate
