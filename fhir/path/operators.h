// The table of binary operators, and how values compare.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "fhir/path/evaluate.h"

namespace throughline::path {

using Operation = bool (*)(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right,
                           Collection& out);

// A left side that alone decides: the right side is not evaluated.
struct Shortcut {
  Truth left = Truth::kEmpty;  // kEmpty: there is none
  Truth result = Truth::kEmpty;
};

// Kinds that go together left and right.
struct OperandPair {
  Kinds left;
  Kinds right;
};

struct OperatorRow {
  std::string_view symbol;
  int precedence;  // higher binds closer; https://hl7.org/fhirpath/N1/#operator-precedence
  Operation operation;
  std::span<const OperandPair> pairs;  // none: whatever it is
  Kinds answer;                        // 0: as the operands
  std::string_view summary;
  Shortcut shortcut = {};
  Truth (*combine)(Truth left, Truth right) = nullptr;  // of three-valued logic, in place of `operation`
  NodeId Binary::*list = nullptr;  // of membership, in place of `operation`: the side that is looked into
};

inline constexpr int kTypePrecedence = 8;   // is, as
inline constexpr int kSignPrecedence = 11;  // unary + and -
inline constexpr int kInvocationPrecedence = 13;

std::span<const OperatorRow> Operators();
// Null when `symbol` is no binary operator.
const OperatorRow* FindOperator(std::string_view symbol);

// Adds a whole number of `kind`, kInteger (32 bits) or kLong; nothing when it does not fit.
bool FitsKind(std::int64_t value, ItemKind kind);
bool AddInteger(std::int64_t value, ItemKind kind, Collection& out);

// By the rules of `=`. Nothing: cannot be known (partial dates).
std::optional<bool> ItemsEqual(Evaluator& run, const Item& left, const Item& right);
std::optional<bool> CollectionsEqual(Evaluator& run, const Collection& left, const Collection& right);
// By the rules of `~`.
bool ItemsEquivalent(Evaluator& run, const Item& left, const Item& right);
bool CollectionsEquivalent(Evaluator& run, const Collection& left, const Collection& right);

enum class Order : std::uint8_t { kLess, kEqual, kGreater, kUnknown, kIncomparable };
inline Order ToOrder(int sign) { return sign < 0 ? Order::kLess : (sign > 0 ? Order::kGreater : Order::kEqual); }
// System values by the rules of `<`.
Order CompareItems(const Item& left, const Item& right);

Truth And(Truth left, Truth right);
Truth Or(Truth left, Truth right);
Truth Xor(Truth left, Truth right);
Truth Implies(Truth left, Truth right);
bool Unite(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out);
// `is` and `as`.
bool TestType(Evaluator& run, std::size_t offset, const Collection& items, const TypeSpecifier& type, bool as,
              Collection& out);

bool Equal(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out);
bool NotEqual(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out);
bool Equivalent(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out);
bool NotEquivalent(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right,
                   Collection& out);
bool Less(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out);
bool LessOrEqual(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out);
bool Greater(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out);
bool GreaterOrEqual(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right,
                    Collection& out);

bool Plus(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out);
bool Minus(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out);
bool Times(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out);
bool Divide(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out);
bool WholeDivide(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out);
bool Modulo(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out);
bool Concatenate(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out);
// Unary minus.
bool Negate(Evaluator& run, std::size_t offset, const Collection& operand, Collection& out);

}  // namespace throughline::path
