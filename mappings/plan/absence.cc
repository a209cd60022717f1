#include "mappings/plan/absence.h"

#include <algorithm>

#include "fhir/base/decimal.h"
#include "fhir/json/build.h"

namespace throughline::plan {

const AbsentToken* FindToken(const Field& field, const json::Value& value) {
  if (field.absent.empty() || (!value.is_string() && !value.is_number() && !value.is_null())) return nullptr;
  const auto found = std::ranges::find_if(field.absent, [&](const AbsentToken& token) {
    return token.null ? value.is_null() : !value.is_null() && token.token == value.text();
  });
  return found != field.absent.end() && TokenValue(field, *found).kind() == value.kind() ? &*found : nullptr;
}

const AbsentToken* TokenFor(const Field& field, std::string_view reason) {
  const auto found = std::ranges::find(field.absent, reason, &AbsentToken::reason);
  return found == field.absent.end() ? nullptr : &*found;
}

json::Value TokenValue(const Field& field, const AbsentToken& token) {
  if (token.null) return {};
  const bool number = field.type == ValueType::kInteger || field.type == ValueType::kDecimal;
  return number && !field.textual && IsJsonNumber(token.token) ? json::Value::Number(token.token)
                                                               : json::Value::String(token.token);
}

json::Value AbsentConcept(std::string_view reason, json::Arena& arena) {
  json::ObjectBuilder coding(arena);
  coding.Add("system", json::Value::String(kAbsentSystem));
  coding.Add("code", json::Value::String(reason));
  json::ArrayBuilder codings(arena);
  codings.Add(coding.Build());
  json::ObjectBuilder concept_value(arena);
  concept_value.Add("coding", codings.Build());
  return concept_value.Build();
}

json::Value AbsentExtension(std::string_view reason, json::Arena& arena) {
  json::ObjectBuilder extension(arena);
  extension.Add("url", json::Value::String(kAbsentUrl));
  extension.Add("valueCode", json::Value::String(reason));
  return extension.Build();
}

std::string_view ReasonIn(const json::Value& concept_value) {
  for (const json::Value& coding : concept_value.Get("coding").items()) {
    if (coding.Get("system").text() == kAbsentSystem) return coding.Get("code").text();
  }
  return {};
}

}  // namespace throughline::plan
