#include "fhir/definitions/definitions.h"

#include <utility>

#include "fhir/definitions/rows.h"

namespace throughline::definitions {
namespace {

using blob::Hash;
using blob::Probe;
using blob::Rows;
using blob::TextOf;

// `first`: how many search parameters the layers below have.
SearchParameter ToSearchParameter(std::span<const std::byte> bytes, std::size_t index, std::size_t first,
                                  std::size_t layer) {
  const auto& row = Rows<blob::SearchParameterRow>(bytes, blob::kSearchParameters)[index];
  return {TextOf(bytes, row.code),
          TextOf(bytes, row.url),
          TextOf(bytes, row.base),
          TextOf(bytes, row.expression),
          static_cast<SearchType>(row.type),
          static_cast<std::uint32_t>(first + index),
          row.first_target,
          row.target_count,
          row.component_count,
          row.first_component,
          static_cast<std::uint16_t>(layer)};
}

Element ToElement(std::span<const std::byte> bytes, std::size_t index) {
  const auto& row = Rows<blob::ElementRow>(bytes, blob::kElements)[index];
  return {TextOf(bytes, row.name),
          TextOf(bytes, row.choice),
          TextOf(bytes, row.path),
          row.owner,
          row.type,
          row.min,
          row.max,
          (row.flags & blob::kArray) != 0,
          (row.flags & blob::kModifier) != 0,
          (row.flags & blob::kSummary) != 0,
          static_cast<BindingStrength>(row.binding),
          TextOf(bytes, row.value_set),
          TextOf(bytes, row.max_value_set),
          static_cast<std::uint32_t>(index),
          row.first_target,
          row.target_count,
          row.constraint_count};
}

TypeId TargetAt(std::span<const std::byte> bytes, std::uint32_t first, std::uint16_t count, std::size_t index) {
  return index < count ? Rows<std::uint16_t>(bytes, blob::kTargets)[first + index] : kNoType;
}

Result<void> Check(std::span<const std::byte> blob) {
  if (blob.size() < sizeof(blob::Header) || blob::HeaderOf(blob).magic != blob::kMagic ||
      blob::HeaderOf(blob).version != blob::kVersion) {
    return MakeError(ErrorKind::kInternal, "definitions-version", "the definitions were compiled for another version");
  }
  if (!blob::IsSound(blob)) {
    return MakeError(ErrorKind::kInternal, "definitions-damaged", "the compiled definitions are damaged");
  }
  return {};
}

}  // namespace

Result<Definitions> Definitions::Open(std::span<const std::byte> blob) {
  if (auto checked = Check(blob); !checked) {
    return std::move(checked).error();
  }
  if (blob::HeaderOf(blob).r4 != 0) {
    return MakeError(ErrorKind::kInternal, "definitions-version", "these compiled definitions are a package's");
  }
  return Definitions(blob);
}

Result<Definitions> Definitions::With(std::span<const std::byte> package) const {
  if (auto checked = Check(package); !checked) {
    return std::move(checked).error();
  }
  const blob::Header& header = blob::HeaderOf(package);
  if (header.r4 != fingerprint() || header.type_count != type_count()) {
    return MakeError(ErrorKind::kInternal, "definitions-version", "the package was compiled over other definitions");
  }
  if (header.fingerprint != blob::FingerprintOf(package)) {
    return MakeError(ErrorKind::kInternal, "definitions-damaged", "the compiled definitions are damaged");
  }
  Definitions both = *this;
  both.layers_.push_back(package);
  return both;
}

std::uint64_t Definitions::fingerprint() const { return blob::HeaderOf(blob_).fingerprint; }

Definitions::PackageName Definitions::package(std::size_t layer) const {
  if (layer >= layer_count()) {
    return {};
  }
  const auto bytes = Layer(layer);
  return {TextOf(bytes, blob::HeaderOf(bytes).package), TextOf(bytes, blob::HeaderOf(bytes).package_version)};
}

std::string_view Definitions::fhir_version() const { return TextOf(blob_, blob::HeaderOf(blob_).fhir_version); }

std::size_t Definitions::type_count() const { return Rows<blob::TypeRow>(blob_, blob::kTypes).size(); }

Type Definitions::type(TypeId id) const {
  if (id >= type_count()) {
    return {};
  }
  const auto& row = Rows<blob::TypeRow>(blob_, blob::kTypes)[id];
  return {TextOf(blob_, row.name),
          TextOf(blob_, row.url),
          id,
          row.base,
          static_cast<TypeKind>(row.kind),
          row.abstract != 0,
          static_cast<std::uint16_t>(row.constraint_count)};
}

TypeId Definitions::FindType(std::string_view name) const {
  const std::uint32_t index = Probe(blob_, blob::kTypeSeeds, Hash(name, 0));
  if (index == blob::kNone || TextOf(blob_, Rows<blob::TypeRow>(blob_, blob::kTypes)[index].name) != name) {
    return kNoType;
  }
  return static_cast<TypeId>(index);
}

TypeId Definitions::FindTypeByUrl(std::string_view url) const {
  const std::uint32_t index = Probe(blob_, blob::kTypeUrlSeeds, Hash(url, 0));
  if (index == blob::kNone || TextOf(blob_, Rows<blob::TypeRow>(blob_, blob::kTypes)[index].url) != url) {
    return kNoType;
  }
  return static_cast<TypeId>(index);
}

bool Definitions::Derives(TypeId id, TypeId ancestor) const {
  const auto types = Rows<blob::TypeRow>(blob_, blob::kTypes);
  while (id < types.size()) {
    if (id == ancestor) {
      return true;
    }
    id = types[id].base;
  }
  return false;
}

bool Definitions::IsResource(TypeId id) const {
  return id < type_count() &&
         Rows<blob::TypeRow>(blob_, blob::kTypes)[id].kind == static_cast<std::uint8_t>(TypeKind::kResource);
}

std::size_t Definitions::child_count(TypeId owner) const {
  return owner < type_count() ? Rows<blob::TypeRow>(blob_, blob::kTypes)[owner].child_count : 0;
}

Element Definitions::child(TypeId owner, std::size_t index) const {
  if (index >= child_count(owner)) {
    return {};
  }
  return ToElement(blob_, Rows<blob::TypeRow>(blob_, blob::kTypes)[owner].first_child + index);
}

std::size_t Definitions::required_count(TypeId owner) const {
  return owner < type_count() ? Rows<blob::TypeRow>(blob_, blob::kTypes)[owner].required_count : 0;
}

Element Definitions::required(TypeId owner, std::size_t index) const {
  if (index >= required_count(owner)) {
    return {};
  }
  const auto& row = Rows<blob::TypeRow>(blob_, blob::kTypes)[owner];
  return child(owner, Rows<std::uint16_t>(blob_, blob::kRequired)[row.first_required + index]);
}

bool Definitions::FindChild(TypeId owner, std::string_view name, Element& out) const {
  const std::uint32_t index = Probe(blob_, blob::kChildSeeds, Hash(name, owner));
  if (index == blob::kNone) {
    return false;
  }
  const auto& row = Rows<blob::ElementRow>(blob_, blob::kElements)[index];
  if (row.owner != owner || TextOf(blob_, row.name) != name) {
    return false;
  }
  out = ToElement(blob_, index);
  return true;
}

Definitions::Range Definitions::FindChoice(TypeId owner, std::string_view name) const {
  const std::uint32_t index = Probe(blob_, blob::kChoiceSeeds, Hash(name, owner));
  if (index == blob::kNone) {
    return {};
  }
  const auto& row = Rows<blob::ChoiceRow>(blob_, blob::kChoices)[index];
  return row.owner == owner && TextOf(blob_, row.name) == name ? Range{row.first, row.count} : Range{};
}

TypeId Definitions::target(const Element& element, std::size_t index) const {
  return TargetAt(blob_, element.first_target, element.target_count, index);
}

std::size_t Definitions::search_parameter_count() const {
  std::size_t count = 0;
  for (std::size_t layer = 0; layer < layer_count(); ++layer) {
    count += Rows<blob::SearchParameterRow>(Layer(layer), blob::kSearchParameters).size();
  }
  return count;
}

SearchParameter Definitions::search_parameter(std::size_t row) const {
  std::size_t first = 0;
  for (std::size_t layer = 0; layer < layer_count(); ++layer) {
    const std::size_t count = Rows<blob::SearchParameterRow>(Layer(layer), blob::kSearchParameters).size();
    if (row < first + count) {
      return ToSearchParameter(Layer(layer), row - first, first, layer);
    }
    first += count;
  }
  return {};
}

bool Definitions::FindSearchParameter(std::string_view type, std::string_view code, SearchParameter& out) const {
  std::size_t first = 0;
  for (std::size_t layer = 0; layer < layer_count(); ++layer) {
    const auto bytes = Layer(layer);
    const auto types = Rows<blob::TypeRow>(blob_, blob::kTypes);
    for (std::size_t id = FindType(type); id < types.size(); id = types[id].base) {
      const std::string_view base = TextOf(blob_, types[id].name);
      const std::uint32_t index = Probe(bytes, blob::kSearchParameterSeeds, Hash(code, Hash(base, 0)));
      if (index == blob::kNone) {
        continue;
      }
      const SearchParameter found = ToSearchParameter(bytes, index, first, layer);
      if (found.base == base && found.code == code) {
        out = found;
        return true;
      }
    }
    first += Rows<blob::SearchParameterRow>(bytes, blob::kSearchParameters).size();
  }
  return false;
}

TypeId Definitions::target(const SearchParameter& parameter, std::size_t index) const {
  return parameter.layer < layer_count()
             ? TargetAt(Layer(parameter.layer), parameter.first_target, parameter.target_count, index)
             : kNoType;
}

SearchComponent Definitions::component(const SearchParameter& parameter, std::size_t index) const {
  if (index >= parameter.component_count || parameter.layer >= layer_count()) {
    return {};
  }
  const auto bytes = Layer(parameter.layer);
  const auto& row = Rows<blob::ComponentRow>(bytes, blob::kComponents)[parameter.first_component + index];
  return {TextOf(bytes, row.definition), TextOf(bytes, row.expression)};
}

std::size_t Definitions::compartment_row_count() const {
  return Rows<blob::CompartmentRow>(blob_, blob::kCompartments).size();
}

CompartmentRow Definitions::compartment_row(std::size_t row) const {
  if (row >= compartment_row_count()) {
    return {};
  }
  const auto& found = Rows<blob::CompartmentRow>(blob_, blob::kCompartments)[row];
  return {TextOf(blob_, found.compartment), TextOf(blob_, found.type), TextOf(blob_, found.parameter)};
}

}  // namespace throughline::definitions
