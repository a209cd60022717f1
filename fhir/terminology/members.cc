#include "fhir/terminology/members.h"

#include <algorithm>

#include "fhir/terminology/external.h"
#include "fhir/terminology/filters.h"

namespace throughline::terminology {
namespace {

constexpr std::size_t kDeepest = 32;

Verdict InFilters(const LoadedSet& set, const blob::IncludeRow& include, const LoadedSystem& system,
                  const blob::ConceptRow& row) {
  Verdict verdict = Known(true);
  for (const blob::FilterRow& filter :
       set.Rows<blob::FilterRow>(blob::kFilters, include.first_filter, include.filter_count)) {
    verdict = And(verdict, Filter(set, filter).Passes(system, row));
  }
  return verdict;
}

Verdict InExternal(const LoadedSet& set, const blob::IncludeRow& include, const ExternalSystem& system,
                   std::string_view code) {
  const Answer has = system.has(code);
  Verdict verdict = has == Answer::kUnknown ? Unknown(Reason::kCodeSystem, system.url) : Known(has == Answer::kYes);
  for (const blob::FilterRow& filter :
       set.Rows<blob::FilterRow>(blob::kFilters, include.first_filter, include.filter_count)) {
    verdict = And(verdict, Filter(set, filter).Passes(system, code));
  }
  return verdict;
}

}  // namespace

bool HasNamed(Bytes layer, const blob::IncludeRow& include, std::string_view code) {
  const auto includes = blob::Rows<blob::IncludeRow>(layer, blob::kIncludes);
  const auto owner = static_cast<std::uint32_t>(&include - includes.data());
  const std::uint32_t index = blob::Probe(layer, blob::kIncludedConceptSeeds, blob::CodeKey(code, owner));
  return index != blob::kNone && index >= include.first_concept &&
         index - include.first_concept < include.concept_count &&
         blob::TextOf(layer, blob::Rows<blob::IncludedConceptRow>(layer, blob::kIncludedConcepts)[index].code) == code;
}

Verdict And(const Verdict& a, const Verdict& b) {
  if (a.answer == Answer::kNo || b.answer == Answer::kYes) {
    return a;
  }
  return b.answer == Answer::kNo || a.answer == Answer::kYes ? b : a;
}

Verdict Not(const Verdict& verdict) {
  return verdict.answer == Answer::kUnknown ? verdict : Known(verdict.answer == Answer::kNo);
}

bool MayNest(const LoadedSet& set, const Nesting* outer, Verdict& why) {
  if (outer != nullptr && outer->depth >= kDeepest) {
    why = Unknown(Reason::kTooCostly, set.Text(set->url));
    return false;
  }
  for (const Nesting* one = outer; one != nullptr; one = one->outer) {
    if (one->set == set.row) {
      why = Unknown(Reason::kCycle, set.Text(set->url));
      return false;
    }
  }
  return true;
}

// Is it in the published expansion?
Verdict Membership::InListing(const LoadedSet& set, const Coding& coding) const {
  const auto owner =
      static_cast<std::uint32_t>(set.row - blob::Rows<blob::ValueSetRow>(set.layer, blob::kValueSets).data());
  const auto listed = set.Rows<blob::ListedConceptRow>(blob::kListedConcepts, set->first_listed, set->listed_count);
  const auto is_it = [&](const blob::ListedConceptRow& row) {
    return set.Text(row.code) == coding.code && (coding.system.empty() || set.Text(row.system) == coding.system) &&
           (groupers_ || (row.flags & blob::kNotSelectable) == 0);
  };
  if (coding.system.empty()) {
    return std::ranges::any_of(listed, is_it) ? Known(true) : Known(false);
  }
  const std::uint64_t key = blob::ListedKey(coding.system, coding.code, owner);
  const std::uint32_t index = blob::Probe(set.layer, blob::kListedConceptSeeds, key);
  return Known(index != blob::kNone && index >= set->first_listed && index - set->first_listed < set->listed_count &&
               is_it(blob::Rows<blob::ListedConceptRow>(set.layer, blob::kListedConcepts)[index]));
}

Verdict Membership::InSet(const LoadedSet& set, const Coding& coding, const Nesting* outer) {
  Verdict verdict;
  if (!MayNest(set, outer, verdict)) {
    return verdict;
  }
  const Nesting nesting{set.row, outer, outer == nullptr ? 1 : outer->depth + 1};
  verdict = (set->flags & blob::kComposed) != 0 ? InCompose(set, coding, nesting)
                                                : Unknown(Reason::kNoContent, set.Text(set->url));
  if (verdict.answer != Answer::kUnknown || set->listed_count == 0) {
    return verdict;
  }
  const Verdict listed = InListing(set, coding);
  return listed.answer == Answer::kYes || (set->flags & blob::kListed) != 0 ? listed : verdict;
}

Verdict Membership::InCompose(const LoadedSet& set, const Coding& coding, const Nesting& nesting) {
  Verdict verdict = Known(false);
  for (const blob::IncludeRow& include :
       set.Rows<blob::IncludeRow>(blob::kIncludes, set->first_include, set->include_count)) {
    const Verdict one = InInclude(set, include, coding, nesting);
    if (one.answer == Answer::kNo) {
      continue;
    }
    if (one.answer == Answer::kYes || verdict.answer == Answer::kNo) {
      verdict = one;
    }
    if (one.answer == Answer::kYes) {
      break;
    }
  }
  if (verdict.answer == Answer::kNo) {
    return verdict;
  }
  if (set->exclude_count > 0) {
    verdict = And(verdict, Not(IsExcluded(set, coding, nesting)));
  }
  if ((set->flags & blob::kWithoutInactive) != 0 && !coding.system.empty()) {
    const LoadedSystem system = FindSystem(layers_, {coding.system, coding.version});
    const blob::ConceptRow* const row = system ? FindConcept(system, coding.code) : nullptr;
    verdict = And(verdict, Known(row == nullptr || (row->flags & blob::kInactive) == 0));
  }
  return verdict;
}

Verdict Membership::IsExcluded(const LoadedSet& set, const Coding& coding, const Nesting& nesting) {
  Verdict verdict = Known(false);
  for (const blob::IncludeRow& exclude :
       set.Rows<blob::IncludeRow>(blob::kIncludes, set->first_include + set->include_count, set->exclude_count)) {
    const Verdict one = InInclude(set, exclude, coding, nesting);
    if (one.answer == Answer::kYes) {
      return one;
    }
    if (one.answer == Answer::kUnknown) {
      verdict = one;
    }
  }
  return verdict;
}

Verdict Membership::InInclude(const LoadedSet& set, const blob::IncludeRow& include, const Coding& coding,
                              const Nesting& nesting) {
  if (includes_left_ == 0) {
    return Unknown(Reason::kTooCostly, set.Text(set->url));
  }
  --includes_left_;
  const bool by_system = include.system.size > 0;
  if (!by_system && include.set_count == 0) {
    return Known(false);
  }
  const Verdict verdict = by_system ? InSystem(set, include, coding) : Known(true);
  return verdict.answer == Answer::kNo || include.set_count == 0 ? verdict
                                                                 : And(verdict, InSets(set, include, coding, nesting));
}

Verdict Membership::InSets(const LoadedSet& set, const blob::IncludeRow& include, const Coding& coding,
                           const Nesting& nesting) {
  Verdict verdict = Known(true);
  for (const blob::Text& canonical : set.Rows<blob::Text>(blob::kIncludedSets, include.first_set, include.set_count)) {
    const std::string_view url = set.Text(canonical);
    const LoadedSet other = FindSet(layers_, SplitCanonical(url));
    verdict = And(verdict, other ? InSet(other, coding, &nesting) : Unknown(Reason::kValueSet, url));
    if (verdict.answer == Answer::kNo) {
      break;
    }
  }
  return verdict;
}

bool Membership::IsNamed(const LoadedSet& set, const blob::IncludeRow& include, std::string_view code) const {
  if (HasNamed(set.layer, include, code)) {
    return true;
  }
  const LoadedSystem system = FindSystem(layers_, {set.Text(include.system), set.Text(include.version)});
  if (!system || (system->flags & blob::kAnyCase) == 0) {
    return false;
  }
  const blob::ConceptRow* const row = FindConcept(system, code);
  return row != nullptr && HasNamed(set.layer, include, system.Text(row->code));
}

Verdict Membership::InSystem(const LoadedSet& set, const blob::IncludeRow& include, const Coding& coding) const {
  const std::string_view url = set.Text(include.system);
  if (!coding.system.empty() && coding.system != url) {
    return Known(false);
  }
  if (include.concept_count > 0) {
    return Known(IsNamed(set, include, coding.code));
  }
  const std::string_view version = include.version.size > 0 ? set.Text(include.version) : coding.version;
  const LoadedSystem system = FindSystem(layers_, {url, version});
  if (!system || (system->content == blob::Content::kNotPresent && system->concept_count == 0)) {
    const ExternalSystem* const external = FindExternal(url);
    return external != nullptr ? InExternal(set, include, *external, coding.code) : Unknown(Reason::kCodeSystem, url);
  }
  if (const blob::ConceptRow* const row = FindConcept(system, coding.code)) {
    const bool grouper = (row->flags & blob::kNotSelectable) != 0;
    return grouper && !groupers_ ? Known(false) : InFilters(set, include, system, *row);
  }
  const bool whole = system->content == blob::Content::kComplete && HasVersion(system, version);
  return whole ? Known(false) : Unknown(Reason::kIncomplete, url);
}

}  // namespace throughline::terminology
