#include <algorithm>
#include <array>
#include <utility>

#include "fhir/terminology/terminology.h"
#include "fhir/validate/validate.h"
#include "mappings/engine/binder.h"

namespace throughline::engine {
namespace {

using definitions::TypeId;

constexpr std::array<std::string_view, 6> kResourceWords = {"type", "each", "when", "key", "item", "identify"};

bool IsWord(std::string_view key) { return std::ranges::find(kResourceWords, key) != kResourceWords.end(); }

Index FindResource(const Plan& plan, std::string_view name) {
  const auto found = std::ranges::find(plan.resources, name, &ResourcePlan::name);
  return found == plan.resources.end() ? kNone : static_cast<Index>(found - plan.resources.begin());
}

std::string Suggest(const Plan& plan, std::string_view written) {
  std::vector<std::string_view> names;
  for (const ResourcePlan& resource : plan.resources) names.push_back(resource.name);
  return DidYouMean(written, names);
}

// The local arrays over a node, outermost first.
std::vector<Index> StarsOf(const Plan& plan, Index node) {
  std::vector<Index> stars;
  for (Index at = node; at != kNone; at = plan.nodes[at].parent) {
    if (plan.nodes[at].kind == LocalKind::kArray && at != node) stars.push_back(at);
  }
  std::ranges::reverse(stars);
  return stars;
}

Index FieldNamed(Binding& binding, const YamlNode& node, std::string_view what) {
  const std::string* text = TextOf(binding, node, what);
  if (text == nullptr) return kNone;
  const Index field = FindField(binding.plan, *text);
  if (field == kNone) {
    binding.diagnostics.Error("map-unknown-field", node.mark, text->size(),
                              "'fields:' has no field of this name" + DidYouMean(*text, FieldNames(binding.plan)));
  }
  return field;
}

void BindType(Binding& binding, Index resource, const YamlNode& value) {
  const std::string* text = TextOf(binding, value, "type");
  if (text == nullptr) return;
  const TypeId type = binding.definitions.FindType(*text);
  ResourcePlan& plan = binding.plan.resources[resource];
  if (type == definitions::kNoType || !binding.definitions.IsResource(type) ||
      binding.definitions.type(type).abstract) {
    std::vector<std::string_view> names;
    for (TypeId id = 0; id < binding.definitions.type_count(); ++id) {
      if (binding.definitions.IsResource(id)) names.push_back(binding.definitions.type(id).name);
    }
    return binding.diagnostics.Error("map-unknown-type", value.mark, text->size(),
                                     "R4 has no resource of this name" + DidYouMean(*text, names));
  }
  plan.type = type;
  plan.type_name = binding.definitions.type(type).name;
  Content content;
  content.path = plan.name;
  content.type = type;
  plan.content = static_cast<Index>(binding.plan.contents.size());
  binding.plan.contents.push_back(std::move(content));
}

void BindEach(Binding& binding, Index resource, const YamlNode& value) {
  const std::string* text = TextOf(binding, value, "each");
  if (text == nullptr) return;
  const Index node = FindNode(binding.plan, *text);
  const bool item = node != kNone && binding.plan.nodes[node].name == "*";
  if (!item) {
    binding.diagnostics.Error("map-each", value.mark, text->size(),
                              "'each' names the items of a list among the fields: dx.*");
  } else if (binding.plan.nodes[node].stars != 1) {
    binding.diagnostics.Error(
        "map-each", value.mark, text->size(),
        "a resource can stand for the items of an outer list only; map the inner one to a repeating element");
  } else {
    binding.plan.resources[resource].each = binding.plan.nodes[node].parent;
  }
}

void BindWhen(Binding& binding, Index resource, const YamlNode& value) {
  const std::string* text = TextOf(binding, value, "when");
  if (text == nullptr) return;
  ResourcePlan& plan = binding.plan.resources[resource];
  plan.when = FindNode(binding.plan, *text);
  if (plan.when != kNone) {
    if (binding.plan.nodes[plan.when].stars > 0) {
      binding.diagnostics.Error("map-when", value.mark, text->size(), "'when' names what stands once in a record");
    }
    return;
  }
  path::CompileOptions options;
  options.model = path::Model::kNone;
  auto expression = path::Compile(*text, binding.definitions, options);
  const bool bare_path =
      text->find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.*") == std::string::npos;
  if (bare_path || !expression) {
    std::vector<std::string_view> names;
    for (const LocalNode& node : binding.plan.nodes) names.push_back(node.path);
    binding.diagnostics.Error(
        "map-when", value.mark, text->size(),
        "'when' is a group or field of the record, or a FHIRPath expression over it" + DidYouMean(*text, names));
    return;
  }
  plan.when_expression = std::move(expression).value();
}

void BindOwnKey(Binding& binding, Index resource, const YamlNode& value) {
  const std::vector<YamlNode> one = {value};
  for (const YamlNode& item : value.kind == YamlNode::Kind::kList ? value.items : one) {
    const Index field = FieldNamed(binding, item, "key");
    if (field == kNone) continue;
    if (std::ranges::find(binding.plan.key, field) == binding.plan.key.end()) {
      binding.diagnostics.Error("map-key", item.mark, item.text.size(),
                                "a resource's own key is made of parts of the record's key");
    }
    binding.plan.resources[resource].key.push_back(field);
  }
}

void BindItem(Binding& binding, Index resource, const YamlNode& value) {
  const Index field = FieldNamed(binding, value, "item");
  ResourcePlan& plan = binding.plan.resources[resource];
  plan.item_field = field;
  if (field == kNone) return;
  const std::vector<Index> stars = StarsOf(binding.plan, binding.plan.fields[field].node);
  if (stars.size() != 1 || stars.front() != plan.each) {
    binding.diagnostics.Error("map-item", value.mark, value.text.size(),
                              "'item' is a field of the list that 'each' names (which stands before it)");
  }
}

void BindIdentify(Binding& binding, Index resource, const YamlNode& value) {
  if (const std::string* text = TextOf(binding, value, "identify")) binding.plan.resources[resource].identify = *text;
  binding.plan.resources[resource].identify_mark = value.mark;
}

struct WordRow {
  std::string_view word;
  void (*bind)(Binding&, Index resource, const YamlNode&);
};
constexpr std::array kWordRows = {
    WordRow{"type", BindType},  WordRow{"each", BindEach}, WordRow{"when", BindWhen},
    WordRow{"key", BindOwnKey}, WordRow{"item", BindItem}, WordRow{"identify", BindIdentify},
};

// One line of a resource that is no word of ours: `element.path: value`.
class ConstantBinder {
 public:
  ConstantBinder(Binding& binding, Index resource) : binding_(binding), plan_(binding.plan), resource_(resource) {}

  void Bind(const YamlNode& key, const YamlNode& value) {
    std::string_view path = key.text;
    if (path.starts_with('.')) path.remove_prefix(1);
    mark_ = value.mark;
    if (value.kind == YamlNode::Kind::kMap) return BindDerived(path, key.mark, value);
    const std::string* text = TextOf(binding_, value, key.text);
    if (text == nullptr) return;
    if (text->starts_with('=') && !value.quoted) return BindReference(path, key.mark, *text);
    const Index content = Place(path, key.mark, {});
    if (content == kNone) return;
    if (text->find('{') != std::string::npos) return BindText(content, *text);
    const std::string_view type = binding_.definitions.type(plan_.contents[content].type).name;
    if (plan_.contents[content].is_leaf) return PutConstant(content, Expanded(type, *text));
    BindShorthand(path, key.mark, content, type, *text);
  }

 private:
  Index Place(std::string_view path, Mark mark, std::vector<Index> stars) {
    return BindPath(binding_, {resource_, path, mark, std::move(stars)});
  }

  void Report(std::string_view rule, std::size_t width, std::string text) {
    binding_.diagnostics.Error(rule, mark_, width, std::move(text));
  }

  bool Claim(Index content) {
    if (plan_.contents[content].leaf.source == Leaf::Source::kNothing) return true;
    Report("map-duplicate-target", 1, plan_.contents[content].path + " is filled twice");
    return false;
  }

  std::string Expanded(std::string_view type, std::string_view text) const {
    if (type != "uri") return std::string(text);
    for (const auto& [name, url] : binding_.systems) {
      if (name == text) return url;
    }
    return std::string(text);
  }

  void PutConstant(Index content, std::string_view text) {
    if (!Claim(content)) return;
    const auto value = ConstantOf(content, text, mark_);
    if (!value) return;
    Leaf& leaf = plan_.contents[content].leaf;
    leaf.source = Leaf::Source::kConstant;
    leaf.type = plan_.contents[content].type;
    leaf.constant = *value;
    leaf.mark = mark_;
  }

  // `text` as a value of a primitive element; nothing after a report.
  std::optional<json::Value> ConstantOf(Index content, std::string_view text, Mark mark) {
    const std::string_view type = binding_.definitions.type(plan_.contents[content].type).name;
    const ValueType kind = DefaultType(type);
    const std::string_view kept = plan_.arena.Copy(text);
    json::Value value = json::Value::String(kept);
    if (kind == ValueType::kBoolean && (text == "true" || text == "false"))
      value = json::Value::Boolean(text == "true");
    if ((kind == ValueType::kInteger || kind == ValueType::kDecimal) && IsJsonNumber(text))
      value = json::Value::Number(kept);
    if (!validate::IsValidPrimitive(type, value)) {
      binding_.diagnostics.Error("map-constant", mark, text.size(), "this is not a " + std::string(type));
      return std::nullopt;
    }
    const std::string_view set = plan_.contents[content].required_set;
    const terminology::Coding coding{{}, {}, text};
    if (!set.empty() &&
        terminology::Terminology(binding_.definitions).MemberOf(set, coding).answer == terminology::Answer::kNo) {
      binding_.diagnostics.Error("map-constant", mark, text.size(),
                                 "this is not a code of " + std::string(set) + ", which R4 requires here");
      return std::nullopt;
    }
    return value;
  }

  // system|code|display for a Coding or a CodeableConcept.
  void BindShorthand(std::string_view path, Mark mark, Index content, std::string_view type, std::string_view text) {
    const std::size_t first = text.find('|');
    const bool coded = type == "Coding" || type == "CodeableConcept";
    if (!coded || first == std::string_view::npos) {
      return Report("map-constant", text.size(),
                    coded ? "a code is written system|code or system|code|display"
                          : "a " + std::string(type) + " has elements of its own: name one of them");
    }
    const std::size_t second = text.find('|', first + 1);
    const std::string prefix = std::string(path) + (type == "Coding" ? "." : ".coding.");
    const std::pair<std::string_view, std::string_view> parts[] = {
        {"system", text.substr(0, first)},
        {"code", text.substr(first + 1, second == std::string_view::npos ? second : second - first - 1)},
        {"display", second == std::string_view::npos ? "" : text.substr(second + 1)}};
    static_cast<void>(content);
    for (const auto& [name, part] : parts) {
      if (part.empty()) continue;
      const Index leaf = Place(prefix + std::string(name), mark, {});
      if (leaf != kNone) PutConstant(leaf, name == "system" ? Expanded("uri", part) : std::string(part));
    }
  }

  void BindReference(std::string_view path, Mark mark, std::string_view text) {
    const std::string_view name = text.substr(1);
    const Index target = FindResource(plan_, name);
    if (target == kNone) {
      return Report("map-unknown-resource", text.size(),
                    "'resources:' has no '" + std::string(name) + "'" + Suggest(plan_, name));
    }
    const Index each = plan_.resources[target].each;
    const Index own = plan_.resources[resource_].each;
    std::string full(path);
    std::vector<Index> stars;
    if (each != kNone && each != own) {
      if (CutPath(path).size() == 1 || path.find('*') == std::string_view::npos) full += ".*";
      stars.push_back(each);
    }
    const Index content = Place(full + ".reference", mark, std::move(stars));
    if (content == kNone || !Claim(content)) return;
    Leaf& leaf = plan_.contents[content].leaf;
    leaf.source = Leaf::Source::kReference;
    leaf.type = plan_.contents[content].type;
    leaf.resource = target;
    leaf.mark = mark_;
    plan_.contents[content].bears = true;
  }

  void BindText(Index content, std::string_view text) {
    if (!plan_.contents[content].is_leaf ||
        DefaultType(binding_.definitions.type(plan_.contents[content].type).name) != ValueType::kString) {
      return Report("map-text", text.size(), "text with {fields} can only become a string");
    }
    if (!Claim(content)) return;
    std::vector<TextPiece> pieces;
    while (!text.empty()) {
      const std::size_t open = text.find('{');
      const std::size_t close = text.find('}', open == std::string_view::npos ? 0 : open);
      TextPiece piece;
      piece.literal = text.substr(0, open);
      if (open != std::string_view::npos && close != std::string_view::npos) {
        YamlNode name;
        name.kind = YamlNode::Kind::kScalar;
        name.text = text.substr(open + 1, close - open - 1);
        name.mark = mark_;
        piece.field = FieldNamed(binding_, name, "text");
      }
      pieces.push_back(std::move(piece));
      text = open == std::string_view::npos || close == std::string_view::npos ? std::string_view()
                                                                               : text.substr(close + 1);
    }
    Leaf& leaf = plan_.contents[content].leaf;
    leaf.source = Leaf::Source::kText;
    leaf.type = plan_.contents[content].type;
    leaf.text = std::move(pieces);
    leaf.mark = mark_;
    plan_.contents[content].bears = true;
  }

  // A group under an element: { from: field, codes: table, present: code, otherwise: code }; written, never read back.
  void BindDerived(std::string_view path, Mark mark, const YamlNode& value) {
    constexpr std::array<std::string_view, 4> kKeys = {"from", "codes", "present", "otherwise"};
    for (const auto& [key, given] : value.pairs) {
      if (std::ranges::find(kKeys, key.text) == kKeys.end()) UnknownKey(binding_, key, kKeys);
    }
    const YamlNode* from = value.Find("from");
    if (from == nullptr)
      return Report("map-derived", 1, "a derived element says which field it comes from: 'from: field'");
    const Index field = FieldNamed(binding_, *from, "from");
    if (field == kNone) return;
    std::vector<Index> stars = StarsOf(plan_, plan_.fields[field].node);
    if (!stars.empty() && stars.front() == plan_.resources[resource_].each) stars.erase(stars.begin());
    const Index content = Place(path, mark, std::move(stars));
    if (content == kNone || !Claim(content)) return;
    FillDerived(content, field, value);
  }

  void FillDerived(Index content, Index field, const YamlNode& value) {
    Field shape = plan_.fields[field];
    shape.table = kNone;
    if (const YamlNode* codes = value.Find("codes")) {
      const std::string* name = TextOf(binding_, *codes, "codes");
      for (Index i = 0; name != nullptr && i < plan_.tables.size(); ++i) {
        if (plan_.tables[i]->name() == *name) shape.table = i;
      }
      if (shape.table == kNone) return Report("map-unknown-table", 1, "'codes:' below has no table of this name");
    }
    Leaf& leaf = plan_.contents[content].leaf;
    for (const auto& [key, place] :
         {std::pair<std::string_view, json::Value*>{"present", &leaf.present}, {"otherwise", &leaf.otherwise}}) {
      const YamlNode* given = value.Find(key);
      const std::string* text = given == nullptr ? nullptr : TextOf(binding_, *given, key);
      if (text == nullptr) continue;
      if (!plan_.contents[content].is_leaf) {
        binding_.diagnostics.Error("map-derived", given->mark, text->size(),
                                   "'" + std::string(key) + "' can only be said of a primitive element");
      } else if (const auto constant = ConstantOf(content, *text, given->mark)) {
        *place = *constant;
      }
    }
    if (shape.table == kNone && value.Find("present") == nullptr) {
      return Report("map-derived", 1, "say how it is derived: 'codes: table', or 'present: value'");
    }
    leaf.source = Leaf::Source::kDerived;
    leaf.type = plan_.contents[content].type;
    leaf.field = field;
    leaf.table = shape.table;
    leaf.mark = mark_;
    plan_.contents[content].bears = true;
    const ValueType kind = DefaultType(binding_.definitions.type(leaf.type).name);
    const bool number = kind == ValueType::kInteger || kind == ValueType::kDecimal;
    leaf.number = number;
    if (shape.table == kNone || number) return;
    if (const auto transform = TransformFor(binding_, shape, leaf.type, mark_)) {
      plan_.contents[content].leaf.transform = *transform;
      plan_.contents[content].is_leaf = true;
    }
  }

  Binding& binding_;
  Plan& plan_;
  Index resource_;
  Mark mark_;
};

// The stars that a field's target must write: those of its own path but the one that `each` stands for.
bool TargetStars(Binding& binding, const Binding::Target& target, const ResourcePlan& resource,
                 std::vector<Index>& stars) {
  stars = StarsOf(binding.plan, binding.plan.fields[target.field].node);
  if (resource.each == kNone) return true;
  if (!stars.empty() && stars.front() == resource.each) {
    stars.erase(stars.begin());
    return true;
  }
  binding.diagnostics.Error("map-each", target.mark, target.text.size(),
                            "'" + resource.name + "' stands once for each item of " +
                                binding.plan.nodes[resource.each].path + ", and this field is not inside that list");
  return false;
}

void BindTarget(Binding& binding, const Binding::Target& target) {
  Plan& plan = binding.plan;
  Field& field = plan.fields[target.field];
  const std::size_t dot = target.text.find('.');
  const std::string_view name = std::string_view(target.text).substr(0, dot);
  const Index resource = FindResource(plan, name);
  if (!field.dropped.empty()) {
    return binding.diagnostics.Error("map-drop", field.mark, field.path.size(),
                                     "a field is mapped or dropped, not both");
  }
  if (resource == kNone) {
    return binding.diagnostics.Error("map-unknown-resource", target.mark, name.size(),
                                     "'resources:' has no '" + std::string(name) + "'" + Suggest(plan, name));
  }
  std::vector<Index> stars;
  const bool whole = dot == std::string::npos;
  if (whole) {
    return binding.diagnostics.Error("map-path", target.mark, name.size(),
                                     "name an element of the resource: " + std::string(name) + ".status");
  }
  if (plan.resources[resource].content == kNone || !TargetStars(binding, target, plan.resources[resource], stars))
    return;
  const Index content =
      BindPath(binding, {resource, std::string_view(target.text).substr(dot + 1), target.mark, std::move(stars)});
  if (content == kNone) return;
  if (plan.contents[content].leaf.source != Leaf::Source::kNothing ||
      (field.table != kNone && !plan.contents[content].slots.empty())) {
    return binding.diagnostics.Error("map-duplicate-target", target.mark, target.text.size(),
                                     "this element is filled twice");
  }
  const std::string_view type = binding.definitions.type(plan.contents[content].type).name;
  if (!field.typed && field.table == kNone && field.yes.empty()) field.type = DefaultType(type);
  const auto transform = TransformFor(binding, field, plan.contents[content].type, target.mark);
  if (!transform) return;
  Content& place = plan.contents[content];
  place.is_leaf = true;
  place.leaf.source = Leaf::Source::kField;
  place.leaf.transform = *transform;
  place.leaf.type = place.type;
  place.leaf.field = target.field;
  place.leaf.mark = target.mark;
  field.mapped = true;
  plan.resources[resource].feeds.push_back(target.field);
}

}  // namespace

void BindResources(Binding& binding, const YamlNode& resources, const YamlNode* main) {
  Plan& plan = binding.plan;
  if (resources.pairs.size() > kMaxResourceNames) {
    return binding.diagnostics.Error("map-resource", resources.mark, 1, "a map has at most 500 resources");
  }
  for (const auto& [key, value] : resources.pairs) {
    ResourcePlan resource;
    resource.name = key.text;
    resource.mark = key.mark;
    plan.resources.push_back(std::move(resource));
    const Index index = static_cast<Index>(plan.resources.size()) - 1;
    if (value.Find("type") == nullptr) {
      binding.diagnostics.Error("map-resource", key.mark, key.text.size(),
                                "say which resource this is: 'type: Patient'");
    }
    for (const auto& [word, given] : value.pairs) {
      const auto row = std::ranges::find(kWordRows, word.text, &WordRow::word);
      if (row != kWordRows.end()) row->bind(binding, index, given);
    }
    plan.resources[index].shared =
        !plan.resources[index].key.empty() && plan.resources[index].key.size() < plan.key.size();
  }
  for (const Binding::Target& target : binding.targets) BindTarget(binding, target);
  for (Index i = 0; i < plan.resources.size(); ++i) {
    if (plan.resources[i].content == kNone) continue;
    ConstantBinder constants(binding, i);
    for (const auto& [key, value] : resources.pairs[i].value.pairs) {
      if (!IsWord(key.text)) constants.Bind(key, value);
    }
  }
  if (main != nullptr) {
    const std::string* name = TextOf(binding, *main, "main");
    if (name != nullptr) plan.main = FindResource(plan, *name);
    if (plan.main == kNone) binding.diagnostics.Error("map-main", main->mark, 1, "'main' names one of the resources");
  }
  for (Index i = 0; i < plan.resources.size() && plan.main == kNone; ++i) {
    if (!plan.resources[i].shared && plan.resources[i].each == kNone) plan.main = i;
  }
}

}  // namespace throughline::engine
