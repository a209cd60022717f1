// FHIRPath: an expression is compiled once and evaluated many times.
//   auto given = path::Compile("Patient.name.where(use = 'official').given", definitions::R4(), {});
//   path::Environment environment;
//   auto names = path::Evaluate(*given, path::ResourceItem(definitions::R4(), resource), environment);
// https://hl7.org/fhirpath/N1/, https://hl7.org/fhir/R4/fhirpath.html
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/clock.h"
#include "fhir/base/result.h"
#include "fhir/definitions/definitions.h"
#include "fhir/json/arena.h"
#include "fhir/path/item.h"

namespace throughline::terminology {
class Terminology;
}

namespace throughline::path {

enum class Model : std::uint8_t {
  kR4,    // elements and types by the definitions
  kNone,  // plain JSON: property names as they are, no FHIR types
};

struct CompileOptions {
  std::string_view context_type =
      {};  // FHIR type of the focus ("Patient", "HumanName"); empty: not known, names are not checked
  Model model = Model::kR4;
  // An expression of the R4 specification itself (search parameters, invariants): a branch for another type than the
  // focus is empty instead of an error ("Patient.name | Person.name"), and `as` of several items keeps those of the
  // type.
  bool published = false;
  std::size_t max_length = 4096;  // bytes
  std::size_t max_depth = 64;     // of nested parts; threats.md 2.1
};

struct Program;  // the compiled tree

// Immutable; safe from several threads. The definitions must outlive it.
class Expression {
 public:
  explicit Expression(std::unique_ptr<const Program> program);
  Expression(Expression&&) noexcept;
  Expression& operator=(Expression&&) noexcept;
  ~Expression();

  std::string_view text() const;  // as it was given
  const Program& program() const { return *program_; }

 private:
  std::unique_ptr<const Program> program_;
};

// kInvalid with one issue: rule "fhirpath-syntax" or "fhirpath-semantic", location "offset N" (bytes from 0).
// kTooLong, kTooCostly: over a limit, with rule "fhirpath-length" or "fhirpath-depth".
Result<Expression> Compile(std::string_view text, const definitions::Definitions& definitions,
                           const CompileOptions& options);

// Looks references up for resolve(). Called within Evaluate(), on its thread.
class Resolver {
 public:
  virtual ~Resolver() = default;
  // The resource that `reference` ("Patient/1", an absolute URL, "urn:uuid:...") names. False: not at hand; `out` is
  // untouched.
  virtual bool Resolve(std::string_view reference, json::Value& out) = 0;
};

// What an item is looked at within: %resource and %rootResource, in which its references are looked up.
struct Around {
  const Item& resource;
  const Item& root_resource;
};

// What only a validator can tell. Called within Evaluate(), on its thread.
class Conformance {
 public:
  virtual ~Conformance() = default;
  // conformsTo(): does `item` keep the rules of the profile `url`? Nothing: no such profile is at hand.
  virtual std::optional<bool> ConformsTo(const Item& item, std::string_view url, const Around& around) = 0;
  // htmlChecks(): is `text` the XHTML that a narrative may hold? https://hl7.org/fhir/R4/narrative.html
  virtual bool IsNarrative(std::string_view text) = 0;
  // slice(): does `item` belong to the slice `name` (or the element of that id) of the profile `structure`? Nothing:
  // there is no such slice.
  virtual std::optional<bool> IsInSlice(const Item& item, std::string_view structure, std::string_view name,
                                        const Around& around) = 0;
};

struct Variable {
  std::string name;  // without "%"
  Collection value;
};

struct TraceLine {
  std::string name;
  Collection value;
};

// What an evaluation may look at besides its focus, and where computed text lives: results are valid as long as the
// environment, the expression and the focus's document. One thread at a time; use it again for the next evaluation
// (after `arena.Reset()` when results are no longer needed).
struct Environment {
  Item resource = {};       // %resource; the focus when it is the empty node
  Item root_resource = {};  // %rootResource; %resource when it is the empty node
  std::vector<Variable> variables = {};
  Resolver* resolver = nullptr;        // null: only contained resources and entries of a Bundle are found
  Conformance* conformance = nullptr;  // conformsTo(), htmlChecks(), slice(); null: they fail
  const terminology::Terminology* terminology = nullptr;  // memberOf(), subsumes(); null: their answer is empty
  Instant now = {};                                       // now(), today(), timeOfDay()
  std::chrono::minutes zone{0};                           // of now(), today() and timeOfDay()
  std::size_t steps = 1'000'000;                          // budget of one evaluation; threats.md 2.1
  std::size_t spent = 0;                                  // steps of all evaluations so far
  std::vector<TraceLine>* trace = nullptr;                // receives what trace() is given
  json::Arena arena{};
  ItemPool items{};  // of lists while they are made
};

// The node of a whole resource, its type read from `resourceType`. Of type kNoType when that names no resource.
Item ResourceItem(const definitions::Definitions& definitions, const json::Value& resource);

// kUnprocessable with one issue: rule "fhirpath-execution", location "offset N". kNotFound: the same for want of a
// profile that is not at hand (conformsTo(), slice()). kTooCostly: over the budget of steps.
Result<Collection> Evaluate(const Expression& expression, const Item& focus, Environment& environment);

// Evaluate(), then: is the result the one item `true`? What invariants and conditions ask. Empty counts as false.
Result<bool> EvaluatesToTrue(const Expression& expression, const Item& focus, Environment& environment);

// The types that the references among the results may point to, as far as the definitions and `where(resolve() is T)`
// tell; empty: any. `context_type` is the type of the focus.
std::vector<TypeId> ReferenceTargets(const Expression& expression, std::string_view context_type);

// What the types tell of the results of every node of the tree (ast.h), by its number: "HumanName", "code |
// System.String"; empty where it is not known. `context_type` is the type of the focus; empty: not known.
std::vector<std::string> StaticTypes(const Expression& expression, std::string_view context_type);

// The name of an item's type as answers show it: "HumanName", "code"; System types in lower case but "Quantity".
std::string_view TypeName(const definitions::Definitions& definitions, const Item& item);

// A node that is a FHIR primitive becomes its System value ("code" -> string, "instant" -> dateTime); Quantity-like
// nodes become Quantity. Every other item stays what it is. False: a primitive without a value (extensions only).
bool ToSystem(const definitions::Definitions& definitions, const Item& item, Item& out);

}  // namespace throughline::path
