// The constraints of the definitions, compiled when first needed, and their evaluation.
// https://hl7.org/fhir/R4/conformance-rules.html#constraints
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "fhir/base/made_once.h"
#include "fhir/definitions/definitions.h"
#include "fhir/path/expression.h"
#include "fhir/validate/plan.h"
#include "fhir/validate/rules.h"

namespace throughline::validate {

// One constraint that is evaluated as FHIRPath.
struct Invariant {
  std::string_view key;
  std::string_view human;
  Severity severity = Severity::kError;
  path::Expression expression;
  bool empty_breaks = false;  // see EmptyBreaks()
  bool timed = false;         // asks what time it is
};

// What breaks a rule: `false`; and nothing at all where the expression as a whole says "or", "and", "xor" or "implies",
// as neither side then holds ("telecom or endpoint" of a resource that has none of them). Elsewhere an empty result
// says nothing: what is spoken of is not there ("fullUrl.contains('x').not()"), has no order (a year and a day of it),
// or is not at hand (resolve(), memberOf()).
bool EmptyBreaks(const path::Expression& expression);

// The constraints of one type or one element. Safe from several threads: the first who asks compiles.
class InvariantList {
 public:
  // Those of `type`, or what `element` adds to those of its type.
  std::span<const Invariant> Get(const definitions::Definitions& definitions, const definitions::Type& type);
  std::span<const Invariant> Get(const definitions::Definitions& definitions, const definitions::Element& element);

 private:
  MadeOnce<std::vector<Invariant>> rows_;
};

// The invariants that the walker keeps itself, at no further cost: see WalkedKeys().
bool IsWalked(std::string_view key);
std::span<const std::string_view> WalkedKeys();

// An expression of R4 that does not say what its own words say, or cannot be evaluated, and what is evaluated instead.
struct Correction {
  std::string_view key;
  std::string_view expression;
  std::string_view reason;
};
std::span<const Correction> Corrections();

// Compiles one constraint for a focus of `type`. False when it is kept by the walker, or has no expression that
// compiles.
bool CompileConstraint(const definitions::Definitions& definitions, const definitions::Constraint& constraint,
                       std::string_view type, std::vector<Invariant>& out);

// What one rule says of a value. kNothing: it is broken by an empty result, so perhaps only for want of what another
// rule asks for; kFailed: it cannot be evaluated on this value; kMissing: it asks for what is not at hand; kCostly: it
// takes too many steps; kUnasked: no rule is asked any more, and that was said.
enum class Held : std::uint8_t { kYes, kNo, kNothing, kFailed, kMissing, kCostly, kUnasked };
// Takes the steps from those of the context; says so once when they run out, at `place`.
Held Holds(Context& context, const Invariant& row, const path::Item& focus, const Place& place,
           path::Environment& environment);
// Of what was not answered: the rule of the validator that says so, and how serious it is. A rule that is an error when
// it is broken is one when it cannot be checked, or whoever can make it fail would pass; not so for want of a profile.
struct Unanswered {
  Rule rule;
  Severity severity;
};
std::optional<Unanswered> UnansweredOf(Held held, const Invariant& row);

// Evaluates the constraints of the visited value's type and element.
void CheckInvariants(Context& context, definitions::TypeId type, const Visit& visit);
// Evaluates these on the visited value, and reports those that do not hold.
void Evaluate(Context& context, std::span<const Invariant> rows, definitions::TypeId type, const Visit& visit);

}  // namespace throughline::validate
