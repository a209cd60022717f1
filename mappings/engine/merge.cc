#include "mappings/engine/merge.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "fhir/json/build.h"
#include "mappings/engine/first_field.h"
#include "mappings/engine/transforms.h"
#include "mappings/plan/absence.h"

namespace throughline::engine {
namespace {

using Source = Leaf::Source;

bool IsOwnExtension(const json::Value& extension) {
  const std::string_view url = extension.Get("url").text();
  return url == kLocalFormUrl || url == kLocalCodeUrl || url == kAbsentUrl;
}

// `stored` says all that `produced` says, and perhaps more.
bool SaysAllOf(const json::Value& stored, const json::Value& produced) {
  return std::ranges::all_of(produced.members(), [&](const json::Member& member) {
    const json::Value* other = stored.Find(member.name);
    return other != nullptr &&
           (json::Equal(*other, member.value) || (other->is_object() && SaysAllOf(*other, member.value)));
  });
}

bool HoldsCoding(const json::Value& stored, const json::Value& produced) {
  const auto has = stored.Get("extension").items();
  return stored.Get("system").text() == produced.Get("system").text() &&
         stored.Get("code").text() == produced.Get("code").text() &&
         std::ranges::all_of(produced.Get("extension").items(), [&](const json::Value& extension) {
           return std::ranges::any_of(has, [&](const json::Value& other) { return SaysAllOf(other, extension); });
         });
}

bool HoldsCodings(const json::Value& stored, const json::Value& produced) {
  const auto has = stored.Get("coding").items();
  return std::ranges::all_of(produced.Get("coding").items(), [&](const json::Value& coding) {
    return std::ranges::any_of(has, [&](const json::Value& other) { return HoldsCoding(other, coding); });
  });
}

// A coded value says something that the record did not say: a text, an extension, a code of another system.
bool SaysMore(const json::Value& stored, const json::Value& record) {
  const auto known = record.Get("coding").items();
  const bool other = std::ranges::any_of(stored.Get("coding").items(), [&](const json::Value& coding) {
    return std::ranges::none_of(
        known, [&](const json::Value& own) { return own.Get("system").text() == coding.Get("system").text(); });
  });
  const auto extensions = stored.Get("extension").items();
  return other || (!stored.Get("text").is_null() && !json::Equal(stored.Get("text"), record.Get("text"))) ||
         !std::ranges::all_of(extensions, IsOwnExtension);
}

}  // namespace

json::Value Merger::Resource(const Content& content, const Versions& at, bool main) {
  known_ = at.before.is_object();
  const json::Value merged = Object(content, at, true);
  return main ? WithOwn(merged, at.produced) : merged;
}

// What others wrote here goes, because the record says something else now.
void Merger::Lose(const Content& content, std::string_view why) {
  std::string field = content.leaf.source == Source::kField ? plan_.fields[content.leaf.field].path : std::string();
  ledger_.push_back({std::move(field), content.path, LedgerKind::kDropped, std::string(why)});
}

// What is stored and the record does not say now: is it the record's own to take back?
bool Merger::Goes(const json::Value& before) const {
  if (withheld_) return true;
  if (shared_) return known_ && told_ && !before.is_null();
  return !known_ || !before.is_null();
}

const Slot* Merger::SlotOf(const Content& content, std::string_view name) {
  for (const Slot& slot : content.slots) {
    if (slot.name == name || slot.sibling == name) return &slot;
  }
  return nullptr;
}

// Another of the types of a choice that the record fills now. https://hl7.org/fhir/R4/formats.html#choice
bool Merger::GivesWay(const Content& content, const Slot* slot, std::string_view name,
                      const json::Value& produced) const {
  if (slot != nullptr && slot->choice.empty()) return false;
  const std::string_view bare = name.starts_with('_') ? name.substr(1) : name;
  return std::ranges::any_of(content.slots, [&](const Slot& other) {
    if (other.choice.empty() || other.name == bare || !bare.starts_with(other.choice)) return false;
    definitions::Element element;
    const bool filled = produced.Find(other.name) != nullptr || produced.Find(other.sibling) != nullptr;
    return filled && plan_.definitions->FindChild(content.type, bare, element) && element.choice == other.choice;
  });
}

// Members keep the order in which they are stored; new ones come behind.
json::Value Merger::Object(const Content& content, const Versions& at, bool root) {
  json::ObjectBuilder merged(arena_);
  for (const json::Member& member : at.stored.members()) {
    const Slot* slot = SlotOf(content, member.name);
    if (GivesWay(content, slot, member.name, at.produced)) {
      if (slot == nullptr) Lose(content, "a value of another type that others wrote gives way to the record's");
      continue;
    }
    if (slot != nullptr && slot->is_array && !slot->sibling.empty()) {
      const bool first = member.name == slot->name || at.stored.Find(slot->name) == nullptr;
      if (first) AddPlainItems(*slot, at, merged);
      continue;
    }
    const Versions inner = at.Below(member.name);
    json::Value value = member.value;
    if (slot != nullptr) {
      value = member.name == slot->name ? Member(*slot, at) : Sibling(*slot, at);
    } else if (member.name == kAbsentElement) {
      value = Reason(content, inner, at.produced);
    } else if (root && !inner.produced.is_null() && (member.name == "resourceType" || member.name == "id")) {
      value = inner.produced;
    }
    if (!value.is_null()) merged.Add(member.name, value);
  }
  for (const json::Member& member : at.produced.members()) {
    const Slot* slot = SlotOf(content, member.name);
    const bool paired = slot != nullptr && slot->is_array && !slot->sibling.empty();
    const bool done = paired && (at.stored.Find(slot->name) != nullptr || at.stored.Find(slot->sibling) != nullptr);
    if (!done && at.stored.Find(member.name) == nullptr) merged.Add(member.name, member.value);
  }
  return merged.Build();
}

// A stored `dataAbsentReason`: goes when a value stands there now or the map could have said this very reason and
// does not; a partner's wording of the same reason stays. http://hl7.org/fhir/R4/observation.html (obs-6)
json::Value Merger::Reason(const Content& content, const Versions& at, const json::Value& produced) const {
  if (!at.produced.is_null()) return HoldsCodings(at.stored, at.produced) ? at.stored : at.produced;
  bool known = false;
  for (const Slot& slot : content.slots) {
    const Content& value = plan_.contents[slot.alternatives.front()];
    if (!value.absent_beside) continue;
    if (produced.Find(slot.name) != nullptr) return {};
    known = known || (value.leaf.source == Source::kField &&
                      TokenFor(plan_.fields[value.leaf.field], ReasonIn(at.stored)) != nullptr);
  }
  return known && Goes(at.before) ? json::Value() : at.stored;
}

// `at` is the object around.
json::Value Merger::Member(const Slot& slot, const Versions& at) {
  return slot.is_array ? Items(slot, at) : One(plan_.contents[slot.alternatives.front()], at.Below(slot.name));
}

json::Value Merger::One(const Content& content, const Versions& at) {
  if (content.is_leaf) return LeafValue(content, at);
  // A state that others changed: the relapse of a diagnosis that was active.
  if (content.folded && !at.stored.is_null() && Fit(plan_, content, at.stored, {}, true) < 0) return at.stored;
  if (!at.produced.is_null()) return Object(content, at, false);
  return Goes(at.before) ? Remainder(content, at) : at.stored;
}

json::Value Merger::LeafValue(const Content& content, const Versions& at) {
  const Leaf& leaf = content.leaf;
  if (leaf.source == Source::kConstant || leaf.source == Source::kNothing) return at.stored;
  if (at.produced.is_null()) {
    const bool others = leaf.source == Source::kReference && !own_.contains(IdOf(at.stored.text()));
    return Goes(at.before) && !others ? json::Value() : at.stored;
  }
  const bool derived =
      leaf.source == Source::kDerived || leaf.source == Source::kExpression || leaf.source == Source::kText;
  if (derived && known_ && json::Equal(at.before, at.produced)) return at.stored;
  const bool refers = leaf.source == Source::kReference || leaf.source == Source::kForeign;
  if (refers) return IdOf(at.stored.text()) == IdOf(at.produced.text()) ? at.stored : at.produced;
  if (leaf.transform == TransformId::kBand && at.stored.is_object() && SaysAllOf(at.stored, at.produced))
    return at.stored;
  // A translation that somebody added stays as long as the code itself is the same.
  const bool coded = derived || leaf.source == Source::kField;
  if (coded && leaf.transform == TransformId::kConcept && HoldsCodings(at.stored, at.produced)) return at.stored;
  if (coded && leaf.transform == TransformId::kCoding && HoldsCoding(at.stored, at.produced)) return at.stored;
  if (at.stored.is_object() && SaysMore(at.stored, known_ ? at.before : at.produced)) {
    Lose(content, "what others had added to the value that stood here goes with it");
  }
  return at.produced;
}

// What the map does not cover of an object that is no longer produced; null when that is nothing but constants, or
// cannot stand alone.
json::Value Merger::Remainder(const Content& content, const Versions& at) {
  const json::Value rest = Object(content, {at.stored, at.before, {}}, false);
  const bool foreign = std::ranges::any_of(rest.members(), [&](const json::Member& member) {
    const Slot* slot = SlotOf(content, member.name);
    return slot == nullptr || (!slot->is_array && !plan_.contents[slot->alternatives.front()].folded);
  });
  if (!foreign) return {};
  if (!Lacks(content, rest)) return rest;
  Lose(content, "what others had added goes with what the record no longer says: it cannot stand alone");
  return {};
}

// An element that R4 requires is not there.
bool Merger::Lacks(const Content& content, const json::Value& object) const {
  const definitions::Definitions& definitions = *plan_.definitions;
  for (std::size_t i = 0; i < definitions.required_count(content.type); ++i) {
    const definitions::Element required = definitions.required(content.type, i);
    const bool there = std::ranges::any_of(object.members(), [&](const json::Member& member) {
      const std::string_view bare = member.name.starts_with('_') ? member.name.substr(1) : member.name;
      definitions::Element element;
      return bare == required.name || (!required.choice.empty() && definitions.FindChild(content.type, bare, element) &&
                                       element.choice == required.choice);
    });
    if (!there) return true;
  }
  return false;
}

// `at` is the object around. What others hung on a value is about that value: it goes with it.
json::Value Merger::Sibling(const Slot& slot, const Versions& at) {
  const Content& content = plan_.contents[slot.alternatives.front()];
  const Versions beside = at.Below(slot.sibling);
  const json::Value merged = WithOwn(Object(content, beside, false), beside.produced);
  const json::Value value = at.stored.Get(slot.name);
  const json::Value now = value.is_null() ? at.produced.Get(slot.name) : One(content, at.Below(slot.name));
  const bool foreign = merged.Get("extension").size() > beside.produced.Get("extension").size();
  if (json::Equal(value, now) || value.is_null() || !foreign) return merged.size() == 0 ? json::Value() : merged;
  Lose(content, "what others had added to the value that stood here goes with it");
  const json::Value extensions = beside.produced.Get("extension");
  const json::Value left = extensions.is_null() ? json::Without(merged, "extension", arena_)
                                                : json::With(merged, "extension", extensions, arena_);
  return left.size() == 0 ? json::Value() : left;
}

// The engine's own extensions say how this value was written: those that are produced take the place of those stored.
json::Value Merger::WithOwn(const json::Value& merged, const json::Value& produced) {
  std::vector<json::Value> now;
  for (const json::Value& extension : produced.Get("extension").items()) {
    if (IsOwnExtension(extension)) now.push_back(extension);
  }
  std::size_t next = 0;
  json::ArrayBuilder extensions(arena_);
  for (const json::Value& extension : merged.Get("extension").items()) {
    if (!IsOwnExtension(extension)) {
      extensions.Add(extension);
    } else if (next < now.size()) {
      const json::Value made = now[next++];
      extensions.Add(SaysAllOf(extension, made) ? extension : made);
    }
  }
  while (next < now.size()) extensions.Add(now[next++]);
  if (extensions.empty()) return json::Without(merged, "extension", arena_);
  return json::With(merged, "extension", extensions.Build(), arena_);
}

}  // namespace throughline::engine
