#include "fhir/terminology/filters.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "fhir/terminology/members.h"
#include "fhir/units/units.h"

namespace throughline::terminology {
namespace {

using blob::FilterOperator;

constexpr std::int64_t kPatternMemory = 1 << 20;

std::unique_ptr<re2::RE2> Compile(std::string_view pattern) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kPatternMemory);
  return std::make_unique<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
}

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// True when `test` holds for one of the words between the commas.
template <typename Test>
bool AnyWord(std::string_view list, Test test) {
  for (;;) {
    const std::size_t comma = list.find(',');
    if (test(Trimmed(list.substr(0, comma)))) {
      return true;
    }
    if (comma == std::string_view::npos) {
      return false;
    }
    list.remove_prefix(comma + 1);
  }
}

bool IsCodeItself(std::string_view property) { return property == "concept" || property == "code"; }

bool IsHierarchical(FilterOperator op) {
  return op == FilterOperator::kIsA || op == FilterOperator::kDescendentOf || op == FilterOperator::kIsNotA ||
         op == FilterOperator::kGeneralizes;
}

// Properties that every system has, by flags of its concepts: absent is false.
// https://hl7.org/fhir/R4/codesystem-concept-properties.html
struct FlagProperty {
  std::string_view name;
  std::uint32_t flag;
};
constexpr std::array<FlagProperty, 2> kFlagProperties = {
    {{"inactive", blob::kInactive}, {"notSelectable", blob::kNotSelectable}}};

bool IsDeclared(const LoadedSystem& system, std::string_view property) {
  return std::ranges::any_of(
      system.Rows<blob::DeclaredPropertyRow>(blob::kDeclaredProperties, system->first_declared, system->declared_count),
      [&](const blob::DeclaredPropertyRow& row) { return system.Text(row.code) == property; });
}

}  // namespace

Filter::Filter(const LoadedSet& set, const blob::FilterRow& row)
    : property_(set.Text(row.property)), value_(set.Text(row.value)), op_(row.op) {
  if (op_ == FilterOperator::kRegex) {
    pattern_ = Compile(value_);
  }
}
Filter::Filter(Filter&&) noexcept = default;
Filter::~Filter() = default;

Verdict Filter::NotKnown() const { return Unknown(Reason::kFilter, property_); }

Verdict Filter::Passes(const LoadedSystem& system, const blob::ConceptRow& row) const {
  if (IsHierarchical(op_)) {
    return IsCodeItself(property_) ? ByHierarchy(system, row) : NotKnown();
  }
  if (IsCodeItself(property_)) {
    return ByText(system.Text(row.code));
  }
  if (property_ == "display") {
    return ByText(system.Text(row.display));
  }
  if (property_ == "parent") {
    return ByParent(system, row);
  }
  return property_ == "child" ? ByChild(system, row) : ByProperty(system, row);
}

Verdict Filter::Passes(const ExternalSystem& system, std::string_view code) const {
  if (IsCodeItself(property_) && !IsHierarchical(op_)) {
    return ByText(code);
  }
  const bool canonical = property_ == "canonical" && op_ == FilterOperator::kEqual && system.url == kUcum;
  return canonical ? Known(units::Comparable(code, value_)) : NotKnown();
}

Verdict Filter::ByHierarchy(const LoadedSystem& system, const blob::ConceptRow& row) const {
  const blob::ConceptRow* const named = FindConcept(system, value_);
  if (named == nullptr || (system->flags & blob::kNestedIsA) == 0) {
    return NotKnown();
  }
  switch (op_) {
    case FilterOperator::kIsA:
      return Known(IsA(system, row, *named));
    case FilterOperator::kDescendentOf:
      return Known(&row != named && IsA(system, row, *named));
    case FilterOperator::kIsNotA:
      return Known(!IsA(system, row, *named));
    default:
      return Known(IsA(system, *named, row));
  }
}

// One of the words of the value, or the value itself, is what `has` asks for.
template <typename Has>
Verdict Filter::ByList(Has has) const {
  switch (op_) {
    case FilterOperator::kEqual:
      return Known(has(value_));
    case FilterOperator::kIn:
      return Known(AnyWord(value_, has));
    case FilterOperator::kNotIn:
      return Known(!AnyWord(value_, has));
    default:
      return NotKnown();
  }
}

Verdict Filter::ByText(std::string_view text) const {
  if (op_ == FilterOperator::kRegex) {
    return pattern_->ok() ? Known(re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *pattern_))
                          : NotKnown();
  }
  if (op_ == FilterOperator::kExists) {
    return Known(text.empty() == (value_ == "false"));
  }
  return ByList([&](std::string_view word) { return text == word; });
}

template <typename Related>
Verdict Filter::ByRelated(const LoadedSystem& system, bool any, Related related) const {
  if (op_ == FilterOperator::kExists) {
    return Known(any == (value_ != "false"));
  }
  return ByList([&](std::string_view word) {
    const blob::ConceptRow* const other = FindConcept(system, word);
    return other != nullptr && related(*other);
  });
}

Verdict Filter::ByParent(const LoadedSystem& system, const blob::ConceptRow& row) const {
  return ByRelated(system, row.parent != blob::kNone || row.ancestor_count > 0,
                   [&](const blob::ConceptRow& other) { return IsChild(system, row, other); });
}

Verdict Filter::ByChild(const LoadedSystem& system, const blob::ConceptRow& row) const {
  const auto related = [&](const blob::ConceptRow& other) { return IsChild(system, other, row); };
  const bool any = op_ == FilterOperator::kExists && std::ranges::any_of(ConceptsOf(system), related);
  return ByRelated(system, any, related);
}

Verdict Filter::ByProperty(const LoadedSystem& system, const blob::ConceptRow& row) const {
  const auto* const flag = std::ranges::find(kFlagProperties, property_, &FlagProperty::name);
  if (flag != kFlagProperties.end() && op_ != FilterOperator::kExists) {
    return ByText((row.flags & flag->flag) != 0 ? "true" : "false");
  }
  const auto values = system.Rows<blob::PropertyRow>(blob::kProperties, row.first_property, row.property_count);
  if (op_ == FilterOperator::kOther || (flag == kFlagProperties.end() && !IsDeclared(system, property_))) {
    return NotKnown();
  }
  const auto has = [&](auto test) {
    return std::ranges::any_of(values, [&](const blob::PropertyRow& value) {
      return system.Text(value.code) == property_ && test(system.Text(value.value));
    });
  };
  if (op_ == FilterOperator::kExists) {
    return Known(has([](std::string_view) { return true; }) == (value_ != "false"));
  }
  if (op_ == FilterOperator::kRegex) {
    return pattern_->ok() ? Known(has([&](std::string_view text) { return ByText(text).answer == Answer::kYes; }))
                          : NotKnown();
  }
  return ByList([&](std::string_view word) { return has([&](std::string_view text) { return text == word; }); });
}

}  // namespace throughline::terminology
