// What can be known of an expression without its data. Private to the room.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/path/functions.h"
#include "fhir/path/operators.h"
#include "fhir/path/outline.h"
#include "fhir/path/parser.h"
#include "fhir/path/variables.h"

namespace throughline::path {

using definitions::Definitions;

// The types that the items of a result may have. `open`: others too, nothing is checked then.
struct Types {
  std::vector<TypeId> ids = {};
  bool open = true;
  Kinds kinds = 0;                          // of System values
  bool unordered = false;                   // another engine may give another order
  std::vector<TypeId> targets = {};         // of references; empty: any
  std::vector<Outline::Place> places = {};  // of plain JSON
};

class Checker {
 public:
  // `resolved` receives the steps of members; null: they are there. `names`: where to write what is known of each node.
  // `variables`: those that the evaluation will be given, when they are known.
  Checker(const Program& program, const CompileOptions& options, Program* resolved = nullptr,
          std::vector<std::string>* names = nullptr, std::span<const VariableType>* variables = nullptr)
      : variables_(variables),
        program_(program),
        definitions_(*program.definitions),
        published_(options.published),
        resolved_(resolved),
        names_(names) {}

  // Of plain JSON: what stands where, and the variables. Everything is found then, and not the first mistake alone.
  void SetOutline(const Outline& outline, std::span<const PlainVariable> variables) {
    outline_ = &outline;
    plain_variables_ = variables;
  }

  Types Infer(NodeId node, const Types& self);
  std::vector<PlainFinding> TakeFindings() { return std::move(findings_); }
  bool failed() const { return failed_; }
  Error error() const { return error_; }

 private:
  Types Of(const Node&, const Literal& literal, const Types&) {
    return OfKinds(literal.empty ? Kinds{0} : KindBit(literal.value.kind()));
  }
  Types Of(const Node&, const Dollar& dollar, const Types& self) {
    return dollar.place == Place::kThis ? self : Types{};
  }
  Types Of(const Node& node, const Percent& percent, const Types&);
  Types Of(const Node& node, const Member& member, const Types& self);
  Types Of(const Node&, const Indexed& indexed, const Types& self) {
    Infer(indexed.at, self);
    Types types = Infer(indexed.on, self);
    types.unordered = false;
    return types;
  }
  Types Of(const Node&, const Sign& sign, const Types& self) { return Infer(sign.operand, self); }
  Types Of(const Node& node, const Binary& binary, const Types& self);
  Types Of(const Node&, const TypeTest& test, const Types& self);
  Types Of(const Node& node, const Call& call, const Types& self);

  std::string NamesOf(const Types& types) const;
  static Types OfKinds(Kinds kinds) { return {{}, false, kinds}; }
  Kinds KindsOf(const Types& types) const;
  Kinds KindsOf(TypeId id) const;
  void CheckOperands(const Node& node, const Binary& binary, const Types& left, const Types& right);
  void CheckInput(const Node& node, const Call& call, const Types& input);
  Types Named(const Node& node, const Member& member, const Types& self);
  void AddTargets(const definitions::Element& element, Types& out) const;
  TypeId WantedType(NodeId condition) const;
  void AddChildTypes(TypeId parent, std::string_view name, Types& out);
  void TakeSteps(const Node& node, const Types& parents);
  Types TypeOf(const TypeSpecifier& type) const;
  Types PlainVariableOf(const Node& node, const Percent& percent);
  Types PlainMember(const Node& node, const Member& member, const Types& parents);
  void CheckEquality(const Node& node, const Binary& binary, const Types& left, const Types& right);
  void CheckPresence(const Node& node, const Call& call, const Types& input);
  bool DefinesVariables() const;
  void Fail(const Node& node, std::string_view reason) {
    if (outline_ != nullptr) return Find(PlainFinding::Kind::kOther, node, reason);
    if (!failed_) error_ = PathError(ErrorKind::kInvalid, "fhirpath-semantic", node.offset, reason);
    failed_ = true;
  }
  void Find(PlainFinding::Kind kind, const Node& node, std::string_view text,
            Outline::Place place = Outline::kNowhere) {
    findings_.push_back({kind, node.offset, text, place});
  }

  const std::span<const VariableType>* variables_;
  const Program& program_;
  const Definitions& definitions_;
  bool published_;
  Program* resolved_;
  std::vector<std::string>* names_;
  const Outline* outline_ = nullptr;
  std::span<const PlainVariable> plain_variables_;
  std::vector<PlainFinding> findings_;
  bool failed_ = false;
  Error error_;
};

}  // namespace throughline::path
