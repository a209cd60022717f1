#include "fhir/path/operators.h"

#include <algorithm>
#include <array>

namespace throughline::path {
namespace {

constexpr Kinds kNumeric = kNumberKinds | KindBit(ItemKind::kQuantity);
constexpr Kinds kText = KindBit(ItemKind::kString);
constexpr Kinds kTimes = KindBit(ItemKind::kTime);
constexpr Kinds kDays = KindBit(ItemKind::kDate) | KindBit(ItemKind::kDateTime);
constexpr Kinds kTruth = KindBit(ItemKind::kBoolean);

constexpr std::array kNumericPairs = {OperandPair{kNumeric, kNumeric}};
constexpr std::array kNumberPairs = {OperandPair{kNumberKinds, kNumberKinds}};
constexpr std::array kSumPairs = {OperandPair{kNumeric, kNumeric}, OperandPair{kText, kText},
                                  OperandPair{kMomentKinds, KindBit(ItemKind::kQuantity)}};
constexpr std::array kDifferencePairs = {OperandPair{kNumeric, kNumeric},
                                         OperandPair{kMomentKinds, KindBit(ItemKind::kQuantity)}};
constexpr std::array kTextPairs = {OperandPair{kText, kText}};
constexpr std::array kOrderPairs = {OperandPair{kNumeric, kNumeric}, OperandPair{kText, kText},
                                    OperandPair{kTimes, kTimes}, OperandPair{kDays, kDays}};
constexpr std::span<const OperandPair> kAll = {};

constexpr std::array kOperators = {
    OperatorRow{"*", 10, Times, kNumericPairs, 0, "the product"},
    OperatorRow{"/", 10, Divide, kNumericPairs, kNumeric, "the quotient, a decimal or quantity; empty by zero"},
    OperatorRow{"div", 10, WholeDivide, kNumberPairs, 0, "the quotient without its fraction"},
    OperatorRow{"mod", 10, Modulo, kNumberPairs, 0, "what div leaves over"},
    OperatorRow{"+", 9, Plus, kSumPairs, 0, "the sum; a date moved on; texts one after the other, empty when one is"},
    OperatorRow{"-", 9, Minus, kDifferencePairs, 0, "the difference; a date moved back"},
    OperatorRow{"&", 9, Concatenate, kTextPairs, kText, "texts one after the other, an empty one as ''"},
    OperatorRow{"|", 7, Unite, kAll, 0, "both lists without duplicates"},
    OperatorRow{"<", 6, Less, kOrderPairs, kTruth, "less"},
    OperatorRow{"<=", 6, LessOrEqual, kOrderPairs, kTruth, "less or equal"},
    OperatorRow{">", 6, Greater, kOrderPairs, kTruth, "greater"},
    OperatorRow{">=", 6, GreaterOrEqual, kOrderPairs, kTruth, "greater or equal"},
    OperatorRow{"=", 5, Equal, kAll, kTruth, "the same values in the same order"},
    OperatorRow{"~", 5, Equivalent, kAll, kTruth, "the same but for order, case and precision"},
    OperatorRow{"!=", 5, NotEqual, kAll, kTruth, "not ="},
    OperatorRow{"!~", 5, NotEquivalent, kAll, kTruth, "not ~"},
    OperatorRow{"in", 4, nullptr, kAll, kTruth, "is the item in the list on the right", {}, nullptr, &Binary::right},
    OperatorRow{
        "contains", 4, nullptr, kAll, kTruth, "is the item on the right in the list", {}, nullptr, &Binary::left},
    OperatorRow{"and", 3, nullptr, kAll, kTruth, "true when both are", {Truth::kFalse, Truth::kFalse}, And},
    OperatorRow{"or", 2, nullptr, kAll, kTruth, "true when one is", {Truth::kTrue, Truth::kTrue}, Or},
    OperatorRow{"xor", 2, nullptr, kAll, kTruth, "true when one is and the other is not", {}, Xor},
    OperatorRow{
        "implies", 1, nullptr, kAll, kTruth, "not the left without the right", {Truth::kFalse, Truth::kTrue}, Implies},
};

}  // namespace

std::span<const OperatorRow> Operators() { return kOperators; }

const OperatorRow* FindOperator(std::string_view symbol) {
  const auto row = std::ranges::find(kOperators, symbol, &OperatorRow::symbol);
  return row == kOperators.end() ? nullptr : &*row;
}

}  // namespace throughline::path
