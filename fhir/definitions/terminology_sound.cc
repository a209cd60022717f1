#include <algorithm>

#include "fhir/definitions/rows.h"

namespace throughline::definitions::blob {
namespace {

class TerminologyChecker {
 public:
  explicit TerminologyChecker(std::span<const std::byte> blob) : blob_(blob) {}

  bool CodeSystems() const {
    return All<CodeSystemRow>(kCodeSystems, [this](const CodeSystemRow& row) {
      return Has(row.url) && Has(row.version) && Has(row.value_set) && Has(row.supplements) &&
             Inside(kConcepts, row.first_concept, row.concept_count) &&
             Inside(kDeclaredProperties, row.first_declared, row.declared_count) &&
             row.content <= Content::kSupplement && AreNested(row);
    });
  }

  bool Concepts() const {
    return All<ConceptRow>(kConcepts,
                           [this](const ConceptRow& row) {
                             return Has(row.code) && Has(row.display) &&
                                    Inside(kAncestors, row.first_ancestor, row.ancestor_count) &&
                                    Inside(kProperties, row.first_property, row.property_count) &&
                                    Inside(kDesignations, row.first_designation, row.designation_count);
                           }) &&
           All<PropertyRow>(kProperties, [this](const PropertyRow& row) { return Has(row.code) && Has(row.value); }) &&
           All<DeclaredPropertyRow>(kDeclaredProperties,
                                    [this](const DeclaredPropertyRow& row) { return Has(row.code) && Has(row.uri); }) &&
           All<DesignationRow>(kDesignations,
                               [this](const DesignationRow& row) { return Has(row.language) && Has(row.value); });
  }

  bool ValueSets() const {
    return All<ValueSetRow>(
               kValueSets,
               [this](const ValueSetRow& row) {
                 return Has(row.url) && Has(row.version) && Inside(kIncludes, row.first_include, row.include_count) &&
                        Inside(kIncludes, std::uint64_t{row.first_include} + row.include_count, row.exclude_count) &&
                        Inside(kListedConcepts, row.first_listed, row.listed_count);
               }) &&
           All<ListedConceptRow>(kListedConcepts, [this](const ListedConceptRow& row) {
             return Has(row.system) && Has(row.version) && Has(row.code) && Has(row.display);
           });
  }

  bool Includes() const {
    return All<IncludeRow>(kIncludes,
                           [this](const IncludeRow& row) {
                             return Has(row.system) && Has(row.version) &&
                                    Inside(kIncludedConcepts, row.first_concept, row.concept_count) &&
                                    Inside(kFilters, row.first_filter, row.filter_count) &&
                                    Inside(kIncludedSets, row.first_set, row.set_count);
                           }) &&
           All<IncludedConceptRow>(
               kIncludedConcepts,
               [this](const IncludedConceptRow& row) { return Has(row.code) && Has(row.display); }) &&
           All<FilterRow>(kFilters,
                          [this](const FilterRow& row) {
                            return Has(row.property) && Has(row.value) && row.op <= FilterOperator::kOther;
                          }) &&
           All<Text>(kIncludedSets, [this](Text text) { return Has(text); });
  }

  bool ConceptMaps() const {
    return All<ConceptMapRow>(kConceptMaps,
                              [this](const ConceptMapRow& row) {
                                return Has(row.url) && Has(row.version) && Has(row.source) && Has(row.target) &&
                                       Inside(kMapGroups, row.first_group, row.group_count);
                              }) &&
           All<MapGroupRow>(kMapGroups, [this](const MapGroupRow& row) {
             return Has(row.source) && Has(row.source_version) && Has(row.target) && Has(row.target_version) &&
                    Has(row.unmapped_code) && Has(row.unmapped_display) && Has(row.unmapped_url) &&
                    Inside(kMapElements, row.first_element, row.element_count) &&
                    Inside(kMapReverse, row.first_reverse, row.reverse_count) && row.unmapped <= Unmapped::kOtherMap;
           });
  }

  bool Maps() const {
    return All<MapElementRow>(kMapElements,
                              [this](const MapElementRow& row) {
                                return Has(row.code) && Has(row.display) &&
                                       Inside(kMapTargets, row.first_target, row.target_count);
                              }) &&
           All<MapTargetRow>(kMapTargets,
                             [this](const MapTargetRow& row) {
                               return Has(row.code) && Has(row.display) && row.element < CountOf(kMapElements) &&
                                      row.equivalence < kEquivalenceCount;
                             }) &&
           All<std::uint32_t>(kMapReverse, [this](std::uint32_t target) { return target < CountOf(kMapTargets); });
  }

  bool Slots() const {
    return SlotsPointInto(kCodeSystemSlots, kCodeSystems) && SlotsPointInto(kConceptSlots, kConcepts) &&
           SlotsPointInto(kValueSetSlots, kValueSets) && SlotsPointInto(kIncludedConceptSlots, kIncludedConcepts) &&
           SlotsPointInto(kListedConceptSlots, kListedConcepts) && SlotsPointInto(kConceptMapSlots, kConceptMaps);
  }

 private:
  template <typename Row, typename Test>
  bool All(Section section, Test test) const {
    return std::ranges::all_of(Rows<Row>(blob_, section), test);
  }

  // A parent stands before what is nested in it, in the same system, and ends after it.
  bool AreNested(const CodeSystemRow& system) const {
    const auto rows = Rows<ConceptRow>(blob_, kConcepts);
    const std::uint32_t end = system.first_concept + system.concept_count;
    for (std::uint32_t index = system.first_concept; index < end; ++index) {
      const ConceptRow& row = rows[index];
      const bool top = row.parent == kNone;
      if (row.end <= index || row.end > end ||
          (!top && (row.parent < system.first_concept || row.parent >= index || rows[row.parent].end < row.end))) {
        return false;
      }
    }
    return true;
  }

  std::uint32_t CountOf(Section section) const { return HeaderOf(blob_).sections[section].count; }
  bool Inside(Section section, std::uint64_t first, std::uint32_t count) const {
    return first + count <= CountOf(section);
  }
  bool Has(Text text) const { return Inside(kText, text.offset, text.size); }
  bool SlotsPointInto(Section slots, Section rows) const {
    return All<std::uint32_t>(slots, [&](std::uint32_t row) { return row == kNone || row < CountOf(rows); });
  }

  std::span<const std::byte> blob_;
};

}  // namespace

bool IsTerminologySound(std::span<const std::byte> blob) {
  const TerminologyChecker checker(blob);
  return checker.CodeSystems() && checker.Concepts() && checker.ValueSets() && checker.Includes() &&
         checker.ConceptMaps() && checker.Maps() && checker.Slots();
}

}  // namespace throughline::definitions::blob
