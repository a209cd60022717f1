#include "mappings/plan/local_code.h"

#include "fhir/base/decimal.h"

namespace throughline::plan {
namespace {

bool IsWholeNumber(std::string_view text) {
  return IsJsonNumber(text) && text.find_first_of(".eE") == std::string_view::npos;
}

}  // namespace

std::string_view ScalarText(const json::Value& value) {
  if (value.is_boolean()) return value.boolean() ? "true" : "false";
  return value.text();
}

std::optional<std::string_view> CodeIn(const Field& field, const json::Value& local) {
  const bool number = field.type == ValueType::kInteger && !field.textual;
  const bool truth = field.type == ValueType::kBoolean && !field.textual;
  const bool fits = number  ? local.is_number() && IsWholeNumber(local.text())
                    : truth ? local.is_boolean()
                            : local.is_string();
  return fits ? std::optional(ScalarText(local)) : std::nullopt;
}

std::optional<json::Value> CodeValue(const Field& field, std::string_view code) {
  if (field.textual) return json::Value::String(code);
  if (field.type == ValueType::kInteger) {
    return IsWholeNumber(code) ? std::optional(json::Value::Number(code)) : std::nullopt;
  }
  if (field.type != ValueType::kBoolean) return json::Value::String(code);
  if (code != "true" && code != "false") return std::nullopt;
  return json::Value::Boolean(code == "true");
}

}  // namespace throughline::plan
