// Questionnaires, and answers by the questionnaire that they answer.
// https://hl7.org/fhir/R4/questionnaire.html, https://hl7.org/fhir/R4/questionnaireresponse.html
#pragma once

#include <optional>
#include <string_view>
#include <unordered_map>

#include "fhir/json/value.h"
#include "fhir/path/pattern.h"
#include "fhir/validate/context.h"
#include "fhir/validate/enablement.h"

namespace throughline::validate {

// Conditions ask for items that are there; values are of the type that their item asks for.
void CheckQuestionnaire(Context& context, const Visit& visit);

// Items and answers by their Questionnaire, when it is contained, in the same Bundle, or the resolver has it.
void CheckQuestionnaireResponse(Context& context, const Visit& visit);

// Is a value of this name ("valueString") one that the item's type asks for? True for types that are not known.
bool SuitsItem(const json::Value& item, std::string_view name);

// May an item of this type list what its answers may be? False for types that are not known.
bool MayListAnswers(const json::Value& item);

// A response beside its Questionnaire.
struct Asking {
  Context& context;
  const json::Value& questionnaire;
  const json::Value& response;
  Enablement enablement{questionnaire, response};
  // Of extensions of items; nothing where a pattern cannot be read.
  std::unordered_map<std::string_view, std::optional<path::WholePattern>> patterns{};
};

// One answer's value by its item: type, options, limits. `place` is of the answer.
void CheckAnswer(Asking& asking, const json::Value& item, const json::Value& answer, const Place& place);

// What extensions of R4 ask of an answer; `place` is of the value.
void CheckLimits(Asking& asking, const json::Value& item, const json::Member& given, const Place& place);

// True for an answer that no other may stand beside.
bool IsExclusive(Asking& asking, const json::Value& item, const json::Value& answer);

}  // namespace throughline::validate
