#include "fhir/terminology/terminology.h"

#include <algorithm>

#include "fhir/terminology/expand.h"
#include "fhir/terminology/external.h"
#include "fhir/terminology/loaded.h"
#include "fhir/terminology/members.h"

namespace throughline::terminology {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
char SmallLetter(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// The next letter of a name: small, one space for a run of white space; '\0' at the end.
char TakeLetter(std::string_view& text) {
  if (text.empty()) {
    return '\0';
  }
  const char first = text.front();
  const auto size = IsSpace(first) ? std::ranges::find_if_not(text, IsSpace) - text.begin() : 1;
  text.remove_prefix(static_cast<std::size_t>(size));
  if (!IsSpace(first)) {
    return SmallLetter(first);
  }
  return text.empty() ? '\0' : ' ';
}

bool IsSameName(std::string_view a, std::string_view b) {
  a.remove_prefix(static_cast<std::size_t>(std::ranges::find_if_not(a, IsSpace) - a.begin()));
  b.remove_prefix(static_cast<std::size_t>(std::ranges::find_if_not(b, IsSpace) - b.begin()));
  for (;;) {
    const char one = TakeLetter(a);
    if (one != TakeLetter(b)) {
      return false;
    }
    if (one == '\0') {
      return true;
    }
  }
}

bool HasCodes(const LoadedSystem& system) {
  return system && (system->content != blob::Content::kNotPresent || system->concept_count > 0);
}

Verdict AnyOf(const Terminology& terminology, std::string_view value_set, const json::Value& codings) {
  Verdict verdict = Unknown(Reason::kNotCode, {});
  for (const json::Value& coding : codings.items()) {
    const Verdict one = terminology.MemberOf(value_set, coding);
    if (one.answer == Answer::kYes) {
      return one;
    }
    if (verdict.reason == Reason::kNotCode || one.answer == Answer::kUnknown) {
      verdict = one.reason == Reason::kNotCode ? verdict : one;
    }
  }
  return verdict;
}

// Does a package's value set take this code from another version of the system? Then a code that does not say its
// version may be of that one.
bool IsNamedOfOther(Layers layers, const LoadedSystem& system, const Coding& coding) {
  for (const Bytes layer : layers.subspan(1)) {
    for (const blob::IncludeRow& include : blob::Rows<blob::IncludeRow>(layer, blob::kIncludes)) {
      if (include.version.size == 0 || blob::TextOf(layer, include.system) != coding.system ||
          HasVersion(system, blob::TextOf(layer, include.version))) {
        continue;
      }
      if (include.concept_count == 0 || HasNamed(layer, include, coding.code)) {
        return true;
      }
    }
  }
  return false;
}

CodeVerdict JudgeExternal(const Coding& coding) {
  const ExternalSystem* const system = FindExternal(coding.system);
  if (system == nullptr) {
    return {Answer::kUnknown, Reason::kCodeSystem, {}};
  }
  const Answer answer = system->has(coding.code);
  return {answer, answer == Answer::kUnknown ? Reason::kCodeSystem : Reason::kNone, {system->url, {}, coding.code, {}}};
}

// The systems that a set takes codes from: one, or more.
class SystemCount {
 public:
  explicit SystemCount(Layers layers) : layers_(layers) {}

  bool IsOne(const LoadedSet& set, const Nesting* outer) {
    Verdict why;
    if (!MayNest(set, outer, why)) {
      return true;
    }
    const Nesting nesting{set.row, outer, outer == nullptr ? 1 : outer->depth + 1};
    return std::ranges::all_of(
        set.Rows<blob::IncludeRow>(blob::kIncludes, set->first_include, set->include_count),
        [&](const blob::IncludeRow& include) { return includes_left_-- > 0 && IsOne(set, include, nesting); });
  }

 private:
  bool IsOne(const LoadedSet& set, const blob::IncludeRow& include, const Nesting& nesting) {
    if (const std::string_view url = set.Text(include.system); !url.empty()) {
      const bool same = system_.empty() || system_ == url;
      system_ = url;
      return same;
    }
    return std::ranges::all_of(set.Rows<blob::Text>(blob::kIncludedSets, include.first_set, include.set_count),
                               [&](const blob::Text& canonical) {
                                 const LoadedSet nested = FindSet(layers_, SplitCanonical(set.Text(canonical)));
                                 return !nested || IsOne(nested, &nesting);
                               });
  }

  Layers layers_;
  std::string_view system_;
  int includes_left_ = 20'000;
};

}  // namespace

bool Terminology::HasValueSet(std::string_view value_set) const {
  return static_cast<bool>(FindSet(definitions_->layers(), SplitCanonical(value_set)));
}

bool Terminology::HasCodeSystem(std::string_view system) const {
  const Canonical canonical = SplitCanonical(system);
  return HasCodes(FindSystem(definitions_->layers(), canonical)) || FindExternal(canonical.url) != nullptr;
}

Verdict Terminology::MemberOf(std::string_view value_set, const Coding& coding) const {
  const LoadedSet set = FindSet(definitions_->layers(), SplitCanonical(value_set));
  return set ? Membership(definitions_->layers(), true).InSet(set, coding) : Unknown(Reason::kValueSet, value_set);
}

Verdict Terminology::Offers(std::string_view value_set, const Coding& coding) const {
  const LoadedSet set = FindSet(definitions_->layers(), SplitCanonical(value_set));
  return set ? Membership(definitions_->layers(), false).InSet(set, coding) : Unknown(Reason::kValueSet, value_set);
}

Verdict Terminology::MemberOf(std::string_view value_set, const json::Value& value) const {
  if (value.is_string()) {
    return MemberOf(value_set, Coding{{}, {}, value.text()});
  }
  if (value.Find("coding") != nullptr) {
    return AnyOf(*this, value_set, value.Get("coding"));
  }
  const std::string_view code = value.Get("code").text();
  if (code.empty()) {
    return Unknown(Reason::kNotCode, {});
  }
  return MemberOf(value_set, Coding{value.Get("system").text(), value.Get("version").text(), code});
}

Answer Terminology::HasOneSystem(std::string_view value_set) const {
  const LoadedSet set = FindSet(definitions_->layers(), SplitCanonical(value_set));
  if (!set || (set->flags & blob::kComposed) == 0) {
    return Answer::kUnknown;
  }
  return SystemCount(definitions_->layers()).IsOne(set, nullptr) ? Answer::kYes : Answer::kNo;
}

CodeVerdict Terminology::Find(const Coding& coding) const {
  const LoadedSystem system = FindSystem(definitions_->layers(), {coding.system, coding.version});
  if (!HasCodes(system)) {
    return JudgeExternal(coding);
  }
  if (const blob::ConceptRow* const row = FindConcept(system, coding.code)) {
    return {Answer::kYes, Reason::kNone, ToConcept(system, *row)};
  }
  const bool other_version = !HasVersion(system, coding.version) ||
                             (coding.version.empty() && IsNamedOfOther(definitions_->layers(), system, coding));
  if (system->content != blob::Content::kComplete || other_version) {
    return {Answer::kUnknown, Reason::kIncomplete, {}};
  }
  return {Answer::kNo, Reason::kNone, {}};
}

std::string_view Terminology::DisplayOf(std::string_view system, std::string_view code) const {
  return Find({system, {}, code}).found.display;
}

Answer Terminology::IsDisplayOf(const Coding& coding, std::string_view display) const {
  const LoadedSystem system = FindSystem(definitions_->layers(), {coding.system, coding.version});
  const blob::ConceptRow* const row = system ? FindConcept(system, coding.code) : nullptr;
  if (row == nullptr || (row->display.size == 0 && row->designation_count == 0)) {
    return Answer::kUnknown;
  }
  const auto designations =
      system.Rows<blob::DesignationRow>(blob::kDesignations, row->first_designation, row->designation_count);
  const bool same = IsSameName(system.Text(row->display), display) ||
                    std::ranges::any_of(designations, [&](const blob::DesignationRow& designation) {
                      return IsSameName(system.Text(designation.value), display);
                    });
  return same ? Answer::kYes : Answer::kNo;
}

Subsumption Terminology::Subsumes(std::string_view system, std::string_view a, std::string_view b) const {
  const LoadedSystem found = FindSystem(definitions_->layers(), SplitCanonical(system));
  const blob::ConceptRow* const one = found ? FindConcept(found, a) : nullptr;
  const blob::ConceptRow* const other = found ? FindConcept(found, b) : nullptr;
  if (one == nullptr || other == nullptr) {
    return Subsumption::kUnknown;
  }
  if (one == other) {
    return Subsumption::kEquivalent;
  }
  if ((found->flags & blob::kNestedIsA) == 0) {
    return Subsumption::kUnknown;
  }
  if (IsA(found, *other, *one)) {
    return Subsumption::kSubsumes;
  }
  return IsA(found, *one, *other) ? Subsumption::kSubsumedBy : Subsumption::kNotSubsumed;
}

Result<Expansion> Terminology::Expand(std::string_view value_set, const ExpandOptions& options) const {
  const LoadedSet set = FindSet(definitions_->layers(), SplitCanonical(value_set));
  if (!set) {
    return MakeError(ErrorKind::kNotFound, "value-set-unknown", "no such value set is loaded");
  }
  return Expander(definitions_->layers(), options).Run(set);
}

}  // namespace throughline::terminology
