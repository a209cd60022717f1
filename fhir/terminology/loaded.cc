#include "fhir/terminology/loaded.h"

#include <algorithm>
#include <array>

namespace throughline::terminology {
namespace {

constexpr std::size_t kLongestFolded = 256;

template <typename Row>
Loaded<Row> FindExactly(Layers layers, const Canonical& canonical, blob::Section rows, blob::Section seeds) {
  Loaded<Row> found;
  const std::uint64_t hash = blob::Hash(canonical.url, 0);
  for (const Bytes layer : layers) {
    const std::uint32_t index = blob::Probe(layer, seeds, hash);
    if (index == blob::kNone) {
      continue;
    }
    const Loaded<Row> here{layer, &blob::Rows<Row>(layer, rows)[index]};
    if (here.Text(here->url) != canonical.url) {
      continue;
    }
    if (canonical.version.empty() || here.Text(here->version) == canonical.version) {
      return here;
    }
    if (!found) {
      found = here;
    }
  }
  return found;
}

// Some urls of R4 have a "|" of their own: "http://terminology.hl7.org/ValueSet/v2-0006|2.4".
template <typename Row>
Loaded<Row> FindByUrl(Layers layers, const Canonical& canonical, blob::Section rows, blob::Section seeds) {
  const Loaded<Row> found = FindExactly<Row>(layers, canonical, rows, seeds);
  return found || canonical.whole.empty() ? found : FindExactly<Row>(layers, {canonical.whole, {}}, rows, seeds);
}

char InSmallLetter(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool SameInAnyCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, InSmallLetter, InSmallLetter);
}

std::uint32_t IndexOf(const LoadedSystem& system, const blob::ConceptRow& row) {
  return static_cast<std::uint32_t>(&row - blob::Rows<blob::ConceptRow>(system.layer, blob::kConcepts).data());
}

const blob::ConceptRow* ConceptAt(const LoadedSystem& system, std::uint64_t key) {
  const std::uint32_t index = blob::Probe(system.layer, blob::kConceptSeeds, key);
  if (index == blob::kNone || index < system->first_concept || index - system->first_concept >= system->concept_count) {
    return nullptr;
  }
  return &blob::Rows<blob::ConceptRow>(system.layer, blob::kConcepts)[index];
}

bool HasCodeProperty(const LoadedSystem& system, const blob::ConceptRow& row, std::string_view name,
                     std::string_view code) {
  return std::ranges::any_of(system.Rows<blob::PropertyRow>(blob::kProperties, row.first_property, row.property_count),
                             [&](const blob::PropertyRow& property) {
                               return system.Text(property.code) == name && system.Text(property.value) == code;
                             });
}

}  // namespace

Canonical SplitCanonical(std::string_view text) {
  const std::size_t bar = text.find('|');
  return bar == std::string_view::npos ? Canonical{text, {}}
                                       : Canonical{text.substr(0, bar), text.substr(bar + 1), text};
}

LoadedSystem FindSystem(Layers layers, const Canonical& canonical) {
  return FindByUrl<blob::CodeSystemRow>(layers, canonical, blob::kCodeSystems, blob::kCodeSystemSeeds);
}

LoadedSet FindSet(Layers layers, const Canonical& canonical) {
  return FindByUrl<blob::ValueSetRow>(layers, canonical, blob::kValueSets, blob::kValueSetSeeds);
}

LoadedMap FindMap(Layers layers, const Canonical& canonical) {
  return FindByUrl<blob::ConceptMapRow>(layers, canonical, blob::kConceptMaps, blob::kConceptMapSeeds);
}

bool HasVersion(const LoadedSystem& system, std::string_view version) {
  return version.empty() || system.Text(system->version) == version;
}

const blob::ConceptRow* FindConcept(const LoadedSystem& system, std::string_view code) {
  const auto owner =
      static_cast<std::uint32_t>(system.row - blob::Rows<blob::CodeSystemRow>(system.layer, blob::kCodeSystems).data());
  const blob::ConceptRow* row = ConceptAt(system, blob::CodeKey(code, owner));
  if (row != nullptr && system.Text(row->code) == code) {
    return row;
  }
  if ((system->flags & blob::kAnyCase) == 0 || code.size() > kLongestFolded) {
    return nullptr;
  }
  std::array<char, kLongestFolded> folded;
  std::ranges::transform(code, folded.begin(), InSmallLetter);
  row = ConceptAt(system, blob::AnyCaseKey({folded.data(), code.size()}, owner));
  return row != nullptr && SameInAnyCase(system.Text(row->code), code) ? row : nullptr;
}

bool IsA(const LoadedSystem& system, const blob::ConceptRow& concept_row, const blob::ConceptRow& ancestor) {
  const std::uint32_t above = IndexOf(system, ancestor);
  const std::uint32_t index = IndexOf(system, concept_row);
  if (above <= index && index < ancestor.end) {
    return true;
  }
  return std::ranges::binary_search(
      system.Rows<std::uint32_t>(blob::kAncestors, concept_row.first_ancestor, concept_row.ancestor_count), above);
}

bool IsChild(const LoadedSystem& system, const blob::ConceptRow& child, const blob::ConceptRow& parent) {
  return child.parent == IndexOf(system, parent) ||
         HasCodeProperty(system, child, "parent", system.Text(parent.code)) ||
         HasCodeProperty(system, parent, "child", system.Text(child.code));
}

}  // namespace throughline::terminology
