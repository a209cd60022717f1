#include "fhir/path/evaluate.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>
#include <variant>

#include "fhir/path/functions.h"
#include "fhir/path/item_index.h"
#include "fhir/path/navigate.h"
#include "fhir/path/operators.h"
#include "fhir/path/parser.h"

namespace throughline::path {
namespace {

struct ConstantRow {
  std::string_view name;
  std::string_view value;
};
// https://hl7.org/fhir/R4/fhirpath.html#variables
constexpr ConstantRow kConstants[] = {
    {"ucum", "http://unitsofmeasure.org"}, {"sct", "http://snomed.info/sct"}, {"loinc", "http://loinc.org"}};

struct PrefixRow {
  std::string_view prefix;
  std::string_view url;
};
constexpr PrefixRow kPrefixes[] = {{"vs-", "http://hl7.org/fhir/ValueSet/"},
                                   {"cs-", "http://hl7.org/fhir/CodeSystem/"},
                                   {"ext-", "http://hl7.org/fhir/StructureDefinition/"}};

constexpr std::size_t kItemsOfAStep = 4;

constexpr std::string_view kPlaces[] = {"context", "resource", "rootResource"};

bool IsBuiltIn(std::string_view name) {
  return std::ranges::find(kPlaces, name) != std::end(kPlaces) ||
         std::ranges::find(kConstants, name, &ConstantRow::name) != std::end(kConstants);
}

}  // namespace

struct Evaluator::Visit {
  Evaluator& run;
  const Node& node;
  const Scope& scope;
  bool type_only;
  Collection& out;

  void AddThis(Collection& to) const {
    if (scope.many != nullptr) {
      to.Append(*scope.many);
    } else if (scope.self != nullptr) {
      to.Add(*scope.self);
    }
  }

  bool operator()(const Literal& literal) const {
    if (!literal.empty) out.Add(literal.value);
    return true;
  }

  bool operator()(const Dollar& dollar) const {
    switch (dollar.place) {
      case Place::kThis:
        AddThis(out);
        return true;
      case Place::kIndex:
        if (scope.index < 0) return run.Fail(node.offset, "$index has no meaning here");
        out.Add(Item::Integer(scope.index));
        return true;
      case Place::kTotal:
        if (scope.total == nullptr) return run.Fail(node.offset, "$total has no meaning here");
        out.Append(*scope.total);
        return true;
    }
    return true;
  }

  bool operator()(const Percent& percent) const {
    if (const Collection* value = run.FindVariable(percent.name); value != nullptr) {
      out.Append(*value);
      return true;
    }
    if (AddItem("context", percent.name, run.focus()) || AddItem("resource", percent.name, run.resource()) ||
        AddItem("rootResource", percent.name, run.root_resource())) {
      return true;
    }
    for (const ConstantRow& row : kConstants) {
      if (row.name != percent.name) continue;
      out.Add(Item::String(row.value));
      return true;
    }
    return Url(percent.name);
  }

  // Without a model a path may start with the type that the resource says it has.
  bool NamesPlainType(const Item& self, std::string_view name) const {
    return run.program().model == Model::kNone && self.is_node() && self.value().Get("resourceType").text() == name &&
           self.value().Find(name) == nullptr;
  }

  bool AddItem(std::string_view name, std::string_view wanted, const Item& item) const {
    if (name != wanted) return false;
    out.Add(item);
    return true;
  }

  bool Url(std::string_view name) const {
    for (const PrefixRow& row : kPrefixes) {
      if (!name.starts_with(row.prefix)) continue;
      std::string url(row.url);
      url += name.substr(row.prefix.size());
      std::string_view kept;
      if (!run.Keep(node.offset, url, kept)) return false;
      out.Add(Item::String(kept));
      return true;
    }
    return run.Fail(node.offset, "there is no such variable");
  }

  std::span<const Step> StepsOf(const Member& member) const {
    return {run.program().steps.data() + member.first_step, member.step_count};
  }

  bool operator()(const Member& member) const {
    if (member.on == kNoNode && scope.many == nullptr) {
      if (scope.self == nullptr) return true;
      if (member.type != definitions::kNoType) {
        const Item& self = *scope.self;
        const bool matches = self.is_node() && self.type() != definitions::kNoType &&
                             run.definitions().Derives(self.type(), member.type);
        if (matches) out.Add(self);
        return true;
      }
      if (NamesPlainType(*scope.self, member.name)) {
        out.Add(*scope.self);
      } else {
        AddChildren(run.definitions(), *scope.self, member.name, out, StepsOf(member));
      }
      return true;
    }
    Collection parents(run.pool());
    if (member.on == kNoNode) {
      AddThis(parents);
    } else if (!run.Run(member.on, scope, parents)) {
      return false;
    }
    std::size_t paid = out.size();
    for (const Item& parent : parents) {
      AddChildren(run.definitions(), parent, member.name, out, StepsOf(member));
      if (!run.ChargeGrowth(out, paid)) return false;
    }
    return run.Charge(parents.size() / 4);
  }

  bool operator()(const Indexed& indexed) const {
    Collection items(run.pool());
    Collection at(run.pool());
    Item index;
    bool there = false;
    if (!run.Run(indexed.on, scope, items) || !run.Run(indexed.at, scope, at) ||
        !Single(run, node.offset, at, index, there)) {
      return false;
    }
    if (!there) return true;
    if (index.kind() != ItemKind::kInteger) return run.Fail(node.offset, "an index is an integer");
    const std::int64_t place = index.integer();
    if (place >= 0 && static_cast<std::uint64_t>(place) < items.size()) out.Add(items[static_cast<std::size_t>(place)]);
    return true;
  }

  bool operator()(const Sign& sign) const {
    if (!sign.minus) return run.Run(sign.operand, scope, out);
    Collection operand(run.pool());
    return run.Run(sign.operand, scope, operand) && Negate(run, node.offset, operand, out);
  }

  bool Operand(NodeId operand, Collection& value) const {
    const Variables variables(run);
    return run.Run(operand, scope, value);
  }

  bool operator()(const Binary& binary) const {
    if (binary.row->combine != nullptr) {
      Truth truth = Truth::kEmpty;
      if (!run.Combine(binary, node.offset, scope, truth)) return false;
      AddTruth(truth, out);
      return true;
    }
    if (binary.row->list != nullptr) return Membership(binary);
    Collection left(run.pool());
    Collection right(run.pool());
    if (!Operand(binary.left, left)) return false;
    return Operand(binary.right, right) && binary.row->operation(run, node.offset, left, right, out);
  }

  // `in` and `contains`.
  bool Membership(const Binary& binary) const {
    const bool in_left = binary.row->list == &Binary::left;
    Collection items(run.pool());
    Lookup list(run);
    if (!in_left && !Operand(binary.left, items)) return false;
    if (!LookInto(binary.*binary.row->list, list) || (in_left && !Operand(binary.right, items))) return false;
    if (items.empty()) return true;
    if (items.size() > 1) {
      return run.Fail(node.offset, in_left ? "one item is expected on the right of 'contains'"
                                           : "one item is expected on the left of 'in'");
    }
    bool found = false;
    if (!list.Has(items[0], found)) return false;
    out.Add(Item::Boolean(found));
    return true;
  }

  bool LookInto(NodeId operand, Lookup& list) const {
    const Variables variables(run);
    return run.LookInto(operand, scope, list);
  }

  bool operator()(const TypeTest& test) const {
    Collection items(run.pool());
    if (!(test.as ? run.Run(test.operand, scope, items) : run.RunForType(test.operand, scope, items))) return false;
    return TestType(run, node.offset, items, test.type, test.as, out);
  }

  bool operator()(const Call& call) const { return run.Invoke(call, node.offset, scope, type_only, out); }
};

Evaluator::Evaluator(const Program& program, const Item& focus, Environment& environment)
    : program_(program), environment_(environment), focus_(focus), steps_(environment.steps) {}

Evaluator::~Evaluator() = default;

Result<Collection> Evaluator::Run() {
  Collection out(pool());
  const Scope scope{&focus_};
  const bool done = Run(program_.root, scope, out);
  environment_.spent += environment_.steps - steps_;
  if (!done) return Failure();
  out.Settle(environment_.arena);
  return out;
}

bool Evaluator::Run(NodeId node, const Scope& scope, Collection& out) {
  const Node& at = program_.nodes[node];
  if (at.kept != kNotKept) {
    Lookup* kept = nullptr;
    if (!RunKept(node, kept)) return false;
    out.Append(*kept->list);
    return Charge(1 + kept->list->size() / kItemsOfAStep);
  }
  const std::size_t before = out.size();
  return std::visit(Visit{*this, at, scope, false, out}, at.part) && Charge(1 + (out.size() - before) / kItemsOfAStep);
}

bool Evaluator::RunKept(NodeId node, Lookup*& out) {
  const Node& at = program_.nodes[node];
  if (kept_.empty()) kept_.resize(program_.kept_count);
  if (kept_[at.kept] == nullptr) {
    auto made = std::make_unique<Lookup>(*this);
    const Variables variables(*this);
    const Scope nowhere;
    if (!std::visit(Visit{*this, at, nowhere, false, made->own}, at.part)) return false;
    if (!Charge(1 + made->own.size() / kItemsOfAStep)) return false;
    kept_[at.kept] = std::move(made);
  }
  out = kept_[at.kept].get();
  return true;
}

bool Evaluator::LookInto(NodeId node, const Scope& scope, Lookup& out) {
  if (program_.nodes[node].kept == kNotKept) return Run(node, scope, out.own);
  Lookup* kept = nullptr;
  if (!RunKept(node, kept)) return false;
  out.list = kept->list;
  out.index = kept->index;
  return Charge(1);
}

bool Evaluator::ChargeGrowth(const Collection& out, std::size_t& paid) {
  constexpr std::size_t kMuch = 1024;
  if (out.size() < paid + kMuch) return true;
  const std::size_t more = out.size() - paid;
  paid = out.size();
  return Charge(more / kItemsOfAStep);
}

bool Evaluator::Combine(const Binary& binary, std::size_t offset, const Scope& scope, Truth& out) {
  Truth left = Truth::kEmpty;
  Truth right = Truth::kEmpty;
  if (!RunTruth(binary.left, offset, scope, left)) return false;
  if (binary.row->shortcut.left != Truth::kEmpty && left == binary.row->shortcut.left) {
    out = binary.row->shortcut.result;
    return true;
  }
  if (!RunTruth(binary.right, offset, scope, right)) return false;
  out = binary.row->combine(left, right);
  return true;
}

// What is asked of most conditions is answered without making a list of one boolean.
bool Evaluator::RunTruth(NodeId node, std::size_t offset, const Scope& scope, Truth& out) {
  const Node& at = program_.nodes[node];
  const Variables variables(*this);
  const auto* binary = std::get_if<Binary>(&at.part);
  if (binary != nullptr && binary->row->combine != nullptr && at.kept == kNotKept) {
    return Combine(*binary, at.offset, scope, out) && Charge(1);
  }
  const auto* call = std::get_if<Call>(&at.part);
  if (call != nullptr && call->argument_count == 0 && call->on != kNoNode && at.kept == kNotKept) {
    const Function function = call->row->function;
    if (function == &Not) {
      if (!RunTruth(call->on, at.offset, scope, out)) return false;
      if (out != Truth::kEmpty) out = out == Truth::kTrue ? Truth::kFalse : Truth::kTrue;
      return Charge(1);
    }
    if (function == &Exists || function == &Empty) {
      Collection input(pool());
      if (!Run(call->on, scope, input)) return false;
      out = input.empty() == (function == &Empty) ? Truth::kTrue : Truth::kFalse;
      return Charge(1);
    }
  }
  Collection result(pool());
  return Run(node, scope, result) && ToTruth(*this, offset, result, out);
}

bool Evaluator::RunForType(NodeId node, const Scope& scope, Collection& out) {
  const Node& at = program_.nodes[node];
  const std::size_t before = out.size();
  return std::visit(Visit{*this, at, scope, true, out}, at.part) && Charge(1 + (out.size() - before) / kItemsOfAStep);
}

bool Evaluator::Invoke(const Call& call, std::size_t offset, const Scope& scope, bool type_only, Collection& out) {
  Collection input(pool());
  if (call.on == kNoNode) {
    if (scope.many != nullptr) input.Append(*scope.many);
    if (scope.self != nullptr) input.Add(*scope.self);
  } else if (call.row->function == &Is) {
    if (!RunForType(call.on, scope, input)) return false;
  } else if (!Run(call.on, scope, input)) {
    return false;
  }
  Invocation invocation(*this, call, offset, scope, input);
  invocation.type_only = type_only;
  return call.row->function(invocation, out);
}

void Evaluator::Forget(std::size_t before) {
  defined_.erase(defined_.begin() + static_cast<std::ptrdiff_t>(before), defined_.end());
}

const Collection* Evaluator::FindVariable(std::string_view name) const {
  for (const Variable& variable : defined_) {
    if (variable.name == name) return &variable.value;
  }
  for (const Variable& variable : environment_.variables) {
    if (variable.name == name) return &variable.value;
  }
  return nullptr;
}

bool Evaluator::Define(std::size_t offset, std::string_view name, Collection&& value) {
  if (FindVariable(name) != nullptr || IsBuiltIn(name)) return Fail(offset, "there is a variable of this name already");
  defined_.push_back({std::string(name), std::move(value)});
  return true;
}

bool Evaluator::Fail(std::size_t offset, std::string_view reason, ErrorKind kind) {
  if (!failed_) {
    failed_ = true;
    failure_ = kind;
    failed_at_ = offset;
    reason_ = reason;
  }
  return false;
}

bool Evaluator::Charge(std::size_t steps) {
  if (steps <= steps_) {
    steps_ -= steps;
    return true;
  }
  steps_ = 0;
  return Fail(0, "the expression takes too many steps", ErrorKind::kTooCostly);
}

bool Evaluator::Keep(std::size_t offset, std::string_view text, std::string_view& kept) {
  if (text.size() > kMaxText) return Fail(offset, "the text becomes too long");
  if (!Charge(text.size() / 64)) return false;
  kept = environment_.arena.Copy(text);
  return true;
}

Error Evaluator::Failure() const {
  const bool costly = failure_ == ErrorKind::kTooCostly;
  return PathError(failure_, costly ? "fhirpath-steps" : "fhirpath-execution", failed_at_, reason_);
}

namespace {

// A primitive without a value: a boolean that is not known, if it is one.
bool MayBeBoolean(Evaluator& run, const Item& item) {
  return item.type() == definitions::kNoType || run.definitions().type(item.type()).name == "boolean";
}

}  // namespace

bool ToTruth(Evaluator& run, std::size_t offset, const Collection& collection, Truth& out) {
  if (collection.empty()) {
    out = Truth::kEmpty;
    return true;
  }
  if (collection.size() > 1) return run.Fail(offset, "one boolean is expected, there are several items");
  Item item;
  if (!run.System(collection[0], item)) {
    out = MayBeBoolean(run, collection[0]) ? Truth::kEmpty : Truth::kTrue;
    return true;
  }
  out = item.kind() == ItemKind::kBoolean && !item.boolean() ? Truth::kFalse : Truth::kTrue;
  return true;
}

void AddTruth(Truth truth, Collection& out) {
  if (truth != Truth::kEmpty) out.Add(Item::Boolean(truth == Truth::kTrue));
}

bool Single(Evaluator& run, std::size_t offset, const Collection& collection, Item& out, bool& there) {
  there = false;
  if (collection.empty()) return true;
  if (collection.size() > 1) return run.Fail(offset, "one item is expected, there are several");
  there = run.System(collection[0], out);
  return !there || run.Charge(out.text().size() / 64);
}

}  // namespace throughline::path
