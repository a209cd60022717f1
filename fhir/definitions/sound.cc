#include <algorithm>

#include "fhir/definitions/definitions.h"
#include "fhir/definitions/rows.h"

namespace throughline::definitions::blob {
namespace {

class Checker {
 public:
  explicit Checker(std::span<const std::byte> blob) : blob_(blob) {}

  bool Sections() const {
    return std::ranges::all_of(HeaderOf(blob_).sections, [this, section = std::size_t{0}](Span span) mutable {
      const std::uint64_t bytes = std::uint64_t{span.count} * kRowSize[section++];
      return span.offset % 8 == 0 && span.offset >= sizeof(Header) && span.offset + bytes <= blob_.size();
    });
  }

  bool Types() const {
    std::size_t id = 0;
    return std::ranges::all_of(Rows<TypeRow>(blob_, kTypes), [&](const TypeRow& row) {
      const bool base = row.base == kNoType || row.base < id;
      ++id;
      return base && id < kNoType && Has(row.name) && Has(row.url) &&
             Inside(kElements, row.first_child, row.child_count) &&
             Inside(kRequired, row.first_required, row.required_count) &&
             row.kind <= static_cast<std::uint8_t>(TypeKind::kBackbone);
    });
  }

  bool Elements() const {
    return std::ranges::all_of(Rows<ElementRow>(blob_, kElements), [this](const ElementRow& row) {
      return Has(row.name) && Has(row.choice) && Has(row.path) && Has(row.value_set) && IsType(row.owner) &&
             IsType(row.type) && Inside(kTargets, row.first_target, row.target_count) &&
             row.binding <= static_cast<std::uint8_t>(BindingStrength::kExample);
    });
  }

  bool Choices() const {
    const auto types = Rows<TypeRow>(blob_, kTypes);
    return std::ranges::all_of(Rows<ChoiceRow>(blob_, kChoices), [&](const ChoiceRow& row) {
      return Has(row.name) && IsType(row.owner) && row.first + row.count <= types[row.owner].child_count;
    });
  }

  bool Search() const {
    return std::ranges::all_of(Rows<SearchParameterRow>(blob_, kSearchParameters),
                               [this](const SearchParameterRow& row) {
                                 return Has(row.code) && Has(row.url) && Has(row.base) && Has(row.expression) &&
                                        row.type <= static_cast<std::uint8_t>(SearchType::kSpecial) &&
                                        Inside(kTargets, row.first_target, row.target_count) &&
                                        Inside(kComponents, row.first_component, row.component_count);
                               }) &&
           std::ranges::all_of(
               Rows<ComponentRow>(blob_, kComponents),
               [this](const ComponentRow& row) { return Has(row.definition) && Has(row.expression); }) &&
           std::ranges::all_of(Rows<CompartmentRow>(blob_, kCompartments),
                               [this](const CompartmentRow& row) {
                                 return Has(row.compartment) && Has(row.type) && Has(row.parameter);
                               }) &&
           std::ranges::all_of(Rows<std::uint16_t>(blob_, kTargets), [this](std::uint16_t id) { return IsType(id); });
  }

  bool ValueSets() const {
    return std::ranges::all_of(Rows<ValueSetRow>(blob_, kValueSets),
                               [this](const ValueSetRow& row) {
                                 return Has(row.url) && Inside(kCodes, row.first_code, row.code_count);
                               }) &&
           std::ranges::all_of(Rows<CodeRow>(blob_, kCodes),
                               [this](const CodeRow& row) { return Has(row.code) && Has(row.system); });
  }

  bool Slots() const {
    return SlotsPointInto(kTypeSlots, kTypes) && SlotsPointInto(kTypeUrlSlots, kTypes) &&
           SlotsPointInto(kChildSlots, kElements) && SlotsPointInto(kChoiceSlots, kChoices) &&
           SlotsPointInto(kSearchParameterSlots, kSearchParameters) && SlotsPointInto(kValueSetSlots, kValueSets);
  }

  bool Has(Text text) const { return Inside(kText, text.offset, text.size); }

 private:
  std::uint32_t CountOf(Section section) const { return HeaderOf(blob_).sections[section].count; }
  bool IsType(std::uint16_t id) const { return id < CountOf(kTypes); }
  bool Inside(Section section, std::uint32_t first, std::uint32_t count) const {
    return std::uint64_t{first} + count <= CountOf(section);
  }
  bool SlotsPointInto(Section slots, Section rows) const {
    return std::ranges::all_of(Rows<std::uint32_t>(blob_, slots),
                               [&](std::uint32_t row) { return row == kNone || row < CountOf(rows); });
  }

  std::span<const std::byte> blob_;
};

}  // namespace

bool IsSound(std::span<const std::byte> blob) {
  if (blob.size() < sizeof(Header) || reinterpret_cast<std::uintptr_t>(blob.data()) % alignof(std::uint64_t) != 0 ||
      HeaderOf(blob).size != blob.size()) {
    return false;
  }
  const Checker checker(blob);
  return checker.Sections() && checker.Has(HeaderOf(blob).fhir_version) && checker.Types() && checker.Elements() &&
         checker.Choices() && checker.Search() && checker.ValueSets() && checker.Slots();
}

}  // namespace throughline::definitions::blob
