#include "fhir/path/number.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "fhir/base/decimal.h"
#include "fhir/path/digits.h"

namespace throughline::path {
namespace {

constexpr std::size_t kMaxDigits = 64;
constexpr std::size_t kDividePlaces = 28;

// A whole number of units of 10^-places; `digits` without leading zeros, empty for zero.
struct Fixed {
  bool negative = false;
  std::string digits;
  std::size_t places = 0;
};

std::optional<Fixed> ReadFixed(std::string_view text) {
  const std::optional<Decimal> decimal = Decimal::Parse(text);
  if (!decimal) return std::nullopt;
  Fixed fixed{decimal->negative(), std::string(decimal->digits()), 0};
  if (decimal->exponent() < 0) {
    fixed.places = static_cast<std::size_t>(-decimal->exponent());
  } else if (!fixed.digits.empty()) {
    fixed.digits.append(static_cast<std::size_t>(decimal->exponent()), '0');
  }
  if (fixed.digits.empty()) fixed.negative = false;
  return fixed;
}

void Scale(Fixed& fixed, std::size_t places) {
  if (!fixed.digits.empty()) fixed.digits.append(places - fixed.places, '0');
  fixed.places = places;
}

std::optional<std::string> Write(Fixed fixed) {
  if (fixed.digits.size() > kMaxDigits || fixed.places > 999) return std::nullopt;
  if (fixed.digits.size() <= fixed.places) fixed.digits.insert(0, fixed.places + 1 - fixed.digits.size(), '0');
  std::string out;
  const bool zero = fixed.digits.find_first_not_of('0') == std::string::npos;
  if (fixed.negative && !zero) out += '-';
  out.append(fixed.digits, 0, fixed.digits.size() - fixed.places);
  if (fixed.places > 0) {
    out += '.';
    out.append(fixed.digits, fixed.digits.size() - fixed.places);
  }
  return out;
}

std::optional<std::string> SumOf(std::string_view left, std::string_view right, bool subtract) {
  std::optional<Fixed> a = ReadFixed(left);
  std::optional<Fixed> b = ReadFixed(right);
  if (!a || !b) return std::nullopt;
  const std::size_t places = std::max(a->places, b->places);
  Scale(*a, places);
  Scale(*b, places);
  if (subtract) b->negative = !b->negative;
  Fixed sum{a->negative, {}, places};
  if (a->negative == b->negative) {
    sum.digits = AddDigits(a->digits, b->digits);
  } else if (CompareDigits(a->digits, b->digits) >= 0) {
    sum.digits = SubtractDigits(a->digits, b->digits);
  } else {
    sum.digits = SubtractDigits(b->digits, a->digits);
    sum.negative = b->negative;
  }
  return Write(std::move(sum));
}

void StripZeros(Fixed& fixed) {
  while (fixed.places > 0 && (fixed.digits.empty() || fixed.digits.back() == '0')) {
    if (!fixed.digits.empty()) fixed.digits.pop_back();
    --fixed.places;
  }
}

// Cuts to `places`; `rest` tells how what was cut compares with one half: 0 nothing, 1 less, 2 half, 3 more.
int Cut(Fixed& fixed, std::size_t places) {
  if (fixed.places <= places) return 0;
  const std::size_t drop = fixed.places - places;
  std::string cut = fixed.digits.size() > drop ? fixed.digits.substr(fixed.digits.size() - drop) : fixed.digits;
  cut.insert(0, drop - cut.size(), '0');
  fixed.digits.resize(fixed.digits.size() > drop ? fixed.digits.size() - drop : 0);
  fixed.places = places;
  if (cut.find_first_not_of('0') == std::string::npos) return 0;
  if (cut[0] != '5') return cut[0] < '5' ? 1 : 3;
  return cut.find_first_not_of('0', 1) == std::string::npos ? 2 : 3;
}

void RoundTo(Fixed& fixed, std::size_t places, Rounding rounding) {
  const int rest = Cut(fixed, places);
  const bool away = (rounding == Rounding::kHalfAwayFromZero && rest >= 2) ||
                    (rounding == Rounding::kDown && rest > 0 && fixed.negative) ||
                    (rounding == Rounding::kUp && rest > 0 && !fixed.negative);
  if (away) fixed.digits = AddDigits(fixed.digits, "1");
}

// Reads the significant digits of a literal where it stands.
class Reader {
 public:
  explicit Reader(std::string_view text) {
    negative_ = text.starts_with('-');
    if (negative_) text.remove_prefix(1);
    const std::size_t e = std::min(text.find_first_of("eE"), text.size());
    std::string_view power = text.substr(std::min(e + 1, text.size()));
    if (power.starts_with('+')) power.remove_prefix(1);
    std::from_chars(power.data(), power.data() + power.size(), exponent_);
    rest_ = text.substr(0, e);
    exponent_ += static_cast<int>(std::min(rest_.find('.'), rest_.size()));
    while (!rest_.empty() && (rest_.front() == '0' || rest_.front() == '.')) {
      if (rest_.front() == '0') --exponent_;
      rest_.remove_prefix(1);
    }
    while (!rest_.empty() && rest_.find('.') != std::string_view::npos && rest_.back() == '0') rest_.remove_suffix(1);
  }

  bool zero() const { return rest_.empty(); }
  int sign() const { return negative_ ? -1 : 1; }
  int exponent() const { return exponent_; }  // of the first significant digit
  bool done() const { return rest_.empty(); }
  char Next() {
    if (rest_.starts_with('.')) rest_.remove_prefix(1);
    if (rest_.empty()) return '0';
    const char digit = rest_.front();
    rest_.remove_prefix(1);
    return digit;
  }

 private:
  std::string_view rest_;
  int exponent_ = 0;
  bool negative_ = false;
};

}  // namespace

std::optional<std::string> AddNumbers(std::string_view left, std::string_view right) {
  return SumOf(left, right, false);
}

std::optional<std::string> SubtractNumbers(std::string_view left, std::string_view right) {
  return SumOf(left, right, true);
}

std::optional<std::string> MultiplyNumbers(std::string_view left, std::string_view right) {
  const std::optional<Fixed> a = ReadFixed(left);
  const std::optional<Fixed> b = ReadFixed(right);
  if (!a || !b) return std::nullopt;
  return Write({a->negative != b->negative, MultiplyDigits(a->digits, b->digits), a->places + b->places});
}

std::optional<std::string> DivideNumbers(std::string_view left, std::string_view right) {
  std::optional<Fixed> a = ReadFixed(left);
  const std::optional<Fixed> b = ReadFixed(right);
  if (!a || !b || b->digits.empty()) return std::nullopt;
  // One place more than is kept, for rounding.
  Scale(*a, std::max(a->places, b->places + kDividePlaces + 1));
  std::string remainder;
  Fixed quotient{a->negative != b->negative, DivideDigits(a->digits, b->digits, remainder), a->places - b->places};
  RoundTo(quotient, kDividePlaces, Rounding::kHalfAwayFromZero);
  StripZeros(quotient);
  return Write(std::move(quotient));
}

std::optional<std::string> WholeDivideNumbers(std::string_view left, std::string_view right) {
  std::optional<Fixed> a = ReadFixed(left);
  std::optional<Fixed> b = ReadFixed(right);
  if (!a || !b || b->digits.empty()) return std::nullopt;
  const std::size_t places = std::max(a->places, b->places);
  Scale(*a, places);
  Scale(*b, places);
  std::string remainder;
  return Write({a->negative != b->negative, DivideDigits(a->digits, b->digits, remainder), 0});
}

std::optional<std::string> ModuloNumbers(std::string_view left, std::string_view right) {
  std::optional<Fixed> a = ReadFixed(left);
  std::optional<Fixed> b = ReadFixed(right);
  if (!a || !b || b->digits.empty()) return std::nullopt;
  const std::size_t places = std::max(a->places, b->places);
  Scale(*a, places);
  Scale(*b, places);
  Fixed rest{a->negative, {}, places};
  DivideDigits(a->digits, b->digits, rest.digits);
  return Write(std::move(rest));
}

std::optional<std::string> RoundNumber(std::string_view number, std::size_t places, Rounding rounding) {
  std::optional<Fixed> fixed = ReadFixed(number);
  if (!fixed) return std::nullopt;
  RoundTo(*fixed, places, rounding);
  return Write(std::move(*fixed));
}

int CompareNumbers(std::string_view left, std::string_view right) {
  Reader a(left);
  Reader b(right);
  if (a.zero() || b.zero()) return a.zero() ? (b.zero() ? 0 : -b.sign()) : a.sign();
  if (a.sign() != b.sign()) return a.sign();
  if (a.exponent() != b.exponent()) return a.exponent() < b.exponent() ? -a.sign() : a.sign();
  while (!a.done() || !b.done()) {
    const char x = a.Next();
    const char y = b.Next();
    if (x != y) return x < y ? -a.sign() : a.sign();
  }
  return 0;
}

std::uint64_t NumberHash(std::string_view number) {
  Reader reader(number);
  if (reader.zero()) return 0;
  constexpr std::uint64_t kPrime = 0x100000001B3ULL;
  std::uint64_t hash = static_cast<std::uint64_t>(reader.exponent()) * 2 + (reader.sign() < 0 ? 1 : 0);
  std::size_t zeros = 0;  // those at the end do not count
  while (!reader.done()) {
    const char digit = reader.Next();
    if (digit == '0') {
      ++zeros;
      continue;
    }
    for (; zeros > 0; --zeros) hash = (hash ^ '0') * kPrime;
    hash = (hash ^ static_cast<unsigned char>(digit)) * kPrime;
  }
  return hash;
}

std::size_t WrittenPlaces(std::string_view number) {
  const std::optional<Fixed> fixed = ReadFixed(number);
  return fixed ? fixed->places : 0;
}

std::size_t SignificantPlaces(std::string_view number) {
  std::optional<Fixed> fixed = ReadFixed(number);
  if (!fixed) return 0;
  StripZeros(*fixed);
  return fixed->places;
}

std::optional<std::int64_t> ScaledInteger(std::string_view number, std::int64_t unit) {
  const std::optional<std::string> product = MultiplyNumbers(number, std::to_string(unit));
  if (!product) return std::nullopt;
  const std::optional<std::string> whole = RoundNumber(*product, 0, Rounding::kToZero);
  if (!whole) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(whole->data(), whole->data() + whole->size(), value);
  if (error != std::errc{}) return std::nullopt;
  return value;
}

}  // namespace throughline::path
