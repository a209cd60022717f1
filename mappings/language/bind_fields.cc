#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "mappings/language/binder.h"

namespace throughline::language {
namespace {

std::string ChildName(Index parent, std::string_view name) { return std::to_string(parent).append(".").append(name); }

Index ChildOf(const Binding& binding, Index parent, std::string_view name) {
  const auto found = binding.known_nodes.find(ChildName(parent, name));
  return found == binding.known_nodes.end() ? kNone : found->second;
}

Index MakeNode(Binding& binding, Index parent, std::string_view name, Mark mark) {
  Plan& plan = binding.plan;
  const Index made = static_cast<Index>(plan.nodes.size());
  LocalNode node;
  node.name = name;
  node.path = plan.nodes[parent].path.empty() ? std::string(name) : plan.nodes[parent].path + "." + std::string(name);
  node.kind = LocalKind::kLeaf;
  node.parent = parent;
  node.position = static_cast<std::uint16_t>(plan.nodes[parent].children.size());
  node.stars = static_cast<std::uint8_t>(plan.nodes[parent].stars + (name == "*" ? 1 : 0));
  node.mark = mark;
  plan.nodes[parent].children.push_back(made);
  plan.nodes.push_back(std::move(node));
  return made;
}

Index MakeChild(Binding& binding, Index parent, std::string_view name, Mark mark) {
  const Index made = MakeNode(binding, parent, name, mark);
  binding.known_nodes.emplace(ChildName(parent, name), made);
  if (!binding.mixed.contains(binding.plan.nodes[made].path)) return made;
  const Index second = MakeNode(binding, parent, name, mark);
  binding.plan.nodes[made].twin = second;
  binding.plan.nodes[second].twin = made;
  binding.plan.nodes[second].second = true;
  return made;
}

// Of a list or group the one that is meant by what stands below it.
Index KindOfNode(const Plan& plan, Index at, LocalKind kind) {
  const LocalNode& node = plan.nodes[at];
  return node.twin != kNone && !node.children.empty() && node.kind != kind ? node.twin : at;
}

std::string CannotHold(const Plan& plan, const LocalNode& parent, std::string_view segment) {
  const LocalKind kind = segment == "*" ? LocalKind::kArray : LocalKind::kObject;
  if (parent.kind == LocalKind::kLeaf) return "'" + parent.path + "' is a field and cannot hold others";
  if (parent.kind == kind) return "a path has at most 4 '*'";
  const bool place =
      PlaceFrom(segment) || (!parent.children.empty() && PlaceFrom(plan.nodes[parent.children.front()].name));
  return "'" + parent.path +
         "' is used as a list and as a group; where it is now this and now that, say so: 'mixed: true'" +
         (place ? "; the items of a list are named by their places, or all by '*'" : "");
}

// The node of a path, made where it is missing; kNone after a report.
Index PlaceNode(Binding& binding, std::string_view path, Mark mark) {
  Plan& plan = binding.plan;
  Index at = 0;
  const std::vector<std::string_view> segments = CutPath(path);
  const bool hollow = std::ranges::find(segments, std::string_view()) != segments.end();
  if (hollow || segments.size() > kMaxSegments) {
    binding.diagnostics.Error("map-path", mark, path.size(),
                              hollow ? "a path has no empty part: name.given.*" : "a path has at most 32 parts");
    return kNone;
  }
  for (const std::string_view segment : segments) {
    const LocalKind kind = segment == "*" ? LocalKind::kArray : LocalKind::kObject;
    at = KindOfNode(plan, at, kind);
    LocalNode& parent = plan.nodes[at];
    if (parent.children.empty() && parent.fields.empty()) parent.kind = kind;
    if (parent.kind != kind || parent.stars + (segment == "*" ? 1u : 0u) > kMaxStars) {
      binding.diagnostics.Error("map-path", mark, path.size(), CannotHold(plan, parent, segment));
      return kNone;
    }
    const Index child = ChildOf(binding, at, segment);
    at = child != kNone ? child : MakeChild(binding, at, segment, mark);
  }
  return at;
}

// "a.b#2" -> path and part.
bool CutPart(std::string_view& path, int& part) {
  const std::size_t hash = path.rfind('#');
  if (hash == std::string_view::npos) return true;
  const std::string_view number = path.substr(hash + 1);
  const auto [end, code] = std::from_chars(number.data(), number.data() + number.size(), part);
  path = path.substr(0, hash);
  return code == std::errc{} && end == number.data() + number.size() && part >= 1 && part <= 9 && (part -= 1) >= 0;
}

// A group's entry says only how its nothing is written.
void BindGroup(Binding& binding, Index node, const YamlNode& entry) {
  for (const auto& [key, value] : entry.pairs) {
    constexpr std::array<std::string_view, 4> kGroupKeys = {"nothing", "mixed", "single", "group"};
    if (key.text == "mixed" || key.text == "single" || key.text == "group") {
      const auto word = WordOf(binding, value, key.text, kTruthWords);
      const bool yes = word && kTruthWords[*word] == "true";
      if (key.text == "single") binding.plan.nodes[node].single = yes;
      if (key.text == "group" && yes) binding.groups.insert(node);
      if (binding.plan.format.syntax == formats::Syntax::kCsv) {
        binding.diagnostics.Error("map-path", key.mark, key.text.size(), "a cell of a CSV is neither list nor group");
      }
      continue;
    }
    if (key.text != "nothing") {
      UnknownKey(binding, key, kGroupKeys);
      continue;
    }
    if (const auto word = WordOf(binding, value, "nothing", kFormWords)) {
      binding.plan.nodes[node].usual = static_cast<Form>(*word);
      binding.plan.nodes[node].usual_declared = true;
    }
  }
}

Index AddField(Binding& binding, Index node, const YamlNode& key, int part) {
  Plan& plan = binding.plan;
  const Index index = static_cast<Index>(plan.fields.size());
  Field field;
  field.path = key.text;
  field.node = node;
  field.part = part;
  field.mark = key.mark;
  field.textual = plan.format.syntax == formats::Syntax::kCsv;
  field.comma = plan.comma;
  plan.fields.push_back(std::move(field));
  plan.nodes[node].fields.push_back(index);
  return index;
}

// What stands beside `cases` is said of all of them.
void BindCases(Binding& binding, Index node, const YamlNode& key, const YamlNode& entry) {
  Plan& plan = binding.plan;
  for (const YamlNode& item : entry.Find("cases")->items) {
    const Index index = AddField(binding, node, key, -1);
    YamlNode& both = binding.made.emplace_back();
    both.kind = YamlNode::Kind::kMap;
    for (const auto& pair : entry.pairs) {
      if (pair.key.text != "cases" && item.Find(pair.key.text) == nullptr) both.pairs.push_back(pair);
    }
    both.pairs.insert(both.pairs.end(), item.pairs.begin(), item.pairs.end());
    BindAttributes(binding, index, both);
    plan.fields[index].mark = item.mark;
  }
}

void BindField(Binding& binding, const YamlNode& key, const YamlNode& entry) {
  Plan& plan = binding.plan;
  std::string_view path = key.text;
  int part = -1;
  if (!CutPart(path, part)) {
    return binding.diagnostics.Error("map-path", key.mark, key.text.size(), "a part is written field#1 to field#9");
  }
  const Index node = PlaceNode(binding, path, key.mark);
  if (node == kNone) return;
  const bool attributes = entry.kind == YamlNode::Kind::kMap;
  const bool group = attributes && !entry.pairs.empty() && std::ranges::all_of(entry.pairs, [](const auto& pair) {
                       return pair.key.text == "nothing" || pair.key.text == "mixed" || pair.key.text == "single" ||
                              pair.key.text == "group";
                     });
  const bool list = attributes && entry.Find("list") != nullptr && entry.Find("fhir") == nullptr;
  if (list) return BindJoined(binding, node, entry);
  if (group) return BindGroup(binding, node, entry);
  if (!plan.nodes[node].children.empty()) {
    return binding.diagnostics.Error(
        "map-path", key.mark, key.text.size(),
        "this is a group: only 'nothing' can be said of it; its fields are mapped one by one");
  }
  plan.nodes[node].kind = LocalKind::kLeaf;
  const YamlNode* cases = attributes ? entry.Find("cases") : nullptr;
  if (cases != nullptr && cases->kind == YamlNode::Kind::kList) return BindCases(binding, node, key, entry);
  const Index index = AddField(binding, node, key, part);
  if (entry.kind == YamlNode::Kind::kScalar) {
    BindFhir(binding, index, entry);
  } else if (attributes) {
    BindAttributes(binding, index, entry);
  } else {
    binding.diagnostics.Error("map-field", key.mark, key.text.size(),
                              "say where the field goes ('fhir: ...') or why it does not ('drop: ...')");
  }
}

// A split leaf has a field for the whole (it holds the separator alone) and one for each part.
void CheckSplit(Binding& binding, LocalNode& node) {
  Plan& plan = binding.plan;
  if (node.kind != LocalKind::kLeaf) return;
  const auto is_part = [&](Index field) { return plan.fields[field].part >= 0; };
  const bool parts = std::ranges::any_of(node.fields, is_part);
  if (parts && node.separator.empty()) {
    return binding.diagnostics.Error(
        "map-split", plan.fields[node.fields.front()].mark, node.path.size(),
        "to use its parts, say where the field is split: " + node.path + ": { split: ':' }");
  }
  if (node.separator.empty()) return;
  std::erase_if(node.fields, [&](Index field) { return !is_part(field) && plan.fields[field].target.empty(); });
  std::ranges::sort(node.fields, {}, [&](Index field) { return plan.fields[field].part; });
  for (std::size_t i = 0; i < node.fields.size(); ++i) {
    if (plan.fields[node.fields[i]].part == static_cast<int>(i)) continue;
    binding.diagnostics.Error("map-split", plan.fields[node.fields[i]].mark, node.path.size(),
                              "a split field maps all its parts: #1, #2, ... and not the whole");
  }
  if (node.fields.size() < 2) {
    binding.diagnostics.Error("map-split", node.mark, node.path.size(), "a split field has two parts or more");
  }
}

// Of what is now a list and now a group, the list.
void CheckSingle(Binding& binding, LocalNode& node) {
  if (!node.single || node.places) return;
  Plan& plan = binding.plan;
  plan.singles = true;
  if (node.kind == LocalKind::kArray) return;
  node.single = false;
  if (node.twin != kNone && plan.nodes[node.twin].kind == LocalKind::kArray) {
    plan.nodes[node.twin].single = true;
    return;
  }
  binding.diagnostics.Error("map-path", node.mark, node.path.size(), "'single' is said of a list");
}

// A member of which all fields are numbers is a list, unless the map says otherwise. In a CSV only a text can be one.
void FindPlaces(Binding& binding, Index index) {
  Plan& plan = binding.plan;
  LocalNode& node = plan.nodes[index];
  const auto number = [&](Index child) { return PlaceFrom(plan.nodes[child].name).has_value(); };
  const bool named =
      node.kind == LocalKind::kObject && !node.children.empty() && std::ranges::all_of(node.children, number);
  const bool text = !node.joined.empty();
  const bool csv = plan.format.syntax == formats::Syntax::kCsv;
  node.places =
      named && node.parent != kNone && node.twin == kNone && !binding.groups.contains(index) && (text || !csv);
  if (node.single && node.places) {
    binding.diagnostics.Error("map-path", node.mark, node.path.size(),
                              "'single' is said of a list whose items are '.*'");
  }
  if (binding.groups.contains(index) && (text || !named)) {
    binding.diagnostics.Error("map-path", node.mark, node.path.size(),
                              "'group' is said of a member of JSON whose fields are all numbers");
  }
  if (!node.places) return;
  std::ranges::sort(node.children, {}, [&](Index child) { return *PlaceFrom(plan.nodes[child].name); });
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    plan.nodes[node.children[i]].position = static_cast<std::uint16_t>(i);
  }
}

}  // namespace

void BindFields(Binding& binding, const YamlNode& fields) {
  binding.plan.nodes.emplace_back();
  for (const auto& [key, value] : fields.pairs) {
    const YamlNode* mixed = value.kind == YamlNode::Kind::kMap ? value.Find("mixed") : nullptr;
    if (mixed != nullptr && mixed->text == "true") binding.mixed.insert(key.text);
  }
  for (const auto& [key, value] : fields.pairs) BindField(binding, key, value);
  for (Index node = 0; node < binding.plan.nodes.size(); ++node) FindPlaces(binding, node);
  for (LocalNode& node : binding.plan.nodes) CheckSplit(binding, node);
  CheckJoined(binding);
  CheckAcross(binding);
  CheckTruths(binding);
  for (LocalNode& node : binding.plan.nodes) CheckSingle(binding, node);
  for (LocalNode& node : binding.plan.nodes) {
    const bool cell =
        binding.plan.format.syntax == formats::Syntax::kCsv && (node.kind == LocalKind::kLeaf || !node.joined.empty());
    if (!cell || node.usual_declared) continue;
    if (node.parent != kNone && !binding.plan.nodes[node.parent].joined.empty()) {
      node.usual = binding.plan.nodes[node.parent].places ? Form::kOmitted : Form::kEmpty;
      continue;
    }
    node.usual = binding.plan.nothing.empty() ? Form::kEmpty : Form::kWord;
    node.word = binding.plan.nothing;
  }
  for (const LocalNode& node : binding.plan.nodes) {
    const bool unmapped =
        node.kind == LocalKind::kLeaf && node.fields.empty() && node.separator.empty() && node.joined.empty();
    if (unmapped && !node.path.empty()) {
      binding.diagnostics.Error("map-field", node.mark, node.path.size(),
                                node.twin == kNone ? "this is no group of fields and no field: say where it goes"
                                                   : "'mixed' is now a list, now a group: name what stands in each, '" +
                                                         node.path + ".*' and '" + node.path + ".name'");
    }
  }
}

}  // namespace throughline::language
