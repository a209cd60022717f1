// What others ask of the checks.
#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "fhir/path/checker.h"

namespace throughline::path {

std::vector<TypeId> ReferenceTargets(const Expression& expression, std::string_view context_type) {
  const Program& program = expression.program();
  const TypeId context = program.definitions->FindType(context_type);
  if (context == definitions::kNoType) return {};
  CompileOptions options;
  options.published = true;
  Checker checker(program, options);
  std::vector<TypeId> targets = checker.Infer(program.root, Types{{context}, false}).targets;
  const TypeId any = program.definitions->FindType("Resource");
  if (std::ranges::find(targets, any) != targets.end()) targets.clear();
  return targets;
}

std::vector<std::string> StaticTypes(const Expression& expression, std::string_view context_type) {
  const Program& program = expression.program();
  std::vector<std::string> names(program.nodes.size());
  if (program.model != Model::kR4) return names;
  const TypeId context = program.definitions->FindType(context_type);
  CompileOptions options;
  options.published = program.published;
  Checker checker(program, options, nullptr, &names);
  checker.Infer(program.root, context == definitions::kNoType
                                  ? Types{}
                                  : Types{{context}, program.definitions->type(context).abstract});
  return names;
}

Result<std::string> CheckVariables(const Expression& expression, std::string_view context_type,
                                   std::span<const VariableType> variables) {
  const Program& program = expression.program();
  if (program.model != Model::kR4) return std::string();
  std::vector<std::string> names(program.nodes.size());
  const TypeId context = program.definitions->FindType(context_type);
  Checker checker(program, {}, nullptr, &names, &variables);
  checker.Infer(program.root, context == definitions::kNoType
                                  ? Types{}
                                  : Types{{context}, program.definitions->type(context).abstract});
  if (checker.failed()) return checker.error();
  return std::move(names[program.root]);
}

std::vector<PlainFinding> CheckPlain(const Program& program, const Outline& outline, Outline::Place focus,
                                     std::span<const PlainVariable> variables) {
  Checker checker(program, {});
  checker.SetOutline(outline, variables);
  checker.Infer(program.root, Types{.open = false, .places = {focus}});
  return checker.TakeFindings();
}

std::string_view AsksForTime(const Expression& expression) {
  for (const Node& node : expression.program().nodes) {
    const auto* call = std::get_if<Call>(&node.part);
    const Function function = call == nullptr ? nullptr : call->row->function;
    if (function == &Now || function == &Today || function == &TimeOfDay) return call->row->name;
  }
  return {};
}

Result<void> Check(Program& program, const CompileOptions& options) {
  if (program.model != Model::kR4) return {};
  Types self;
  if (!options.context_type.empty()) {
    const TypeId context = program.definitions->FindType(options.context_type);
    if (context == definitions::kNoType) {
      return PathError(ErrorKind::kInvalid, "fhirpath-semantic", 0, "the context type is not known");
    }
    self = {{context}, program.definitions->type(context).abstract};
  }
  Checker checker(program, options, &program);
  checker.Infer(program.root, self);
  if (checker.failed()) return checker.error();
  return {};
}

}  // namespace throughline::path
