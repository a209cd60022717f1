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
             Inside(kConstraintLists, row.first_constraint, row.constraint_count) &&
             row.kind <= static_cast<std::uint8_t>(TypeKind::kBackbone);
    });
  }

  bool Elements() const {
    return std::ranges::all_of(Rows<ElementRow>(blob_, kElements), [this](const ElementRow& row) {
      return Has(row.name) && Has(row.choice) && Has(row.path) && Has(row.value_set) && Has(row.max_value_set) &&
             IsType(row.owner) && IsType(row.type) && Inside(kTargets, row.first_target, row.target_count) &&
             Inside(kConstraintLists, row.first_constraint, row.constraint_count) &&
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

  bool Constraints() const {
    return std::ranges::all_of(Rows<ConstraintRow>(blob_, kConstraints),
                               [this](const ConstraintRow& row) {
                                 return Has(row.key) && Has(row.human) && Has(row.expression) && Has(row.source) &&
                                        row.severity <= static_cast<std::uint32_t>(ConstraintSeverity::kWarning);
                               }) &&
           std::ranges::all_of(Rows<std::uint32_t>(blob_, kConstraintLists),
                               [this](std::uint32_t entry) { return (entry & ~kInherited) < CountOf(kConstraints); });
  }

  bool Profiles() const {
    return std::ranges::all_of(Rows<ProfileRow>(blob_, kProfiles), [this](const ProfileRow& row) {
      return Has(row.url) && Has(row.version) && Has(row.name) && Has(row.type) && Has(row.base) &&
             IsTypeOrNone(row.type_id) && Inside(kProfileElements, row.first_element, row.element_count) &&
             row.element_count < kNoElement && Inside(kContexts, row.first_context, row.context_count) &&
             Inside(kCanonicals, row.first_invariant, row.invariant_count) &&
             row.kind <= static_cast<std::uint8_t>(StructureKind::kLogical) &&
             row.derivation <= static_cast<std::uint8_t>(Derivation::kConstraint) && IsTree(row);
    });
  }

  bool ProfileElements() const {
    return std::ranges::all_of(Rows<ProfileElementRow>(blob_, kProfileElements), [this](const ProfileElementRow& row) {
      return Has(row.id) && Has(row.path) && Has(row.slice_name) && Has(row.content_reference) && Has(row.value_set) &&
             Has(row.max_value_set) && Inside(kElementTypes, row.first_type, row.type_count) &&
             Inside(kConstraintLists, row.first_constraint, row.constraint_count) &&
             Inside(kElementValues, row.first_value, row.value_count) &&
             Inside(kDiscriminators, row.first_discriminator, row.discriminator_count) &&
             row.binding <= static_cast<std::uint8_t>(BindingStrength::kExample) &&
             row.slicing <= static_cast<std::uint8_t>(SlicingRules::kOpenAtEnd);
    });
  }

  bool PartsOfProfiles() const {
    return std::ranges::all_of(Rows<ElementTypeRow>(blob_, kElementTypes),
                               [this](const ElementTypeRow& row) {
                                 return Has(row.code) && IsTypeOrNone(row.type_id) &&
                                        Inside(kCanonicals, row.first_profile, row.profile_count) &&
                                        Inside(kCanonicals, row.first_target, row.target_count);
                               }) &&
           std::ranges::all_of(Rows<ElementValueRow>(blob_, kElementValues),
                               [this](const ElementValueRow& row) { return Has(row.type) && Has(row.json); }) &&
           std::ranges::all_of(Rows<DiscriminatorRow>(blob_, kDiscriminators),
                               [this](const DiscriminatorRow& row) {
                                 return Has(row.path) &&
                                        row.type <= static_cast<std::uint32_t>(DiscriminatorType::kProfile);
                               }) &&
           std::ranges::all_of(Rows<ContextRow>(blob_, kContexts),
                               [this](const ContextRow& row) {
                                 return Has(row.expression) &&
                                        row.kind <= static_cast<std::uint32_t>(ContextKind::kExtension);
                               }) &&
           std::ranges::all_of(Rows<Text>(blob_, kCanonicals), [this](Text text) { return Has(text); });
  }

  bool Slots() const {
    return SlotsPointInto(kTypeSlots, kTypes) && SlotsPointInto(kTypeUrlSlots, kTypes) &&
           SlotsPointInto(kChildSlots, kElements) && SlotsPointInto(kChoiceSlots, kChoices) &&
           SlotsPointInto(kSearchParameterSlots, kSearchParameters) && SlotsPointInto(kProfileSlots, kProfiles);
  }

  // A package names types of the R4 blob, whose number it tells.
  bool TypeCount() const {
    const Header& header = HeaderOf(blob_);
    return header.r4 == 0 ? header.type_count == CountOf(kTypes)
                          : CountOf(kTypes) + CountOf(kElements) + CountOf(kChoices) == 0;
  }

  bool Has(Text text) const { return Inside(kText, text.offset, text.size); }

 private:
  std::uint32_t CountOf(Section section) const { return HeaderOf(blob_).sections[section].count; }
  bool IsType(std::uint16_t id) const { return id < HeaderOf(blob_).type_count; }
  bool IsTypeOrNone(std::uint16_t id) const { return id == kNoType || IsType(id); }
  // Parents stand before, children and siblings behind, so that a walk ends.
  bool IsTree(const ProfileRow& profile) const {
    const auto elements =
        Rows<ProfileElementRow>(blob_, kProfileElements).subspan(profile.first_element, profile.element_count);
    std::size_t index = 0;
    return std::ranges::all_of(elements, [&](const ProfileElementRow& row) {
      const std::size_t at = index++;
      const auto behind = [&](std::uint16_t other) {
        return other == kNoElement || (other > at && other < elements.size());
      };
      return (row.parent == kNoElement || row.parent < at) && behind(row.first_child) && behind(row.next_sibling) &&
             (row.content == kNoElement || row.content < elements.size());
    });
  }
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

std::uint64_t FingerprintOf(std::span<const std::byte> blob) {
  std::uint64_t fingerprint = 0;
  for (std::size_t section = 0; section < kSectionCount; ++section) {
    const Span span = HeaderOf(blob).sections[section];
    fingerprint = Hash({reinterpret_cast<const char*>(blob.data() + span.offset), span.count * kRowSize.at(section)},
                       fingerprint);
  }
  return fingerprint;
}

bool IsSound(std::span<const std::byte> blob) {
  if (blob.size() < sizeof(Header) || reinterpret_cast<std::uintptr_t>(blob.data()) % alignof(std::uint64_t) != 0 ||
      HeaderOf(blob).size != blob.size()) {
    return false;
  }
  const Checker checker(blob);
  return checker.Sections() && checker.Has(HeaderOf(blob).fhir_version) && checker.Has(HeaderOf(blob).package) &&
         checker.Has(HeaderOf(blob).package_version) && checker.TypeCount() && checker.Types() && checker.Elements() &&
         checker.Choices() && checker.Search() && checker.Constraints() && checker.Profiles() &&
         checker.ProfileElements() && checker.PartsOfProfiles() && checker.Slots() && IsTerminologySound(blob);
}

}  // namespace throughline::definitions::blob
