#include "fhir/validate/plan.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "fhir/validate/attachment.h"
#include "fhir/validate/bundle.h"
#include "fhir/validate/context.h"
#include "fhir/validate/extension.h"

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
    TypeCheckRow{"Reference", CheckReference},
};

struct TextKindRow {
  std::string_view type;
  TextKind kind;
};
constexpr std::array kTextKinds = {
    TextKindRow{"base64Binary", TextKind::kBytes},
    TextKindRow{"canonical", TextKind::kUri},
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
    : resource_(definitions.FindType("Resource")),
      extension_(definitions.FindType("Extension")),
      code_(definitions.FindType("code")),
      coding_(definitions.FindType("Coding")),
      concept_(definitions.FindType("CodeableConcept")) {
  for (std::size_t id = 0; id < definitions.type_count(); ++id) {
    types_.push_back(PlanType(definitions, static_cast<TypeId>(id)));
  }
  types_.emplace_back();
}

const Plan& PlanOf(const Definitions& definitions) {
  static const Plan plan(definitions);
  return plan;
}

}  // namespace throughline::validate
