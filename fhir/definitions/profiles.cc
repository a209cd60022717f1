#include <algorithm>

#include "fhir/definitions/definitions.h"
#include "fhir/definitions/rows.h"

namespace throughline::definitions {
namespace {

using blob::Rows;
using blob::TextOf;
using Bytes = std::span<const std::byte>;

Constraint ToConstraint(Bytes bytes, std::size_t first, std::size_t count, std::size_t index) {
  if (index >= count) {
    return {};
  }
  const std::uint32_t entry = Rows<std::uint32_t>(bytes, blob::kConstraintLists)[first + index];
  const auto& row = Rows<blob::ConstraintRow>(bytes, blob::kConstraints)[entry & ~blob::kInherited];
  return {TextOf(bytes, row.key),
          TextOf(bytes, row.human),
          TextOf(bytes, row.expression),
          TextOf(bytes, row.source),
          static_cast<ConstraintSeverity>(row.severity),
          (entry & blob::kInherited) != 0};
}

Profile ToProfile(Bytes bytes, std::size_t index, std::size_t first, std::size_t layer) {
  const auto& row = Rows<blob::ProfileRow>(bytes, blob::kProfiles)[index];
  return {TextOf(bytes, row.url),
          TextOf(bytes, row.version),
          TextOf(bytes, row.name),
          TextOf(bytes, row.type),
          TextOf(bytes, row.base),
          row.type_id,
          static_cast<StructureKind>(row.kind),
          static_cast<Derivation>(row.derivation),
          row.abstract != 0,
          row.context_count,
          row.invariant_count,
          row.element_count,
          static_cast<std::uint32_t>(first + index),
          static_cast<std::uint16_t>(layer)};
}

ProfileElement ToProfileElement(Bytes bytes, std::size_t first, std::size_t index, std::uint16_t layer) {
  const auto& row = Rows<blob::ProfileElementRow>(bytes, blob::kProfileElements)[first + index];
  return {.id = TextOf(bytes, row.id),
          .path = TextOf(bytes, row.path),
          .slice_name = TextOf(bytes, row.slice_name),
          .content_reference = TextOf(bytes, row.content_reference),
          .value_set = TextOf(bytes, row.value_set),
          .max_value_set = TextOf(bytes, row.max_value_set),
          .index = static_cast<std::uint16_t>(index),
          .parent = row.parent,
          .first_child = row.first_child,
          .next_sibling = row.next_sibling,
          .content = row.content,
          .min = row.min,
          .max = row.max,
          .base_max = row.base_max,
          .binding = static_cast<BindingStrength>(row.binding),
          .slicing = static_cast<SlicingRules>(row.slicing),
          .ordered = row.ordered != 0,
          .must_support = (row.flags & blob::kMustSupport) != 0,
          .modifier = (row.flags & blob::kModifier) != 0,
          .summary = (row.flags & blob::kSummary) != 0,
          .type_count = row.type_count,
          .constraint_count = row.constraint_count,
          .discriminator_count = row.discriminator_count,
          .max_length = row.max_length,
          .row = static_cast<std::uint32_t>(first + index),
          .layer = layer};
}

std::string_view CanonicalAt(Bytes bytes, std::uint32_t first, std::uint16_t count, std::size_t index) {
  return index < count ? TextOf(bytes, Rows<blob::Text>(bytes, blob::kCanonicals)[first + index]) : std::string_view();
}

}  // namespace

Constraint Definitions::constraint(const Type& type, std::size_t index) const {
  if (type.id >= type_count()) {
    return {};
  }
  const auto& row = Rows<blob::TypeRow>(blob_, blob::kTypes)[type.id];
  return ToConstraint(blob_, row.first_constraint, row.constraint_count, index);
}

Constraint Definitions::constraint(const Element& element, std::size_t index) const {
  const auto rows = Rows<blob::ElementRow>(blob_, blob::kElements);
  if (element.row >= rows.size()) {
    return {};
  }
  return ToConstraint(blob_, rows[element.row].first_constraint, rows[element.row].constraint_count, index);
}

std::size_t Definitions::profile_count() const {
  std::size_t count = 0;
  for (std::size_t layer = 0; layer < layer_count(); ++layer) {
    count += Rows<blob::ProfileRow>(Layer(layer), blob::kProfiles).size();
  }
  return count;
}

Profile Definitions::profile(std::size_t row) const {
  std::size_t first = 0;
  for (std::size_t layer = 0; layer < layer_count(); ++layer) {
    const std::size_t count = Rows<blob::ProfileRow>(Layer(layer), blob::kProfiles).size();
    if (row < first + count) {
      return ToProfile(Layer(layer), row - first, first, layer);
    }
    first += count;
  }
  return {};
}

bool Definitions::FindProfile(std::string_view canonical, Profile& out) const {
  const std::size_t bar = canonical.find('|');
  const std::string_view url = canonical.substr(0, bar);
  const std::uint64_t hash = blob::Hash(url, 0);
  std::size_t first = 0;
  for (std::size_t layer = 0; layer < layer_count(); ++layer) {
    const Bytes bytes = Layer(layer);
    if (const std::uint32_t index = blob::Probe(bytes, blob::kProfileSeeds, hash); index != blob::kNone) {
      const Profile found = ToProfile(bytes, index, first, layer);
      if (found.url == url && (bar == std::string_view::npos || found.version == canonical.substr(bar + 1))) {
        out = found;
        return true;
      }
    }
    first += Rows<blob::ProfileRow>(bytes, blob::kProfiles).size();
  }
  return false;
}

// The row that `profile` is a view of; null when it is none of these definitions.
const blob::ProfileRow* Definitions::RowOf(const Profile& profile) const {
  std::size_t index = profile.row;
  for (std::size_t layer = 0; layer < layer_count(); ++layer) {
    const auto rows = Rows<blob::ProfileRow>(Layer(layer), blob::kProfiles);
    if (layer == profile.layer) {
      return index < rows.size() ? &rows[index] : nullptr;
    }
    index -= rows.size();
  }
  return nullptr;
}

const blob::ProfileElementRow* Definitions::RowOf(const ProfileElement& element) const {
  if (element.layer >= layer_count()) {
    return nullptr;
  }
  const auto rows = Rows<blob::ProfileElementRow>(Layer(element.layer), blob::kProfileElements);
  return element.row < rows.size() ? &rows[element.row] : nullptr;
}

const blob::ElementTypeRow* Definitions::RowOf(const ElementType& type) const {
  if (type.layer >= layer_count()) {
    return nullptr;
  }
  const auto rows = Rows<blob::ElementTypeRow>(Layer(type.layer), blob::kElementTypes);
  return type.row < rows.size() ? &rows[type.row] : nullptr;
}

ExtensionContext Definitions::context(const Profile& profile, std::size_t index) const {
  const blob::ProfileRow* row = RowOf(profile);
  if (row == nullptr || index >= row->context_count) {
    return {};
  }
  const Bytes bytes = Layer(profile.layer);
  const auto& context = Rows<blob::ContextRow>(bytes, blob::kContexts)[row->first_context + index];
  return {static_cast<ContextKind>(context.kind), TextOf(bytes, context.expression)};
}

std::string_view Definitions::context_invariant(const Profile& profile, std::size_t index) const {
  const blob::ProfileRow* row = RowOf(profile);
  return row == nullptr ? std::string_view()
                        : CanonicalAt(Layer(profile.layer), row->first_invariant, row->invariant_count, index);
}

ProfileElement Definitions::element(const Profile& profile, std::size_t index) const {
  const blob::ProfileRow* row = RowOf(profile);
  if (row == nullptr || index >= row->element_count) {
    return {};
  }
  return ToProfileElement(Layer(profile.layer), row->first_element, index, profile.layer);
}

ElementType Definitions::type(const ProfileElement& element, std::size_t index) const {
  const blob::ProfileElementRow* row = RowOf(element);
  if (row == nullptr || index >= row->type_count) {
    return {};
  }
  const Bytes bytes = Layer(element.layer);
  const auto at = static_cast<std::uint32_t>(row->first_type + index);
  const auto& type = Rows<blob::ElementTypeRow>(bytes, blob::kElementTypes)[at];
  return {TextOf(bytes, type.code),
          type.type_id,
          type.profile_count,
          type.target_count,
          static_cast<std::uint8_t>(type.aggregation),
          at,
          element.layer};
}

std::string_view Definitions::type_profile(const ElementType& type, std::size_t index) const {
  const blob::ElementTypeRow* row = RowOf(type);
  return row == nullptr ? std::string_view()
                        : CanonicalAt(Layer(type.layer), row->first_profile, row->profile_count, index);
}

std::string_view Definitions::target_profile(const ElementType& type, std::size_t index) const {
  const blob::ElementTypeRow* row = RowOf(type);
  return row == nullptr ? std::string_view()
                        : CanonicalAt(Layer(type.layer), row->first_target, row->target_count, index);
}

Constraint Definitions::constraint(const ProfileElement& element, std::size_t index) const {
  const blob::ProfileElementRow* row = RowOf(element);
  return row == nullptr ? Constraint{}
                        : ToConstraint(Layer(element.layer), row->first_constraint, row->constraint_count, index);
}

Discriminator Definitions::discriminator(const ProfileElement& element, std::size_t index) const {
  const blob::ProfileElementRow* row = RowOf(element);
  if (row == nullptr || index >= row->discriminator_count) {
    return {};
  }
  const Bytes bytes = Layer(element.layer);
  const auto& found = Rows<blob::DiscriminatorRow>(bytes, blob::kDiscriminators)[row->first_discriminator + index];
  return {static_cast<DiscriminatorType>(found.type), TextOf(bytes, found.path)};
}

ElementValue Definitions::value(const ProfileElement& element, ValueKind kind) const {
  const blob::ProfileElementRow* row = RowOf(element);
  if (row == nullptr) {
    return {};
  }
  const Bytes bytes = Layer(element.layer);
  for (const auto& found :
       Rows<blob::ElementValueRow>(bytes, blob::kElementValues).subspan(row->first_value, row->value_count)) {
    if (found.kind == static_cast<std::uint32_t>(kind)) {
      return {TextOf(bytes, found.type), TextOf(bytes, found.json)};
    }
  }
  return {};
}

}  // namespace throughline::definitions
