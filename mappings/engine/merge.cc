#include <algorithm>
#include <unordered_map>
#include <vector>

#include "fhir/json/build.h"
#include "mappings/engine/select.h"
#include "mappings/engine/to_local.h"
#include "mappings/engine/transforms.h"
#include "mappings/plan/absence.h"
#include "mappings/plan/plan.h"

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
      if (slot != nullptr && slot->is_array && !slot->sibling.empty()) {
        const bool first = member.name == slot->name || stored.Find(slot->name) == nullptr;
        if (first) AddPlainItems(*slot, stored, produced, merged);
        continue;
      }
      if (slot != nullptr) {
        value = member.name == slot->name ? Member(*slot, member.value, made ? *made : json::Value())
                                          : Sibling(*slot, member.value, made ? *made : json::Value());
      } else if (member.name == kAbsentElement) {
        value = Reason(content, member.value, made ? *made : json::Value(), produced);
      } else if (root && made != nullptr && (member.name == "resourceType" || member.name == "id")) {
        value = *made;
      }
      if (!value.is_null()) merged.Add(member.name, value);
    }
    for (const json::Member& member : produced.members()) {
      const Slot* slot = SlotOf(content, member.name);
      const bool paired = slot != nullptr && slot->is_array && !slot->sibling.empty();
      const bool done = paired && (stored.Find(slot->name) != nullptr || stored.Find(slot->sibling) != nullptr);
      if (!done && stored.Find(member.name) == nullptr) merged.Add(member.name, member.value);
    }
    return merged.Build();
  }

  // A stored `dataAbsentReason`: goes when a value stands there now or the map could have said this very reason and
  // does not; a partner's wording of the same reason stays. http://hl7.org/fhir/R4/observation.html (obs-6)
  json::Value Reason(const Content& content, const json::Value& stored, const json::Value& made,
                     const json::Value& produced) const {
    if (!made.is_null()) return HoldsCodings(stored, made) ? stored : made;
    bool known = false;
    for (const Slot& slot : content.slots) {
      const Content& value = plan_.contents[slot.alternatives.front()];
      if (!value.absent_beside) continue;
      if (produced.Find(slot.name) != nullptr) return {};
      known = known || (value.leaf.source == Leaf::Source::kField &&
                        TokenFor(plan_.fields[value.leaf.field], ReasonIn(stored)) != nullptr);
    }
    return known && !shared_ ? json::Value() : stored;
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
    if (content.leaf.transform == TransformId::kBand && stored.is_object() && Holds(stored, produced)) return stored;
    const bool coded = content.leaf.source == Leaf::Source::kField || content.leaf.source == Leaf::Source::kDerived ||
                       content.leaf.source == Leaf::Source::kExpression;
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
    json::Value sibling;  // of a primitive
    Index content = kNone;
    bool used = false;
  };

  std::vector<Item> Sort(const Slot& slot, const json::Value& list, const json::Value& siblings = {}) const {
    std::vector<json::Value> values(list.items().begin(), list.items().end());
    values.resize(std::max(values.size(), siblings.items().size()));
    const std::vector<Index> chosen = SelectSlices(plan_, slot, values, siblings.items());
    std::vector<Item> items;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      items.push_back({values[i], i < siblings.items().size() ? siblings.items()[i] : json::Value(), chosen[i], false});
    }
    return items;
  }

  // Slices with nothing in them but references: which is which cannot be told, so what is there already stays, and what
  // is not is added.
  void SettleNameless(const Slot& slot, std::vector<Item>& had, std::vector<Item>& made) const {
    const auto nameless = [&](Index index) {
      return index == kNone || (!plan_.contents[index].reads && !plan_.contents[index].selects);
    };
    if (std::ranges::count_if(slot.alternatives, nameless) < 2) return;
    for (Item& item : had) {
      if (nameless(item.content)) item.content = kNone;
    }
    for (Item& item : made) {
      if (!nameless(item.content)) continue;
      const auto found = std::ranges::find_if(had, [&](const Item& stored) {
        return stored.content == kNone && !stored.used && stored.value.is_object() && Holds(stored.value, item.value);
      });
      item.used = found != had.end();
      if (found != had.end()) found->used = true;
    }
  }

  std::vector<std::size_t> Partners(std::vector<Item>& had, std::vector<Item>& made) {
    std::vector<std::size_t> partner(had.size(), made.size());
    const bool many = had.size() * made.size() > kMostPairs;
    for (int round = many ? kRounds - 1 : 0; round < kRounds; ++round) Pair(round, had, made, partner);
    return partner;
  }

  // How the items of a list stand when it is merged.
  struct Order {
    std::vector<std::size_t> stands;  // for each stored item: the produced one in its place; their number: none
    std::vector<std::size_t> stored;  // for each produced item: the stored one that it is; their number: none
    std::vector<std::size_t> behind;  // produced items for which there was no place
  };

  // Items of a local list come in the order in which the record has them; all others stay where they are.
  Order OrderOf(const std::vector<Item>& had, const std::vector<Item>& made,
                const std::vector<std::size_t>& partner) const {
    Order order{partner, std::vector<std::size_t>(made.size(), had.size()), {}};
    std::vector<bool> placed(made.size());
    for (std::size_t i = 0; i < had.size(); ++i) {
      if (partner[i] < made.size()) order.stored[partner[i]] = i;
    }
    std::unordered_map<Index, std::size_t> next;
    for (std::size_t i = 0; i < had.size(); ++i) {
      if (partner[i] == made.size()) continue;
      if (plan_.contents[had[i].content].star != kNone) {
        std::size_t& at = next[had[i].content];
        while (made[at].content != had[i].content) ++at;
        order.stands[i] = at++;
      }
      placed[order.stands[i]] = true;
    }
    for (std::size_t at = 0; at < made.size(); ++at) {
      const bool settled = made[at].used && order.stored[at] == had.size();
      if (!placed[at] && !settled) order.behind.push_back(at);
    }
    return order;
  }

  // A list of primitives is two lists, one with the values and one with what hangs on them.
  // http://hl7.org/fhir/R4/json.html#primitive
  void AddPlainItems(const Slot& slot, const json::Value& stored, const json::Value& produced,
                     json::ObjectBuilder& out) {
    std::vector<Item> had = Sort(slot, stored.Get(slot.name), stored.Get(slot.sibling));
    std::vector<Item> made = Sort(slot, produced.Get(slot.name), produced.Get(slot.sibling));
    const std::vector<std::size_t> partner = Partners(had, made);
    const Order order = OrderOf(had, made, partner);
    std::vector<Item> merged;
    const auto add = [&](std::size_t at) {
      Item item = made[at];
      if (order.stored[at] < had.size()) {
        const json::Value& sibling = had[order.stored[at]].sibling;
        item.sibling = Own(sibling.is_null() ? json::Value::Object({}) : sibling, made[at].sibling);
        if (item.sibling.size() == 0) item.sibling = {};
      }
      merged.push_back(item);
    };
    for (std::size_t i = 0; i < had.size(); ++i) {
      if (order.stands[i] < made.size()) {
        add(order.stands[i]);
      } else if (had[i].content == kNone || shared_) {
        merged.push_back(had[i]);
      }
    }
    for (const std::size_t at : order.behind) add(at);
    AddPair(slot, merged, out);
  }

  void AddPair(const Slot& slot, const std::vector<Item>& items, json::ObjectBuilder& out) {
    json::ArrayBuilder values(arena_);
    json::ArrayBuilder siblings(arena_);
    bool any_value = false;
    bool any_sibling = false;
    for (const Item& item : items) {
      values.Add(item.value);
      siblings.Add(item.sibling);
      any_value = any_value || !item.value.is_null();
      any_sibling = any_sibling || !item.sibling.is_null();
    }
    if (any_value) out.Add(slot.name, values.Build());
    if (any_sibling) out.Add(slot.sibling, siblings.Build());
  }

  json::Value Items(const Slot& slot, const json::Value& stored, const json::Value& produced) {
    std::vector<Item> had = Sort(slot, stored);
    std::vector<Item> made = Sort(slot, produced);
    SettleNameless(slot, had, made);
    const std::vector<std::size_t> partner = Partners(had, made);
    const Order order = OrderOf(had, made, partner);
    const auto merge = [&](std::size_t at) {
      const std::size_t i = order.stored[at];
      return i < had.size() ? One(plan_.contents[had[i].content], had[i].value, made[at].value) : made[at].value;
    };
    json::ArrayBuilder merged(arena_);
    for (std::size_t i = 0; i < had.size(); ++i) {
      json::Value one = had[i].value;
      if (order.stands[i] < made.size()) {
        one = merge(order.stands[i]);
      } else if (had[i].content != kNone) {
        const Content& content = plan_.contents[had[i].content];
        one = content.star == kNone ? One(content, had[i].value, {}) : shared_ ? had[i].value : json::Value();
      }
      if (!one.is_null()) merged.Add(one);
    }
    for (const std::size_t at : order.behind) merged.Add(merge(at));
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
            !Same(round, plan_.contents[had[i].content], had[i], made[j]))
          continue;
        had[i].used = made[j].used = true;
        partner[i] = j;
        break;
      }
    }
  }

  bool Same(int round, const Content& content, const Item& stored, const Item& produced) {
    if (round == 0) {
      return json::Equal(One(content, stored.value, produced.value), stored.value) &&
             ExtensionValue(stored.sibling, kAbsentUrl).text() == ExtensionValue(produced.sibling, kAbsentUrl).text();
    }
    if (round == 1) return FirstFieldSame(content, stored.value, produced.value);
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
