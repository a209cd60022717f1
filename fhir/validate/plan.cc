#include "fhir/validate/plan.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "fhir/validate/attachment.h"
#include "fhir/validate/bundle.h"
#include "fhir/validate/context.h"
#include "fhir/validate/extension.h"
#include "fhir/validate/invariants.h"
#include "fhir/validate/questionnaire.h"
#include "fhir/validate/structure_definition.h"

namespace throughline::validate {
namespace {

using definitions::Definitions;
using definitions::TypeId;

struct TypeCheckRow {
  std::string_view type;
  TypeCheck check;
};
constexpr std::array kTypeChecks = {
    TypeCheckRow{"Attachment", CheckAttachment},
    TypeCheckRow{"Bundle", CheckBundle},
    TypeCheckRow{"Extension", CheckExtension},
    TypeCheckRow{"Questionnaire", CheckQuestionnaire},
    TypeCheckRow{"QuestionnaireResponse", CheckQuestionnaireResponse},
    TypeCheckRow{"Reference", CheckReference},
    TypeCheckRow{"SampledData", CheckSampledData},
    TypeCheckRow{"StructureDefinition", CheckStructureDefinition},
};

struct TextKindRow {
  std::string_view type;
  TextKind kind;
};
constexpr std::array kTextKinds = {
    TextKindRow{"base64Binary", TextKind::kBytes},
    TextKindRow{"canonical", TextKind::kCanonical},
    TextKindRow{"markdown", TextKind::kText},
    TextKindRow{"string", TextKind::kText},
    TextKindRow{"uri", TextKind::kUri},
    TextKindRow{"url", TextKind::kUri},
    TextKindRow{"xhtml", TextKind::kXhtml},
};

template <typename Rows>
const auto* FindRow(const Rows& rows, std::string_view type) {
  const auto* const found = std::ranges::find_if(rows, [&](const auto& row) { return row.type == type; });
  return found == rows.end() ? nullptr : &*found;
}

TypePlan PlanType(const Definitions& definitions, TypeId id) {
  const definitions::Type type = definitions.type(id);
  TypePlan plan;
  plan.resource = definitions.IsResource(id);
  plan.narrated = definitions.Derives(id, definitions.FindType("DomainResource"));
  if (type.kind == definitions::TypeKind::kPrimitive) {
    plan.primitive = FindPrimitive(type.name);
  }
  if (const auto* const row = FindRow(kTypeChecks, type.name)) {
    plan.check = row->check;
    plan.bundle = row->check == CheckBundle;
  }
  if (const auto* const row = FindRow(kTextKinds, type.name)) {
    plan.text = row->kind;
  }
  return plan;
}

}  // namespace

Plan::Plan(const Definitions& definitions)
    : definitions_(definitions),
      profiles_(definitions),
      implied_(definitions),
      type_invariants_(std::make_unique<InvariantList[]>(definitions.type_count())),
      resource_(definitions.FindType("Resource")),
      extension_(definitions.FindType("Extension")),
      element_definition_(definitions.FindType("ElementDefinition")),
      code_(definitions.FindType("code")),
      coding_(definitions.FindType("Coding")),
      concept_(definitions.FindType("CodeableConcept")),
      quantity_(definitions.FindType("Quantity")),
      string_(definitions.FindType("string")),
      uri_(definitions.FindType("uri")) {
  for (std::size_t id = 0; id < definitions.type_count(); ++id) {
    const auto type = static_cast<TypeId>(id);
    types_.push_back(PlanType(definitions, type));
    for (std::size_t i = 0; i < definitions.child_count(type); ++i) {
      const definitions::Element child = definitions.child(type, i);
      if (child.constraint_count > 0) {
        constrained_.push_back(child.row);
      }
    }
  }
  types_.emplace_back();
  std::ranges::sort(constrained_);
  element_invariants_ = std::make_unique<InvariantList[]>(constrained_.size());
}

Plan::~Plan() = default;

std::span<const Invariant> Plan::InvariantsOf(TypeId type) const {
  return type_invariants_[type].Get(definitions_, definitions_.type(type));
}

std::span<const Invariant> Plan::InvariantsOf(const definitions::Element& element) const {
  const auto found = std::ranges::lower_bound(constrained_, element.row);
  const auto index = static_cast<std::size_t>(found - constrained_.begin());
  return element_invariants_[index].Get(definitions_, element);
}

const Plan& PlanOf(const Definitions& /*layers*/) {
  // TypeIds and element rows mean the same in all layers, as R4 alone has types.
  static const Plan plan(definitions::R4());
  return plan;
}

}  // namespace throughline::validate
