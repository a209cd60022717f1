#include "fhir/validate/answer_value.h"

#include <algorithm>
#include <array>
#include <compare>

#include "fhir/base/date_time.h"
#include "fhir/base/decimal.h"
#include "fhir/terminology/external.h"
#include "fhir/units/units.h"

namespace throughline::validate {
namespace {

using json::Member;
using json::Value;

constexpr std::string_view kCore = "http://hl7.org/fhir/StructureDefinition/";

Relation Equality(bool same) { return same ? Relation::kEqual : Relation::kDifferent; }

Relation ToRelation(std::strong_ordering order) {
  return std::is_lt(order) ? Relation::kLess : std::is_gt(order) ? Relation::kGreater : Relation::kEqual;
}

bool SameSystem(std::string_view a, std::string_view b) { return a.empty() || b.empty() || a == b; }

Relation CompareNumbers(const Value& a, const Value& b) {
  const auto left = a.is_number() ? Decimal::Parse(a.text()) : std::nullopt;
  const auto right = b.is_number() ? Decimal::Parse(b.text()) : std::nullopt;
  return left && right ? ToRelation(*left <=> *right) : Relation::kDifferent;
}

Relation CompareDates(const Value& a, const Value& b) {
  const auto left = DateTime::ParseDateTime(a.text());
  const auto right = DateTime::ParseDateTime(b.text());
  if (!left || !right) {
    return Relation::kDifferent;
  }
  const Period first = left->Interval();
  const Period second = right->Interval();
  if (first.start == second.start && first.end == second.end) {
    return Relation::kEqual;
  }
  return first.end <= second.start   ? Relation::kLess
         : second.end <= first.start ? Relation::kGreater
                                     : Relation::kUnclear;
}

Relation CompareCodings(const Value& a, const Value& b) {
  return Equality(a.Get("code").text() == b.Get("code").text() &&
                  SameSystem(a.Get("system").text(), b.Get("system").text()));
}

// "Patient/1" and the same with a server in front.
bool SameReference(std::string_view a, std::string_view b) {
  const auto ends = [](std::string_view whole, std::string_view part) {
    return whole.size() > part.size() && whole.ends_with(part) && whole[whole.size() - part.size() - 1] == '/';
  };
  return a == b || ends(a, b) || ends(b, a);
}

Relation CompareReferences(const Value& a, const Value& b) {
  const std::string_view left = a.Get("reference").text();
  const std::string_view right = b.Get("reference").text();
  if (!left.empty() || !right.empty()) {
    return Equality(!left.empty() && !right.empty() && SameReference(left, right));
  }
  const Value mine = a.Get("identifier");
  const Value other = b.Get("identifier");
  if (mine.is_object() || other.is_object()) {
    return Equality(json::Equal(mine.Get("value"), other.Get("value")) &&
                    SameSystem(mine.Get("system").text(), other.Get("system").text()));
  }
  return Equality(json::Equal(a.Get("display"), b.Get("display")));
}

// A code says more than the words beside it; where one side has no code, words must do.
std::string_view UnitOf(const Value& quantity, bool coded) { return quantity.Get(coded ? "code" : "unit").text(); }

Relation CompareQuantities(const Value& a, const Value& b) {
  const Value left = a.Get("value");
  const Value right = b.Get("value");
  const bool coded = a.Find("code") != nullptr && b.Find("code") != nullptr;
  const std::string_view system = a.Get("system").text();
  if (coded && !SameSystem(system, b.Get("system").text())) {
    return Relation::kDifferent;
  }
  const std::string_view ucum = terminology::kUcum;
  if (coded && (system == ucum || b.Get("system").text() == ucum) && left.is_number() && right.is_number()) {
    const auto order = units::Compare(left.text(), UnitOf(a, true), right.text(), UnitOf(b, true));
    return order ? ToRelation(*order) : Relation::kDifferent;
  }
  return UnitOf(a, coded) == UnitOf(b, coded) ? CompareNumbers(left, right) : Relation::kDifferent;
}

Relation CompareWords(const Value& a, const Value& b) {
  return a.is_string() && b.is_string() ? ToRelation(a.text().compare(b.text()) <=> 0) : Relation::kDifferent;
}

Relation CompareBooleans(const Value& a, const Value& b) {
  return Equality(a.is_boolean() && b.is_boolean() && a.boolean() == b.boolean());
}

// By the end of the member's name; the first that fits.
struct CompareRow {
  std::string_view type;
  Relation (*compare)(const Value& a, const Value& b);
};
constexpr std::array kCompares = {
    CompareRow{"Integer", CompareNumbers},
    CompareRow{"Decimal", CompareNumbers},
    CompareRow{"Date", CompareDates},
    CompareRow{"DateTime", CompareDates},
    CompareRow{"Coding", CompareCodings},
    CompareRow{"Quantity", CompareQuantities},
    CompareRow{"Boolean", CompareBooleans},
    CompareRow{"Reference", CompareReferences},
    CompareRow{"Attachment", [](const Value& a, const Value& b) { return Equality(json::Equal(a, b)); }},
};

}  // namespace

Relation Compare(std::string_view name, const Value& a, const Value& b) {
  const auto* const row =
      std::ranges::find_if(kCompares, [&](const CompareRow& each) { return name.ends_with(each.type); });
  return row == kCompares.end() ? CompareWords(a, b) : row->compare(a, b);
}

const Member* ChoiceOf(const Value& object, std::string_view name) {
  const auto found = std::ranges::find_if(object.members(), [&](const Member& member) {
    return member.name.starts_with(name) && member.name.size() > name.size();
  });
  return found == object.members().end() ? nullptr : &*found;
}

bool IsExtensionOf(const Value& extension, std::string_view name) {
  const std::string_view url = extension.Get("url").text();
  return url.size() == kCore.size() + name.size() && url.starts_with(kCore) && url.ends_with(name);
}

Value ExtensionOf(const Value& object, std::string_view name) {
  for (const Value& extension : object.Get("extension").items()) {
    if (IsExtensionOf(extension, name)) {
      const Member* const value = ChoiceOf(extension, "value");
      return value == nullptr ? Value{} : value->value;
    }
  }
  return {};
}

}  // namespace throughline::validate
