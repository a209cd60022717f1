#include "mappings/engine/resource_writer.h"

#include <algorithm>
#include <utility>

#include "fhir/path/expression.h"
#include "mappings/engine/choose.h"
#include "mappings/engine/condition.h"
#include "mappings/engine/where.h"
#include "mappings/plan/absence.h"
#include "mappings/plan/local_code.h"

namespace throughline::engine {
namespace {

constexpr std::size_t kMaxResources = 2000;  // threats.md 2.1: entries of a transaction

}  // namespace

// The values that would stand in a resource which is not made.
void ResourceWriter::Withhold(const ResourcePlan& resource) {
  if (resource.when != kNone || resource.when_expression) WithholdAll(resource, "its condition does not hold");
}

void ResourceWriter::WithholdAll(const ResourcePlan& resource, std::string_view why) {
  for (const Index feed : resource.feeds) {
    Index node = plan_.fields[feed].node;
    for (Index at = node; at != kNone; at = plan_.nodes[at].parent) {
      if (plan_.nodes[at].kind == LocalKind::kArray) node = at;
    }
    const Instance* instance = Reach(plan_, node, root_, scope_);
    if (instance == nullptr || !Feeds(plan_, node, *instance, plan_.fields[feed])) continue;
    findings_.ledger.push_back({plan_.fields[feed].path, PointerTo(plan_, node, scope_), LedgerKind::kWithheld,
                                "'" + resource.name + "' is not made: " + std::string(why)});
  }
}

// Nothing: a part of it that is no part of the record's key has no value.
std::optional<std::string> ResourceWriter::OwnKey(const ResourcePlan& resource) const {
  std::vector<std::string_view> parts;
  parts.reserve(resource.key.size());
  for (const Index index : resource.key) {
    const json::Value part = LocalValue(plan_, plan_.fields[index], root_, scope_, arena_);
    const bool foreign = std::ranges::find(plan_.key, index) == plan_.key.end();
    if (foreign && (ScalarText(part).empty() || FindToken(plan_.fields[index], part) != nullptr)) return std::nullopt;
    parts.push_back(ScalarText(part));
  }
  return JoinKey(parts);
}

// An error: its condition cannot be worked out.
Result<bool> ResourceWriter::IsMade(const ResourcePlan& resource, const json::Value& record) const {
  if (!resource.when_expression || resource.each != kNone) return Exists(resource);
  path::Environment environment;
  return Decide(plan_, *resource.when_expression, path::Item::Node(definitions::kNoType, record), environment);
}

bool ResourceWriter::Exists(const ResourcePlan& resource) const {
  if (resource.when != kNone) {
    const Instance* group = Reach(plan_, resource.when, root_, scope_);
    return group != nullptr && group->carries;
  }
  if (resource.each != kNone) return true;
  return std::ranges::any_of(resource.feeds, [&](Index feed) {
    Index node = plan_.fields[feed].node;
    for (Index at = node; at != kNone; at = plan_.nodes[at].parent) {
      if (plan_.nodes[at].kind == LocalKind::kArray) node = at;
    }
    const Instance* instance = Reach(plan_, node, root_, scope_);
    return instance != nullptr && Feeds(plan_, node, *instance, plan_.fields[feed]);
  });
}

// What names the item, behind what names those around it: "v1/0".
std::string ResourceWriter::ItemPath(const ResourcePlan& resource) const {
  std::string path = resource.around == kNone ? "" : ItemPath(plan_.resources[resource.around]) + "/";
  json::Value word;
  if (resource.item_field != kNone) word = LocalValue(plan_, plan_.fields[resource.item_field], root_, scope_, arena_);
  return path +
         (word.text().empty() ? std::to_string(scope_.places[resource.lists.size() - 1]) : std::string(word.text()));
}

std::string ResourceWriter::ItemName(const ResourcePlan& resource) const {
  const std::string name = resource.name + "[" + ItemPath(resource);
  std::string wanted = name + "]";
  if (resource.item_field == kNone && resource.around == kNone) return wanted;
  std::size_t same = 1;
  for (std::size_t i = made_.size(); i > 0 && plan_.resources[made_[i - 1].resource].name == resource.name; --i) {
    const std::string_view place = made_[i - 1].place;
    same += place == wanted || place.starts_with(name + "#") ? 1u : 0u;
  }
  return same == 1 ? wanted : name + "#" + std::to_string(same) + "]";
}

void ResourceWriter::Make(Index resource, std::string_view name, std::string_view key) {
  Made made;
  made.resource = resource;
  std::copy_n(scope_.places, scope_.depth, made.places.begin());
  made.place = arena_.Copy(name);
  made.id = arena_.Copy(ids_.ForKey(plan_.name, key, made.place));
  if (first_[resource] == kNone) first_[resource] = static_cast<Index>(made_.size());
  made_.push_back(made);
}

void ResourceWriter::Open(Index array_node, Instance* array, std::uint32_t item) {
  lists_[scope_.depth] = array_node;
  scope_.items[scope_.depth] = &array->children[item];
  scope_.places[scope_.depth++] = item;
}

// One for each item that carries something. False: there are too many.
bool ResourceWriter::MakeItems(Index index, std::string_view key) {
  const ResourcePlan& resource = plan_.resources[index];
  const std::uint8_t level = scope_.depth;
  if (level == resource.lists.size()) {
    if (resource.any && !Speaks(resource)) return true;
    if (left_out_.contains({index, scope_.places[0]}) && resource.some) return true;
    if (made_.size() >= kMaxResources) return false;
    Make(index, ItemName(resource), key);
    return true;
  }
  Instance* array = Reach(plan_, resource.lists[level], root_, scope_);
  bool fits = true;
  for (std::uint32_t i = 0; fits && array != nullptr && i < array->count; ++i) {
    if (!array->children[i].carries) continue;
    Open(resource.lists[level], array, i);
    fits = MakeItems(index, key);
    scope_.depth = level;
  }
  return fits;
}

void ResourceWriter::Prepare(const json::Value& record, std::string_view key) {
  for (const Index index : plan_.order) {
    const ResourcePlan& resource = plan_.resources[index];
    const auto made = IsMade(resource, record);
    if (!made) {
      findings_.issues.push_back(NotWorkedOut("'when'", *resource.when_expression, made.error()));
      findings_.issues.back().expression = resource.name;
      continue;
    }
    if (!*made) {
      Withhold(resource);
      continue;
    }
    const auto own_key = resource.key.empty() ? std::optional(std::string(key)) : OwnKey(resource);
    if (!own_key) {
      WithholdAll(resource, "its own key has no value");
    } else if (resource.each == kNone) {
      Make(index, resource.name, *own_key);
    } else if (!MakeItems(index, *own_key)) {
      scope_.depth = 0;
      return TooMany(resource);
    }
  }
}

void ResourceWriter::TooMany(const ResourcePlan& resource) {
  Issue issue;
  issue.type = IssueType::kTooCostly;
  issue.rule = "map-too-many";
  issue.expression = resource.name;
  issue.location = PointerTo(plan_, resource.each, Scope{});
  issue.text = "the record makes more than " + std::to_string(kMaxResources) + " resources";
  findings_.issues.push_back(std::move(issue));
  made_.clear();
  std::ranges::fill(first_, kNone);
}

void ResourceWriter::Write(std::vector<MappedResource>& out) {
  out.reserve(made_.size());
  for (const Made& made : made_) {
    const ResourcePlan& resource = plan_.resources[made.resource];
    scope_.depth = 0;
    for (const Index list : resource.lists) {
      Open(list, Reach(plan_, list, root_, scope_), made.places[scope_.depth]);
    }
    MappedResource mapped;
    mapped.name = resource.name;
    mapped.place = made.place;
    mapped.type = resource.type_name;
    mapped.id = made.id;
    mapped.shared = resource.shared;
    speaks_ = Speaks(resource);
    writing_ = &resource;
    EmitMembers(plan_.contents[resource.content], true, mapped.body, &made, {});
    CheckWhere(resource, made, mapped.body);
    mapped.match = MatchOf(made, mapped.body);
    out.push_back(mapped);
  }
  scope_.depth = 0;
}

// What would not be read back keeps the record aside.
void ResourceWriter::CheckWhere(const ResourcePlan& resource, const Made& made, const json::Value& body) {
  const auto holds = [&](Index where, std::string_view expression, std::string location, std::string_view whose) {
    const auto asked = Asks(plan_, where, body);
    if (asked && *asked) return true;
    Issue issue;
    issue.rule = "map-where";
    issue.text = "what becomes of this is not as the 'where' of the " + std::string(whose) +
                 " asks, so that it would not come back";
    if (!asked) issue = NotWorkedOut("'where' of the " + std::string(whose), plan_.wheres[where], asked.error());
    issue.expression = std::string(expression);
    issue.location = std::move(location);
    findings_.issues.push_back(std::move(issue));
    return false;
  };
  if (!holds(resource.where, made.place, "", "resource")) return;
  for (const Index feed : resource.feeds) {
    const Field& field = plan_.fields[feed];
    if (field.where == kNone || !Gives(resource, field)) continue;
    holds(field.where, field.target, PointerTo(plan_, field.node, scope_), "field");
  }
}

bool ResourceWriter::Emit(Index index, json::Value& out, json::Value& sibling) {
  const Content& content = plan_.contents[index];
  if (content.folded) {
    out = *content.folded;
    return true;
  }
  if (!content.is_leaf) return EmitMembers(content, false, out, nullptr, {});
  FhirValue value;
  const bool given = EmitLeaf(content, value);
  if (given) out = value.value;
  const bool beside = (!content.slots.empty() || !value.extension.is_null()) &&
                      EmitMembers(content, false, sibling, nullptr, value.extension);
  return given || beside;
}

// Members of an object; of a resource with its type and id; of a primitive's sibling with the extension of its value.
bool ResourceWriter::EmitMembers(const Content& content, bool root, json::Value& out, const Made* made,
                                 const json::Value& extension) {
  const std::size_t start = members_.size();
  bool bore = root || !extension.is_null();
  if (root) {
    members_.push_back({"resourceType", json::Value::String(plan_.resources[made->resource].type_name)});
    members_.push_back({"id", json::Value::String(made->id)});
  }
  for (const Slot& slot : content.slots) EmitSlot(slot, bore);
  const bool stands = bore || (!content.bears && members_.size() > start);
  if (stands && !extension.is_null()) {
    const auto known = std::ranges::find(members_.begin() + static_cast<std::ptrdiff_t>(start), members_.end(),
                                         std::string_view("extension"), &json::Member::name);
    const auto before = known == members_.end() ? std::span<const json::Value>() : known->value.items();
    json::Value* all = arena_.Array<json::Value>(before.size() + 1);
    all[0] = extension;
    std::ranges::copy(before, all + 1);
    const json::Value list = json::Value::Array({all, before.size() + 1});
    if (known == members_.end()) {
      members_.push_back({"extension", list});
    } else {
      known->value = list;
    }
  }
  if (stands) {
    const std::size_t count = members_.size() - start;
    json::Member* copy = arena_.Array<json::Member>(count);
    std::copy(members_.begin() + static_cast<std::ptrdiff_t>(start), members_.end(), copy);
    out = json::Value::Object({copy, count});
  }
  members_.resize(start);
  return stands;
}

bool ResourceWriter::EmitSlot(const Slot& slot, bool& bore) {
  if (slot.is_array) return EmitItems(slot, bore);
  const Index index = slot.alternatives.front();
  json::Value value;
  json::Value sibling;
  if (!Emit(index, value, sibling)) {
    if (absent_.empty()) return false;
    members_.push_back({kAbsentElement, AbsentConcept(absent_, arena_)});
    absent_ = {};
    return bore = true;
  }
  bore = bore || plan_.contents[index].bears;
  if (value.is_array()) value = value.items().front();
  if (!value.is_null()) members_.push_back({slot.name, value});
  if (!sibling.is_null()) members_.push_back({slot.sibling, sibling});
  return true;
}

bool ResourceWriter::EmitItems(const Slot& slot, bool& bore) {
  const std::size_t start = items_.size();
  bool values = false;
  bool siblings = false;
  const auto take = [&](const Content& content, const json::Value& value, const json::Value& sibling) {
    if (value.is_null() && sibling.is_null()) return;
    bore = bore || content.bears;
    values = values || !value.is_null();
    siblings = siblings || !sibling.is_null();
    items_.push_back({value, sibling});
  };
  for (const Index index : slot.alternatives) {
    const Content& content = plan_.contents[index];
    json::Value value;
    json::Value sibling;
    if (content.star == kNone) {
      if (!Emit(index, value, sibling)) continue;
      // A table that translates one code into several fills a repeating element with all of them.
      if (!value.is_array()) take(content, value, sibling);
      for (const json::Value& item : value.items()) take(content, item, {});
      continue;
    }
    Instance* array = Reach(plan_, content.star, root_, scope_);
    const Scope scope = scope_;
    const auto lists = lists_;
    for (std::uint32_t i = 0; array != nullptr && i < array->count; ++i) {
      if (!array->children[i].carries) continue;
      scope_.depth = plan_.nodes[content.star].stars;  // a list beside that of the resource is opened in its place
      Open(content.star, array, i);
      value = sibling = {};
      if (Emit(index, value, sibling)) take(content, value, sibling);
    }
    scope_ = scope;
    lists_ = lists;
  }
  const std::size_t count = items_.size() - start;
  if (values) members_.push_back({slot.name, ListOf(start, &Item::value)});
  if (siblings) members_.push_back({slot.sibling, ListOf(start, &Item::sibling)});
  items_.resize(start);
  return count > 0;
}

json::Value ResourceWriter::ListOf(std::size_t start, json::Value Item::*part) {
  const std::size_t count = items_.size() - start;
  json::Value* copy = arena_.Array<json::Value>(count);
  for (std::size_t i = 0; i < count; ++i) copy[i] = items_[start + i].*part;
  return json::Value::Array({copy, count});
}

// The query by which a server that gives its own ids finds the resource again.
std::string_view ResourceWriter::MatchOf(const Made& made, const json::Value& body) {
  const ResourcePlan& resource = plan_.resources[made.resource];
  std::string query = "_id=" + std::string(made.id);
  const auto identifiers = body.Get("identifier").items();
  const auto named = std::ranges::find_if(identifiers, [&](const json::Value& identifier) {
    return identifier.Get("system").text() == resource.identify_system && !identifier.Get("value").is_null();
  });
  if (!resource.identify.empty() && named != identifiers.end()) {
    std::string token(resource.identify_system);
    token.append("|").append(named->Get("value").text());
    constexpr std::string_view kHex = "0123456789ABCDEF";
    query = "identifier=";
    for (const char byte : token) {
      const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
                         byte == '-' || byte == '.' || byte == '_' || byte == '~';
      const auto code = static_cast<unsigned char>(byte);
      if (plain) {
        query.push_back(byte);
      } else {
        query.append({'%', kHex[code >> 4], kHex[code & 15]});
      }
    }
  }
  return arena_.Copy(query);
}

}  // namespace throughline::engine
