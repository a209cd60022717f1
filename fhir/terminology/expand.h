// The concepts of a value set, in order.
#pragma once

#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/terminology/filters.h"
#include "fhir/terminology/members.h"

namespace throughline::terminology {

class Expander {
 public:
  Expander(Layers layers, const ExpandOptions& options)
      : layers_(layers), membership_(layers, true), options_(options) {}

  Expansion Run(const LoadedSet& set);

 private:
  // What a set has so far, and the first reason why something is missing.
  struct Pool {
    std::vector<Concept> concepts;
    std::set<std::pair<std::string_view, std::string_view>> seen;
    Verdict missing = Known(true);
  };
  // The include that concepts come from.
  struct Source {
    const LoadedSet& set;
    const blob::IncludeRow& include;
    const Nesting& nesting;
  };

  void AddSet(const LoadedSet& set, const Nesting* outer, Pool& pool);
  void AddListing(const LoadedSet& set, Pool& pool);
  void AddInclude(const Source& source, Pool& pool);
  void AddNamed(const Source& source, Pool& pool);
  void AddSystem(const Source& source, const LoadedSystem& system, Pool& pool);
  void AddExternal(const Source& source, std::string_view url, Pool& pool);
  void AddNested(const Source& source, Pool& pool);
  // Adds a candidate that `so_far` holds for, if the include's value sets and the set's excludes let it through.
  void Offer(const Source& source, const Concept& candidate, const Verdict& so_far, Pool& pool);
  bool MayGoOn(const LoadedSet& set, Pool& pool);
  Expansion Page(Pool pool) const;

  Layers layers_;
  Membership membership_;
  const ExpandOptions& options_;
  std::size_t looked_at_ = 0;
};

// The concept as the row says it.
Concept ToConcept(const LoadedSystem& system, const blob::ConceptRow& row);

}  // namespace throughline::terminology
