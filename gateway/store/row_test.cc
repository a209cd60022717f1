#include "gateway/store/row_test.h"

#include <variant>

#include "gateway/store/index_table.h"

namespace throughline::store {
namespace {

// U+10FFFF: no text goes on with it, so that it ends the range of texts with a common start.
constexpr std::string_view kLast = "\xF4\x8F\xBF\xBF";

std::string StartsWith(const std::string& column, std::string_view start, Binder& binder) {
  return column + " >= " + binder.Bind(start) + " AND " + column + " < " +
         binder.Bind(std::string(start) + std::string(kLast));
}

class Test {
 public:
  Test(const search::Condition& condition, const std::string& t, Binder& binder)
      : condition_(condition), t_(t + '.'), binder_(binder) {}

  std::string operator()(const search::TokenValue& value) const {
    if (value.form == search::TokenForm::kSystem) return t_ + "system = " + binder_.Bind(value.system);
    const std::string code = t_ + "folded = " + binder_.Bind(value.folded);
    switch (value.form) {
      case search::TokenForm::kCode:
        return code;
      case search::TokenForm::kSystemAndCode:
        return code + " AND (" + t_ + "system = " + binder_.Bind(value.system) + " OR (" + t_ + "implied = 1 AND " +
               t_ + "system = ''))";
      case search::TokenForm::kNoSystem:
        return code + " AND (" + t_ + "system = '' OR " + t_ + "implied = 1)";
      case search::TokenForm::kSystem:
        break;
    }
    return "1 = 0";
  }

  std::string operator()(const search::ReferenceValue& value) const {
    std::string test = t_ + "url = " + binder_.Bind(value.to.url);
    if (!value.to.id.empty()) test += " AND " + t_ + "target_id = " + binder_.Bind(value.to.id);
    if (!value.to.type.empty()) test += " AND " + t_ + "target_type = " + binder_.Bind(value.to.type);
    if (!value.to.version.empty()) test += " AND " + t_ + "version = " + binder_.Bind(value.to.version);
    return test;
  }

  std::string operator()(const search::DateValue& value) const {
    return DateTest(value, t_ + "start_at", t_ + "end_at", binder_);
  }

  std::string operator()(const search::StringValue& value) const {
    if (condition_.modifier == search::Modifier::kExact) return t_ + "value = " + binder_.Bind(value.value);
    if (condition_.modifier != search::Modifier::kContains) return StartsWith(t_ + "folded", value.folded, binder_);
    if (value.folded.empty()) return "1 = 1";
    // Literal and in every dialect, which LIKE is not.
    return t_ + "folded <> replace(" + t_ + "folded, " + binder_.Bind(value.folded) + ", '')";
  }

  std::string operator()(const search::UriValue& value) const {
    if (condition_.modifier == search::Modifier::kBelow) return StartsWith(t_ + "value", value.value, binder_);
    if (condition_.modifier == search::Modifier::kAbove) {
      return "substr(" + binder_.Bind(value.value) + ", 1, length(" + t_ + "value)) = " + t_ + "value";
    }
    return t_ + "value = " + binder_.Bind(value.value);
  }

  std::string operator()(const search::NumberValue& value) const {
    const std::string low = t_ + "low";
    const std::string high = t_ + "high";
    const auto equal = [&] {
      return "(" + low + " >= " + binder_.Bind(value.low) + " AND " + high + " < " + binder_.Bind(value.high) + ")";
    };
    const auto compare = [&](const std::string& column, const char* how) {
      return column + how + binder_.Bind(value.exact);
    };
    switch (value.prefix) {
      case search::Prefix::kEq:
        return equal();
      case search::Prefix::kNe:
        return "NOT " + equal();
      case search::Prefix::kGt:
        return compare(high, " > ");
      case search::Prefix::kLt:
        return compare(low, " < ");
      case search::Prefix::kGe:
        return "(" + compare(high, " > ") + " OR " + equal() + ")";
      case search::Prefix::kLe:
        return "(" + compare(low, " < ") + " OR " + equal() + ")";
      case search::Prefix::kSa:
        return compare(low, " > ");
      case search::Prefix::kEb:
        return compare(high, " < ");
      case search::Prefix::kAp:
        return low + " < " + binder_.Bind(value.high) + " AND " + high + " >= " + binder_.Bind(value.low);
    }
    return "1 = 0";
  }

  std::string operator()(const search::QuantityValue& value) const {
    if (!value.canonical_code.empty()) {
      return "(" + (*this)(value.canonical) + ") AND " + t_ + "system = " + binder_.Bind(value.system) + " AND " + t_ +
             "code = " + binder_.Bind(value.canonical_code);
    }
    std::string test = "(" + (*this)(value.number) + ") AND " + t_ + "canonical = 0";
    if (!value.system.empty()) test += " AND " + t_ + "system = " + binder_.Bind(value.system);
    if (value.code.empty()) return test;
    const std::string code = binder_.Bind(value.code);
    if (!value.system.empty()) return test + " AND " + t_ + "code = " + code;
    return test + " AND (" + t_ + "code = " + code + " OR " + t_ + "unit = " + code + ")";
  }

  // Looked at part by part; see store/composite.h.
  std::string operator()(const search::CompositeValue&) const { return "1 = 0"; }

 private:
  const search::Condition& condition_;
  std::string t_;
  Binder& binder_;
};

}  // namespace

std::string Binder::Bind(std::int64_t value) {
  const std::string name = "$v" + std::to_string(out_.values.size());
  out_.values.emplace_back(name, value);
  return name;
}

std::string Binder::Bind(std::string_view value) {
  const std::string name = "$v" + std::to_string(out_.values.size());
  out_.values.emplace_back(name, std::string(value));
  return name;
}

std::string RowTest(const search::Condition& condition, const search::ConditionValue& value, const std::string& t,
                    Binder& binder) {
  return "(" + std::visit(Test(condition, t, binder), value) + ")";
}

std::string DateTest(const search::DateValue& value, const std::string& start, const std::string& end, Binder& binder) {
  const auto test = [&](const std::string& column, const char* how, Instant instant) {
    return column + how + binder.Bind(ToColumn(instant));
  };
  const auto [from, to] = value.span;
  // A span starts before it ends: the bound on `start` changes nothing but lets the index be used.
  const auto equal = [&, first = from, last = to] {
    return "(" + test(start, " >= ", first) + " AND " + test(start, " <= ", last) + " AND " + test(end, " <= ", last) +
           ")";
  };
  switch (value.prefix) {
    case search::Prefix::kEq:
      return equal();
    case search::Prefix::kNe:
      return "NOT " + equal();
    case search::Prefix::kGt:
      return test(end, " > ", to);
    case search::Prefix::kLt:
      return test(start, " < ", from);
    case search::Prefix::kGe:
      return "(" + test(end, " > ", to) + " OR " + equal() + ")";
    case search::Prefix::kLe:
      return "(" + test(start, " < ", from) + " OR " + equal() + ")";
    case search::Prefix::kSa:
      return test(start, " >= ", to);
    case search::Prefix::kEb:
      return test(end, " <= ", from);
    case search::Prefix::kAp:
      return test(start, " < ", to) + " AND " + test(end, " > ", from);
  }
  return "1 = 0";
}

}  // namespace throughline::store
