#include "fhir/path/operators.h"

#include <algorithm>
#include <array>

namespace throughline::path {
namespace {

constexpr std::array kOperators = {
    OperatorRow{"*", 10, Times},
    OperatorRow{"/", 10, Divide},
    OperatorRow{"div", 10, WholeDivide},
    OperatorRow{"mod", 10, Modulo},
    OperatorRow{"+", 9, Plus},
    OperatorRow{"-", 9, Minus},
    OperatorRow{"&", 9, Concatenate},
    OperatorRow{"|", 7, Unite},
    OperatorRow{"<", 6, Less},
    OperatorRow{"<=", 6, LessOrEqual},
    OperatorRow{">", 6, Greater},
    OperatorRow{">=", 6, GreaterOrEqual},
    OperatorRow{"=", 5, Equal},
    OperatorRow{"~", 5, Equivalent},
    OperatorRow{"!=", 5, NotEqual},
    OperatorRow{"!~", 5, NotEquivalent},
    OperatorRow{"in", 4, In},
    OperatorRow{"contains", 4, ContainsItem},
    OperatorRow{"and", 3, And, {Truth::kFalse, Truth::kFalse}},
    OperatorRow{"or", 2, Or, {Truth::kTrue, Truth::kTrue}},
    OperatorRow{"xor", 2, Xor},
    OperatorRow{"implies", 1, Implies, {Truth::kFalse, Truth::kTrue}},
};

}  // namespace

std::span<const OperatorRow> Operators() { return kOperators; }

const OperatorRow* FindOperator(std::string_view symbol) {
  const auto row = std::ranges::find(kOperators, symbol, &OperatorRow::symbol);
  return row == kOperators.end() ? nullptr : &*row;
}

}  // namespace throughline::path
