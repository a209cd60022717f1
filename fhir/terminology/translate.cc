#include <algorithm>

#include "fhir/terminology/loaded.h"
#include "fhir/terminology/terminology.h"

namespace throughline::terminology {
namespace {

constexpr std::size_t kMostMaps = 8;  // that an "other-map" may lead through

using Group = blob::MapGroupRow;

std::string_view UrlOf(const LoadedMap& map, blob::Text canonical) { return SplitCanonical(map.Text(canonical)).url; }

bool IsFor(const LoadedMap& map, blob::Text system, std::string_view asked) {
  return asked.empty() || UrlOf(map, system) == asked;
}

class Translator {
 public:
  explicit Translator(Layers layers) : layers_(layers) {}

  void Forward(const LoadedMap& map, const Coding& coding, std::size_t maps_left) {
    for (const Group& group : map.Rows<Group>(blob::kMapGroups, map->first_group, map->group_count)) {
      if (IsFor(map, group.source, coding.system)) {
        ForwardIn(map, group, coding, maps_left);
      }
    }
  }

  void Reverse(const LoadedMap& map, const Coding& coding) {
    for (const Group& group : map.Rows<Group>(blob::kMapGroups, map->first_group, map->group_count)) {
      if (IsFor(map, group.target, coding.system)) {
        ReverseIn(map, group, coding);
      }
    }
  }

  std::vector<Translation> Take() { return std::move(found_); }

 private:
  void ForwardIn(const LoadedMap& map, const Group& group, const Coding& coding, std::size_t maps_left) {
    const auto elements = map.Rows<blob::MapElementRow>(blob::kMapElements, group.first_element, group.element_count);
    const auto same = std::ranges::equal_range(elements, coding.code, {},
                                               [&](const blob::MapElementRow& row) { return map.Text(row.code); });
    for (const blob::MapElementRow& element : same) {
      for (const blob::MapTargetRow& target :
           map.Rows<blob::MapTargetRow>(blob::kMapTargets, element.first_target, element.target_count)) {
        Add(map, group.target, group.target_version, target.code, target.display, target);
      }
    }
    if (same.empty()) {
      Unmapped(map, group, coding, maps_left);
    }
  }

  void ReverseIn(const LoadedMap& map, const Group& group, const Coding& coding) {
    const auto targets = blob::Rows<blob::MapTargetRow>(map.layer, blob::kMapTargets);
    const auto elements = blob::Rows<blob::MapElementRow>(map.layer, blob::kMapElements);
    const auto reverse = map.Rows<std::uint32_t>(blob::kMapReverse, group.first_reverse, group.reverse_count);
    for (const std::uint32_t index : std::ranges::equal_range(
             reverse, coding.code, {}, [&](std::uint32_t target) { return map.Text(targets[target].code); })) {
      const blob::MapElementRow& element = elements[targets[index].element];
      Add(map, group.source, group.source_version, element.code, element.display, targets[index]);
    }
  }

  // https://hl7.org/fhir/R4/conceptmap-definitions.html#ConceptMap.group.unmapped
  void Unmapped(const LoadedMap& map, const Group& group, const Coding& coding, std::size_t maps_left) {
    if (group.unmapped == blob::Unmapped::kProvided) {
      found_.push_back({Equivalence::kEqual, {UrlOf(map, group.target), {}, coding.code, {}}, map.Text(map->url)});
    } else if (group.unmapped == blob::Unmapped::kFixed) {
      found_.push_back({Equivalence::kInexact,
                        {UrlOf(map, group.target), {}, map.Text(group.unmapped_code), map.Text(group.unmapped_display)},
                        map.Text(map->url)});
    } else if (group.unmapped == blob::Unmapped::kOtherMap && maps_left > 0) {
      if (const LoadedMap other = FindMap(layers_, SplitCanonical(map.Text(group.unmapped_url)))) {
        Forward(other, coding, maps_left - 1);
      }
    }
  }

  void Add(const LoadedMap& map, blob::Text system, blob::Text version, blob::Text code, blob::Text display,
           const blob::MapTargetRow& target) {
    found_.push_back({static_cast<Equivalence>(target.equivalence),
                      {UrlOf(map, system), map.Text(version), map.Text(code), map.Text(display)},
                      map.Text(map->url),
                      target.conditional != 0});
  }

  Layers layers_;
  std::vector<Translation> found_;
};

}  // namespace

Result<std::vector<Translation>> Terminology::Translate(std::string_view map, const Coding& coding,
                                                        Direction direction) const {
  const LoadedMap found = FindMap(definitions_->layers(), SplitCanonical(map));
  if (!found) {
    return MakeError(ErrorKind::kNotFound, "concept-map-unknown", "no such concept map is loaded");
  }
  Translator translator(definitions_->layers());
  if (direction == Direction::kForward) {
    translator.Forward(found, coding, kMostMaps);
  } else {
    translator.Reverse(found, coding);
  }
  return translator.Take();
}

}  // namespace throughline::terminology
