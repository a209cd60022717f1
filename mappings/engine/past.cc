#include "mappings/engine/past.h"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "fhir/json/build.h"
#include "fhir/json/write.h"
#include "mappings/engine/first_field.h"
#include "mappings/engine/rename.h"
#include "mappings/engine/select.h"
#include "mappings/engine/to_local.h"

namespace throughline::engine {
namespace {

// Its items are told by their place alone, and stand in no other list.
bool IsNumbered(const ResourcePlan& resource) {
  return resource.lists.size() == 1 && resource.item_field == kNone && !resource.shared;
}

std::string PlaceOf(std::string_view name, std::uint32_t item) {
  return std::string(name) + "[" + std::to_string(item) + "]";
}

// --- from what is stored
// -------------------------------------------------------------------------------------------------

class Reading {
 public:
  Reading(const Map& map, const Mapped& now, const IdSource& ids, json::Arena& arena, ReferenceStyle references)
      : map_(map), plan_(map.plan()), now_(now), ids_(ids), arena_(arena), references_(references) {}

  Past Read(std::span<const json::Value> stored) {
    NameAll(stored.size());
    bool any = false;
    for (const json::Value& body : stored) any |= Take(body);
    if (!any) return {};
    Mapped made = Made();
    const auto unknown = [&](const SourceResource& source) {
      return source.place.empty() && std::ranges::none_of(made.resources, [&](const MappedResource& resource) {
               return resource.id == source.body.Get("id").text();
             });
    };
    if (std::erase_if(sources_, unknown) > 0) made = Made();
    Rename(made.resources, NamesOf(made), arena_);
    return {std::move(made.resources), false};
  }

 private:
  // Ids that follow from the record's key, for resources that the record makes now and for those that it may have made.
  void NameAll(std::size_t most) {
    for (const MappedResource& resource : now_.resources) places_.emplace(resource.id, resource.place);
    for (const ResourcePlan& resource : plan_.resources) {
      if (resource.shared || resource.lists.size() > 1 || resource.item_field != kNone) continue;
      if (resource.lists.empty()) Name(resource.name);
      for (std::uint32_t item = 0; item < most && !resource.lists.empty(); ++item) Name(PlaceOf(resource.name, item));
    }
  }

  void Name(std::string_view place) {
    places_.emplace(arena_.Copy(ids_.ForKey(map_.name(), now_.key, place)), arena_.Copy(place));
  }

  // True: it bears an id of the record. One whose id follows from what it says is taken for the time being.
  bool Take(const json::Value& body) {
    const auto found = places_.find(body.Get("id").text());
    if (found != places_.end()) {
      sources_.push_back({found->second, body});
      return true;
    }
    const Index kind = SelectResource(plan_, {}, body);
    if (kind == kNone || plan_.resources[kind].shared) return false;
    if (plan_.resources[kind].item_field != kNone || plan_.resources[kind].lists.size() > 1)
      sources_.push_back({{}, body});
    return false;
  }

  Mapped Made() {
    Unmapped read = ToLocal(map_, sources_, arena_);
    items_ = std::move(read.items);
    return ToFhir(map_, read.record, ids_, arena_, references_);
  }

  // The names under which the items are stored: those of one kind come back in the order of their items. (Items that
  // make nothing count in the record, and not here.)
  std::vector<NewName> NamesOf(const Mapped& made) const {
    std::map<std::string_view, std::vector<std::pair<std::uint32_t, std::size_t>>> sources;
    std::map<std::string_view, std::vector<std::size_t>> places;
    std::string_view name;
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      if (items_[i] != kNoItem && CutPlace(sources_[i].place, name, number)) sources[name].push_back({items_[i], i});
    }
    for (std::size_t i = 0; i < made.resources.size(); ++i) {
      if (CutPlace(made.resources[i].place, name, number)) places[name].push_back(i);
    }
    std::vector<NewName> names(made.resources.size());
    for (auto& [kind, of_kind] : sources) {
      if (places[kind].size() != of_kind.size()) continue;
      std::ranges::sort(of_kind);
      for (std::size_t i = 0; i < of_kind.size(); ++i) {
        const SourceResource& source = sources_[of_kind[i].second];
        names[places[kind][i]] = {source.place, source.body.Get("id").text()};
      }
    }
    return names;
  }

  const Map& map_;
  const Plan& plan_;
  const Mapped& now_;
  const IdSource& ids_;
  json::Arena& arena_;
  ReferenceStyle references_;
  std::unordered_map<std::string_view, std::string_view> places_;  // by id
  std::vector<SourceResource> sources_;
  std::vector<std::uint32_t> items_;  // of the sources
};

// --- which item is which
// -------------------------------------------------------------------------------------------------

// The items of one local list, by the resources that each makes.
struct Items {
  struct Item {
    std::string says;   // all that its resources hold, but for their ids
    std::string first;  // the first thing in them that the way back reads
    std::uint32_t place = kNone;
    bool used = false;
  };
  std::map<std::uint32_t, Item> items;  // by number
};

class PlaceKeeper {
 public:
  PlaceKeeper(const Map& map, const Past& past, const IdSource& ids, Mapped& now, json::Arena& arena)
      : map_(map), plan_(map.plan()), past_(past), ids_(ids), now_(now), arena_(arena) {
    for (const MappedResource& resource : past.made) blank_.emplace(resource.id, "");
    for (const MappedResource& resource : now.resources) blank_.emplace(resource.id, "");
  }

  void Run() {
    names_.resize(now_.resources.size());
    for (Index list = 0; list < plan_.nodes.size(); ++list) {
      const bool numbered = std::ranges::any_of(
          plan_.resources, [&](const ResourcePlan& resource) { return IsNumbered(resource) && resource.each == list; });
      if (numbered) Keep(list);
    }
    Rename(now_.resources, names_, arena_);
  }

 private:
  const ResourcePlan* PlanOf(Index list, const MappedResource& resource, std::uint32_t& item) const {
    std::string_view name;
    if (!CutPlace(resource.place, name, item)) return nullptr;
    const Index index = FindResource(plan_, name);
    if (index == kNone || !IsNumbered(plan_.resources[index]) || plan_.resources[index].each != list) return nullptr;
    return &plan_.resources[index];
  }

  Items Gather(Index list, std::span<const MappedResource> resources) const {
    Items found;
    for (const MappedResource& resource : resources) {
      std::uint32_t number = 0;
      const ResourcePlan* plan = PlanOf(list, resource, number);
      if (plan == nullptr) continue;
      Items::Item& item = found.items[number];
      item.says += resource.name;
      json::Write(WithReferences(json::Without(resource.body, "id", arena_), blank_, arena_), item.says);
      const Content* leaf = nullptr;
      const json::Value first = FirstField(plan_, plan_.contents[plan->content], resource.body, leaf);
      if (item.first.empty() && !first.is_null()) item.first = json::ToString(first);
    }
    return found;
  }

  void Keep(Index list) {
    Items before = Gather(list, past_.made);
    Items now = Gather(list, now_.resources);
    if (before.items.empty() || now.items.empty()) return;
    Pair(before, now, &Items::Item::says);
    Pair(before, now, &Items::Item::first);
    const auto open = [](const auto& one) { return !one.second.used; };
    if (std::ranges::count_if(before.items, open) == std::ranges::count_if(now.items, open)) Pair(before, now, nullptr);
    std::uint32_t next = before.items.rbegin()->first + 1;
    for (auto& [number, item] : now.items) {
      if (item.place == kNone) item.place = next++;
    }
    for (std::size_t i = 0; i < names_.size(); ++i) {
      std::uint32_t number = 0;
      const ResourcePlan* plan = PlanOf(list, now_.resources[i], number);
      if (plan == nullptr) continue;
      const std::string place = PlaceOf(plan->name, now.items[number].place);
      names_[i] = {arena_.Copy(place), arena_.Copy(ids_.ForKey(map_.name(), now_.key, place))};
    }
  }

  // Items of both whose `part` is the same, in their order; without one, all that are left.
  static void Pair(Items& before, Items& now, std::string Items::Item::*part) {
    for (auto& [number, item] : now.items) {
      if (item.used || (part != nullptr && (item.*part).empty())) continue;
      const auto same = std::ranges::find_if(before.items, [&](const auto& other) {
        return !other.second.used && (part == nullptr || other.second.*part == item.*part);
      });
      if (same == before.items.end()) continue;
      item.place = same->first;
      item.used = same->second.used = true;
    }
  }

  const Map& map_;
  const Plan& plan_;
  const Past& past_;
  const IdSource& ids_;
  Mapped& now_;
  json::Arena& arena_;
  IdChanges blank_;
  std::vector<NewName> names_;
};

}  // namespace

Past PastOf(Mapped mapped, std::span<const StoredName> stored, json::Arena& arena) {
  const auto kind = [](std::string_view place) { return place.substr(0, place.find('[')); };
  bool same = mapped.resources.size() == stored.size();
  std::vector<NewName> names;
  for (std::size_t i = 0; same && i < stored.size(); ++i) {
    same = kind(stored[i].place) == kind(mapped.resources[i].place);
    names.push_back({stored[i].place, stored[i].id});
  }
  if (!same) return {};
  Rename(mapped.resources, names, arena);
  return {std::move(mapped.resources), true};
}

Past PastFrom(const Map& map, const Mapped& now, std::span<const json::Value> stored, const IdSource& ids,
              json::Arena& arena, ReferenceStyle references) {
  return Reading(map, now, ids, arena, references).Read(stored);
}

Mapped AsMapped(const Map& map, std::span<const SourceResource> resources) {
  const Plan& plan = map.plan();
  Mapped mapped;
  for (const SourceResource& resource : resources) {
    MappedResource& made = mapped.resources.emplace_back();
    const Index kind = SelectResource(plan, resource.place, resource.body);
    if (kind != kNone) {
      made.name = made.place = plan.resources[kind].name;
      made.shared = plan.resources[kind].shared;
    }
    made.type = resource.body.Get("resourceType").text();
    made.id = resource.body.Get("id").text();
    made.body = resource.body;
  }
  return mapped;
}

void KeepPlaces(const Map& map, const Past& past, const IdSource& ids, Mapped& now, json::Arena& arena) {
  if (past.made.empty()) return;
  PlaceKeeper(map, past, ids, now, arena).Run();
}

}  // namespace throughline::engine
