// Tokens -> tree: a Pratt parser over the table of operators.
#pragma once

#include <string_view>

#include "fhir/path/ast.h"

namespace throughline::path {

// An error of the contract: rule "fhirpath-syntax", "fhirpath-semantic", ...; location "offset N".
Error PathError(ErrorKind kind, std::string_view rule, std::size_t offset, std::string_view reason);

// The type that a name in the text means ("Patient", "System.String"); false when there is none.
bool FindTypeName(const Program& program, std::string_view space, std::string_view name, TypeSpecifier& out);

// The System values that a FHIR primitive of this name becomes.
Kinds SystemKindOf(std::string_view primitive);

// Fills `program.nodes` and `program.root` from `program.text`.
Result<void> Parse(Program& program, const CompileOptions& options);

// Types and names that the definitions do not know, from the context type on.
Result<void> Check(Program& program, const CompileOptions& options);

}  // namespace throughline::path
