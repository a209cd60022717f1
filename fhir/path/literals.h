// What can be made of literals while an expression is compiled.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "fhir/path/ast.h"
#include "fhir/path/lexer.h"

namespace throughline::path {

// An Integer, or a Long when it is written so or has more than 32 bits. Nothing: more than 64.
std::optional<Item> WholeLiteral(const Token& number);

// A Date, DateTime or Time; a `T` may end a DateTime. Nothing: there is no such moment.
std::optional<Item> MomentLiteral(ItemKind kind, std::string_view text);

// Compiles the pattern of `call` when it and its flags are literals. False: it is none, for `reason`.
bool PreparePattern(Program& program, std::span<const NodeId> arguments, Call& call, std::string_view& reason);

}  // namespace throughline::path
