#include <algorithm>
#include <vector>

#include "fhir/json/build.h"
#include "mappings/engine/plan.h"
#include "mappings/engine/select.h"
#include "mappings/engine/to_local.h"

namespace throughline::engine {
namespace {

class Merger {
 public:
  Merger(const Plan& plan, bool shared, json::Arena& arena) : plan_(plan), shared_(shared), arena_(arena) {}

  json::Value Resource(const Content& content, const json::Value& stored, const json::Value& produced, bool main) {
    const json::Value merged = Object(content, stored, produced, true);
    return main ? Own(merged, produced) : merged;
  }

 private:
  // Members keep the order in which they are stored; new ones come behind.
  json::Value Object(const Content& content, const json::Value& stored, const json::Value& produced, bool root) {
    json::ObjectBuilder merged(arena_);
    for (const json::Member& member : stored.members()) {
      const Slot* slot = SlotOf(content, member.name);
      const json::Value* made = produced.Find(member.name);
      json::Value value = member.value;
      if (slot != nullptr) {
        value = member.name == slot->name ? Member(*slot, member.value, made ? *made : json::Value())
                                          : Sibling(*slot, member.value, made ? *made : json::Value());
      } else if (const Slot* measured = MeasuredSlot(content, member.name); measured != nullptr) {
        const bool speaks = produced.Find(measured->name) != nullptr || !TokensOf(*measured).empty();
        value = made != nullptr ? *made : speaks ? json::Value() : member.value;
      } else if (root && made != nullptr && (member.name == "resourceType" || member.name == "id")) {
        value = *made;
      }
      if (!value.is_null()) merged.Add(member.name, value);
    }
    for (const json::Member& member : produced.members()) {
      if (stored.Find(member.name) == nullptr) merged.Add(member.name, member.value);
    }
    return merged.Build();
  }

  // The slot whose missing value a stored `dataAbsentReason` speaks of. http://hl7.org/fhir/R4/observation.html (obs-6)
  const Slot* MeasuredSlot(const Content& content, std::string_view name) const {
    if (name != kAbsentElement) return nullptr;
    for (const Slot& slot : content.slots) {
      if (plan_.contents[slot.alternatives.front()].absent_beside) return &slot;
    }
    return nullptr;
  }

  std::span<const AbsentToken> TokensOf(const Slot& slot) const {
    const Leaf& leaf = plan_.contents[slot.alternatives.front()].leaf;
    return leaf.source == Leaf::Source::kField ? std::span<const AbsentToken>(plan_.fields[leaf.field].absent)
                                               : std::span<const AbsentToken>();
  }

  const Slot* SlotOf(const Content& content, std::string_view name) const {
    for (const Slot& slot : content.slots) {
      if (slot.name == name || slot.sibling == name) return &slot;
    }
    return nullptr;
  }

  json::Value Member(const Slot& slot, const json::Value& stored, const json::Value& produced) {
    if (slot.is_array) return Items(slot, stored, produced);
    const Content& content = plan_.contents[slot.alternatives.front()];
    return One(content, stored, produced);
  }

  json::Value One(const Content& content, const json::Value& stored, const json::Value& produced) {
    if (content.is_leaf) return LeafValue(content, stored, produced);
    if (!produced.is_null()) return Object(content, stored, produced, false);
    return shared_ ? stored : Remainder(content, stored);
  }

  json::Value LeafValue(const Content& content, const json::Value& stored, const json::Value& produced) {
    const bool constant =
        content.leaf.source == Leaf::Source::kConstant || content.leaf.source == Leaf::Source::kNothing;
    if (constant) return stored;
    if (produced.is_null()) return shared_ ? stored : json::Value();
    const bool coded = content.leaf.source == Leaf::Source::kField || content.leaf.source == Leaf::Source::kDerived;
    if (coded && content.leaf.transform == TransformId::kConcept && HoldsCodings(stored, produced)) return stored;
    return coded && content.leaf.transform == TransformId::kCoding && HoldsCoding(stored, produced) ? stored : produced;
  }

  // A translation that somebody added stays as long as the code itself is the same.
  static bool HoldsCodings(const json::Value& stored, const json::Value& produced) {
    const auto has = stored.Get("coding").items();
    return std::ranges::all_of(produced.Get("coding").items(), [&](const json::Value& coding) {
      return std::ranges::any_of(has, [&](const json::Value& other) { return HoldsCoding(other, coding); });
    });
  }

  static bool HoldsCoding(const json::Value& stored, const json::Value& produced) {
    const auto has = stored.Get("extension").items();
    return stored.Get("system").text() == produced.Get("system").text() &&
           stored.Get("code").text() == produced.Get("code").text() &&
           std::ranges::all_of(produced.Get("extension").items(), [&](const json::Value& extension) {
             return std::ranges::any_of(has, [&](const json::Value& other) { return Holds(other, extension); });
           });
  }

  // What the map does not cover of an object that is no longer produced; null when that is nothing but constants.
  json::Value Remainder(const Content& content, const json::Value& stored) {
    json::Value rest = Object(content, stored, {}, false);
    const bool foreign = std::ranges::any_of(rest.members(), [&](const json::Member& member) {
      const Slot* slot = SlotOf(content, member.name);
      return slot == nullptr || (!slot->is_array && !plan_.contents[slot->alternatives.front()].folded);
    });
    return foreign ? rest : json::Value();
  }

  json::Value Sibling(const Slot& slot, const json::Value& stored, const json::Value& produced) {
    if (slot.is_array) return stored;
    const Content& content = plan_.contents[slot.alternatives.front()];
    const json::Value merged = Own(Object(content, stored, produced, false), produced);
    return merged.size() == 0 ? json::Value() : merged;
  }

  // The engine's own extensions say how this value was written: those that are produced take the place of those stored.
  json::Value Own(const json::Value& merged, const json::Value& produced) {
    const auto own = [](const json::Value& extension) {
      const std::string_view url = extension.Get("url").text();
      return url == kLocalFormUrl || url == kLocalCodeUrl || url == kAbsentUrl;
    };
    std::vector<json::Value> now;
    for (const json::Value& extension : produced.Get("extension").items()) {
      if (own(extension)) now.push_back(extension);
    }
    std::size_t next = 0;
    json::ArrayBuilder extensions(arena_);
    for (const json::Value& extension : merged.Get("extension").items()) {
      if (!own(extension)) {
        extensions.Add(extension);
      } else if (next < now.size()) {
        const json::Value made = now[next++];
        extensions.Add(Holds(extension, made) ? extension : made);
      }
    }
    while (next < now.size()) extensions.Add(now[next++]);
    if (extensions.empty()) return json::Without(merged, "extension", arena_);
    return json::With(merged, "extension", extensions.Build(), arena_);
  }

  // `stored` says all that `produced` says, and perhaps more.
  static bool Holds(const json::Value& stored, const json::Value& produced) {
    return std::ranges::all_of(produced.members(), [&](const json::Member& member) {
      const json::Value* other = stored.Find(member.name);
      return other != nullptr &&
             (json::Equal(*other, member.value) || (other->is_object() && Holds(*other, member.value)));
    });
  }

  struct Item {
    json::Value value;
    Index content = kNone;
    bool used = false;
  };

  std::vector<Item> Sort(const Slot& slot, const json::Value& list) const {
    std::vector<Item> items;
    const std::vector<Index> chosen = SelectSlices(plan_, slot, list.items());
    for (std::size_t i = 0; i < chosen.size(); ++i) items.push_back({list.items()[i], chosen[i], false});
    return items;
  }

  json::Value Items(const Slot& slot, const json::Value& stored, const json::Value& produced) {
    std::vector<Item> had = Sort(slot, stored);
    std::vector<Item> made = Sort(slot, produced);
    std::vector<std::size_t> partner(had.size(), made.size());
    const bool many = had.size() * made.size() > kMostPairs;
    for (int round = many ? kRounds - 1 : 0; round < kRounds; ++round) Pair(round, had, made, partner);
    json::ArrayBuilder merged(arena_);
    for (std::size_t i = 0; i < had.size(); ++i) {
      if (had[i].content == kNone) {
        merged.Add(had[i].value);
        continue;
      }
      const json::Value now = partner[i] < made.size() ? made[partner[i]].value : json::Value();
      const Content& content = plan_.contents[had[i].content];
      const json::Value one = content.star == kNone || !now.is_null() ? One(content, had[i].value, now)
                              : shared_                               ? had[i].value
                                                                      : json::Value();
      if (!one.is_null()) merged.Add(one);
    }
    for (const Item& item : made) {
      if (!item.used) merged.Add(item.value);
    }
    return merged.empty() ? json::Value() : merged.Build();
  }

  // Which stored item a produced one is: the one it changes nothing of, then the one with the same first field, then
  // the next of its slice.
  static constexpr int kRounds = 3;
  static constexpr std::size_t kMostPairs = 250'000;  // longer lists are paired by their order alone

  void Pair(int round, std::vector<Item>& had, std::vector<Item>& made, std::vector<std::size_t>& partner) {
    for (std::size_t i = 0; i < had.size(); ++i) {
      if (had[i].used || had[i].content == kNone) continue;
      for (std::size_t j = 0; j < made.size(); ++j) {
        if (made[j].used || made[j].content != had[i].content ||
            !Same(round, plan_.contents[had[i].content], had[i].value, made[j].value))
          continue;
        had[i].used = made[j].used = true;
        partner[i] = j;
        break;
      }
    }
  }

  bool Same(int round, const Content& content, const json::Value& stored, const json::Value& produced) {
    if (round == 0) return json::Equal(One(content, stored, produced), stored);
    if (round == 1) return FirstFieldSame(content, stored, produced);
    return content.star == kNone || content.is_leaf;
  }

  bool FirstFieldSame(const Content& content, const json::Value& stored, const json::Value& produced) {
    if (content.is_leaf)
      return content.reads && !stored.is_null() && json::Equal(LeafValue(content, stored, produced), stored);
    for (const Slot& slot : content.slots) {
      const Content& inner = plan_.contents[slot.alternatives.front()];
      if (!inner.reads || slot.is_array) continue;
      return FirstFieldSame(inner, stored.Get(slot.name), produced.Get(slot.name));
    }
    return false;
  }

  const Plan& plan_;
  bool shared_;
  json::Arena& arena_;
};

}  // namespace

json::Value Merge(const Map& map, std::string_view name, const json::Value& stored, const json::Value& produced,
                  json::Arena& arena) {
  const Plan& plan = map.plan();
  const Index index = SelectResource(plan, name, produced);
  if (index == kNone || !stored.is_object()) return produced;
  const ResourcePlan& resource = plan.resources[index];
  return Merger(plan, resource.shared, arena)
      .Resource(plan.contents[resource.content], stored, produced, index == plan.main);
}

}  // namespace throughline::engine
