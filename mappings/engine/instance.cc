#include "mappings/engine/instance.h"

#include <algorithm>
#include <array>

#include "mappings/engine/across.h"
#include "mappings/engine/repairs.h"
#include "mappings/plan/absence.h"
#include "mappings/plan/joined.h"
#include "mappings/plan/parts.h"
#include "mappings/plan/truth_words.h"

namespace throughline::engine {
namespace {

constexpr std::uint32_t kMaxItems = 100'000;

class Layer {
 public:
  Layer(const Plan& plan, json::Arena& arena, Findings& findings, bool withholding)
      : plan_(plan),
        arena_(arena),
        findings_(findings),
        issues_(findings.issues),
        ledger_(findings.ledger),
        withholding_(withholding) {}

  void Lay(Index index, const json::Value& value, Instance& instance) {
    const LocalNode& node = plan_.nodes[index];
    instance.presence = value.is_null() ? Presence::kNull : Presence::kValue;
    if (node.kind == LocalKind::kObject && !node.places && value.is_object()) return LayObject(node, value, instance);
    if (node.places && node.joined.empty() && value.is_array()) return LayPlaces(node, value, instance);
    if (node.kind == LocalKind::kArray && node.joined.empty() && value.is_array())
      return LayArray(node, value, instance);
    if (!node.joined.empty() && value.is_string()) return LayJoined(index, node, value.text(), instance);
    const bool plain = !value.is_object() && !value.is_array();
    // What goes nowhere may be anything, groups and lists too.
    if (node.kind == LocalKind::kLeaf && (plain || IsDropped(plan_, node)))
      return LayLeaf(index, node, value, instance);
    if (value.is_null()) {
      if (node.kind == LocalKind::kObject) MakeChildren(node, instance);
      return;
    }
    WrongKind(index, node);
  }

 private:
  void MakeChildren(const LocalNode& node, Instance& instance) {
    instance.children = arena_.Array<Instance>(node.children.size());
    instance.count = static_cast<std::uint32_t>(node.children.size());
    for (std::uint32_t i = 0; i < instance.count; ++i) instance.children[i] = Instance{};
  }

  void LayObject(const LocalNode& node, const json::Value& value, Instance& instance) {
    MakeChildren(node, instance);
    std::size_t hint = 0;
    std::size_t across = 0;
    for (const json::Member& member : value.members()) {
      if (!node.across_members.empty() && LayAcross(node, member, across, instance)) continue;
      const std::size_t child = FindChild(node, member.name, hint);
      if (child == node.children.size()) {
        Unknown(node, member.name);
        continue;
      }
      hint = child + 1;
      const Index at = NodeFor(plan_, node.children[child], member.value);
      Instance& below = instance.children[plan_.nodes[at].position];
      Lay(at, member.value, below);
      instance.carries = instance.carries || below.carries;
    }
    for (const Index list : node.spread_lists) {
      Instance& items = instance.children[plan_.nodes[list].position];
      EndAcross(plan_, plan_.nodes[list], items, arena_);
      instance.carries = instance.carries || items.carries;
      CheckItems(list, items);
    }
    if (!instance.carries && value.size() == 0) instance.presence = Presence::kEmpty;
    CheckRequired(node, instance);
  }

  // The items of a list, each at the place of its own.
  void LayPlaces(const LocalNode& node, const json::Value& value, Instance& instance) {
    MakeChildren(node, instance);
    const auto items = value.items();
    std::size_t hint = 0;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const std::string name = std::to_string(i);
      const std::size_t child = FindChild(node, name, hint);
      if (child == node.children.size()) {
        // What comes back as a gap says nothing by itself.
        const bool gap = items[i].is_null() || (!node.joined.empty() && items[i].text().empty());
        if (!gap || i + 1 == items.size()) Unknown(node, name);
        continue;
      }
      hint = child + 1;
      Instance& below = instance.children[child];
      Lay(node.children[child], items[i], below);
      instance.carries = instance.carries || below.carries;
    }
    if (!instance.carries && items.empty()) instance.presence = Presence::kEmpty;
    CheckRequired(node, instance);
  }

  // A member that stands for an item of a list, or stands in one. False: it is none.
  bool LayAcross(const LocalNode& group, const json::Member& member, std::size_t& hint, Instance& instance) {
    const AcrossMember* across = FindAcross(group, member.name, hint);
    if (across == nullptr) return false;
    Instance& below = AcrossInstance(plan_, *across, instance, arena_);
    const std::uint8_t level = scope_.depth++;
    scope_.places[level] = across->item;
    Lay(across->leaf, member.value, below);
    scope_.depth = level;
    return true;
  }

  void CheckItems(Index list, const Instance& items) {
    const LocalNode& item = plan_.nodes[plan_.nodes[list].children.front()];
    const std::uint8_t level = scope_.depth++;
    for (std::uint32_t i = 0; i < items.count; ++i) {
      scope_.places[level] = i;
      if (items.children[i].children != nullptr) CheckRequired(item, items.children[i]);
    }
    scope_.depth = level;
  }

  // Members mostly stand in the order of the map: the next one is tried first.
  std::size_t FindChild(const LocalNode& node, std::string_view name, std::size_t hint) const {
    const std::size_t count = node.children.size();
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t child = hint + i < count ? hint + i : hint + i - count;
      const LocalNode& below = plan_.nodes[node.children[child]];
      if (below.name == name && below.spread == 0) return child;
    }
    return count;
  }

  void LayArray(const LocalNode& node, const json::Value& value, Instance& instance) {
    const auto items = value.items();
    const Index item = node.children.front();
    instance.count = instance.capacity = static_cast<std::uint32_t>(items.size());
    instance.children = arena_.Array<Instance>(items.size());
    const std::uint8_t level = scope_.depth++;
    for (std::uint32_t i = 0; i < instance.count; ++i) {
      instance.children[i] = Instance{};
      scope_.places[level] = i;
      Lay(item, items[i], instance.children[i]);
      instance.carries = instance.carries || instance.children[i].carries;
    }
    scope_.depth = level;
    const bool nothing =
        items.empty() || (plan_.rows != kNone && &node == &plan_.nodes[plan_.rows] && IsNothing(node, instance));
    if (nothing) {
      instance.presence = Presence::kEmpty;
      instance.count = 0;
    }
  }

  void LayJoined(Index index, const LocalNode& node, std::string_view text, Instance& instance) {
    if (text.empty()) {
      instance.presence = Presence::kEmpty;
    } else if (node.usual == Form::kWord && text == node.word) {
      instance.presence = Presence::kWord;
    } else if (!node.places && Withheld(index, plan_.nodes[node.children.front()], instance)) {
      instance.presence = Usual(node);
    } else if (const auto items = CutItems(node, text, arena_)) {
      node.places ? LayPlaces(node, *items, instance) : LayArray(node, *items, instance);
    } else {
      Report(index, IssueType::kValue, "map-list", "an escape stands before a sign that needs none, or is missing");
    }
  }

  static Presence Usual(const LocalNode& node) {
    constexpr std::array kUsual = {Presence::kOmitted, Presence::kNull, Presence::kEmpty, Presence::kWord};
    return kUsual[static_cast<std::size_t>(node.usual)];
  }

  // The one row of a CSV record in which every cell says nothing in the usual way.
  bool IsNothing(const LocalNode& rows, const Instance& instance) const {
    if (instance.count != 1 || instance.carries) return false;
    const LocalNode& row = plan_.nodes[rows.children.front()];
    for (const Index child : row.children) {
      const Instance& cell = instance.children[0].children[plan_.nodes[child].position];
      const Presence usual = plan_.nodes[child].usual == Form::kWord ? Presence::kWord : Presence::kEmpty;
      if (cell.spelt || (cell.presence != usual && cell.presence != Presence::kOmitted)) return false;
    }
    return true;
  }

  // What the map does not keep of this record: the cell is as if it said nothing.
  bool Withheld(Index index, const LocalNode& node, Instance& instance) {
    const Field& field = plan_.fields[node.fields.front()];
    if (!withholding_ || field.kept) return false;
    if (instance.presence == Presence::kValue) {
      ledger_.push_back({field.path, PointerTo(plan_, index, scope_), LedgerKind::kWithheld,
                         "the map keeps only some fields of such a record"});
    }
    instance.lost = instance.presence == Presence::kValue;
    if (instance.lost) instance.presence = Usual(node);
    instance.value = {};
    return true;
  }

  void LayLeaf(Index index, const LocalNode& node, const json::Value& written, Instance& instance) {
    const bool repairs = node.trim || node.any_case;
    const json::Value value = repairs ? Repaired(plan_, node, written, arena_) : written;
    instance.value = value;
    const bool word = node.usual == Form::kWord && value.is_string() && value.text() == node.word;
    const bool empty = value.is_string() && value.text().empty();
    if (empty && !SpeaksEmpty(node, value)) instance.presence = Presence::kEmpty;
    if (value.is_null() && node.usual != Form::kNull && IsToken(node, value)) instance.presence = Presence::kValue;
    if (word) instance.presence = Presence::kWord;
    if (Withheld(index, node, instance)) return;
    if (repairs && value.text() != written.text()) {
      instance.spelt = instance.presence != Presence::kValue;
      SayRepair(plan_.fields[node.fields.front()], scope_, written, value, instance, findings_);
    }
    if (instance.presence != Presence::kValue) return;
    const Field& field = plan_.fields[node.fields.front()];
    // Why there is no time of day has no place in FHIR.
    const bool no_time = field.date != kNone && FindToken(field, value) != nullptr;
    instance.carries = (field.mapped || node.chosen) && !no_time;
    const bool split = !node.separator.empty();
    if (split && !(value.is_string() && HasAllParts(value.text(), node.separator, node.fields.size()))) {
      Report(index, IssueType::kValue, "map-split", "a part of the value is missing");
    }
    if (field.derivation != kNone) {
      ledger_.push_back({field.path, PointerTo(plan_, index, scope_), LedgerKind::kDerived,
                         "not read: on the way back it is worked out from the resources"});
    }
    if (!field.dropped.empty() && !node.chosen) {
      instance.lost = true;
      ledger_.push_back({field.path, PointerTo(plan_, index, scope_), LedgerKind::kDropped, field.dropped});
    }
  }

  // Where nothing is written in another way, an empty text may be a word like others.
  bool SpeaksEmpty(const LocalNode& node, const json::Value& value) const {
    return node.usual != Form::kEmpty && (IsToken(node, value) || HasBlankWord(plan_.fields[node.fields.front()]));
  }

  bool IsToken(const LocalNode& node, const json::Value& value) const {
    return std::ranges::any_of(node.fields,
                               [&](Index field) { return FindToken(plan_.fields[field], value) != nullptr; });
  }

  void CheckRequired(const LocalNode& node, const Instance& instance) {
    for (const Index child : node.children) {
      const LocalNode& leaf = plan_.nodes[child];
      if (leaf.fields.empty() || !plan_.fields[leaf.fields.front()].required) continue;
      if (withholding_ && !plan_.fields[leaf.fields.front()].kept) continue;
      const Instance& below = instance.children[leaf.position];
      if (below.presence == Presence::kValue || SaysByBlank(plan_.fields[leaf.fields.front()], below)) continue;
      if (!instance.carries && node.parent != kNone) continue;  // an empty group lacks nothing
      Report(child, IssueType::kRequired, "map-missing", "the field is required and has no value");
    }
  }

  void WrongKind(Index index, const LocalNode& node) {
    constexpr std::array<std::string_view, 3> kKinds = {"a group", "a list", "a single value"};
    const std::string kind = node.twin != kNone ? "a list or a group"
                             : node.places      ? "a list (whose fields have places; of a group it says 'group: true')"
                                                : std::string(kKinds[static_cast<std::size_t>(node.kind)]);
    Report(index, IssueType::kStructure, "map-kind", "the map expects " + kind + " here");
  }

  void Unknown(const LocalNode& node, std::string_view name) {
    const Index at = static_cast<Index>(&node - plan_.nodes.data());
    std::string pointer = PointerTo(plan_, at, scope_);
    AppendPointer(name, pointer);
    if (issues_.size() >= kMaxIssues) return;
    std::string path = node.path.empty() ? std::string(name) : node.path + "." + std::string(name);
    Issue issue;
    issue.severity = plan_.unknown == UnknownPolicy::kWarn ? Severity::kWarning : Severity::kError;
    issue.type = IssueType::kStructure;
    issue.rule = "map-unknown";
    issue.location = pointer;
    issue.text = "the map does not know this field";
    issues_.push_back(std::move(issue));
    ledger_.push_back({std::move(path), std::move(pointer), LedgerKind::kUnmapped, "the map does not know this field"});
  }

  void Report(Index node, IssueType type, std::string_view rule, std::string text) {
    if (issues_.size() >= kMaxIssues) return;
    Issue issue;
    issue.type = type;
    issue.rule = rule;
    issue.location = PointerTo(plan_, node, scope_);
    issue.text = std::move(text);
    issues_.push_back(std::move(issue));
  }

  const Plan& plan_;
  json::Arena& arena_;
  Findings& findings_;
  Issues& issues_;
  std::vector<LedgerRow>& ledger_;
  bool withholding_;
  Scope scope_;
};

}  // namespace

bool SaysWhyNoTime(const Plan& plan, const LocalNode& leaf, const Instance& instance) {
  const bool clock = !leaf.fields.empty() && plan.fields[leaf.fields.front()].date != kNone;
  return clock && !instance.carries && instance.presence == Presence::kValue;
}

bool SaysByBlank(const Field& field, const Instance& instance) {
  return instance.presence == Presence::kEmpty && instance.value.is_string() && HasBlankWord(field);
}

void AppendPointer(std::string_view name, std::string& pointer) {
  pointer.push_back('/');
  for (const char byte : name) {
    if (byte == '~') {
      pointer.append("~0");
    } else if (byte == '/') {
      pointer.append("~1");
    } else {
      pointer.push_back(byte);
    }
  }
}

namespace {

std::string PointerOf(const Plan& plan, Index node, const Scope& scope, bool form) {
  std::vector<Index> chain;
  for (Index at = node; plan.nodes[at].parent != kNone; at = plan.nodes[at].parent) chain.push_back(at);
  std::string pointer;
  std::size_t level = 0;
  const std::vector<std::string>& across = plan.nodes[node].across;
  for (auto at = chain.rbegin(); at != chain.rend(); ++at) {
    const bool spread = plan.nodes[*at].spread > 0 && !form && level < scope.depth;
    if (spread && scope.places[level] < across.size()) {
      AppendPointer(across[scope.places[level]], pointer);
      return pointer;
    }
    const bool item = plan.nodes[*at].name == "*";
    if (item) {
      pointer.push_back('/');
      pointer.append(level < scope.depth ? std::to_string(scope.places[level]) : "*");
      ++level;
    } else {
      AppendPointer(plan.nodes[*at].name, pointer);
      if (form && plan.nodes[*at].second) pointer.append(kSecond);
    }
  }
  return pointer;
}

}  // namespace

std::string PointerTo(const Plan& plan, Index node, const Scope& scope) { return PointerOf(plan, node, scope, false); }

std::string FormPointerTo(const Plan& plan, Index node, const Scope& scope) {
  return PointerOf(plan, node, scope, true);
}

Instance* LayRecord(const Plan& plan, const json::Value& record, json::Arena& arena, Findings& findings,
                    bool withholding) {
  Instance* root = NewInstance(plan, 0, arena);
  Layer layer(plan, arena, findings, withholding);
  layer.Lay(0, record, *root);
  return root->children == nullptr ? NewInstance(plan, 0, arena) : root;
}

Instance* NewInstance(const Plan& plan, Index node, json::Arena& arena) {
  Instance* instance = arena.Array<Instance>(1);
  *instance = Instance{};
  const LocalNode& shape = plan.nodes[node];
  if (shape.kind != LocalKind::kObject) return instance;
  instance->count = static_cast<std::uint32_t>(shape.children.size());
  instance->children = arena.Array<Instance>(instance->count);
  for (std::uint32_t i = 0; i < instance->count; ++i) instance->children[i] = Instance{};
  return instance;
}

Instance* ItemAt(const Plan& plan, Index array_node, Instance& array, std::uint32_t place, json::Arena& arena) {
  if (place >= kMaxItems) return nullptr;
  if (place >= array.capacity) {
    const std::uint32_t capacity = std::max<std::uint32_t>(place + 1, array.capacity * 2 + 4);
    Instance* room = arena.Array<Instance>(capacity);
    std::copy(array.children, array.children + array.count, room);
    array.children = room;
    array.capacity = capacity;
  }
  const Index item = plan.nodes[array_node].children.front();
  for (; array.count <= place; ++array.count) array.children[array.count] = *NewInstance(plan, item, arena);
  return &array.children[place];
}

void InsertItem(const Plan& plan, Index array_node, Instance& array, std::uint32_t place, json::Arena& arena) {
  const std::uint32_t at = std::min(place, array.count);
  if (ItemAt(plan, array_node, array, array.count, arena) == nullptr) return;
  const Instance made = array.children[array.count - 1];
  std::copy_backward(array.children + at, array.children + array.count - 1, array.children + array.count);
  array.children[at] = made;
}

Instance* Reach(const Plan& plan, Index node, Instance* root, const Scope& scope) {
  const LocalNode& shape = plan.nodes[node];
  if (shape.parent == kNone) return root;
  if (shape.name == "*") return shape.stars <= scope.depth ? scope.items[shape.stars - 1] : nullptr;
  Instance* above = Reach(plan, shape.parent, root, scope);
  if (above == nullptr) return nullptr;
  return above->children == nullptr ? nullptr : &above->children[shape.position];
}

Instance* ReachMaking(const Plan& plan, Index node, Instance* root, const Scope& scope, json::Arena& arena) {
  const LocalNode& shape = plan.nodes[node];
  if (shape.parent == kNone) return root;
  if (shape.name == "*") return shape.stars <= scope.depth ? scope.items[shape.stars - 1] : nullptr;
  Instance* above = ReachMaking(plan, shape.parent, root, scope, arena);
  if (above == nullptr) return nullptr;
  if (above->children == nullptr) {
    const Instance* made = NewInstance(plan, shape.parent, arena);
    above->children = made->children;
    above->count = made->count;
  }
  return &above->children[shape.position];
}

namespace {

void RecountAt(const Plan& plan, Index index, Instance& instance) {
  const LocalNode& node = plan.nodes[index];
  if (node.kind == LocalKind::kLeaf || instance.children == nullptr) return;
  instance.carries = false;
  for (std::uint32_t i = 0; i < instance.count; ++i) {
    RecountAt(plan, node.children[node.kind == LocalKind::kArray ? 0 : i], instance.children[i]);
    instance.carries = instance.carries || instance.children[i].carries;
  }
}

}  // namespace

void Recount(const Plan& plan, Instance& root) { RecountAt(plan, 0, root); }

}  // namespace throughline::engine
