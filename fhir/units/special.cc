#include "fhir/units/special.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace throughline::units {
namespace {

using Function = double (*)(double);

struct FunctionRow {
  Kind kind;
  Function from_special;
  Function to_special;
};

template <int kBase>
double PotencyFrom(double x) {
  return std::pow(kBase, -x);
}
template <int kBase>
double PotencyTo(double x) {
  return -std::log(x) / std::log(kBase);
}

constexpr std::array<FunctionRow, 11> kFunctions = {{
    {Kind::kLn, [](double x) { return std::exp(x); }, [](double x) { return std::log(x); }},
    {Kind::kLg, [](double x) { return std::pow(10, x); }, [](double x) { return std::log10(x); }},
    {Kind::kLgTimes2, [](double x) { return std::pow(10, x / 2); }, [](double x) { return 2 * std::log10(x); }},
    {Kind::kLd, [](double x) { return std::exp2(x); }, [](double x) { return std::log2(x); }},
    {Kind::kPh, [](double x) { return std::pow(10, -x); }, [](double x) { return -std::log10(x); }},
    {Kind::kTanTimes100, [](double x) { return std::atan(x / 100); }, [](double x) { return 100 * std::tan(x); }},
    {Kind::kHpX, PotencyFrom<10>, PotencyTo<10>},
    {Kind::kHpC, PotencyFrom<100>, PotencyTo<100>},
    {Kind::kHpM, PotencyFrom<1000>, PotencyTo<1000>},
    {Kind::kHpQ, PotencyFrom<50000>, PotencyTo<50000>},
    {Kind::kSqrt, [](double x) { return x * x; }, [](double x) { return std::sqrt(x); }},
}};

const FunctionRow* FindRow(Kind kind) {
  const auto row = std::ranges::find(kFunctions, kind, &FunctionRow::kind);
  return row == kFunctions.end() ? nullptr : &*row;
}

std::optional<std::string> Apply(Function function, std::string_view number) {
  double x = 0;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), x);
  if (read.ec != std::errc()) return std::nullopt;
  const double y = function(x);
  if (!std::isfinite(y)) return std::nullopt;
  std::array<char, 40> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), y, std::chars_format::scientific, 16).ptr;
  return std::string(text.data(), end);
}

}  // namespace

bool HasFunction(Kind kind) { return FindRow(kind) != nullptr; }

std::optional<std::string> FromSpecial(Kind kind, std::string_view number) {
  const FunctionRow* row = FindRow(kind);
  return row == nullptr ? std::nullopt : Apply(row->from_special, number);
}

std::optional<std::string> ToSpecial(Kind kind, std::string_view number) {
  const FunctionRow* row = FindRow(kind);
  return row == nullptr ? std::nullopt : Apply(row->to_special, number);
}

}  // namespace throughline::units
