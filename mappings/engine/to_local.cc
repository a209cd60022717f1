#include "mappings/engine/to_local.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "mappings/engine/alignment.h"
#include "mappings/engine/checks.h"
#include "mappings/engine/departures.h"
#include "mappings/engine/derive.h"
#include "mappings/engine/instance.h"
#include "mappings/engine/select.h"
#include "mappings/engine/singles.h"
#include "mappings/engine/transforms.h"
#include "mappings/engine/unwritten.h"
#include "mappings/engine/where.h"
#include "mappings/plan/absence.h"
#include "mappings/plan/joined.h"
#include "mappings/plan/plan.h"

namespace throughline::engine {
namespace {

class Reader {
 public:
  Reader(const Plan& plan, const Alignment& alignment, const OwnIds& own, json::Arena& arena, Findings& findings)
      : plan_(plan),
        alignment_(alignment),
        own_(own),
        arena_(arena),
        findings_(findings),
        root_(NewInstance(plan, 0, arena)) {}

  // `item`: of an outermost list, the item that it is about.
  // `named`: by the name that it has in the map, so that it is known to be one that the record made.
  void ReadResource(Index index, std::uint32_t item, const json::Value& body, bool named) {
    named_ = named;
    const ResourcePlan& resource = plan_.resources[index];
    Places places;
    if (resource.around != kNone && !FindAround(plan_.contents[resource.content], body, resource.around, places)) {
      return Skip(resource, "it refers to no resource of an item of the list around");
    }
    places.insert(places.begin(), index);
    const std::uint32_t count = seen_[places]++;
    if (resource.each == kNone && count > 0)
      return Skip(resource, "a second resource of this kind; the source has a place for one");
    places.erase(places.begin());
    if (resource.each != kNone) places.push_back(resource.lists.size() == 1 ? item : count);
    scope_.depth = 0;
    body_ = body;
    const bool silent = resource.some && !plan_.contents[resource.content].reads;
    for (std::size_t level = 0; level < places.size() && !silent; ++level) {
      if (!Enter(resource.lists[level], places[level])) return;
    }
    ReadObject(plan_.contents[resource.content], body);
    if (!plan_.derivations.empty()) read_.push_back({index, places.empty() ? 0 : places.front(), body});
    if (index == plan_.main) main_ = body;
    places_.insert_or_assign({index, body.Get("id").text()}, std::move(places));
  }

  // The main resource; null when it is not among those given.
  const json::Value& main() const { return main_; }

  Instance* Finish() {
    if (plan_.splits) LeaveOutParts(plan_, *root_, findings_.ledger);
    Settle(plan_, 0, *root_, arena_);
    if (!main_.is_null()) ApplyDepartures(plan_, main_, *root_, arena_);
    if (plan_.spreads) NoteExcess(plan_, *root_, findings_.ledger);
    if (read_.empty() || !MayBeWithheld()) DeriveColumns(plan_, read_, root_, arena_, findings_);
    return root_;
  }

 private:
  using Places = std::vector<std::uint32_t>;  // of items, of the outermost list first

  // It is withheld, or that cannot be told.
  bool MayBeWithheld() {
    if (!plan_.withheld_when) return false;
    const auto withheld = IsWithheld(plan_, Freeze(plan_, 0, *root_, arena_));
    if (withheld) return *withheld;
    findings_.ledger.push_back({"", "", LedgerKind::kWithheld,
                                "no column is worked out: 'withhold.when' cannot be worked out on this record"});
    return true;
  }

  void Skip(const ResourcePlan& resource, std::string why) {
    findings_.ledger.push_back({"", resource.name, LedgerKind::kUnmapped, std::move(why)});
  }

  // The item to which a resource belongs that stands for an item of a list in it: that of the resource it refers to.
  bool FindAround(const Content& content, const json::Value& value, Index around, Places& places) const {
    if (content.is_leaf) {
      if (content.leaf.source != Leaf::Source::kReference || content.leaf.resource != around) return false;
      const auto found = places_.find({around, IdOf(value.text())});
      if (found != places_.end()) places = found->second;
      return found != places_.end();
    }
    return std::ranges::any_of(content.slots, [&](const Slot& slot) {
      const json::Value member = value.Get(slot.name);
      const std::span<const json::Value> one(&member, 1);
      const std::span<const json::Value> items = slot.is_array ? member.items() : one;
      return std::ranges::any_of(items, [&](const json::Value& item) {
        return std::ranges::any_of(slot.alternatives, [&](Index alternative) {
          return FindAround(plan_.contents[alternative], item, around, places);
        });
      });
    });
  }

  // Opens item `place` of a local array as the innermost scope.
  bool Enter(Index array_node, std::uint32_t place) {
    Instance* array = ReachMaking(plan_, array_node, root_, scope_, arena_);
    Instance* item = array == nullptr ? nullptr : ItemAt(plan_, array_node, *array, place, arena_);
    if (item == nullptr || scope_.depth >= kMaxStars) return false;
    scope_.items[scope_.depth] = item;
    scope_.places[scope_.depth++] = place;
    return true;
  }

  void ReadObject(const Content& content, const json::Value& value) {
    for (const Slot& slot : content.slots) ReadSlot(content, slot, value);
  }

  const Field* FieldIn(const Content& content) const {
    if (content.is_leaf && content.leaf.source == Leaf::Source::kField) return &plan_.fields[content.leaf.field];
    for (const Slot& slot : content.slots) {
      const Field* field = FieldIn(plan_.contents[slot.alternatives.front()]);
      if (field != nullptr) return field;
    }
    return nullptr;
  }

  // A choice holds a value of a type that the map does not have there. https://hl7.org/fhir/R4/formats.html#choice
  void PassOverType(const Content& content, const Slot& slot, const json::Value& object) {
    const Field* field = slot.choice.empty() ? nullptr : FieldIn(plan_.contents[slot.alternatives.front()]);
    if (field == nullptr) return;
    const bool other = std::ranges::any_of(object.members(), [&](const json::Member& member) {
      definitions::Element element;
      return member.name.starts_with(slot.choice) &&
             std::ranges::find(content.slots, member.name, &Slot::name) == content.slots.end() &&
             plan_.definitions->FindChild(content.type, member.name, element) && element.choice == slot.choice;
    });
    if (other) {
      findings_.ledger.push_back({field->path, PointerTo(plan_, field->node, scope_), LedgerKind::kUnmapped,
                                  "a value of another type stands there"});
    }
  }

  void ReadSlot(const Content& around, const Slot& slot, const json::Value& object) {
    const json::Value* member = object.Find(slot.name);
    const json::Value* sibling = slot.sibling.empty() ? nullptr : object.Find(slot.sibling);
    if (slot.is_array) {
      if (member != nullptr && !member->is_array()) return PassOver(slot, "no list stands there");
      return ReadItems(slot, member ? *member : json::Value(), sibling ? *sibling : json::Value());
    }
    const Content& content = plan_.contents[slot.alternatives.front()];
    if (!content.reads) return;
    if (member == nullptr && content.absent_beside && content.is_leaf) {
      const std::string_view reason = ReasonIn(object.Get(kAbsentElement));
      return reason.empty() || Asked(content) ? ReadAbsent(content, reason) : void();
    }
    if (member == nullptr && sibling == nullptr) return PassOverType(around, slot, object);
    Read(content, member ? *member : json::Value(), sibling ? *sibling : json::Value());
  }

  void PassOver(const Content& content, std::string why) {
    if (content.reads) findings_.ledger.push_back({"", content.path, LedgerKind::kUnmapped, std::move(why)});
  }

  void PassOver(const Slot& slot, const std::string& why) {
    for (const Index alternative : slot.alternatives) PassOver(plan_.contents[alternative], why);
  }

  // Items that are none of the map's: one that would be, were it not for another, is no partner's addition.
  void PassOverItems(const Slot& slot, const std::vector<json::Value>& items, std::span<const json::Value> beside,
                     const std::vector<Index>& chosen) {
    const Content& first = plan_.contents[slot.alternatives.front()];
    std::vector<json::Value> left;
    std::vector<json::Value> siblings;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (chosen[i] != kNone) continue;
      if (!first.is_leaf && !items[i].is_object()) {
        PassOver(first, "an item is no object");
        continue;
      }
      left.push_back(items[i]);
      siblings.push_back(i < beside.size() ? beside[i] : json::Value());
    }
    for (const Index alone : SelectSlices(plan_, slot, left, siblings, {&own_, true, named_})) {
      if (alone == kNone || plan_.contents[alone].star != kNone) continue;
      PassOver(plan_.contents[alone], "a second item of this kind; the source has a place for one");
    }
  }

  void ReadItems(const Slot& slot, const json::Value& list, const json::Value& beside) {
    std::vector<json::Value> items(list.items().begin(), list.items().end());
    items.resize(std::max(items.size(), beside.items().size()));
    const std::vector<Index> chosen = SelectSlices(plan_, slot, items, beside.items(), {&own_, true, named_});
    const std::vector<std::uint32_t> places = PlacesOf(slot, items, chosen);
    PassOverItems(slot, items, beside.items(), chosen);
    for (std::size_t i = 0; i < items.size(); ++i) {
      const json::Value sibling = i < beside.items().size() ? beside.items()[i] : json::Value();
      if (chosen[i] == kNone || !plan_.contents[chosen[i]].reads) continue;
      const Content& content = plan_.contents[chosen[i]];
      if (content.star == kNone) {
        Read(content, items[i], sibling);
        continue;
      }
      const std::uint8_t depth = scope_.depth;
      if (Enter(content.star, places[i])) Read(content, items[i], sibling);
      scope_.depth = depth;
    }
  }

  // Which item of its list each item that repeats with one is about.
  std::vector<std::uint32_t> PlacesOf(const Slot& slot, std::span<const json::Value> items,
                                      std::span<const Index> chosen) const {
    std::vector<std::uint32_t> places(items.size());
    for (const Index alternative : slot.alternatives) {
      const Content& content = plan_.contents[alternative];
      if (content.star == kNone) continue;
      std::vector<json::Value> own;
      for (std::size_t i = 0; i < items.size(); ++i) {
        if (chosen[i] == alternative) own.push_back(items[i]);
      }
      const std::vector<std::uint32_t> found = alignment_.ItemsOf(content, own);
      for (std::size_t i = 0, next = 0; i < items.size(); ++i) {
        if (chosen[i] == alternative) places[i] = found[next++];
      }
    }
    return places;
  }

  void Read(const Content& content, const json::Value& value, const json::Value& sibling) {
    if (!content.is_leaf) {
      if (Contradicts(plan_, content, value)) {
        findings_.ledger.push_back({"", content.path, LedgerKind::kUnmapped, "a constant of the map differs here"});
        return;
      }
      if (!value.is_object() && !value.is_null()) return PassOver(content, "no object stands there");
      return ReadObject(content, value);
    }
    if (content.leaf.source == Leaf::Source::kField && Asked(content)) ReadField(content, value, sibling);
    if (!sibling.is_null()) ReadObject(content, sibling);
  }

  bool Asked(const Content& content) const {
    const Field& field = plan_.fields[content.leaf.field];
    const auto holds = Asks(plan_, field.where, body_);
    if (holds && *holds) return true;
    findings_.ledger.push_back({field.path, PointerTo(plan_, field.node, scope_), LedgerKind::kUnmapped,
                                holds ? "the resource is not as the field's 'where' asks"
                                      : "the field's 'where' cannot be worked out on the resource"});
    return false;
  }

  void ReadField(const Content& content, const json::Value& value, const json::Value& sibling) {
    const json::Value& bearer = content.leaf.transform < TransformId::kCoding ? sibling : value;
    const std::string_view reason = ExtensionValue(bearer, kAbsentUrl).text();
    if (!reason.empty()) return ReadAbsent(content, reason);
    if (value.is_null()) return;
    const Field& field = plan_.fields[content.leaf.field];
    json::Value local;
    json::Value clock;
    const Conversion conversion{findings_, field, content.leaf, arena_, &scope_, content.path, false, &clock};
    if (!ToLocalValue(conversion, value, sibling, local)) return;
    if (!clock.is_null()) Put(plan_.fields[field.clock], clock);
    const Index list = plan_.nodes[field.node].parent;
    if (plan_.nodes[list].joined.empty() || CanHold(plan_.nodes[list], local.text())) return Put(field, local);
    conversion.Loss(LedgerKind::kCoarsened, "the value holds the sign that stands between the items of the list");
  }

  void ReadAbsent(const Content& content, std::string_view reason) {
    const Field& field = plan_.fields[content.leaf.field];
    if (reason.empty() || field.absent.empty()) return;
    if (const AbsentToken* token = TokenFor(field, reason)) return Put(field, TokenValue(field, *token));
    Conversion{findings_, field, content.leaf, arena_, &scope_, content.path}.Loss(
        LedgerKind::kCoarsened, "the source has no word for the reason why there is no value");
  }

  void Put(const Field& field, const json::Value& local) {
    Instance* instance = ReachMaking(plan_, field.node, root_, scope_, arena_);
    if (instance == nullptr) return;
    if (field.part < 0) {
      const bool second = plan_.nodes[field.node].chosen && instance->presence == Presence::kValue &&
                          !json::Equal(instance->value, local);
      if (second) {
        findings_.ledger.push_back({field.path, PointerTo(plan_, field.node, scope_), LedgerKind::kUnmapped,
                                    "several places of the field hold a value; the first one is taken"});
        return;
      }
      instance->value = local;
      instance->presence = Presence::kValue;
      instance->taken = static_cast<std::uint8_t>(std::max<std::int16_t>(field.place_in_choice, 0));
      return;
    }
    const auto parts = static_cast<std::uint32_t>(plan_.nodes[field.node].fields.size());
    if (instance->children == nullptr) {
      instance->children = arena_.Array<Instance>(parts);
      instance->count = parts;
      for (std::uint32_t i = 0; i < parts; ++i) instance->children[i] = Instance{};
    }
    instance->children[field.part].value = local;
  }

  const Plan& plan_;
  const Alignment& alignment_;
  const OwnIds& own_;
  bool named_ = false;
  json::Arena& arena_;
  Findings& findings_;
  Instance* root_;
  Scope scope_;
  std::map<Places, std::uint32_t> seen_;                         // by resource and the items around it
  std::map<std::pair<Index, std::string_view>, Places> places_;  // by resource and id
  json::Value body_;                                             // of the resource that is being read
  json::Value main_;
  std::vector<engine::ReadResource> read_;  // for derived columns
};

}  // namespace

namespace {

bool MakesType(const Plan& plan, std::string_view type) {
  return std::ranges::find(plan.resources, type, &ResourcePlan::type_name) != plan.resources.end();
}

}  // namespace

Unmapped ToLocal(const Map& map, std::span<const SourceResource> resources, json::Arena& arena) {
  const Plan& plan = map.plan();
  Unmapped unmapped;
  Findings findings{plan, {}, {}};
  std::vector<Index> kinds;
  std::size_t deepest = 0;
  for (const SourceResource& resource : resources) {
    kinds.push_back(SelectResource(plan, resource.place, resource.body));
    const Index left = kinds.back() == kNone ? LeftByWhere(plan, resource.place, resource.body) : kNone;
    if (left != kNone) {
      const bool known = static_cast<bool>(Asks(plan, plan.resources[left].where, resource.body));
      findings.ledger.push_back({"", plan.resources[left].name, LedgerKind::kUnmapped,
                                 known ? "a resource that is not as its 'where' asks is left alone"
                                       : "a resource on which its 'where' cannot be worked out is left alone"});
    } else if (kinds.back() == kNone && MakesType(plan, resource.body.Get("resourceType").text())) {
      findings.ledger.push_back({"", std::string(resource.body.Get("resourceType").text()), LedgerKind::kUnmapped,
                                 "a resource of this type that is none of the map's is left alone: its constants or "
                                 "codes are others"});
    }
    if (kinds.back() != kNone) deepest = std::max({deepest, plan.resources[kinds.back()].lists.size(), std::size_t{1}});
  }
  const Alignment alignment(plan, resources, kinds);
  OwnIds own;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (kinds[i] != kNone) own.emplace(resources[i].body.Get("id").text(), kinds[i]);
    unmapped.items.push_back(kinds[i] == kNone ? kNoItem : alignment.ItemOf(i));
  }
  Reader reader(plan, alignment, own, arena, findings);
  for (std::size_t depth = 1; depth <= deepest; ++depth) {
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      if (kinds[i] == kNone || std::max<std::size_t>(plan.resources[kinds[i]].lists.size(), 1) != depth) continue;
      const bool named = !resources[i].place.empty();
      reader.ReadResource(kinds[i], alignment.ItemOf(i), resources[i].body, named);
      for (const std::uint32_t item : alignment.MoreItemsOf(i))
        reader.ReadResource(kinds[i], item, resources[i].body, named);
    }
  }
  if (deepest > 0) {
    Instance* root = reader.Finish();
    unmapped.record = Freeze(plan, 0, *root, arena);
    if (plan.singles) unmapped.record = WithSingles(unmapped.record, SingleLines(reader.main()), arena);
    unmapped.key = KeyFrom(plan, root, arena).value_or("");
  }
  unmapped.issues = std::move(findings.issues);
  unmapped.ledger = std::move(findings.ledger);
  return unmapped;
}

std::optional<Issue> WhyNoRecord(const Map& map, const Unmapped& local) {
  if (!local.key.empty()) return std::nullopt;
  const Plan& plan = map.plan();
  std::string key;
  for (const Index field : plan.key) key += (key.empty() ? "'" : ", '") + plan.fields[field].path + "'";
  Issue issue;
  issue.rule = local.record.is_null() ? "map-bundle" : "map-key";
  issue.text = local.record.is_null() ? "no resource of the map '" + plan.name + "' stands here"
                                      : "a part of the key (" + key +
                                            ") is missing, or the key is too long: these resources are no record";
  return issue;
}

}  // namespace throughline::engine
