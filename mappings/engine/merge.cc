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
    json::Value merged = Object(content, stored, produced, true);
    return main ? Forms(merged, stored, produced) : merged;
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
    const bool concept_value =
        content.leaf.source == Leaf::Source::kField && content.leaf.transform == TransformId::kConcept;
    if (concept_value && HoldsCodings(stored, produced)) return stored;
    const bool coding = content.leaf.source == Leaf::Source::kField && content.leaf.transform == TransformId::kCoding;
    return coding && HoldsCoding(stored, produced) ? stored : produced;
  }

  // A translation that somebody added stays as long as the code itself is the same.
  static bool HoldsCodings(const json::Value& stored, const json::Value& produced) {
    const auto has = stored.Get("coding").items();
    return std::ranges::all_of(produced.Get("coding").items(), [&](const json::Value& coding) {
      return std::ranges::any_of(has, [&](const json::Value& other) { return HoldsCoding(other, coding); });
    });
  }

  static bool HoldsCoding(const json::Value& stored, const json::Value& produced) {
    const json::Value extension = produced.Get("extension");
    return stored.Get("system").text() == produced.Get("system").text() &&
           stored.Get("code").text() == produced.Get("code").text() &&
           (extension.is_null() || json::Equal(stored.Get("extension"), extension));
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
    json::ObjectBuilder merged(arena_);
    for (const json::Member& member : stored.members()) {
      if (member.name != "extension") merged.Add(member.name, member.value);
    }
    json::ArrayBuilder extensions(arena_);
    const auto made = produced.Get("extension").items();
    const auto covered = [&](const json::Value& extension) {
      const std::string_view url = extension.Get("url").text();
      const Slot* inner = SlotOf(content, "extension");
      return url == kLocalCodeUrl || url == kAbsentUrl ||
             (inner != nullptr && SelectSlice(plan_, *inner, extension) != kNone);
    };
    for (const json::Value& extension : stored.Get("extension").items()) {
      if (!covered(extension)) extensions.Add(extension);
    }
    for (const json::Value& extension : made) extensions.Add(extension);
    if (json::Equal(stored.Get("extension"), ToArray(extensions, merged))) return stored;
    const json::Value value = merged.Build();
    return value.size() == 0 ? json::Value() : value;
  }

  static json::Value ToArray(json::ArrayBuilder& builder, json::ObjectBuilder& object) {
    if (builder.empty()) return {};
    const json::Value list = builder.Build();
    object.Add("extension", list);
    return list;
  }

  struct Item {
    json::Value value;
    Index content = kNone;
    bool used = false;
  };

  std::vector<Item> Sort(const Slot& slot, const json::Value& list) const {
    std::vector<Item> items;
    for (const json::Value& value : list.items()) items.push_back({value, SelectSlice(plan_, slot, value), false});
    return items;
  }

  json::Value Items(const Slot& slot, const json::Value& stored, const json::Value& produced) {
    std::vector<Item> had = Sort(slot, stored);
    std::vector<Item> made = Sort(slot, produced);
    std::vector<std::size_t> partner(had.size(), made.size());
    for (int round = 0; round < kRounds; ++round) Pair(round, had, made, partner);
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

  // How the record wrote its nothing is the record's own: what is produced replaces what is stored.
  json::Value Forms(const json::Value& merged, const json::Value& stored, const json::Value& produced) {
    json::ArrayBuilder extensions(arena_);
    const auto form = [](const json::Value& extension) { return extension.Get("url").text() == kLocalFormUrl; };
    for (const json::Value& extension : merged.Get("extension").items()) {
      if (!form(extension)) extensions.Add(extension);
    }
    for (const json::Value& extension : produced.Get("extension").items()) {
      if (form(extension)) extensions.Add(extension);
    }
    if (extensions.empty()) return json::Without(merged, "extension", arena_);
    const json::Value list = extensions.Build();
    return json::Equal(list, stored.Get("extension")) ? json::With(merged, "extension", stored.Get("extension"), arena_)
                                                      : json::With(merged, "extension", list, arena_);
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
