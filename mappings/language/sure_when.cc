#include "mappings/language/sure_when.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "fhir/path/ast.h"
#include "fhir/path/functions.h"
#include "fhir/path/operators.h"

namespace throughline::language {
namespace {

using namespace plan;

class SureWhen {
 public:
  SureWhen(const Plan& plan, const ResourcePlan& resource, const Field& field)
      : plan_(plan), resource_(resource), field_(field), program_(resource.when_expression->program()) {}

  bool IsSure(path::NodeId id) const {
    const path::Node& node = program_.nodes[id];
    if (const auto* const call = std::get_if<path::Call>(&node.part)) {
      return call->row->name == "exists" && call->argument_count == 0 && IsField(call->on);
    }
    const auto* const binary = std::get_if<path::Binary>(&node.part);
    if (binary == nullptr) return false;
    if (binary->row->symbol == "or") return IsSure(binary->left) || IsSure(binary->right);
    return binary->row->symbol == "!=" && IsField(binary->left) && IsNothing(binary->right);
  }

 private:
  // Null has no value for an expression: where it is a reason, the field says something of which the `when` is not
  // true.
  bool IsField(path::NodeId id) const {
    const auto null = [](const AbsentToken& token) { return token.null; };
    return id != path::kNoNode && PlaceOf(id) == field_.node && std::ranges::none_of(Tokens(), null);
  }

  // Of names one below the other; kNone: it is something else, or in a list.
  Index PlaceOf(path::NodeId id) const {
    if (id == path::kNoNode) return resource_.each == kNone ? 0 : Item();
    const path::Node& node = program_.nodes[id];
    if (const auto* const variable = std::get_if<path::Percent>(&node.part)) {
      return variable->name == "item" && resource_.each != kNone ? Item() : variable->name == "resource" ? 0 : kNone;
    }
    const auto* const member = std::get_if<path::Member>(&node.part);
    const Index above = member == nullptr ? kNone : PlaceOf(member->on);
    if (above == kNone || plan_.nodes[above].kind != LocalKind::kObject || plan_.nodes[above].places) return kNone;
    const auto& children = plan_.nodes[above].children;
    const auto found =
        std::ranges::find_if(children, [&](Index child) { return plan_.nodes[child].name == member->name; });
    return found == children.end() ? kNone : *found;
  }

  Index Item() const { return plan_.nodes[resource_.each].children.front(); }

  // A text that the field never has as a value.
  bool IsNothing(path::NodeId id) const {
    const auto* const literal = std::get_if<path::Literal>(&program_.nodes[id].part);
    if (literal == nullptr || literal->empty || literal->value.kind() != path::ItemKind::kString) return false;
    const std::string_view text = literal->value.text();
    const LocalNode& node = plan_.nodes[field_.node];
    const bool nothing = text.empty() || (node.usual == Form::kWord && node.word == text);
    const auto reason = [&](const AbsentToken& token) { return token.token == text; };
    return nothing && std::ranges::none_of(Tokens(), reason);
  }

  // Words that are reasons, which the field carries over.
  const std::vector<AbsentToken>& Tokens() const { return field_.absent_said ? field_.absent : plan_.absent; }

  const Plan& plan_;
  const ResourcePlan& resource_;
  const Field& field_;
  const path::Program& program_;
};

}  // namespace

bool IsSureWhen(const Plan& plan, const ResourcePlan& resource, const Field& field) {
  return SureWhen(plan, resource, field).IsSure(resource.when_expression->program().root);
}

}  // namespace throughline::language
