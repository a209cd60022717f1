#include "fhir/units/term.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

namespace throughline::units {
namespace {

constexpr std::size_t kMaxLength = 256;
constexpr int kMaxDepth = 16;
constexpr int kMaxExponent = 2000;
constexpr int kMaxTermPower = 10'000;

Term Mystery() {
  Term term;
  term.mystery = true;
  return term;
}

bool AddPower(std::int16_t& power, int more) {
  const int sum = power + more;
  if (std::abs(sum) > kMaxTermPower) return false;
  power = static_cast<std::int16_t>(sum);
  return true;
}

bool AddArbitrary(Term& term, Term::Arbitrary added) {
  auto place = std::ranges::find_if(term.arbitrary, [&](const Term::Arbitrary& row) { return row.atom == added.atom; });
  if (place == term.arbitrary.end() || place->power == 0) {
    place = std::ranges::find_if(term.arbitrary, [](const Term::Arbitrary& row) { return row.power == 0; });
  }
  if (place == term.arbitrary.end()) return false;
  place->atom = added.atom;
  if (!AddPower(place->power, added.power)) return false;
  if (place->power == 0) *place = {};
  const auto rank = [](const Term::Arbitrary& row) { return row.power == 0 ? INT16_MAX : row.atom; };
  std::ranges::sort(term.arbitrary, {}, rank);
  return true;
}

Term Raise(const Term& term, int exponent) {
  if (exponent == 1 || term.mystery) return term;
  if (term.special >= 0 || std::abs(exponent) > kMaxExponent) return Mystery();
  Term power;
  const std::optional<Factor> factor = Power(term.factor, exponent);
  if (!factor) return Mystery();
  power.factor = *factor;
  if (exponent == 0) return power;
  for (std::size_t i = 0; i < term.base.size(); ++i) {
    if (!AddPower(power.base[i], term.base[i] * exponent)) return Mystery();
  }
  for (std::size_t i = 0; i < term.arbitrary.size(); ++i) {
    power.arbitrary[i].atom = term.arbitrary[i].atom;
    if (!AddPower(power.arbitrary[i].power, term.arbitrary[i].power * exponent)) return Mystery();
  }
  return power;
}

Term Product(const Term& left, const Term& right) {
  if (right.IsOne()) return left;
  if (left.IsOne()) return right;
  if (left.mystery || right.mystery || left.special >= 0 || right.special >= 0) return Mystery();
  const std::optional<Factor> factor = Multiply(left.factor, right.factor);
  if (!factor) return Mystery();
  Term product = left;
  product.factor = *factor;
  for (std::size_t i = 0; i < product.base.size(); ++i) {
    if (!AddPower(product.base[i], right.base[i])) return Mystery();
  }
  for (const Term::Arbitrary& row : right.arbitrary) {
    if (row.power != 0 && !AddArbitrary(product, row)) return Mystery();
  }
  return product;
}

// The meanings of the atoms, in the order of their codes.
class Table {
 public:
  struct Entry {
    std::string_view code;
    bool metric;
    Term term;
  };

  Table();
  const Entry* Find(std::string_view code) const {
    const auto found = std::ranges::lower_bound(entries_, code, {}, &Entry::code);
    return found != entries_.end() && found->code == code ? &*found : nullptr;
  }

 private:
  Term MeaningOf(std::int16_t index) const;
  std::vector<Entry> entries_;
};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsGraphic(char c) { return c > ' ' && c < '\x7f'; }

// https://ucum.org/ucum, section 2: the grammar.
class Reader {
 public:
  Reader(std::string_view text, const Table& table) : rest_(text), table_(table) {}

  std::optional<Term> All() {
    std::optional<Term> term = MainTerm();
    if (!rest_.empty()) return std::nullopt;
    return term;
  }

 private:
  std::optional<Term> MainTerm() {
    if (!Take('/')) return Terms(Term{});
    std::optional<Term> first = Component();
    if (!first) return std::nullopt;
    return Terms(Raise(*first, -1), false);
  }

  // component ( "." component | "/" component )*
  std::optional<Term> Terms(Term product, bool needs_first = true) {
    for (bool first = needs_first;; first = false) {
      const bool divides = !first && !rest_.empty() && rest_.front() == '/';
      if (!first && !divides && (rest_.empty() || rest_.front() != '.')) return product;
      if (!first) rest_.remove_prefix(1);
      const std::optional<Term> component = Component();
      if (!component) return std::nullopt;
      product = Product(product, Raise(*component, divides ? -1 : 1));
    }
  }

  std::optional<Term> Component() {
    if (Take('(')) return Parenthesis();
    if (rest_.empty()) return std::nullopt;
    std::optional<Term> term = Term{};
    if (rest_.front() != '{') term = IsDigit(rest_.front()) && !StartsTen() ? Whole() : Simple();
    if (!term || !Annotation()) return std::nullopt;
    const bool ends = rest_.empty() || rest_.front() == '.' || rest_.front() == '/' || rest_.front() == ')';
    return ends ? term : std::nullopt;
  }

  std::optional<Term> Parenthesis() {
    if (++depth_ > kMaxDepth) return std::nullopt;
    std::optional<Term> term = Terms(Term{});
    --depth_;
    if (!term || !Take(')')) return std::nullopt;
    return term;
  }

  // False for one that is not closed; none is fine.
  bool Annotation() {
    if (!Take('{')) return true;
    const std::size_t end = rest_.find_first_of("{}");
    if (end == std::string_view::npos || rest_[end] != '}') return false;
    const std::string_view words = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return std::ranges::all_of(words, [](char c) { return IsGraphic(c) || c == ' '; });
  }

  bool StartsTen() const { return rest_.starts_with("10*") || rest_.starts_with("10^"); }

  std::optional<Term> Whole() {
    const std::string_view digits = Digits();
    if (digits.find_first_not_of('0') == std::string_view::npos) return std::nullopt;
    Term term;
    const std::optional<Factor> factor = FactorOf(digits.substr(digits.find_first_not_of('0')));
    if (!factor) return Mystery();
    term.factor = *factor;
    return term;
  }

  std::optional<Term> Simple() {
    const std::string_view symbol = Symbol();
    const std::optional<Term> unit = Lookup(symbol);
    if (!unit) return std::nullopt;
    if (rest_.empty() || (rest_.front() != '+' && rest_.front() != '-' && !IsDigit(rest_.front()))) return unit;
    const bool negative = rest_.front() == '-';
    if (!IsDigit(rest_.front())) rest_.remove_prefix(1);
    const std::string_view digits = Digits();
    if (digits.empty()) return std::nullopt;
    int exponent = 0;
    for (const char c : digits) exponent = std::min(exponent * 10 + (c - '0'), kMaxExponent + 1);
    return Raise(*unit, negative ? -exponent : exponent);
  }

  std::string_view Digits() {
    std::size_t count = 0;
    while (count < rest_.size() && IsDigit(rest_[count])) ++count;
    return Cut(count);
  }

  // Up to an operator, a sign or a digit that is not in square brackets.
  std::string_view Symbol() {
    if (StartsTen()) return Cut(3);
    bool bracket = false;
    std::size_t count = 0;
    for (; count < rest_.size() && IsGraphic(rest_[count]); ++count) {
      const char c = rest_[count];
      if (c == '[' || c == ']') {
        bracket = c == '[';
      } else if (!bracket && (std::string_view("./(){}+-").find(c) != std::string_view::npos || IsDigit(c))) {
        break;
      }
    }
    return Cut(count);
  }

  std::optional<Term> Lookup(std::string_view symbol) const {
    if (const Table::Entry* atom = table_.Find(symbol)) return atom->term;
    for (const PrefixRow& prefix : Prefixes()) {
      if (!symbol.starts_with(prefix.code)) continue;
      const Table::Entry* atom = table_.Find(symbol.substr(prefix.code.size()));
      if (atom != nullptr && atom->metric) return Prefixed(prefix, atom->term);
    }
    return std::nullopt;
  }

  static Term Prefixed(const PrefixRow& prefix, Term term) {
    const std::optional<Factor> scale = FactorOf(prefix.value);
    if (term.special >= 0 && scale && scale->numerator.one()) {
      term.scale = scale->tens;
      return term;
    }
    Term factor;
    if (scale) factor.factor = *scale;
    return Product(factor, term);
  }

  bool Take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view Cut(std::size_t count) {
    const std::string_view part = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return part;
  }

  std::string_view rest_;
  const Table& table_;
  int depth_ = 0;
};

Table::Table() {
  entries_.reserve(Atoms().size());
  for (std::size_t i = 0; i < Atoms().size(); ++i) {
    const AtomRow& row = Atoms()[i];
    const auto place = std::ranges::lower_bound(entries_, row.code, {}, &Entry::code);
    entries_.insert(place, {row.code, row.metric, MeaningOf(static_cast<std::int16_t>(i))});
  }
}

Term Table::MeaningOf(std::int16_t index) const {
  const AtomRow& row = Atoms()[static_cast<std::size_t>(index)];
  Term term;
  if (row.kind == Kind::kBase) {
    term.base[static_cast<std::size_t>(index)] = 1;
    return term;
  }
  if (row.kind == Kind::kArbitrary) {
    term.arbitrary[0] = {index, 1};
    return term;
  }
  if (row.kind == Kind::kPi) {
    term.factor.pis = 1;
    return term;
  }
  const std::optional<Factor> value = FactorOf(row.value);
  const std::optional<Term> unit = Reader(row.unit, *this).All();
  if (!value || !unit) return Mystery();
  term.factor = *value;
  term = Product(term, *unit);
  if (row.kind != Kind::kRatio) term.special = index;
  return term;
}

const Table& Ucum() {
  static const Table table;
  return table;
}

}  // namespace

bool Term::IsOne() const {
  return !mystery && special < 0 && SameDimension(Term{}) && factor.tens == 0 && factor.pis == 0 &&
         factor.numerator.one() && factor.denominator.one();
}

std::optional<Term> ParseTerm(std::string_view code) {
  if (code.empty() || code.size() > kMaxLength) return std::nullopt;
  return Reader(code, Ucum()).All();
}

std::string DimensionText(const Term& term) {
  std::string text;
  const auto add = [&text](std::string_view code, int power) {
    if (power == 0) return;
    if (!text.empty()) text += '.';
    text += code;
    if (power != 1) text += std::to_string(power);
  };
  for (std::size_t i = 0; i < term.base.size(); ++i) add(Atoms()[i].code, term.base[i]);
  for (const Term::Arbitrary& row : term.arbitrary) add(Atoms()[static_cast<std::size_t>(row.atom)].code, row.power);
  return text.empty() ? "1" : text;
}

}  // namespace throughline::units
