// The checks of expressions over plain JSON.
#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "fhir/path/checker.h"

namespace throughline::path {
namespace {

// Kinds of which a value of one can equal a value of another.
constexpr std::array<Kinds, 2> kAlike = {static_cast<Kinds>(kNumberKinds | KindBit(ItemKind::kQuantity)), kMomentKinds};

Kinds WithAlike(Kinds kinds) {
  for (const Kinds alike : kAlike) {
    if ((kinds & alike) != 0) kinds |= alike;
  }
  return kinds;
}

}  // namespace

Types Checker::PlainVariableOf(const Node& node, const Percent& percent) {
  constexpr std::array<std::string_view, 3> kSystems = {"ucum", "sct", "loinc"};
  const auto found = std::ranges::find(plain_variables_, percent.name, &PlainVariable::name);
  if (found != plain_variables_.end()) {
    return found->place == Outline::kNowhere ? Types{} : Types{.open = false, .places = {found->place}};
  }
  const bool url = percent.name.starts_with("vs-") || percent.name.starts_with("ext-");
  if (DefinesVariables() || url) return {};
  if (std::ranges::find(kSystems, percent.name) != kSystems.end()) return OfKinds(KindBit(ItemKind::kString));
  Find(PlainFinding::Kind::kVariable, node, percent.name);
  return {};
}

Types Checker::PlainMember(const Node& node, const Member& member, const Types& parents) {
  Types children{.open = parents.kinds != 0};
  bool found = children.open;
  for (const Outline::Place parent : parents.places) {
    if (outline_->KindsAt(parent) == kAnyKind) return {};
    found = outline_->Below(parent, member.name, children.places) || found;
  }
  if (found || parents.places.empty()) return children;
  Find(PlainFinding::Kind::kMember, node, member.name, parents.places.front());
  return {};
}

// What can never be equal is asked by mistake: a cell of a CSV is text.
void Checker::CheckEquality(const Node& node, const Binary& binary, const Types& left, const Types& right) {
  const Operation asked = binary.row->operation;
  if (asked != &Equal && asked != &NotEqual && asked != &Equivalent && asked != &NotEquivalent) return;
  const Kinds a = KindsOf(left);
  const Kinds b = KindsOf(right);
  if (a == 0 || b == 0 || (WithAlike(a) & WithAlike(b)) != 0) return;
  Find(PlainFinding::Kind::kOther, node, "the two sides are of different types and never equal");
}

void Checker::CheckPresence(const Node& node, const Call& call, const Types& input) {
  const Function function = call.row->function;
  if ((function != &Empty && function != &Exists) || call.argument_count > 0 || input.open || input.kinds != 0) return;
  const bool always = !input.places.empty() && std::ranges::all_of(input.places, [&](Outline::Place place) {
    return outline_->IsAlwaysThere(place);
  });
  if (always) Find(PlainFinding::Kind::kAlwaysAnswers, node, call.row->name, input.places.front());
}

}  // namespace throughline::path
