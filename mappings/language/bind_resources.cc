#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "mappings/language/binder.h"

namespace throughline::language {
namespace {

using definitions::TypeId;

void BindResourceType(Binding& binding, Index resource, const YamlNode& value) {
  const std::string* text = TextOf(binding, value, "type");
  if (text == nullptr) return;
  const TypeId type = binding.definitions.FindType(*text);
  ResourcePlan& plan = binding.plan.resources[resource];
  if (type == definitions::kNoType || !binding.definitions.IsResource(type) ||
      binding.definitions.type(type).abstract) {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < binding.definitions.type_count(); ++i) {
      const auto id = static_cast<TypeId>(i);
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

bool IsList(const Plan& plan, Index node) { return node != kNone && plan.nodes[node].kind == LocalKind::kArray; }

void BindEach(Binding& binding, Index resource, const YamlNode& value) {
  const std::string* text = TextOf(binding, value, "each");
  if (text == nullptr) return;
  const Index node = FindNode(binding.plan, *text);
  const bool item = node != kNone && binding.plan.nodes[node].name == "*";
  if (!item) {
    binding.diagnostics.Error("map-each", value.mark, text->size(),
                              "'each' names the items of a list among the fields: " +
                                  (IsList(binding.plan, node) ? *text + ".*" : std::string("dx.*")));
  } else {
    ResourcePlan& plan = binding.plan.resources[resource];
    plan.each = binding.plan.nodes[node].parent;
    plan.lists = StarsOf(binding.plan, node);
  }
}

void BindWhen(Binding& binding, Index resource, const YamlNode& value) {
  const std::string* text = TextOf(binding, value, "when");
  if (text == nullptr) return;
  ResourcePlan& plan = binding.plan.resources[resource];
  plan.any = plan.some = *text == "any" && plan.each != kNone;
  plan.when = plan.any ? kNone : FindNode(binding.plan, *text);
  if (plan.any) return;
  if (plan.when != kNone) {
    if (binding.plan.nodes[plan.when].stars > 0) {
      binding.diagnostics.Error("map-when", value.mark, text->size(),
                                "'when' names what stands once in a record; of the items of 'each', 'when: any' takes "
                                "those that say something "
                                "of the resource, and an expression over the item those of which it is true");
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
    names.reserve(binding.plan.nodes.size());
    for (const LocalNode& node : binding.plan.nodes) names.push_back(node.path);
    binding.diagnostics.Error(
        "map-when", value.mark, text->size(),
        *text == "any"
            ? "'when: any' is said of a resource with 'each', which stands before it"
            : "'when' is a group or field of the record, or a FHIRPath expression over it, with 'each' over the item "
              "(flag = true)" +
                  DidYouMean(*text, names));
    return;
  }
  if (!CheckNoClock(binding, value, *expression)) return;
  binding.over_record.push_back({&expression->program(), &value, kNone, resource, true});
  plan.when_expression = std::move(expression).value();
}

// Items of which only some make the resource come back in their places by references alone, which lists in lists use
// otherwise.
void CheckSome(Binding& binding, ResourcePlan& resource, const YamlNode* when) {
  resource.some = resource.any || (resource.each != kNone && resource.when_expression);
  if (!resource.some || resource.lists.size() < 2 || when == nullptr) return;
  binding.diagnostics.Error("map-when", when->mark, when->text.size(),
                            "a 'when' of items is said of those of an outermost list");
}

bool IsOfKey(const Plan& plan, Index field) { return std::ranges::find(plan.key, field) != plan.key.end(); }

void BindOwnKey(Binding& binding, Index resource, const YamlNode& value) {
  const Plan& plan = binding.plan;
  const std::vector<YamlNode> one = {value};
  for (const YamlNode& item : value.kind == YamlNode::Kind::kList ? value.items : one) {
    const Index field = FieldNamed(binding, item, "key");
    if (field == kNone) continue;
    const Field& part = plan.fields[field];
    const bool once = plan.nodes[part.node].stars == 0 && part.part < 0;
    if (!IsOfKey(plan, field) && (!part.required || !once || part.target.empty() || part.when != kNone)) {
      binding.diagnostics.Error(
          "map-key", item.mark, item.text.size(),
          "a resource's own key is made of parts of the record's key, or of fields that stand once "
          "in a record, are 'required: true' and go somewhere");
    }
    binding.plan.resources[resource].key.push_back(field);
  }
}

void BindDistinct(Binding& binding, Index resource, const YamlNode& value) {
  const auto word = WordOf(binding, value, "distinct", kTruthWords);
  if (!word || *word != 0) return;
  ResourcePlan& plan = binding.plan.resources[resource];
  if (plan.lists.size() != 1) {
    return binding.diagnostics.Error("map-each", value.mark, 4,
                                     "'distinct' is said of what stands for the items of an outermost list, behind its "
                                     "'each'");
  }
  plan.distinct = binding.plan.distincts = true;
}

// Others make it too when its key does not hold the whole key of the record.
void FindShared(Binding& binding, ResourcePlan& resource, const YamlNode* key) {
  const Plan& plan = binding.plan;
  if (resource.key.empty()) return;
  const auto holds = [&](Index part) { return std::ranges::find(resource.key, part) != resource.key.end(); };
  resource.shared = !std::ranges::all_of(plan.key, holds);
  const bool more = std::ranges::any_of(resource.key, [&](Index part) { return !IsOfKey(plan, part); });
  if (resource.shared || !more || key == nullptr) return;
  binding.diagnostics.Error("map-key", key->mark, 1,
                            "this holds the whole key of the record, and more: the record would make another resource "
                            "when that changes. Leave 'key' away");
}

void BindItem(Binding& binding, Index resource, const YamlNode& value) {
  const Index field = FieldNamed(binding, value, "item");
  ResourcePlan& plan = binding.plan.resources[resource];
  plan.item_field = field;
  if (field == kNone) return;
  const std::vector<Index> stars = StarsOf(binding.plan, binding.plan.fields[field].node);
  if (stars.empty() || stars != plan.lists) {
    binding.diagnostics.Error("map-item", value.mark, value.text.size(),
                              "'item' is a field of the list that 'each' names (which stands before it)");
  }
}

void BindIdentify(Binding& binding, Index resource, const YamlNode& value) {
  if (const std::string* text = TextOf(binding, value, "identify")) binding.plan.resources[resource].identify = *text;
  binding.plan.resources[resource].identify_mark = value.mark;
}

void BindWhere(Binding& binding, Index resource, const YamlNode& value) {
  binding.resource_wheres.emplace_back(resource, &value);
}

struct WordRow {
  std::string_view word;
  void (*bind)(Binding&, Index resource, const YamlNode&);
};
constexpr std::array kWordRows = {
    WordRow{"type", BindResourceType}, WordRow{"each", BindEach},         WordRow{"when", BindWhen},
    WordRow{"where", BindWhere},       WordRow{"key", BindOwnKey},        WordRow{"item", BindItem},
    WordRow{"identify", BindIdentify}, WordRow{"distinct", BindDistinct},
};
static_assert(AreWordsOf(Place::kResource, kWordRows, &WordRow::word));

// The stars that a field's target must write: those of its own path but the one that `each` stands for.
bool TargetStars(Binding& binding, const Binding::Target& target, const ResourcePlan& resource,
                 std::vector<Index>& stars) {
  stars = StarsOf(binding.plan, binding.plan.fields[target.field].node);
  if (LeaveOutLists(resource, stars)) return true;
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
    return binding.diagnostics.Error(
        "map-unknown-resource", target.mark, name.size(),
        "'resources:' has no '" + std::string(name) + "'" + DidYouMean(name, ResourceNames(plan)));
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
      ((field.table != kNone || field.bands != kNone) && !plan.contents[content].slots.empty())) {
    return binding.diagnostics.Error("map-duplicate-target", target.mark, target.text.size(),
                                     "this element is filled twice");
  }
  const std::string_view type = binding.definitions.type(plan.contents[content].type).name;
  if (!field.typed && field.table == kNone && field.yes.empty()) field.type = DefaultType(type);
  if (field.textual && field.type == ValueType::kBoolean && field.yes.empty() && field.table == kNone) {
    field.yes = {"true"};
    field.no = {"false"};
  }
  const definitions::TypeId id = plan.contents[content].type;
  const auto transform = field.clock != kNone ? BindMoment(binding, field, id, resource, target.mark)
                                              : TransformFor(binding, field, id, target.mark);
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

// The resource of the list around to which everything made of `content` refers.
Index AroundIn(const Plan& plan, const Content& content, std::span<const Index> lists) {
  if (content.leaf.source == Leaf::Source::kReference) {
    return std::ranges::equal(plan.resources[content.leaf.resource].lists, lists) ? content.leaf.resource : kNone;
  }
  for (const Slot& slot : content.slots) {
    for (const Index alternative : slot.alternatives) {
      if (plan.contents[alternative].star != kNone) continue;
      const Index found = AroundIn(plan, plan.contents[alternative], lists);
      if (found != kNone) return found;
    }
  }
  return kNone;
}

// On the way back the reference tells to which item of the list around each one belongs.
void FindAround(Binding& binding, ResourcePlan& resource) {
  if (resource.lists.size() < 2 || resource.content == kNone) return;
  const Plan& plan = binding.plan;
  const std::span<const Index> lists(resource.lists.data(), resource.lists.size() - 1);
  resource.around = AroundIn(plan, plan.contents[resource.content], lists);
  if (resource.around != kNone) return;
  const std::string list = plan.nodes[lists.back()].path + ".*";
  binding.diagnostics.Error("map-each", resource.mark, resource.name.size(),
                            "this is made for items of a list in a list, and nothing tells to which of " + list +
                                " each belongs: make a resource with 'each: " + list +
                                "' and refer to it ('encounter: =visit')");
}

}  // namespace

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
    CheckSome(binding, plan.resources[index], value.Find("when"));
    FindShared(binding, plan.resources[index], value.Find("key"));
  }
  for (const Binding::Target& target : binding.targets) BindTarget(binding, target);
  for (Index i = 0; i < plan.resources.size(); ++i) {
    if (plan.resources[i].content == kNone) continue;
    for (const auto& [key, value] : resources.pairs[i].value.pairs) {
      if (FindWord(Place::kResource, key.text) == nullptr) BindConstant(binding, i, key, value);
    }
  }
  for (ResourcePlan& resource : plan.resources) FindAround(binding, resource);
  if (main != nullptr) {
    const std::string* name = TextOf(binding, *main, "main");
    if (name != nullptr) plan.main = FindResource(plan, *name);
    if (plan.main == kNone) binding.diagnostics.Error("map-main", main->mark, 1, "'main' names one of the resources");
  }
  for (Index i = 0; i < plan.resources.size() && plan.main == kNone; ++i) {
    if (!plan.resources[i].shared && plan.resources[i].each == kNone) plan.main = i;
  }
}

}  // namespace throughline::language
