// The ways of a function to its input and its arguments.
#include "fhir/path/functions.h"

namespace throughline::path {

bool Invocation::Argument(std::size_t index, Collection& out) {
  const Evaluator::Variables variables(run_);
  return run_.Run(argument(index), scope_, out);
}

bool Invocation::ListArgument(std::size_t index, Lookup& out) {
  const Evaluator::Variables variables(run_);
  return run_.LookInto(argument(index), scope_, out);
}

bool Invocation::ArgumentFor(std::size_t index, const Item& item, std::int64_t place, Collection& out,
                             const Collection* total) {
  const Evaluator::Variables variables(run_);
  const Scope scope{&item, place, total != nullptr ? total : scope_.total};
  return run_.Run(argument(index), scope, out);
}

bool Invocation::ArgumentOnInput(std::size_t index, Collection& out) {
  const Evaluator::Variables variables(run_);
  const Scope scope{nullptr, scope_.index, scope_.total, &input_};
  return run_.Run(argument(index), scope, out);
}

NodeId Invocation::argument(std::size_t index) const { return run_.program().arguments[call_.first_argument + index]; }

bool Invocation::NodeFor(NodeId node, const Item& item, std::int64_t place, Collection& out) {
  const Evaluator::Variables variables(run_);
  const Scope scope{&item, place, scope_.total};
  return run_.Run(node, scope, out);
}

bool Invocation::Holds(std::size_t index, const Item& item, std::int64_t place, bool& out) {
  Truth truth = Truth::kEmpty;
  const Scope scope{&item, place, scope_.total};
  if (!run_.RunTruth(argument(index), offset_, scope, truth)) return false;
  out = truth == Truth::kTrue;
  return true;
}

namespace {

bool AsText(Invocation& call, const Item& item, bool there, std::optional<std::string_view>& out) {
  if (!there) return true;
  if (item.kind() != ItemKind::kString) return call.Fail("a string is expected");
  out = item.text();
  return true;
}

}  // namespace

bool Invocation::InputText(std::optional<std::string_view>& out) {
  Item item;
  bool there = false;
  return InputSystem(item, there) && AsText(*this, item, there, out);
}

bool Invocation::TextArgument(std::size_t index, std::optional<std::string_view>& out) {
  Collection value(run_.pool());
  Item item;
  bool there = false;
  return Argument(index, value) && Single(run_, offset_, value, item, there) && AsText(*this, item, there, out);
}

bool Invocation::IntegerArgument(std::size_t index, std::optional<std::int64_t>& out) {
  Collection value(run_.pool());
  Item item;
  bool there = false;
  if (!Argument(index, value) || !Single(run_, offset_, value, item, there)) return false;
  if (!there) return true;
  if (item.kind() != ItemKind::kInteger) return Fail("an integer is expected");
  out = item.integer();
  return true;
}

bool Invocation::SystemArgument(std::size_t index, Item& out, bool& there) {
  Collection value(run_.pool());
  return Argument(index, value) && Single(run_, offset_, value, out, there);
}

bool Invocation::AddText(std::string_view text, Collection& out) {
  std::string_view kept;
  if (!run_.Keep(offset_, text, kept)) return false;
  out.Add(Item::String(kept));
  return true;
}

}  // namespace throughline::path
