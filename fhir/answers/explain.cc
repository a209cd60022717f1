#include "fhir/answers/explain.h"

#include <array>
#include <variant>
#include <vector>

#include "fhir/answers/error.h"
#include "fhir/path/ast.h"
#include "fhir/path/functions.h"
#include "fhir/path/operators.h"

namespace throughline::answers {
namespace {

using path::ItemKind;
using path::NodeId;

constexpr std::array<std::string_view, 11> kSystemNames = {
    "", "Boolean", "Integer", "Decimal", "String", "Date", "DateTime", "Time", "Quantity", "TypeInfo", "Long"};

class Printer {
 public:
  Printer(const path::Program& program, const std::vector<std::string>& types, std::string& out)
      : program_(program), types_(types), out_(out) {}

  void Print(NodeId id, std::size_t depth) {
    const path::Node& node = program_.nodes[id];
    out_.append(depth * 2, ' ');
    out_ += std::visit([&](const auto& part) { return Name(part); }, node.part);
    if (!types_[id].empty()) out_ += " : " + types_[id];
    out_ += " @" + std::to_string(node.offset) + "\n";
    std::visit([&](const auto& part) { Children(part, depth + 1); }, node.part);
  }

 private:
  std::string TypeText(const path::TypeSpecifier& type) const {
    if (type.any) return "System.Any";
    if (type.fhir != definitions::kNoType) return std::string(program_.definitions->type(type.fhir).name);
    return "System." + std::string(kSystemNames[static_cast<std::size_t>(type.system)]);
  }

  std::string Name(const path::Literal& literal) const {
    if (literal.empty) return "literal {}";
    const path::Item& item = literal.value;
    std::string text = "literal ";
    if (item.kind() == ItemKind::kBoolean) {
      text += item.boolean() ? "true" : "false";
    } else if (item.kind() == ItemKind::kInteger || item.kind() == ItemKind::kLong) {
      text += std::to_string(item.integer());
    } else {
      const bool quoted = item.kind() == ItemKind::kString;
      text += (quoted ? "'" : "") + std::string(item.text()) + (quoted ? "'" : "");
      if (item.kind() == ItemKind::kQuantity) text += (item.calendar() ? " " : " '") + std::string(item.unit());
      if (item.kind() == ItemKind::kQuantity && !item.calendar()) text += "'";
    }
    return text;
  }
  std::string Name(const path::Dollar& dollar) const {
    constexpr std::array<std::string_view, 3> kPlaces = {"$this", "$index", "$total"};
    return std::string(kPlaces[static_cast<std::size_t>(dollar.place)]);
  }
  std::string Name(const path::Percent& percent) const { return "variable %" + std::string(percent.name); }
  std::string Name(const path::Member& member) const {
    return (member.type == definitions::kNoType ? "member " : "type ") + std::string(member.name);
  }
  std::string Name(const path::Indexed&) const { return "index []"; }
  std::string Name(const path::Sign& sign) const { return sign.minus ? "sign -" : "sign +"; }
  std::string Name(const path::Binary& binary) const { return "operator " + std::string(binary.row->symbol); }
  std::string Name(const path::TypeTest& test) const { return (test.as ? "as " : "is ") + TypeText(test.type); }
  std::string Name(const path::Call& call) const {
    std::string text = "call " + std::string(call.row->name);
    if (call.row->arguments == path::Arguments::kType) text += " " + TypeText(call.type);
    return text;
  }

  void Child(NodeId id, std::size_t depth) {
    if (id != path::kNoNode) Print(id, depth);
  }
  template <typename Leaf>
  void Children(const Leaf&, std::size_t) {}
  void Children(const path::Member& member, std::size_t depth) { Child(member.on, depth); }
  void Children(const path::Indexed& indexed, std::size_t depth) {
    Child(indexed.on, depth);
    Child(indexed.at, depth);
  }
  void Children(const path::Sign& sign, std::size_t depth) { Child(sign.operand, depth); }
  void Children(const path::Binary& binary, std::size_t depth) {
    Child(binary.left, depth);
    Child(binary.right, depth);
  }
  void Children(const path::TypeTest& test, std::size_t depth) { Child(test.operand, depth); }
  void Children(const path::Call& call, std::size_t depth) {
    Child(call.on, depth);
    if (call.row->arguments == path::Arguments::kType) return;
    for (std::uint32_t i = 0; i < call.argument_count; ++i) Child(program_.arguments[call.first_argument + i], depth);
  }

  const path::Program& program_;
  const std::vector<std::string>& types_;
  std::string& out_;
};

}  // namespace

bool Explain(std::string_view text, const definitions::Definitions& definitions, const path::CompileOptions& options,
             std::string& out) {
  const Result<path::Expression> expression = path::Compile(text, definitions, options);
  if (!expression) {
    WriteError(expression.error(), "", out);
    out += '\n';
    return false;
  }
  const std::vector<std::string> types = path::StaticTypes(*expression, options.context_type);
  Printer(expression->program(), types, out).Print(expression->program().root, 0);
  return true;
}

}  // namespace throughline::answers
