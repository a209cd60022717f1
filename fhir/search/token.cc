// https://hl7.org/fhir/R4/search.html#token
#include <array>

#include "fhir/path/expression.h"
#include "fhir/search/fold.h"
#include "fhir/search/types.h"

namespace throughline::search {
namespace {

Token MakeToken(std::string_view system, std::string_view code, bool implied = false) {
  return {std::string(system), std::string(code), FoldCode(code), implied};
}

void AddCoding(RowSink& sink, const json::Value& coding) {
  const std::string_view system = coding.Get("system").text();
  const std::string_view code = coding.Get("code").text();
  if (!system.empty() || !code.empty()) sink.Add(MakeToken(system, code));
  sink.AddText(coding.Get("display").text());
}

void AddConcept(RowSink& sink, const json::Value& value) {
  for (const json::Value& coding : value.Get("coding").items()) AddCoding(sink, coding);
  sink.AddText(value.Get("text").text());
}

// What `:of-type` looks at: the identifier's value behind the code of its type.
void AddTyped(RowSink& sink, const json::Value& type, std::string_view value) {
  const std::string_view code = type.Get("code").text();
  const std::string_view system = type.Get("system").text();
  if (system.empty() || code.empty()) return;
  sink.AddFor("of-type", MakeToken(system, std::string(code) + "|" + std::string(value)));
}

void AddIdentifier(RowSink& sink, const json::Value& identifier) {
  const std::string_view system = identifier.Get("system").text();
  const std::string_view value = identifier.Get("value").text();
  if (!system.empty() || !value.empty()) sink.Add(MakeToken(system, value));
  const json::Value type = identifier.Get("type");
  sink.AddText(type.Get("text").text());
  if (value.empty()) return;
  for (const json::Value& coding : type.Get("coding").items()) AddTyped(sink, coding, value);
}

void AddContact(RowSink& sink, const json::Value& contact) {
  const std::string_view value = contact.Get("value").text();
  if (!value.empty()) sink.Add(MakeToken({}, value));
}

constexpr std::string_view kBooleans = "http://terminology.hl7.org/CodeSystem/special-values";

// The system of a code is the one that its element implies.
void AddPrimitive(RowSink& sink, const path::Item& item, std::string_view type) {
  path::Item value;
  if (!path::ToSystem(sink.definitions, item, value)) return;
  if (value.kind() == path::ItemKind::kBoolean) {
    sink.Add(MakeToken(kBooleans, value.boolean() ? "true" : "false", true));
  } else if (value.kind() == path::ItemKind::kString && !value.text().empty()) {
    const bool code = type == "code";
    const std::string_view system = code && sink.implied != nullptr ? sink.implied->Find(value.text()) : "";
    sink.Add(MakeToken(system, value.text(), code));
  }
}

struct ConversionRow {
  std::string_view type;
  void (*add)(RowSink& sink, const json::Value& value);
};
constexpr std::array<ConversionRow, 4> kConversions = {{{"Coding", AddCoding},
                                                        {"CodeableConcept", AddConcept},
                                                        {"Identifier", AddIdentifier},
                                                        {"ContactPoint", AddContact}}};

}  // namespace

void AddTokenRows(RowSink& sink, const path::Item& item) {
  const std::string_view type = TypeOf(sink.definitions, item);
  if (!item.is_node() || !item.value().is_object()) return AddPrimitive(sink, item, type);
  for (const ConversionRow& row : kConversions) {
    if (row.type == type) return row.add(sink, item.value());
  }
}

namespace {

// "system|code|value", all three: https://hl7.org/fhir/R4/search.html#token
bool ReadTyped(std::string_view text, ConditionValue& out) {
  const std::vector<std::string_view> parts = SplitEscaped(text, '|');
  if (parts.size() != 3) return false;
  TokenValue wanted;
  std::string code;
  std::string value;
  if (!Unescaped(parts[0], wanted.system) || !Unescaped(parts[1], code) || !Unescaped(parts[2], value)) return false;
  if (wanted.system.empty() || code.empty() || value.empty()) return false;
  wanted.folded = FoldCode(code + "|" + value);
  wanted.form = TokenForm::kSystemAndCode;
  out = std::move(wanted);
  return true;
}

}  // namespace

bool ReadTokenValue(const ValueContext& context, std::string_view text, ConditionValue& out) {
  if (context.modifier == Modifier::kText) return ReadStringValue(context, text, out);
  if (context.modifier == Modifier::kOfType) return ReadTyped(text, out);
  const std::vector<std::string_view> parts = SplitEscaped(text, '|');
  if (parts.size() > 2) return false;
  TokenValue value;
  std::string code;
  if (!Unescaped(parts.back(), code)) return false;
  value.folded = FoldCode(code);
  if (parts.size() == 2) {
    if (!Unescaped(parts[0], value.system)) return false;
    if (value.system.empty() && code.empty()) return false;
    value.form = value.system.empty() ? TokenForm::kNoSystem
                 : code.empty()       ? TokenForm::kSystem
                                      : TokenForm::kSystemAndCode;
  }
  out = std::move(value);
  return true;
}

bool TokenMatches(Modifier modifier, const ConditionValue& value, const IndexRow& row) {
  if (modifier == Modifier::kText) return StringMatches(Modifier::kNone, value, row);
  const auto* token = std::get_if<Token>(&row.value);
  const auto* wanted = std::get_if<TokenValue>(&value);
  if (token == nullptr || wanted == nullptr) return false;
  switch (wanted->form) {
    case TokenForm::kCode:
      return token->folded == wanted->folded;
    case TokenForm::kSystemAndCode:
      return token->folded == wanted->folded &&
             (token->system == wanted->system || (token->implied && token->system.empty()));
    case TokenForm::kNoSystem:
      return token->folded == wanted->folded && (token->system.empty() || token->implied);
    case TokenForm::kSystem:
      return token->system == wanted->system;
  }
  return false;
}

}  // namespace throughline::search
