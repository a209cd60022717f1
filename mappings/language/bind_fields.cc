#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "mappings/language/binder.h"

namespace throughline::language {
namespace {

constexpr std::size_t kMostSeparator = 8;

// One attribute of a field: `range: 0..3`.
struct AttributeRow {
  std::string_view name;
  void (*bind)(Binding&, Index field, const YamlNode& value);
};

Field& FieldAt(Binding& binding, Index field) { return binding.plan.fields[field]; }

void BindType(Binding& binding, Index field, const YamlNode& value) {
  if (const auto word = WordOf(binding, value, "type", kTypeWords))
    FieldAt(binding, field).type = static_cast<ValueType>(*word);
  FieldAt(binding, field).typed = true;
}

void BindFhir(Binding& binding, Index field, const YamlNode& value) {
  const std::string* text = TextOf(binding, value, "fhir");
  if (text == nullptr) return;
  FieldAt(binding, field).target = *text;
  binding.targets.push_back({field, *text, value.mark});
}

void BindCodes(Binding& binding, Index field, const YamlNode& value) {
  const std::string* text = TextOf(binding, value, "codes");
  if (text == nullptr) return;
  std::vector<std::string_view> names;
  for (Index i = 0; i < binding.plan.tables.size(); ++i) {
    if (binding.plan.tables[i]->name() == *text) FieldAt(binding, field).table = i;
    names.push_back(binding.plan.tables[i]->name());
  }
  if (FieldAt(binding, field).table != kNone) return;
  binding.diagnostics.Error("map-unknown-table", value.mark, text->size(),
                            "'codes:' below has no table of this name" + DidYouMean(*text, names));
}

void BindValues(Binding& binding, Index field, const YamlNode& value) {
  if (value.kind != YamlNode::Kind::kList || value.items.empty()) {
    return binding.diagnostics.Error("map-values", value.mark, 1, "'values' is a list: [F, M, X]");
  }
  FieldAt(binding, field).values_mark = value.mark;
  for (const YamlNode& item : value.items) {
    if (const std::string* text = TextOf(binding, item, "values")) FieldAt(binding, field).values.push_back(*text);
  }
}

void BindUnmatched(Binding& binding, Index field, const YamlNode& value) {
  if (const auto word = WordOf(binding, value, "unmatched", kUnmatchedWords)) {
    FieldAt(binding, field).unmatched = static_cast<UnmatchedPolicy>(*word);
  }
}

void BindKeep(Binding& binding, Index field, const YamlNode& value) {
  FieldAt(binding, field).keep_local = WordOf(binding, value, "keep", kKeepWords).has_value();
}

void BindWritten(Binding& binding, Index field, const YamlNode& value) {
  FieldAt(binding, field).textual = WordOf(binding, value, "written", kWrittenWords).has_value();
}

void BindRequired(Binding& binding, Index field, const YamlNode& value) {
  FieldAt(binding, field).required = WordOf(binding, value, "required", kTruthWords) == 0u;
}

void BindRange(Binding& binding, Index field, const YamlNode& value) {
  const std::string* text = TextOf(binding, value, "range");
  if (text == nullptr) return;
  const std::size_t dots = text->find("..");
  Field& target = FieldAt(binding, field);
  const std::string_view low = std::string_view(*text).substr(0, dots);
  const std::string_view high = dots == std::string::npos ? "" : std::string_view(*text).substr(dots + 2);
  if (!low.empty()) target.low = Decimal::Parse(low);
  if (!high.empty()) target.high = Decimal::Parse(high);
  const bool fits = dots != std::string::npos && (low.empty() || target.low) && (high.empty() || target.high) &&
                    (target.low || target.high) && !(target.low && target.high && *target.high < *target.low);
  if (!fits) binding.diagnostics.Error("map-range", value.mark, text->size(), "a range is written 0..3, 0.. or ..3");
}

void BindDrop(Binding& binding, Index field, const YamlNode& value) {
  const std::string* text = TextOf(binding, value, "drop");
  if (text == nullptr) return;
  FieldAt(binding, field).dropped = *text;
  if (text->empty()) binding.diagnostics.Error("map-drop", value.mark, 1, "say why the field is dropped");
}

void BindDerive(Binding& binding, Index field, const YamlNode& value) {
  if (TextOf(binding, value, "derive") != nullptr) binding.derives.emplace_back(field, &value);
}

void BindFieldAbsent(Binding& binding, Index field, const YamlNode& value) {
  FieldAt(binding, field).absent_said = true;
  BindAbsent(binding, value, FieldAt(binding, field).absent);
}

void BindColumn(Binding& binding, Index field, const YamlNode& value) {
  if (binding.plan.format.syntax != formats::Syntax::kCsv) {
    return binding.diagnostics.Error("map-column", value.mark, 1, "only a CSV file has columns");
  }
  const std::vector<YamlNode> one = {value};
  for (const YamlNode& item : value.kind == YamlNode::Kind::kList ? value.items : one) {
    if (const std::string* text = TextOf(binding, item, "column")) FieldAt(binding, field).columns.push_back(*text);
  }
}

// In a CSV file nothing is a word in the cell.
void BindNothing(Binding& binding, Index field, const YamlNode& value) {
  LocalNode& node = binding.plan.nodes[FieldAt(binding, field).node];
  const bool csv = binding.plan.format.syntax == formats::Syntax::kCsv;
  if (csv && value.kind == YamlNode::Kind::kScalar && value.text != "empty") {
    node.usual = Form::kWord;
    node.word = value.text;
    node.usual_declared = true;
    return;
  }
  if (const auto word = WordOf(binding, value, "nothing", kFormWords)) node.usual = static_cast<Form>(*word);
  node.usual_declared = true;
}

void BindSplit(Binding& binding, Index field, const YamlNode& value) {
  const std::string* text = TextOf(binding, value, "split");
  if (text == nullptr) return;
  const bool ascii = std::ranges::all_of(*text, [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
  if (text->empty() || text->size() > kMostSeparator || !ascii) {
    return binding.diagnostics.Error("map-split", value.mark, std::max<std::size_t>(text->size(), 1),
                                     "a field is split at one to eight ASCII characters: ':' or ', '");
  }
  binding.plan.nodes[FieldAt(binding, field).node].separator = *text;
  binding.plan.splits = true;
}

void BindWhereOfField(Binding& binding, Index field, const YamlNode& value) {
  binding.field_wheres.emplace_back(field, &value);
}

// The words of dates are bound before the forms that they stand in.
void BoundBefore(Binding&, Index, const YamlNode&) {}

void NotACase(Binding& binding, Index, const YamlNode& value) {
  binding.diagnostics.Error("map-cases", value.mark, 1,
                            "'cases' is a list of '- fhir: target' groups, and not of a case");
}

void NotOfAField(Binding& binding, Index, const YamlNode& value) {
  binding.diagnostics.Error("map-list", value.mark, std::max<std::size_t>(value.text.size(), 1),
                            "'list' is said of a list by itself; where its items go is said of 'field.*'");
}

void MixedField(Binding& binding, Index, const YamlNode& value) {
  binding.diagnostics.Error("map-path", value.mark, std::max<std::size_t>(value.text.size(), 1),
                            "this is said of a list or group by itself; where what is below it goes is said there");
}

constexpr std::array kAttributes = {
    AttributeRow{"type", BindType},
    AttributeRow{"format", BindFormat},
    AttributeRow{"months", BoundBefore},
    AttributeRow{"halves", BoundBefore},
    AttributeRow{"years", BoundBefore},
    AttributeRow{"fhir", BindFhir},
    AttributeRow{"codes", BindCodes},
    AttributeRow{"bands", BindBands},
    AttributeRow{"when", BindWhenOfField},
    AttributeRow{"where", BindWhereOfField},
    AttributeRow{"cases", NotACase},
    AttributeRow{"values", BindValues},
    AttributeRow{"unmatched", BindUnmatched},
    AttributeRow{"keep", BindKeep},
    AttributeRow{"written", BindWritten},
    AttributeRow{"required", BindRequired},
    AttributeRow{"range", BindRange},
    AttributeRow{"drop", BindDrop},
    AttributeRow{"derive", BindDerive},
    AttributeRow{"yes", BindYes},
    AttributeRow{"no", BindNo},
    AttributeRow{"absent", BindFieldAbsent},
    AttributeRow{"nothing", BindNothing},
    AttributeRow{"split", BindSplit},
    AttributeRow{"time-of", BindTimeOf},
    AttributeRow{"across", BindAcross},
    AttributeRow{"trim", BindTrim},
    AttributeRow{"ignore-case", BindIgnoreCase},
    AttributeRow{"column", BindColumn},
    AttributeRow{"list", NotOfAField},
    AttributeRow{"escape", NotOfAField},
    AttributeRow{"mixed", MixedField},
    AttributeRow{"group", MixedField},
    AttributeRow{"single", MixedField},
};
static_assert(AreWordsOf(Place::kField, kAttributes, &AttributeRow::name));

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

void BindAttributes(Binding& binding, Index field, const YamlNode& entry) {
  BindTimeWords(binding, field, entry);
  for (const auto& [key, value] : entry.pairs) {
    if (!CheckKey(binding, key, Place::kField)) continue;
    std::ranges::find(kAttributes, key.text, &AttributeRow::name)->bind(binding, field, value);
  }
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
