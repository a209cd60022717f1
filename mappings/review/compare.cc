#include "mappings/review/compare.h"

#include <algorithm>
#include <unordered_set>

#include "fhir/json/build.h"
#include "mappings/engine/instance.h"
#include "mappings/engine/singles.h"
#include "mappings/plan/absence.h"
#include "mappings/plan/joined.h"

namespace throughline::review {
namespace {

// The first place from `next` on of which `is` holds, else from the start on; `count`: there is none.
template <typename Is>
std::size_t NextPlace(std::size_t next, std::size_t count, const Is& is) {
  for (std::size_t i = next; i < count; ++i) {
    if (is(i)) return i;
  }
  for (std::size_t i = 0; i < std::min(next, count); ++i) {
    if (is(i)) return i;
  }
  return count;
}

// The members of an object, looked for mostly in the order in which they stand: a wide one is not searched from its
// start each time.
class Members {
 public:
  explicit Members(const json::Value& object) : members_(object.members()) {}

  const json::Value* Find(std::string_view name) {
    const std::size_t at = NextPlace(next_, members_.size(), [&](std::size_t i) { return members_[i].name == name; });
    if (at == members_.size()) return nullptr;
    next_ = at + 1;
    return &members_[at].value;
  }

 private:
  std::span<const json::Member> members_;
  std::size_t next_ = 0;
};

// The same of the nodes below a node.
class ChildNodes {
 public:
  ChildNodes(const Plan& plan, const LocalNode& node) : plan_(plan), children_(node.children) {}

  // kNone: there is none of this name.
  Index Find(std::string_view name) {
    const auto named = [&](std::size_t i) { return plan_.nodes[children_[i]].name == name; };
    const std::size_t at = NextPlace(next_, children_.size(), named);
    if (at == children_.size()) return kNone;
    next_ = at + 1;
    return children_[at];
  }

 private:
  const Plan& plan_;
  std::span<const Index> children_;
  std::size_t next_ = 0;
};

bool Find(const json::Value& a, const json::Value& b, std::string& pointer) {
  const std::size_t length = pointer.size();
  if (a.is_object() && b.is_object()) {
    std::size_t shared = 0;
    for (Members others(b); const json::Member& member : a.members()) {
      engine::AppendPointer(member.name, pointer);
      const json::Value* other = others.Find(member.name);
      if (other == nullptr || Find(member.value, *other, pointer)) return true;
      pointer.resize(length);
      ++shared;
    }
    if (shared == b.size()) return false;
    for (Members others(a); const json::Member& member : b.members()) {
      if (others.Find(member.name) != nullptr) continue;
      engine::AppendPointer(member.name, pointer);
      return true;
    }
    return false;
  }
  if (a.is_array() && b.is_array()) {
    const std::size_t count = std::max(a.size(), b.size());
    for (std::size_t i = 0; i < count; ++i) {
      pointer.append("/").append(std::to_string(i));
      if (i >= a.size() || i >= b.size() || Find(a.items()[i], b.items()[i], pointer)) return true;
      pointer.resize(length);
    }
    return false;
  }
  return !json::Equal(a, b);
}

json::Value PartnerExtension(json::Arena& arena) {
  json::ObjectBuilder extension(arena);
  extension.Add("url", json::Value::String("urn:example:partner"));
  extension.Add("valueString", json::Value::String("kept"));
  return extension.Build();
}

// `number` tells the codings of one resource apart.
json::Value PartnerCoding(std::size_t number, json::Arena& arena) {
  json::ObjectBuilder coding(arena);
  coding.Add("system", json::Value::String("urn:example:partner"));
  coding.Add("code", json::Value::String(arena.Copy("kept" + std::to_string(number))));
  return coding.Build();
}

class Remaining {
 public:
  Remaining(const Plan& plan, std::span<const engine::LedgerRow> ledger, json::Arena& arena)
      : plan_(plan), arena_(arena) {
    for (const engine::LedgerRow& row : ledger) {
      if (row.kind == engine::LedgerKind::kDropped) dropped_.insert(row.path);
      if (row.kind == engine::LedgerKind::kWithheld) withheld_.insert(row.path);
    }
  }

  json::Value Of(Index index, const json::Value& value) {
    const LocalNode& node = plan_.nodes[index];
    if (node.kind == LocalKind::kArray && value.is_array()) return OfItems(node, value);
    if (node.kind == LocalKind::kArray && value.is_string()) {
      const auto items = CutItems(node, value.text(), arena_);
      return items && !value.text().empty() ? JoinItems(node, OfItems(node, *items), arena_) : value;
    }
    if (node.places && value.is_array()) return OfPlaces(node, value);
    if (node.places && value.is_string()) {
      const auto items = CutItems(node, value.text(), arena_);
      return items && !value.text().empty() ? JoinItems(node, OfPlaces(node, *items), arena_) : value;
    }
    if (node.kind != LocalKind::kObject || !value.is_object()) return value;
    json::ObjectBuilder object(arena_);
    for (ChildNodes children(plan_, node); const json::Member& member : value.members()) {
      std::size_t hint = 0;
      if (const AcrossMember* across = FindAcross(node, member.name, hint)) {
        AddAcross(*across, member.value, object);
        continue;
      }
      const Index child = children.Find(member.name);
      if (child == kNone || plan_.nodes[child].spread > 0) continue;
      const std::size_t length = pointer_.size();
      engine::AppendPointer(member.name, pointer_);
      json::Value kept = member.value;
      const Index at = engine::NodeFor(plan_, child, kept);
      const LocalNode& below = plan_.nodes[at];
      const bool lost = IsLost();
      const bool hollow = (below.kind == LocalKind::kArray || below.places) && IsHollow(at, kept);
      const bool gone = !IsCsv() && (dropped_.contains(pointer_) || (hollow && IsDropped(plan_, below)));
      kept = lost || hollow ? engine::NothingOf(plan_, below) : Of(at, kept);
      if (!gone && ((!lost && !hollow) || below.usual != Form::kOmitted)) object.Add(member.name, kept);
      pointer_.resize(length);
    }
    return object.Build();
  }

 private:
  bool IsCsv() const { return plan_.format.syntax == formats::Syntax::kCsv; }
  bool IsLost() const { return dropped_.contains(pointer_) || withheld_.contains(pointer_); }

  // A list of values of which some are lost and none is left.
  bool IsHollow(Index index, const json::Value& value) {
    const LocalNode& list = plan_.nodes[index];
    const auto cut = value.is_string() && !list.joined.empty() ? CutItems(list, value.text(), arena_) : std::nullopt;
    bool lost = false;
    return !IsLeft(index, cut ? *cut : value, lost) && lost;
  }

  // Something below a list is left.
  bool IsLeft(Index index, const json::Value& value, bool& lost) {
    const LocalNode& node = plan_.nodes[index];
    if (IsLost()) {
      lost = true;
      return false;
    }
    if (node.kind == LocalKind::kLeaf) {
      const auto token = [&](Index field) { return FindToken(plan_.fields[field], value) != nullptr; };
      return std::ranges::any_of(node.fields, token) ||
             (!value.is_null() && !(value.is_string() && value.text().empty()));
    }
    if (node.kind == LocalKind::kObject && !node.places) return value.is_object();
    bool left = false;
    for (std::size_t i = 0; i < value.items().size(); ++i) {
      const std::size_t length = pointer_.size();
      const std::string name = std::to_string(i);
      const auto child = std::ranges::find(node.children, name, [&](Index below) { return plan_.nodes[below].name; });
      if (node.places && child == node.children.end()) continue;
      pointer_.append("/").append(name);
      left = IsLeft(node.places ? *child : node.children.front(), value.items()[i], lost) || left;
      pointer_.resize(length);
    }
    return left;
  }

  // What is lost leaves a gap, at the end nothing.
  json::Value OfPlaces(const LocalNode& node, const json::Value& value) {
    std::vector<json::Value> items(value.items().begin(), value.items().end());
    std::size_t kept = 0;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const std::size_t length = pointer_.size();
      pointer_.append("/").append(std::to_string(i));
      const auto child = std::ranges::find(node.children, pointer_.substr(length + 1),
                                           [&](Index below) { return plan_.nodes[below].name; });
      const bool lost = IsLost() || child == node.children.end();
      const bool gone = lost && (dropped_.contains(pointer_) || child == node.children.end() ||
                                 plan_.nodes[*child].usual == Form::kOmitted);
      if (child != node.children.end()) {
        items[i] = lost ? engine::NothingOf(plan_, plan_.nodes[*child])
                        : Of(engine::NodeFor(plan_, *child, items[i]), items[i]);
      }
      if (gone) items[i] = node.joined.empty() ? json::Value() : json::Value::String("");
      if (!gone) kept = i + 1;
      pointer_.resize(length);
    }
    json::ArrayBuilder list(arena_);
    for (std::size_t i = 0; i < kept; ++i) list.Add(items[i]);
    return list.Build();
  }

  // The ledger names the member, or the list where all of it is lost.
  void AddAcross(const AcrossMember& across, const json::Value& value, json::ObjectBuilder& object) {
    const std::size_t length = pointer_.size();
    engine::AppendPointer(across.name, pointer_);
    bool lost = IsLost();
    pointer_.resize(length);
    engine::AppendPointer(plan_.nodes[across.list].name, pointer_);
    lost = lost || IsLost();
    pointer_.resize(length);
    const LocalNode& leaf = plan_.nodes[across.leaf];
    if (!lost) object.Add(across.name, value);
    if (lost && leaf.usual != Form::kOmitted) object.Add(across.name, engine::NothingOf(plan_, leaf));
  }

  json::Value OfItems(const LocalNode& node, const json::Value& value) {
    json::ArrayBuilder items(arena_);
    for (std::size_t i = 0; i < value.size(); ++i) {
      const std::size_t length = pointer_.size();
      pointer_.append("/").append(std::to_string(i));
      const LocalNode& item = plan_.nodes[node.children.front()];
      items.Add(IsLost() ? engine::NothingOf(plan_, item) : Of(node.children.front(), value.items()[i]));
      pointer_.resize(length);
    }
    return items.Build();
  }

  const Plan& plan_;
  json::Arena& arena_;
  std::unordered_set<std::string_view> dropped_;
  std::unordered_set<std::string_view> withheld_;
  std::string pointer_;
};

}  // namespace

std::string FirstDifference(const json::Value& a, const json::Value& b) {
  std::string pointer;
  return Find(a, b, pointer) ? pointer : "=";
}

json::Value WithoutLost(const Plan& plan, const json::Value& record, std::span<const engine::LedgerRow> ledger,
                        json::Arena& arena) {
  std::vector<std::string> singles;
  const json::Value listed = engine::WithLists(plan, record, singles, arena);
  return engine::WithSingles(Remaining(plan, ledger, arena).Of(0, listed), singles, arena);
}

namespace {

json::Value Recomputed(const Plan& plan, Index index, const json::Value& value, const json::Value& back,
                       json::Arena& arena) {
  const LocalNode& node = plan.nodes[index];
  if (node.kind == LocalKind::kArray && value.is_array()) {
    json::ArrayBuilder items(arena);
    for (std::size_t i = 0; i < value.size(); ++i) {
      const json::Value other = i < back.size() ? back.items()[i] : json::Value();
      items.Add(Recomputed(plan, node.children.front(), value.items()[i], other, arena));
    }
    return items.Build();
  }
  if (node.places && value.is_array()) {
    json::Value list = value;
    for (const Index child : node.children) {
      const std::string& name = plan.nodes[child].name;
      const json::Value* item = MemberOf(value, name);
      const json::Value* other = MemberOf(back, name);
      if (item == nullptr || other == nullptr) continue;
      list = WithMember(list, name, Recomputed(plan, engine::NodeFor(plan, child, *item), *item, *other, arena), arena);
    }
    return list;
  }
  if (node.kind != LocalKind::kObject || !value.is_object()) return value;
  json::ObjectBuilder object(arena);
  Members own(value);
  Members others(back);
  for (const Index child : node.children) {
    const LocalNode& below = plan.nodes[child];
    if (below.second) continue;
    const bool derived = !below.fields.empty() && plan.fields[below.fields.front()].derivation != kNone;
    const json::Value* other = others.Find(below.name);
    const json::Value* member = derived ? other : own.Find(below.name);
    if (member == nullptr) continue;
    const Index at = engine::NodeFor(plan, child, *member);
    object.Add(below.name, Recomputed(plan, at, *member, other == nullptr ? json::Value() : *other, arena));
  }
  for (ChildNodes children(plan, node); const json::Member& member : value.members()) {
    if (children.Find(member.name) == kNone) object.Add(member.name, member.value);
  }
  return object.Build();
}

}  // namespace

json::Value WithDerivedOf(const Plan& plan, const json::Value& record, const json::Value& back, json::Arena& arena) {
  return plan.derivations.empty() ? record : Recomputed(plan, 0, record, back, arena);
}

json::Value WithColumnsOf(const json::Value& record, const json::Value& back, json::Arena& arena) {
  json::ObjectBuilder kept(arena);
  for (Members columns(record); const json::Member& member : back.members()) {
    const json::Value* had = columns.Find(member.name);
    if (had == nullptr) continue;
    if (!member.value.is_array() || had->size() == 0) {
      kept.Add(member.name, member.value);
      continue;
    }
    json::ArrayBuilder rows(arena);
    for (const json::Value& row : member.value.items()) rows.Add(WithColumnsOf(had->items().front(), row, arena));
    kept.Add(member.name, rows.Build());
  }
  return kept.Build();
}

std::string Which(const engine::Mapped& mapped, std::size_t at) {
  const engine::MappedResource& resource = mapped.resources[at];
  std::string name(resource.name);
  if (resource.place == resource.name) return name;
  const auto before =
      std::count_if(mapped.resources.begin(), mapped.resources.begin() + static_cast<std::ptrdiff_t>(at),
                    [&](const engine::MappedResource& other) { return other.name == resource.name; });
  return name + "[" + std::to_string(before) + "]";
}

namespace {

json::Value DecoratedFrom(const json::Value& value, std::size_t& codings_made, json::Arena& arena) {
  if (value.is_array()) {
    json::ArrayBuilder items(arena);
    for (const json::Value& item : value.items()) items.Add(DecoratedFrom(item, codings_made, arena));
    return items.Build();
  }
  if (!value.is_object()) return value;
  json::ObjectBuilder object(arena);
  json::ArrayBuilder extensions(arena);
  for (const json::Member& member : value.members()) {
    if (member.name == "extension") {
      for (const json::Value& extension : member.value.items()) extensions.Add(extension);
    } else if (member.name == "coding") {
      json::ArrayBuilder codings(arena);
      for (const json::Value& coding : member.value.items()) codings.Add(coding);
      codings.Add(PartnerCoding(++codings_made, arena));
      object.Add(member.name, codings.Build());
    } else {
      object.Add(member.name, DecoratedFrom(member.value, codings_made, arena));
    }
  }
  extensions.Add(PartnerExtension(arena));
  object.Add("extension", extensions.Build());
  return object.Build();
}

}  // namespace

json::Value Decorated(const json::Value& value, json::Arena& arena) {
  std::size_t codings_made = 0;
  return DecoratedFrom(value, codings_made, arena);
}

}  // namespace throughline::review
