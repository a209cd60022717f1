#include "gateway/store/composite.h"

#include <utility>

namespace throughline::store {
namespace {

using search::Composite;
using search::CompositeValue;
using search::IndexRow;
using search::Token;

constexpr std::string_view kStated = ":";
constexpr std::string_view kImplied = "=";

// Without `|`, which ends each part of a name.
std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '|') {
      out += "\\!";
    } else {
      out += c;
    }
  }
  return out;
}

std::string CodePart(std::string_view parameter, std::string_view folded) {
  return std::string(parameter) + "$" + Escaped(folded) + "|";
}

std::string SystemPart(std::string_view how, std::string_view system) {
  return std::string(how) + Escaped(system) + "|";
}

// What starts with `start`: every text from it on and before the one whose last byte is the next one.
std::string Starts(const std::string& start, Binder& binder) {
  std::string end = start;
  ++end.back();
  return "(code >= " + binder.Bind(start) + " AND code < " + binder.Bind(end) + ")";
}

}  // namespace

void FlattenComposites(std::vector<IndexRow>& rows) {
  for (IndexRow& row : rows) {
    auto* composite = std::get_if<Composite>(&row.value);
    if (composite == nullptr || composite->parts.size() != 2) continue;
    const auto* token = std::get_if<Token>(&composite->parts[0].value);
    if (token == nullptr) continue;
    row.parameter =
        CodePart(row.parameter, token->folded) + SystemPart(token->implied ? kImplied : kStated, token->system);
    auto second = std::move(composite->parts[1].value);
    row.value = std::move(second);
  }
  std::erase_if(rows, [](const IndexRow& row) { return std::holds_alternative<Composite>(row.value); });
}

bool IsPair(const search::ConditionValue& value) {
  const auto* composite = std::get_if<CompositeValue>(&value);
  return composite != nullptr && composite->parts.size() == 2 &&
         std::holds_alternative<search::TokenValue>(composite->parts[0]) &&
         !std::holds_alternative<CompositeValue>(composite->parts[1]);
}

std::string PairParameterTest(const std::string& parameter, const search::TokenValue& token, Binder& binder) {
  const std::string code = CodePart(parameter, token.folded);
  switch (token.form) {
    case search::TokenForm::kCode:
      return Starts(code, binder);
    case search::TokenForm::kSystemAndCode:
      return "code IN (" + binder.Bind(code + SystemPart(kStated, token.system)) + ", " +
             binder.Bind(code + SystemPart(kImplied, token.system)) + ", " +
             binder.Bind(code + SystemPart(kImplied, {})) + ")";
    case search::TokenForm::kNoSystem:
      return "(code = " + binder.Bind(code + SystemPart(kStated, {})) + " OR " +
             Starts(code + std::string(kImplied), binder) + ")";
    case search::TokenForm::kSystem: {
      const auto has = [&](std::string_view how) {
        return "code <> replace(code, " + binder.Bind("|" + SystemPart(how, token.system)) + ", '')";
      };
      return "(" + Starts(parameter + "$", binder) + " AND (" + has(kStated) + " OR " + has(kImplied) + "))";
    }
  }
  return "1 = 0";
}

}  // namespace throughline::store
