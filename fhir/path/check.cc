// What can be known without a resource: names that the types do not have.
#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "fhir/path/checker.h"
#include "fhir/path/navigate.h"

namespace throughline::path {

using definitions::kNoType;

namespace {

void IncludeType(TypeId id, Types& out) {
  if (id != kNoType && std::ranges::find(out.ids, id) == out.ids.end()) out.ids.push_back(id);
}

constexpr std::size_t kMaxSteps = 8;

}  // namespace

Types Checker::Infer(NodeId node, const Types& self) {
  if (failed_) return {};
  const Node& at = program_.nodes[node];
  Types types = std::visit([&](const auto& part) { return Of(at, part, self); }, at.part);
  if (names_ != nullptr) (*names_)[node] = NamesOf(types);
  return types;
}

// "HumanName | string"; empty: not known.
std::string Checker::NamesOf(const Types& types) const {
  constexpr std::array<std::string_view, 11> kSystemNames = {
      "", "Boolean", "Integer", "Decimal", "String", "Date", "DateTime", "Time", "Quantity", "TypeInfo", "Long"};
  if (types.open || types.kinds == kAnyKind) return "";
  std::string names;
  const auto add = [&names](std::string_view name) { names += (names.empty() ? "" : " | ") + std::string(name); };
  for (const TypeId id : types.ids) add(definitions_.type(id).name);
  for (std::size_t kind = 1; kind < kSystemNames.size(); ++kind) {
    if ((types.kinds >> kind & 1) != 0) add("System." + std::string(kSystemNames[kind]));
  }
  return names;
}

Types Checker::Of(const Node& node, const Percent& percent, const Types&) {
  constexpr std::array<std::string_view, 6> kGiven = {"context", "resource", "rootResource", "ucum", "sct", "loinc"};
  if (outline_ != nullptr) return PlainVariableOf(node, percent);
  if (variables_ == nullptr) return {};
  const auto found = std::ranges::find(*variables_, percent.name, &VariableType::name);
  if (found != variables_->end()) {
    const TypeId type = definitions_.FindType(found->type);
    return type == kNoType ? Types{} : Types{{type}, definitions_.type(type).abstract};
  }
  const bool defines = DefinesVariables();
  const bool url = percent.name.starts_with("vs-") || percent.name.starts_with("ext-");
  if (!defines && !url && std::ranges::find(kGiven, percent.name) == kGiven.end()) {
    Fail(node, "there is no such variable");
  }
  return {};
}

bool Checker::DefinesVariables() const {
  return std::ranges::any_of(program_.nodes, [](const Node& at) {
    const auto* call = std::get_if<Call>(&at.part);
    return call != nullptr && call->row->function == &DefineVariable;
  });
}

// What the items may be as System values; kNode stands for those that are none.
Kinds Checker::KindsOf(const Types& types) const {
  if (types.open) return kAnyKind;
  Kinds kinds = types.kinds;
  for (const Outline::Place place : types.places) kinds |= outline_->KindsAt(place);
  for (const TypeId id : types.ids) kinds |= KindsOf(id);
  return kinds;
}

Kinds Checker::KindsOf(TypeId id) const {
  const definitions::Type type = definitions_.type(id);
  if (type.abstract || type.name == "Element") return kAnyKind;
  if (type.kind == definitions::TypeKind::kPrimitive) return SystemKindOf(type.name);
  const bool quantity = definitions_.Derives(id, definitions_.FindType("Quantity"));
  return KindBit(ItemKind::kNode) | (quantity ? KindBit(ItemKind::kQuantity) : Kinds{0});
}

void Checker::CheckOperands(const Node& node, const Binary& binary, const Types& left, const Types& right) {
  if (published_ || binary.row->pairs.empty()) return;
  const Kinds a = KindsOf(left);
  const Kinds b = KindsOf(right);
  const bool possible = a == 0 || b == 0 || std::ranges::any_of(binary.row->pairs, [&](const OperandPair& pair) {
                          return (a & pair.left) != 0 && (b & pair.right) != 0;
                        });
  if (!possible) Fail(node, "the operator does not take values of these types");
}

void Checker::CheckInput(const Node& node, const Call& call, const Types& input) {
  if (published_) return;
  const Kinds kinds = KindsOf(input);
  if (kinds != 0 && (kinds & call.row->input.kinds) == 0) Fail(node, "the function is not for values of this type");
  const Function function = call.row->function;
  const bool ordered =
      function == &First || function == &Last || function == &Tail || function == &Skip || function == &Take;
  if (ordered && input.unordered) Fail(node, "the function asks for an order that children do not have");
}

Types Checker::TypeOf(const TypeSpecifier& type) const {
  if (type.fhir == kNoType) return {{}, type.system == ItemKind::kNode, KindBit(type.system)};
  // A subtype may have more elements than the type that was named.
  return {{type.fhir}, definitions_.type(type.fhir).abstract};
}

void Checker::AddTargets(const definitions::Element& element, Types& out) const {
  for (std::size_t i = 0; i < element.target_count; ++i) {
    const TypeId target = definitions_.target(element, i);
    if (std::ranges::find(out.targets, target) == out.targets.end()) out.targets.push_back(target);
  }
}

// T of `resolve() is T`.
TypeId Checker::WantedType(NodeId condition) const {
  const auto* test = std::get_if<TypeTest>(&program_.nodes[condition].part);
  if (test == nullptr || test->as) return kNoType;
  const auto* call = std::get_if<Call>(&program_.nodes[test->operand].part);
  return call != nullptr && call->row->function == &Resolve ? test->type.fhir : kNoType;
}

void Checker::AddChildTypes(TypeId parent, std::string_view name, Types& out) {
  definitions::Element element;
  if (definitions_.FindChild(parent, name, element) && element.choice.empty()) {
    IncludeType(element.type, out);
    AddTargets(element, out);
    if (element.type == kNoType || definitions_.type(element.type).abstract) out.open = true;
    return;
  }
  const Definitions::Range rows = definitions_.FindChoice(parent, name);
  for (std::size_t i = 0; i < rows.count; ++i) {
    element = definitions_.child(parent, rows.first + i);
    IncludeType(element.type, out);
    AddTargets(element, out);
  }
}

void Checker::TakeSteps(const Node& node, const Types& parents) {
  if (resolved_ == nullptr || parents.ids.size() > kMaxSteps) return;
  const auto place = static_cast<std::size_t>(&node - program_.nodes.data());
  auto& member = std::get<Member>(resolved_->nodes[place].part);
  member.first_step = static_cast<std::uint32_t>(resolved_->steps.size());
  for (const TypeId parent : parents.ids) {
    definitions::Element element;
    const bool plain = definitions_.FindChild(parent, member.name, element) && element.choice.empty();
    if (plain) resolved_->steps.push_back(StepOf(definitions_, element));
  }
  member.step_count = static_cast<std::uint32_t>(resolved_->steps.size()) - member.first_step;
}

// A type's name at the start: the focus, when it is of that type.
Types Checker::Named(const Node& node, const Member& member, const Types& self) {
  const bool possible =
      self.open || std::ranges::any_of(self.ids, [&](TypeId id) { return definitions_.Derives(id, member.type); });
  if (!possible && !published_) Fail(node, "the expression is evaluated on another type");
  if (!possible) return {{}, false};
  return self.open ? Types{{member.type}, definitions_.type(member.type).abstract} : self;
}

Types Checker::Of(const Node& node, const Member& member, const Types& self) {
  if (member.on == kNoNode && member.type != kNoType) return Named(node, member, self);
  const Types parents = member.on == kNoNode ? self : Infer(member.on, self);
  if (failed_ || parents.open) return {};
  if (outline_ != nullptr) return PlainMember(node, member, parents);
  TakeSteps(node, parents);
  Types children{{}, false};
  for (const TypeId parent : parents.ids) {
    const bool primitive = definitions_.type(parent).kind == definitions::TypeKind::kPrimitive;
    if (primitive && member.name == "value") {
      children.kinds |= KindsOf(parent);
    } else {
      AddChildTypes(parent, member.name, children);
    }
  }
  // R4's cid-0 asks ChargeItemDefinition for a name, which it has not.
  const bool erratum = published_ && member.on == kNoNode;
  if (children.ids.empty() && children.kinds == 0 && !children.open && !parents.ids.empty() && !erratum) {
    Fail(node, "there is no such element");
  }
  return children;
}

Types Checker::Of(const Node& at, const Binary& binary, const Types& self) {
  Types left = Infer(binary.left, self);
  const Types right = Infer(binary.right, self);
  CheckOperands(at, binary, left, right);
  if (outline_ != nullptr) CheckEquality(at, binary, left, right);
  if (binary.row->answer != 0) return OfKinds(binary.row->answer);
  if (binary.row->symbol != "|") return OfKinds((KindsOf(left) | KindsOf(right)) & ~KindBit(ItemKind::kNode));
  left.kinds |= right.kinds;
  left.places.insert(left.places.end(), right.places.begin(), right.places.end());
  for (const TypeId id : right.ids) IncludeType(id, left);
  for (const TypeId id : right.targets) {
    if (std::ranges::find(left.targets, id) == left.targets.end()) left.targets.push_back(id);
  }
  left.open = left.open || right.open;
  return left;
}

Types Checker::Of(const Node&, const TypeTest& test, const Types& self) {
  const Types operand = Infer(test.operand, self);
  if (!test.as) return OfKinds(KindBit(ItemKind::kBoolean));
  Types types = TypeOf(test.type);
  types.targets = operand.targets;
  return types;
}

Types Checker::Of(const Node& node, const Call& call, const Types& self) {
  Types input = call.on == kNoNode ? self : Infer(call.on, self);
  const bool per_item = call.row->arguments == Arguments::kPerItem || call.row->arguments == Arguments::kSort;
  CheckInput(node, call, input);
  if (outline_ != nullptr) CheckPresence(node, call, input);
  input.unordered = false;
  // repeat() looks at its own results, too.
  const bool open =
      call.row->function == &Repeat || call.row->function == &RepeatAll || call.row->function == &Aggregate;
  Types last;
  for (std::size_t i = 0; call.row->arguments != Arguments::kType && i < call.argument_count; ++i) {
    Types argument = Infer(program_.arguments[call.first_argument + i], open ? Types{} : (per_item ? input : self));
    const bool no_boolean =
        !argument.open && KindsOf(argument) != 0 && (KindsOf(argument) & KindBit(ItemKind::kBoolean)) == 0;
    if (call.row->function == &Iif && i == 0 && no_boolean && !published_) Fail(node, "the condition is no boolean");
    last = std::move(argument);
  }
  if (call.row->function == &Where) {
    const TypeId wanted = WantedType(program_.arguments[call.first_argument]);
    if (wanted != kNoType) input.targets = {wanted};
  }
  switch (call.row->answer) {
    case Answer::kInput:
      return input;
    case Answer::kSystem:
      return OfKinds(call.row->result.kinds);
    case Answer::kType:
      return TypeOf(call.type);
    case Answer::kArgument:
      return last;
    case Answer::kUnordered:
      return {{}, true, 0, true};
    case Answer::kUnknown:
      return {};
  }
  return {};
}

}  // namespace throughline::path
