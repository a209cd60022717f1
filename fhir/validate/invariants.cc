#include "fhir/validate/invariants.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "fhir/path/ast.h"
#include "fhir/path/functions.h"
#include "fhir/path/operators.h"
#include "fhir/validate/context.h"

namespace throughline::validate {
namespace {

using definitions::Definitions;
using definitions::Element;
using definitions::Type;
using definitions::TypeId;

constexpr std::array<std::string_view, 10> kWalked = {"dom-2", "dom-3", "dom-4", "dom-5", "dom-6",
                                                      "ele-1", "ext-1", "ref-1", "txt-1", "txt-2"};
static_assert(std::ranges::is_sorted(kWalked));

constexpr std::array kCorrections = {
    Correction{
        "con-3",
        "clinicalStatus.exists() or verificationStatus.coding.where(system = "
        "'http://terminology.hl7.org/CodeSystem/condition-ver-status' and code = 'entered-in-error').exists() or "
        "category.coding.where(system = 'http://terminology.hl7.org/CodeSystem/condition-category' and code = "
        "'problem-list-item').empty()",
        "compares a CodeableConcept with a string, so that every category counts"},
    Correction{"que-12", "enableWhen.count() > 1 implies enableBehavior.exists()",
               "says more than two where its words say more than one"},
    Correction{"que-7", "operator = 'exists' implies (answer is boolean)", "names a type that answers never have"},
    Correction{"tim-9", "offset.empty() or (when.exists() and when.where($this in ('C' | 'CM' | 'CD' | 'CV')).empty())",
               "cannot be evaluated where `when` repeats"},
};
static_assert(std::ranges::is_sorted(kCorrections, {}, &Correction::key));

constexpr std::string_view kR4 = "http://hl7.org/fhir/StructureDefinition/";

Severity SeverityOf(const definitions::Constraint& constraint) {
  return constraint.severity == definitions::ConstraintSeverity::kError ? Severity::kError : Severity::kWarning;
}

constexpr std::array<std::string_view, 4> kLogic = {"and", "implies", "or", "xor"};
constexpr std::array<std::string_view, 4> kOrders = {"<", "<=", ">", ">="};
constexpr std::array<std::string_view, 3> kTimes = {"now", "timeOfDay", "today"};
constexpr std::array<std::string_view, 4> kLookUps = {"memberOf", "resolve", "subsumedBy", "subsumes"};

bool IsCallOf(const path::Node& node, std::span<const std::string_view> names) {
  const auto* const call = std::get_if<path::Call>(&node.part);
  return call != nullptr && std::ranges::find(names, call->row->name) != names.end();
}

bool IsCount(const path::Node& node) {
  constexpr std::array<std::string_view, 1> kCounts = {"count"};
  return IsCallOf(node, kCounts);
}

// May the answer be empty because it is not known? Numbers of things are: "initial.count() <= 1".
bool MayNotKnow(const path::Program& program, const path::Node& node) {
  if (const auto* const binary = std::get_if<path::Binary>(&node.part)) {
    return std::ranges::find(kOrders, binary->row->symbol) != kOrders.end() && !IsCount(program.nodes[binary->left]) &&
           !IsCount(program.nodes[binary->right]);
  }
  return IsCallOf(node, kLookUps);
}

bool IsFalse(const Definitions& definitions, const path::Collection& result) {
  path::Item item;
  return result.size() == 1 && path::ToSystem(definitions, result[0], item) &&
         item.kind() == path::ItemKind::kBoolean && !item.boolean();
}

Held AnswerOf(const Definitions& definitions, const Invariant& row, const path::Collection& result) {
  if (result.empty()) {
    return row.empty_breaks ? Held::kNothing : Held::kYes;
  }
  return IsFalse(definitions, result) ? Held::kNo : Held::kYes;
}

Held FailureOf(ErrorKind kind) {
  return kind == ErrorKind::kTooCostly ? Held::kCostly : kind == ErrorKind::kNotFound ? Held::kMissing : Held::kFailed;
}

}  // namespace

bool EmptyBreaks(const path::Expression& expression) {
  const path::Program& program = expression.program();
  const auto* const whole = std::get_if<path::Binary>(&program.nodes[program.root].part);
  return whole != nullptr && std::ranges::find(kLogic, whole->row->symbol) != kLogic.end() &&
         std::ranges::none_of(program.nodes, [&](const path::Node& node) { return MayNotKnow(program, node); });
}

bool IsWalked(std::string_view key) { return std::ranges::binary_search(kWalked, key); }
std::span<const std::string_view> WalkedKeys() { return kWalked; }
std::span<const Correction> Corrections() { return kCorrections; }

bool CompileConstraint(const Definitions& definitions, const definitions::Constraint& constraint, std::string_view type,
                       std::vector<Invariant>& out) {
  if (IsWalked(constraint.key)) {
    return false;
  }
  const bool of_r4 = constraint.source.empty() || constraint.source.starts_with(kR4);
  const auto* const correction = std::ranges::find(kCorrections, constraint.key, &Correction::key);
  const bool corrected = of_r4 && correction != kCorrections.end();
  const std::string_view text = corrected ? correction->expression : constraint.expression;
  auto expression = path::Compile(text, definitions, {.context_type = type, .published = true});
  if (text.empty() || !expression) {
    return false;
  }
  const bool empty_breaks = EmptyBreaks(*expression);
  const bool timed =
      std::ranges::any_of(expression->program().nodes, [](const path::Node& node) { return IsCallOf(node, kTimes); });
  out.push_back(
      {constraint.key, constraint.human, SeverityOf(constraint), *std::move(expression), empty_breaks, timed});
  return true;
}

std::span<const Invariant> InvariantList::Get(const Definitions& definitions, const Type& type) {
  return rows_.Get([&] {
    std::vector<Invariant> rows;
    for (std::size_t i = 0; i < type.constraint_count; ++i) {
      CompileConstraint(definitions, definitions.constraint(type, i), type.name, rows);
    }
    return rows;
  });
}

std::span<const Invariant> InvariantList::Get(const Definitions& definitions, const Element& element) {
  return rows_.Get([&] {
    const std::string_view type = definitions.type(element.type).name;
    std::vector<Invariant> rows;
    for (std::size_t i = 0; i < element.constraint_count; ++i) {
      CompileConstraint(definitions, definitions.constraint(element, i), type, rows);
    }
    return rows;
  });
}

Held Holds(Context& context, const Invariant& row, const path::Item& focus, const Place& place,
           path::Environment& environment) {
  if (row.timed && environment.now == Instant{}) {
    return Held::kYes;
  }
  if (context.steps == 0) {
    return Held::kUnasked;
  }
  const std::size_t before = environment.spent;
  const bool last = context.steps < context.options.rule_steps;
  environment.steps = std::min(context.steps, context.options.rule_steps);
  const auto result = path::Evaluate(row.expression, focus, environment);
  Held held = result ? AnswerOf(context.definitions, row, *result) : FailureOf(result.error().kind);
  if (environment.arena.bytes_used() > 0) {
    environment.arena.Reset();
  }
  context.steps -= std::min(context.steps, environment.spent - before);
  if (last && held == Held::kCostly) {
    context.steps = 0;
    context.findings.Add(Rule::kRulesCostly, place, row.key);
    held = Held::kUnasked;
  }
  return held;
}

std::optional<Unanswered> UnansweredOf(Held held, const Invariant& row) {
  switch (held) {
    case Held::kFailed:
      return Unanswered{Rule::kInvariantUnknown, row.severity};
    case Held::kMissing:
      return Unanswered{Rule::kInvariantUnknown, Severity::kWarning};
    case Held::kCostly:
      return Unanswered{Rule::kInvariantCostly, row.severity};
    default:
      return std::nullopt;
  }
}

void Evaluate(Context& context, std::span<const Invariant> rows, TypeId type, const Visit& visit) {
  if (rows.empty()) {
    return;
  }
  const path::Item focus = path::Item::Node(type, visit.value, visit.sibling);
  for (const Invariant& row : rows) {
    const Held held = Holds(context, row, focus, visit.place, context.environment);
    if (const auto unanswered = UnansweredOf(held, row)) {
      context.findings.AddAs(unanswered->severity, unanswered->rule, visit.place, row.key);
    } else if (held == Held::kNo || (held == Held::kNothing && context.sound)) {
      context.findings.AddConstraint(row.key, row.severity, row.human, visit.place);
    }
  }
}

void CheckInvariants(Context& context, TypeId type, const Visit& visit) {
  if (!context.options.invariants) {
    return;
  }
  Evaluate(context, context.plan.InvariantsOf(type), type, visit);
  if (visit.element != nullptr && visit.element->constraint_count > 0) {
    Evaluate(context, context.plan.InvariantsOf(*visit.element), type, visit);
  }
}

}  // namespace throughline::validate
