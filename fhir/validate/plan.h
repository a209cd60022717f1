// What is worked out once for the R4 definitions: for each type, how its values are checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/value.h"
#include "fhir/validate/implied.h"
#include "fhir/validate/place.h"
#include "fhir/validate/primitives.h"
#include "fhir/validate/profiles.h"

namespace throughline::validate {

struct Context;
struct Invariant;
class InvariantList;

// A value in its place.
struct Visit {
  const json::Value& value;
  const json::Value& sibling;           // the `_name` member of a primitive; null when there is none
  const definitions::Element* element;  // null for the value that the check began with
  const Place& place;
};

// What a type asks for beyond its rows.
using TypeCheck = void (*)(Context& context, const Visit& visit);

// How the text of a primitive is looked at besides its form.
enum class TextKind : std::uint8_t { kToken, kBytes, kText, kUri, kCanonical, kXhtml };

struct TypePlan {
  const PrimitiveRow* primitive = nullptr;  // null for other types
  TypeCheck check = nullptr;                // run when the value's members were walked
  TextKind text = TextKind::kToken;
  bool resource = false;
  bool narrated = false;  // a resource that can say in `text` what it means
  bool bundle = false;    // its entries are what references in them may name
};

// Immutable but for constraints, which the first who asks compiles; safe from several threads.
class Plan {
 public:
  explicit Plan(const definitions::Definitions& definitions);
  ~Plan();
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  const TypePlan& of(definitions::TypeId type) const { return types_[type < types_.size() ? type : types_.size() - 1]; }

  // Constraints that are evaluated: of every value of a type; and those that an element adds.
  std::span<const Invariant> InvariantsOf(definitions::TypeId type) const;
  std::span<const Invariant> InvariantsOf(const definitions::Element& element) const;

  // The profiles of R4, compiled when first met; and those that a code implies.
  const Profiles& profiles() const { return profiles_; }
  const Implied& implied() const { return implied_; }

  definitions::TypeId resource() const { return resource_; }
  definitions::TypeId extension() const { return extension_; }
  definitions::TypeId element_definition() const { return element_definition_; }
  definitions::TypeId code() const { return code_; }
  definitions::TypeId coding() const { return coding_; }
  definitions::TypeId codeable_concept() const { return concept_; }
  definitions::TypeId quantity() const { return quantity_; }
  definitions::TypeId string() const { return string_; }
  definitions::TypeId uri() const { return uri_; }

 private:
  const definitions::Definitions& definitions_;
  const Profiles profiles_;
  const Implied implied_;
  std::unique_ptr<InvariantList[]> type_invariants_;
  std::vector<std::uint32_t> constrained_;  // rows of elements that add constraints, sorted
  std::unique_ptr<InvariantList[]> element_invariants_;
  std::vector<TypePlan> types_;  // one more than there are types: the empty plan
  definitions::TypeId resource_, extension_, element_definition_, code_, coding_, concept_, quantity_, string_, uri_;
};

// The plan of the R4 types, which all layers of definitions share; made at the first call.
const Plan& PlanOf(const definitions::Definitions& definitions);

}  // namespace throughline::validate
