#include <algorithm>
#include <unordered_map>
#include <utility>

#include "mappings/engine/first_field.h"
#include "mappings/engine/merge.h"
#include "mappings/engine/transforms.h"

namespace throughline::engine {
namespace {

// Which stored item a produced one is: the one it changes nothing of, then the one with the same first field or
// reference, then the next of its slice.
constexpr int kRounds = 3;
constexpr std::size_t kMostPairs = 250'000;  // longer lists are paired by their order alone

// The text of the first reference to a resource of the record.
std::string_view OwnReference(const Plan& plan, const Content& content, const json::Value& value) {
  if (!content.refers) return {};
  if (content.is_leaf) return value.text();
  for (const Slot& slot : content.slots) {
    const json::Value* member = slot.is_array ? nullptr : value.Find(slot.name);
    if (member == nullptr) continue;
    const std::string_view found = OwnReference(plan, plan.contents[slot.alternatives.front()], *member);
    if (!found.empty()) return found;
  }
  return {};
}

// Whatever the produced item says, the stored one says too.
bool SaysAll(const json::Value& stored, const json::Value& produced) {
  if (produced.is_array()) {
    return std::ranges::all_of(produced.items(), [&](const json::Value& item) {
      return std::ranges::any_of(stored.items(), [&](const json::Value& other) { return SaysAll(other, item); });
    });
  }
  if (!produced.is_object()) return json::Equal(stored, produced);
  return stored.is_object() && std::ranges::all_of(produced.members(), [&](const json::Member& member) {
           const json::Value* other = stored.Find(member.name);
           return other != nullptr && SaysAll(*other, member.value);
         });
}

}  // namespace

std::vector<Merger::Item> Merger::Sort(const Slot& slot, const json::Value& list, const json::Value& siblings,
                                       bool stored) const {
  std::vector<json::Value> values(list.items().begin(), list.items().end());
  values.resize(std::max(values.size(), siblings.items().size()));
  const std::vector<Index> chosen = SelectSlices(plan_, slot, values, siblings.items(), {&own_, stored, stored});
  std::vector<Item> items;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    items.push_back({values[i], i < siblings.items().size() ? siblings.items()[i] : json::Value(), chosen[i], false});
  }
  return items;
}

Merger::Lists Merger::Arrange(const Slot& slot, const Versions& at, bool plain) {
  const auto sort = [&](const json::Value& object, bool stored) {
    return Sort(slot, object.Get(slot.name), plain ? object.Get(slot.sibling) : json::Value(), stored);
  };
  Lists lists{sort(at.stored, true), sort(at.before, false), sort(at.produced, false), {}};
  Recognise(lists.produced, lists.stored);
  Recognise(lists.before, lists.stored);
  lists.order = OrderOf(lists.stored, lists.produced, Partners(lists.stored, lists.produced));
  return lists;
}

// What the record says, or said, and stands there word for word is that, although nothing else would tell.
void Merger::Recognise(const std::vector<Item>& said, std::vector<Item>& stored) {
  for (const Item& one : said) {
    if (one.content == kNone) continue;
    const auto same = [&](Index content) {
      return std::ranges::find_if(stored, [&](const Item& item) {
        return !item.used && item.content == content && SaysAll(item.value, one.value);
      });
    };
    auto found = same(one.content);
    if (found == stored.end()) found = same(kNone);
    if (found == stored.end()) continue;
    found->content = one.content;
    found->used = true;
  }
  for (Item& item : stored) item.used = false;
}

std::vector<std::size_t> Merger::Partners(std::vector<Item>& had, std::vector<Item>& made) {
  std::vector<std::size_t> partner(had.size(), made.size());
  const bool many = had.size() * made.size() > kMostPairs;
  for (int round = many ? kRounds - 1 : 0; round < kRounds; ++round) Pair(round, had, made, partner);
  return partner;
}

void Merger::Pair(int round, std::vector<Item>& had, std::vector<Item>& made, std::vector<std::size_t>& partner) {
  for (std::size_t i = 0; i < had.size(); ++i) {
    if (had[i].used || had[i].content == kNone) continue;
    const auto found = std::ranges::find_if(made, [&](const Item& item) {
      return !item.used && item.content == had[i].content && IsSame(round, plan_.contents[item.content], had[i], item);
    });
    if (found == made.end()) continue;
    had[i].used = found->used = true;
    partner[i] = static_cast<std::size_t>(found - made.begin());
  }
}

bool Merger::IsSame(int round, const Content& content, const Item& stored, const Item& produced) {
  if (round == 0) {
    const std::size_t lines = ledger_.size();
    const json::Value merged = One(content, {stored.value, {}, produced.value});
    ledger_.resize(lines);
    return json::Equal(merged, stored.value) &&
           ExtensionValue(stored.sibling, kAbsentUrl).text() == ExtensionValue(produced.sibling, kAbsentUrl).text();
  }
  if (round == 1) return FirstFieldSame(content, stored.value, produced.value);
  return content.star == kNone || content.is_leaf;
}

bool Merger::FirstFieldSame(const Content& content, const json::Value& stored, const json::Value& produced) {
  const std::string_view reference = OwnReference(plan_, content, produced);
  if (!reference.empty()) return IdOf(reference) == IdOf(OwnReference(plan_, content, stored));
  const Content* leaf = nullptr;
  const Content* other = nullptr;
  const json::Value had = FirstField(plan_, content, stored, other);
  const json::Value made = FirstField(plan_, content, produced, leaf);
  if (leaf == nullptr || leaf != other) return false;
  const std::size_t lines = ledger_.size();
  const bool same = json::Equal(LeafValue(*leaf, {had, {}, made}), had);
  ledger_.resize(lines);
  return same;
}

// Items of a local list come in the order in which the record has them; all others stay where they are.
Merger::Order Merger::OrderOf(const std::vector<Item>& had, const std::vector<Item>& made,
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
    if (!placed[at]) order.behind.push_back(at);
  }
  return order;
}

// What the record made of a stored item before; null: it was not among them.
json::Value Merger::Before(const Lists& lists, const Item& item) {
  const Content& content = plan_.contents[item.content];
  for (const Item& before : lists.before) {
    if (before.content != item.content) continue;
    const bool same =
        content.star == kNone || IsSame(0, content, item, before) || FirstFieldSame(content, item.value, before.value);
    if (same) return before.value.is_null() ? before.sibling : before.value;
  }
  return {};
}

// A stored item that the record does not have now; null: it goes.
json::Value Merger::Leftover(const Lists& lists, const Item& item) {
  const Content& content = plan_.contents[item.content];
  const json::Value before = Before(lists, item);
  if (content.star == kNone) return One(content, {item.value, before, {}});
  if (!Goes(before)) return item.value;
  if (!content.is_leaf && !Remainder(content, {item.value, before, {}}).is_null())
    Lose(content, "what others had added to an item goes with it: the record no longer has it");
  return {};
}

json::Value Merger::Items(const Slot& slot, const Versions& at) {
  Lists lists = Arrange(slot, at, false);
  const auto merge = [&](std::size_t place) {
    const std::size_t i = lists.order.stored[place];
    const Item& made = lists.produced[place];
    if (i == lists.stored.size()) return made.value;
    const Item& had = lists.stored[i];
    return One(plan_.contents[had.content], {had.value, Before(lists, had), made.value});
  };
  json::ArrayBuilder merged(arena_);
  for (std::size_t i = 0; i < lists.stored.size(); ++i) {
    json::Value one = lists.stored[i].value;
    if (lists.order.stands[i] < lists.produced.size()) {
      one = merge(lists.order.stands[i]);
    } else if (lists.stored[i].content != kNone) {
      one = Leftover(lists, lists.stored[i]);
    }
    if (!one.is_null()) merged.Add(one);
  }
  for (const std::size_t place : lists.order.behind) merged.Add(merge(place));
  return merged.empty() ? json::Value() : merged.Build();
}

// A list of primitives is two lists, one with the values and one with what hangs on them. `at` is the object around.
// http://hl7.org/fhir/R4/json.html#primitive
void Merger::AddPlainItems(const Slot& slot, const Versions& at, json::ObjectBuilder& out) {
  Lists lists = Arrange(slot, at, true);
  std::vector<Item> merged;
  const auto add = [&](std::size_t place) {
    Item item = lists.produced[place];
    const std::size_t i = lists.order.stored[place];
    if (i < lists.stored.size()) {
      const json::Value& sibling = lists.stored[i].sibling;
      item.sibling = WithOwn(sibling.is_null() ? json::Value::Object({}) : sibling, item.sibling);
      if (item.sibling.size() == 0) item.sibling = {};
    }
    merged.push_back(item);
  };
  for (std::size_t i = 0; i < lists.stored.size(); ++i) {
    const Item& had = lists.stored[i];
    if (lists.order.stands[i] < lists.produced.size()) {
      add(lists.order.stands[i]);
    } else if (had.content == kNone || !Goes(Before(lists, had))) {
      merged.push_back(had);
    }
  }
  for (const std::size_t place : lists.order.behind) add(place);
  AddPair(slot, merged, out);
}

void Merger::AddPair(const Slot& slot, const std::vector<Item>& items, json::ObjectBuilder& out) {
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

}  // namespace throughline::engine
