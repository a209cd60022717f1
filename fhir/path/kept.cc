#include "fhir/path/kept.h"

#include <algorithm>
#include <variant>

#include "fhir/path/functions.h"
#include "fhir/path/operators.h"

namespace throughline::path {
namespace {

class Keeper {
 public:
  explicit Keeper(Program& program)
      : program_(program),
        defines_(std::ranges::any_of(program.nodes, [](const Node& node) { return Calls(node, &DefineVariable); })) {}

  void Walk(NodeId id, bool repeated) {
    if (id == kNoNode) return;
    Node& node = program_.nodes[id];
    if (repeated && IsWork(node) && IsFixed(id, false)) {
      node.kept = program_.kept_count++;
      return;
    }
    std::visit([&](const auto& part) { WalkParts(part, repeated); }, node.part);
  }

 private:
  static bool Calls(const Node& node, Function function) {
    const auto* call = std::get_if<Call>(&node.part);
    return call != nullptr && call->row->function == function;
  }
  static bool IsWork(const Node& node) {
    return !std::holds_alternative<Literal>(node.part) && !std::holds_alternative<Percent>(node.part);
  }
  static bool IsPerItem(const Call& call) {
    return call.row->arguments == Arguments::kPerItem || call.row->arguments == Arguments::kSort;
  }
  NodeId ArgumentOf(const Call& call, std::size_t index) const {
    return program_.arguments[call.first_argument + index];
  }
  std::size_t CountOf(const Call& call) const {
    return call.row->arguments == Arguments::kType ? 0 : call.argument_count;
  }

  void WalkParts(const Literal&, bool) {}
  void WalkParts(const Dollar&, bool) {}
  void WalkParts(const Percent&, bool) {}
  void WalkParts(const Member& member, bool repeated) { Walk(member.on, repeated); }
  void WalkParts(const Sign& sign, bool repeated) { Walk(sign.operand, repeated); }
  void WalkParts(const TypeTest& test, bool repeated) { Walk(test.operand, repeated); }
  void WalkParts(const Indexed& indexed, bool repeated) {
    Walk(indexed.on, repeated);
    Walk(indexed.at, repeated);
  }
  void WalkParts(const Binary& binary, bool repeated) {
    Walk(binary.left, repeated);
    Walk(binary.right, repeated);
  }
  void WalkParts(const Call& call, bool repeated) {
    Walk(call.on, repeated);
    for (std::size_t i = 0; i < CountOf(call); ++i) Walk(ArgumentOf(call, i), repeated || IsPerItem(call));
  }

  // Does the value depend on nothing around? `inside`: what stands around is itself a part of what would be kept.
  bool IsFixed(NodeId id, bool inside) const {
    if (id == kNoNode) return inside;
    return std::visit([&](const auto& part) { return IsFixedPart(part, inside); }, program_.nodes[id].part);
  }
  bool IsFixedPart(const Literal&, bool) const { return true; }
  bool IsFixedPart(const Dollar& dollar, bool inside) const { return inside && dollar.place == Place::kThis; }
  bool IsFixedPart(const Percent&, bool) const { return !defines_; }
  bool IsFixedPart(const Member& member, bool inside) const { return IsFixed(member.on, inside); }
  bool IsFixedPart(const Sign& sign, bool inside) const { return IsFixed(sign.operand, inside); }
  bool IsFixedPart(const TypeTest& test, bool inside) const { return IsFixed(test.operand, inside); }
  bool IsFixedPart(const Indexed& indexed, bool inside) const {
    return IsFixed(indexed.on, inside) && IsFixed(indexed.at, inside);
  }
  bool IsFixedPart(const Binary& binary, bool inside) const {
    return IsFixed(binary.left, inside) && IsFixed(binary.right, inside);
  }
  bool IsFixedPart(const Call& call, bool inside) const {
    const Function function = call.row->function;
    // trace() says each time that it was passed.
    if (function == &Trace || function == &DefineVariable || !IsFixed(call.on, inside)) return false;
    const bool inner = inside || (IsPerItem(call) && function != &Iif);  // iif() may look at what stands around
    for (std::size_t i = 0; i < CountOf(call); ++i) {
      if (!IsFixed(ArgumentOf(call, i), inner)) return false;
    }
    return true;
  }

  Program& program_;
  bool defines_;
};

}  // namespace

void MarkKept(Program& program) { Keeper(program).Walk(program.root, false); }

}  // namespace throughline::path
