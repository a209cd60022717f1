#include "fhir/path/expression.h"

#include <re2/re2.h>

#include <utility>

#include "fhir/path/ast.h"
#include "fhir/path/evaluate.h"
#include "fhir/path/kept.h"
#include "fhir/path/parser.h"

namespace throughline::path {

Program::Program() = default;
Program::~Program() = default;

Expression::Expression(std::unique_ptr<const Program> program) : program_(std::move(program)) {}
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;
Expression::~Expression() = default;

std::string_view Expression::text() const { return program_->text; }

Error PathError(ErrorKind kind, std::string_view rule, std::size_t offset, std::string_view reason) {
  Error error = MakeError(kind, std::string(rule), std::string(reason));
  if (error.issues.empty()) error.issues.emplace_back();
  error.issues.front().location = "offset " + std::to_string(offset);
  return error;
}

Result<Expression> Compile(std::string_view text, const definitions::Definitions& definitions,
                           const CompileOptions& options) {
  auto program = std::make_unique<Program>();
  program->text = text;
  program->definitions = &definitions;
  program->model = options.model;
  program->published = options.published;
  if (Result<void> parsed = Parse(*program, options); !parsed) return std::move(parsed).error();
  if (Result<void> checked = Check(*program, options); !checked) return std::move(checked).error();
  MarkKept(*program);
  return Expression(std::move(program));
}

Result<Collection> Evaluate(const Expression& expression, const Item& focus, Environment& environment) {
  return Evaluator(expression.program(), focus, environment).Run();
}

Result<bool> EvaluatesToTrue(const Expression& expression, const Item& focus, Environment& environment) {
  Result<Collection> result = Evaluate(expression, focus, environment);
  if (!result) return std::move(result).error();
  Item item;
  return result->size() == 1 && ToSystem(*expression.program().definitions, (*result)[0], item) &&
         item.kind() == ItemKind::kBoolean && item.boolean();
}

}  // namespace throughline::path
