#include "mappings/engine/condition.h"

#include <cstddef>
#include <string_view>
#include <utility>

#include "fhir/path/item.h"

namespace throughline::engine {
namespace {

constexpr std::size_t kShown = 80;  // of an expression

// By its first bytes, and no part of a character.
std::string Shown(std::string_view text) {
  if (text.size() <= kShown) return std::string(text);
  std::size_t end = kShown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "...";
}

Error NoYesOrNo() {
  return MakeError(ErrorKind::kUnprocessable, "map-expression", "it gives neither true nor false, but something else");
}

}  // namespace

Result<bool> Decide(const plan::Plan& plan, const path::Expression& condition, const path::Item& focus,
                    path::Environment& environment) {
  const auto result = path::Evaluate(condition, focus, environment);
  if (!result) return result.error();
  if (result->empty()) return false;
  const path::Item& first = (*result)[0];
  if (result->size() == 1 && first.is_node() && first.value().is_null()) return false;
  path::Item item;
  const bool one = result->size() == 1 && path::ToSystem(*plan.definitions, first, item);
  if (!one || item.kind() != path::ItemKind::kBoolean) return NoYesOrNo();
  return item.boolean();
}

Issue NotWorkedOut(std::string word, const path::Expression& expression, const Error& cause) {
  Issue issue;
  issue.type = IssueType::kProcessing;
  issue.rule = "map-expression";
  issue.text = std::move(word) + " cannot be worked out on this record: ";
  const bool placed = !cause.issues.empty();
  issue.text += placed ? cause.issues.front().text : cause.message;
  issue.text += " (";
  if (placed && !cause.issues.front().location.empty()) issue.text += cause.issues.front().location + " of ";
  issue.text += "`" + Shown(expression.text()) + "`)";
  return issue;
}

}  // namespace throughline::engine
