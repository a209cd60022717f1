// Questionnaires, and answers by the questionnaire that they answer.
// https://hl7.org/fhir/R4/questionnaire.html, https://hl7.org/fhir/R4/questionnaireresponse.html
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "fhir/json/value.h"
#include "fhir/validate/plan.h"

namespace throughline::validate {

// Conditions ask for items that are there.
void CheckQuestionnaire(Context& context, const Visit& visit);

// Items and answers by their Questionnaire, when it is contained or the resolver has it.
void CheckQuestionnaireResponse(Context& context, const Visit& visit);

// The items of a Questionnaire by linkId, each with where it stands; and what a response says to them.
class ItemIndex {
 public:
  // Reads `items`, and those below them.
  explicit ItemIndex(const json::Value& root);

  const json::Value* Find(std::string_view link_id) const;

 private:
  void Read(const json::Value& parent, std::size_t depth);

  struct Row {
    std::string_view link_id;
    json::Value item;
  };
  std::vector<Row> rows_;  // sorted by linkId
};

// The answers of a response by the linkId that they stand under, and how much may still be compared: both sides come
// from outside, so that their product must be limited.
class AnswerIndex {
 public:
  explicit AnswerIndex(const json::Value& response);

  // Do the conditions of an item hold, as far as they are answered? True for the rest once the budget is spent.
  // https://hl7.org/fhir/R4/questionnaire.html#enableWhen
  bool IsEnabled(const json::Value& item);

  // False when the budget does not cover so many comparisons.
  bool Charge(std::size_t comparisons);
  bool is_spent() const { return budget_ == 0; }

 private:
  struct Row {
    std::string_view link_id;
    json::Value answer;
  };
  void Read(const json::Value& parent, std::size_t depth);
  bool IsMet(const json::Value& when);

  std::vector<Row> rows_;  // sorted by linkId
  std::size_t budget_ = 1'000'000;
};

// One answer's value by its item: type, options, length and bounds. `place` is of the answer.
void CheckAnswer(Context& context, AnswerIndex& index, const json::Value& item, const json::Value& answer,
                 const Place& place);

// True for an answer that no other may stand beside.
bool IsExclusive(AnswerIndex& index, const json::Value& item, const json::Value& answer);

}  // namespace throughline::validate
