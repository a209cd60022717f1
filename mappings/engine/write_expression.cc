// Elements that an expression over the record gives.
#include <utility>
#include <vector>

#include "fhir/terminology/terminology.h"
#include "fhir/validate/validate.h"
#include "mappings/engine/across.h"
#include "mappings/engine/condition.h"
#include "mappings/engine/derive.h"
#include "mappings/engine/resource_writer.h"
#include "mappings/plan/local_code.h"

namespace throughline::engine {
namespace {

Issue CannotStand() {
  Issue issue;
  issue.type = IssueType::kValue;
  issue.rule = "map-derived";
  issue.text = "the expression does not give a value that may stand there";
  return issue;
}

Issue WhyNot(const path::Expression& expression, const Error& error) {
  const Issue& first = error.issues.front();
  return first.rule == CannotStand().rule ? first : NotWorkedOut("'derive'", expression, error);
}

}  // namespace

// The item of the record that the resource with `each` is made for.
json::Value ResourceWriter::ItemOfRecord() const {
  if (writing_->each == kNone) return {};
  std::vector<Index> chain;
  for (Index at = writing_->each; plan_.nodes[at].parent != kNone; at = plan_.nodes[at].parent) chain.push_back(at);
  json::Value value = record_;
  const auto item = [&](Index list, std::size_t level) {
    if (plan_.nodes[list].spread > 0) return AcrossItem(plan_, list, value, scope_.places[level], arena_);
    const auto items = value.items();
    return scope_.places[level] < items.size() ? items[scope_.places[level]] : json::Value();
  };
  std::size_t level = 0;
  for (auto at = chain.rbegin(); at != chain.rend(); ++at) {
    const LocalNode& node = plan_.nodes[*at];
    if (node.spread > 0) continue;
    const json::Value* member = MemberOf(value, node.name);
    value = node.name == "*" ? item(node.parent, level++) : member == nullptr ? json::Value() : *member;
  }
  return item(writing_->each, level);
}

bool ResourceWriter::EmitExpression(const Content& content, FhirValue& out) {
  const Leaf& leaf = content.leaf;
  if (record_.is_null()) return false;
  path::Environment environment;
  environment.variables.push_back({"item", {}});
  if (const json::Value item = ItemOfRecord(); !item.is_null()) {
    environment.variables.back().value.Add(path::Item::Node(definitions::kNoType, item));
  }
  const path::Expression& expression = plan_.derivations[leaf.derivation].expression;
  const auto value =
      Ask(expression, path::Item::Node(definitions::kNoType, record_), environment, *plan_.definitions, arena_);
  if (!value) return Refuse(content, WhyNot(expression, value.error()));
  if (!value->is_null() && leaf.table != kNone && EmitCode(leaf, ScalarText(*value), out)) return true;
  if (!value->is_null() && leaf.table == kNone) {
    const ValueType kind = DefaultType(leaf.type_name);
    const bool plain = kind == ValueType::kInteger || kind == ValueType::kDecimal || kind == ValueType::kBoolean;
    out.value = value->is_number() && !plain ? json::Value::String(value->text()) : *value;
    if (!MayStand(leaf, out.value)) return Refuse(content, CannotStand());
  }
  if (out.value.is_null()) out.value = leaf.otherwise;
  return !out.value.is_null();
}

bool ResourceWriter::Refuse(const Content& content, Issue issue) {
  issue.expression = content.path;
  findings_.issues.push_back(std::move(issue));
  return false;
}

bool ResourceWriter::MayStand(const Leaf& leaf, const json::Value& value) const {
  if (!validate::IsValidPrimitive(leaf.type_name, value)) return false;
  const terminology::Terminology terminology(*plan_.definitions);
  return leaf.required_set.empty() || terminology.MemberOf(leaf.required_set, value).answer != terminology::Answer::kNo;
}

}  // namespace throughline::engine
