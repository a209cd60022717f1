#include "mappings/plan/plan.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "fhir/json/build.h"

namespace throughline::plan {
namespace {

struct DefaultRow {
  std::string_view fhir;
  ValueType type;
};
constexpr std::array kDefaults = {
    DefaultRow{"boolean", ValueType::kBoolean},     DefaultRow{"date", ValueType::kDate},
    DefaultRow{"dateTime", ValueType::kDateTime},   DefaultRow{"decimal", ValueType::kDecimal},
    DefaultRow{"instant", ValueType::kDateTime},    DefaultRow{"integer", ValueType::kInteger},
    DefaultRow{"positiveInt", ValueType::kInteger}, DefaultRow{"unsignedInt", ValueType::kInteger},
    DefaultRow{"time", ValueType::kTime},
};

}  // namespace

std::optional<std::uint32_t> PlaceFrom(std::string_view name) {
  std::uint32_t place = 0;
  const auto [end, code] = std::from_chars(name.data(), name.data() + name.size(), place);
  const bool whole = !name.empty() && code == std::errc{} && end == name.data() + name.size();
  const bool plain = name == "0" || !name.starts_with('0');
  return whole && plain && place < kMostPlaces ? std::optional(place) : std::nullopt;
}

const json::Value* MemberOf(const json::Value& value, std::string_view name) {
  if (!value.is_array()) return value.Find(name);
  const auto place = PlaceFrom(name);
  return place && *place < value.size() ? &value.items()[*place] : nullptr;
}

json::Value WithMember(const json::Value& value, std::string_view name, const json::Value& member, json::Arena& arena) {
  if (!value.is_array()) return json::With(value, name, member, arena);
  const std::size_t place = PlaceFrom(name).value_or(kMostPlaces);
  json::ArrayBuilder items(arena);
  for (std::size_t i = 0; i < value.size(); ++i) items.Add(i == place ? member : value.items()[i]);
  return items.Build();
}

Index FindNode(const Plan& plan, std::string_view path) {
  const auto found = std::ranges::find(plan.nodes, path, &LocalNode::path);
  return found == plan.nodes.end() || path.empty() ? kNone : static_cast<Index>(found - plan.nodes.begin());
}

Index FindField(const Plan& plan, std::string_view path) {
  const auto found = std::ranges::find(plan.fields, path, &Field::path);
  return found == plan.fields.end() ? kNone : static_cast<Index>(found - plan.fields.begin());
}

std::vector<std::string_view> FieldNames(const Plan& plan) {
  std::vector<std::string_view> names;
  names.reserve(plan.fields.size());
  for (const Field& field : plan.fields) names.push_back(field.path);
  return names;
}

Index FindResource(const Plan& plan, std::string_view name) {
  const auto found = std::ranges::find(plan.resources, name, &ResourcePlan::name);
  return found == plan.resources.end() ? kNone : static_cast<Index>(found - plan.resources.begin());
}

std::vector<std::string_view> ResourceNames(const Plan& plan) {
  std::vector<std::string_view> names;
  names.reserve(plan.resources.size());
  for (const ResourcePlan& resource : plan.resources) names.push_back(resource.name);
  return names;
}

bool IsDropped(const Plan& plan, const LocalNode& node) {
  if (node.kind == LocalKind::kArray || node.places) {
    return std::ranges::all_of(node.children, [&](Index item) { return IsDropped(plan, plan.nodes[item]); });
  }
  return node.kind == LocalKind::kLeaf && !node.chosen && node.fields.size() == 1 &&
         !plan.fields[node.fields.front()].dropped.empty();
}

const AcrossMember* FindAcross(const LocalNode& group, std::string_view name, std::size_t& hint) {
  const std::vector<AcrossMember>& members = group.across_members;
  if (hint < members.size() && members[hint].name == name) return &members[hint++];
  const auto found = std::ranges::lower_bound(
      group.across_by_name, name, {}, [&](std::uint32_t place) { return std::string_view(members[place].name); });
  if (found == group.across_by_name.end() || members[*found].name != name) return nullptr;
  hint = *found + 1;
  return &members[*found];
}

std::vector<Index> StarsOf(const Plan& plan, Index node) {
  std::vector<Index> stars;
  for (Index at = node; at != kNone; at = plan.nodes[at].parent) {
    if (plan.nodes[at].kind == LocalKind::kArray && at != node) stars.push_back(at);
  }
  std::ranges::reverse(stars);
  return stars;
}

bool LeaveOutLists(const ResourcePlan& resource, std::vector<Index>& stars) {
  const auto own = static_cast<std::ptrdiff_t>(resource.lists.size());
  const bool inside =
      std::ssize(stars) >= own && std::equal(resource.lists.begin(), resource.lists.end(), stars.begin());
  if (inside) stars.erase(stars.begin(), stars.begin() + own);
  return inside;
}

std::vector<std::string_view> CutPath(std::string_view path) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  int open = 0;
  for (std::size_t i = 0; i <= path.size(); ++i) {
    if (i == path.size() || (path[i] == '.' && open == 0)) {
      parts.push_back(path.substr(start, i - start));
      start = i + 1;
    } else if (path[i] == '[') {
      ++open;
    } else if (path[i] == ']') {
      --open;
    }
  }
  return parts;
}

ValueType DefaultType(std::string_view fhir_type) {
  const auto row = std::ranges::find(kDefaults, fhir_type, &DefaultRow::fhir);
  return row == kDefaults.end() ? ValueType::kString : row->type;
}

}  // namespace throughline::plan
