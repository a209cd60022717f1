// What a value set asks of the concepts of a code system. https://hl7.org/fhir/R4/valueset-filter-operator.html
#pragma once

#include <memory>
#include <string_view>

#include "fhir/terminology/external.h"
#include "fhir/terminology/loaded.h"
#include "fhir/terminology/terminology.h"

namespace re2 {
class RE2;
}

namespace throughline::terminology {

// One filter, ready to be asked about many concepts.
class Filter {
 public:
  Filter(const LoadedSet& set, const blob::FilterRow& row);
  Filter(Filter&&) noexcept;
  ~Filter();

  // kUnknown: the rows do not say, because the system does not declare the property, lacks the code that the filter
  // names, or does not say what its hierarchy means.
  Verdict Passes(const LoadedSystem& system, const blob::ConceptRow& row) const;
  Verdict Passes(const ExternalSystem& system, std::string_view code) const;

 private:
  Verdict ByHierarchy(const LoadedSystem& system, const blob::ConceptRow& row) const;
  Verdict ByText(std::string_view text) const;
  Verdict ByParent(const LoadedSystem& system, const blob::ConceptRow& row) const;
  Verdict ByChild(const LoadedSystem& system, const blob::ConceptRow& row) const;
  Verdict ByProperty(const LoadedSystem& system, const blob::ConceptRow& row) const;
  template <typename Related>
  Verdict ByRelated(const LoadedSystem& system, bool any, Related related) const;
  template <typename Has>
  Verdict ByList(Has has) const;
  Verdict NotKnown() const;

  std::string_view property_;
  std::string_view value_;
  blob::FilterOperator op_;
  std::unique_ptr<re2::RE2> pattern_;
};

}  // namespace throughline::terminology
