#include "fhir/terminology/expand.h"

#include <algorithm>

#include "fhir/terminology/external.h"

namespace throughline::terminology {
namespace {

void Miss(Verdict& missing, const Verdict& why) {
  if (missing.answer != Answer::kUnknown) {
    missing = why;
  }
}

std::vector<Filter> FiltersOf(const LoadedSet& set, const blob::IncludeRow& include) {
  std::vector<Filter> filters;
  for (const blob::FilterRow& row :
       set.Rows<blob::FilterRow>(blob::kFilters, include.first_filter, include.filter_count)) {
    filters.emplace_back(set, row);
  }
  return filters;
}

template <typename System, typename Subject>
Verdict PassesAll(const std::vector<Filter>& filters, const System& system, const Subject& subject) {
  Verdict verdict = Known(true);
  for (const Filter& filter : filters) {
    verdict = And(verdict, filter.Passes(system, subject));
  }
  return verdict;
}

}  // namespace

Concept ToConcept(const LoadedSystem& system, const blob::ConceptRow& row) {
  return {system.Text(system->url),
          system.Text(system->version),
          system.Text(row.code),
          system.Text(row.display),
          (row.flags & blob::kNotSelectable) == 0,
          (row.flags & blob::kInactive) == 0,
          (row.flags & blob::kDeprecated) != 0};
}

Expansion Expander::Run(const LoadedSet& set) {
  Pool pool;
  AddSet(set, nullptr, pool);
  return Page(std::move(pool));
}

Expansion Expander::Page(Pool pool) const {
  std::erase_if(pool.concepts, [this](const Concept& one) {
    return (options_.active_only && !one.active) || (options_.selectable_only && !one.selectable) ||
           (!options_.deprecated && one.deprecated);
  });
  Expansion expansion;
  expansion.total = pool.concepts.size();
  expansion.reason = pool.missing.reason;
  expansion.what = pool.missing.what;
  const std::size_t first = std::min(options_.offset, expansion.total);
  const std::size_t count = std::min(options_.count, expansion.total - first);
  const auto begin = pool.concepts.begin() + static_cast<std::ptrdiff_t>(first);
  expansion.concepts.assign(begin, begin + static_cast<std::ptrdiff_t>(count));
  return expansion;
}

void Expander::AddSet(const LoadedSet& set, const Nesting* outer, Pool& pool) {
  Verdict why;
  if (!MayNest(set, outer, why)) {
    Miss(pool.missing, why);
    return;
  }
  const Nesting nesting{set.row, outer, outer == nullptr ? 1 : outer->depth + 1};
  if ((set->flags & blob::kComposed) == 0) {
    Miss(pool.missing, Unknown(Reason::kNoContent, set.Text(set->url)));
  }
  for (const blob::IncludeRow& include :
       set.Rows<blob::IncludeRow>(blob::kIncludes, set->first_include, set->include_count)) {
    AddInclude({set, include, nesting}, pool);
  }
  if (pool.missing.answer == Answer::kUnknown && set->listed_count > 0) {
    AddListing(set, pool);
  }
}

// A published expansion knows what offline rows do not. One that is whole stands instead of them.
void Expander::AddListing(const LoadedSet& set, Pool& pool) {
  if ((set->flags & blob::kListed) != 0) {
    pool = {};
  }
  for (const blob::ListedConceptRow& row :
       set.Rows<blob::ListedConceptRow>(blob::kListedConcepts, set->first_listed, set->listed_count)) {
    if (pool.seen.emplace(set.Text(row.system), set.Text(row.code)).second) {
      pool.concepts.push_back({set.Text(row.system), set.Text(row.version), set.Text(row.code), set.Text(row.display),
                               (row.flags & blob::kNotSelectable) == 0, (row.flags & blob::kInactive) == 0});
    }
  }
}

void Expander::AddInclude(const Source& source, Pool& pool) {
  if (!MayGoOn(source.set, pool)) {
    return;
  }
  const std::string_view url = source.set.Text(source.include.system);
  if (url.empty()) {
    AddNested(source, pool);
    return;
  }
  if (source.include.concept_count > 0) {
    AddNamed(source, pool);
    return;
  }
  const LoadedSystem system = FindSystem(layers_, {url, source.set.Text(source.include.version)});
  if (!system || (system->content == blob::Content::kNotPresent && system->concept_count == 0)) {
    AddExternal(source, url, pool);
  } else {
    AddSystem(source, system, pool);
  }
}

void Expander::AddNamed(const Source& source, Pool& pool) {
  const LoadedSet& set = source.set;
  const std::string_view url = set.Text(source.include.system);
  const LoadedSystem system = FindSystem(layers_, {url, set.Text(source.include.version)});
  for (const blob::IncludedConceptRow& row : set.Rows<blob::IncludedConceptRow>(
           blob::kIncludedConcepts, source.include.first_concept, source.include.concept_count)) {
    const blob::ConceptRow* const known = system ? FindConcept(system, set.Text(row.code)) : nullptr;
    Concept candidate{url, set.Text(source.include.version), set.Text(row.code), set.Text(row.display)};
    if (known != nullptr) {
      candidate = ToConcept(system, *known);
      candidate.display = row.display.size > 0 ? set.Text(row.display) : candidate.display;
    }
    Offer(source, candidate, Known(true), pool);
  }
}

void Expander::AddSystem(const Source& source, const LoadedSystem& system, Pool& pool) {
  const std::vector<Filter> filters = FiltersOf(source.set, source.include);
  for (const blob::ConceptRow& row : ConceptsOf(system)) {
    if (!MayGoOn(source.set, pool)) {
      return;
    }
    Offer(source, ToConcept(system, row), PassesAll(filters, system, row), pool);
  }
  if (system->content != blob::Content::kComplete) {
    Miss(pool.missing, Unknown(Reason::kIncomplete, system.Text(system->url)));
  }
}

void Expander::AddExternal(const Source& source, std::string_view url, Pool& pool) {
  const ExternalSystem* const system = FindExternal(url);
  if (system == nullptr || system->lists[0] == nullptr) {
    Miss(pool.missing, Unknown(system == nullptr ? Reason::kCodeSystem : Reason::kNotListable, url));
    return;
  }
  const std::vector<Filter> filters = FiltersOf(source.set, source.include);
  for (const CodeList list : system->lists) {
    for (const std::string_view code : list == nullptr ? std::span<const std::string_view>() : list()) {
      Offer(source, {system->url, {}, code, {}}, PassesAll(filters, *system, code), pool);
    }
  }
}

void Expander::AddNested(const Source& source, Pool& pool) {
  if (source.include.set_count == 0) {
    return;
  }
  const auto canonicals =
      source.set.Rows<blob::Text>(blob::kIncludedSets, source.include.first_set, source.include.set_count);
  const std::string_view url = source.set.Text(canonicals.front());
  const LoadedSet nested = FindSet(layers_, SplitCanonical(url));
  if (!nested) {
    Miss(pool.missing, Unknown(Reason::kValueSet, url));
    return;
  }
  Pool inner;
  AddSet(nested, &source.nesting, inner);
  if (inner.missing.answer == Answer::kUnknown) {
    Miss(pool.missing, inner.missing);
  }
  for (const Concept& candidate : inner.concepts) {
    if (!MayGoOn(source.set, pool)) {
      return;
    }
    Offer(source, candidate, Known(true), pool);
  }
}

bool Expander::MayGoOn(const LoadedSet& set, Pool& pool) {
  if (++looked_at_ <= options_.limit) {
    return true;
  }
  Miss(pool.missing, Unknown(Reason::kTooCostly, set.Text(set->url)));
  return false;
}

void Expander::Offer(const Source& source, const Concept& candidate, const Verdict& so_far, Pool& pool) {
  const LoadedSet& set = source.set;
  const Coding coding{candidate.system, {}, candidate.code};
  Verdict verdict = so_far;
  // The one set that the candidates of an include without a system come from needs no second look.
  const std::uint32_t asked = source.include.system.size > 0 ? 0 : 1;
  if (verdict.answer != Answer::kNo && source.include.set_count > asked) {
    verdict = And(verdict, membership_.InSets(set, source.include, coding, source.nesting));
  }
  if (verdict.answer != Answer::kNo && set->exclude_count > 0) {
    verdict = And(verdict, Not(membership_.IsExcluded(set, coding, source.nesting)));
  }
  if (verdict.answer == Answer::kUnknown) {
    Miss(pool.missing, verdict);
  }
  const bool wanted = candidate.active || (set->flags & blob::kWithoutInactive) == 0;
  if (verdict.answer == Answer::kYes && wanted && pool.seen.emplace(candidate.system, candidate.code).second) {
    pool.concepts.push_back(candidate);
  }
}

}  // namespace throughline::terminology
