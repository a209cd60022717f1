#include "fhir/compile/element_tree.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

namespace throughline::compile {
namespace {

using definitions::DiscriminatorType;
using definitions::kNoElement;
using definitions::SlicingRules;

Error NotInBase(std::string_view place) {
  return MakeError(
      ErrorKind::kNotFound, "definitions-structure",
      "its differential names an element that its base does not have: " + std::string(place.substr(0, kLongestShown)));
}

std::vector<std::string_view> Split(std::string_view text) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t dot = text.find('.');
    parts.push_back(text.substr(0, dot));
    if (dot == std::string_view::npos) {
      return parts;
    }
    text.remove_prefix(dot + 1);
  }
}

// The profiles on these types are of what is pointed at.
bool IsPointer(const TypeRules& type) { return type.code == "Reference" || type.code == "canonical"; }

bool IsChoice(std::string_view name) { return name.ends_with("[x]"); }
std::string_view ChoiceName(std::string_view name) { return name.substr(0, name.size() - 3); }

// "value" + "Quantity" for the type "Quantity" of value[x].
std::string NameOfType(std::string_view choice, std::string_view type) {
  std::string name(ChoiceName(choice));
  name.append(type);
  char& first = name[name.size() - type.size()];
  first = static_cast<char>(first >= 'a' && first <= 'z' ? first - 'a' + 'A' : first);
  return name;
}

const TypeRules* TypeNamed(const ElementRules& choice, std::string_view choice_name, std::string_view name) {
  const auto found = std::ranges::find_if(
      choice.types, [&](const TypeRules& type) { return NameOfType(choice_name, type.code) == name; });
  return found == choice.types.end() ? nullptr : &*found;
}

// The slicing that R4 implies where a differential does not say it: extensions by url, choices by type.
SlicingDraft ImpliedSlicing(std::string_view name) {
  if (name == "extension" || name == "modifierExtension") {
    return {{{DiscriminatorType::kValue, "url"}}, SlicingRules::kOpen, false};
  }
  if (IsChoice(name)) {
    return {{{DiscriminatorType::kType, "$this"}}, SlicingRules::kOpen, false};
  }
  return {};
}

void JoinConstraints(const std::vector<ConstraintRules>& added, std::vector<ConstraintRules>& constraints) {
  for (const ConstraintRules& rule : added) {
    if (std::ranges::find(constraints, rule.key, &ConstraintRules::key) == constraints.end()) {
      constraints.push_back(rule);
    }
  }
}

template <typename Field>
void Take(std::optional<Field>& field, std::optional<Field>& said) {
  if (said) {
    field = std::move(said);
  }
}

// A differential's words replace the base's; its constraints come on top of them.
void Merge(ElementRules said, ElementRules& rules) {
  Take(rules.min, said.min);
  Take(rules.max, said.max);
  Take(rules.must_support, said.must_support);
  rules.modifier = rules.modifier.value_or(false) || said.modifier.value_or(false);  // never taken back
  Take(rules.summary, said.summary);
  Take(rules.max_length, said.max_length);
  Take(rules.binding, said.binding);
  Take(rules.slicing, said.slicing);
  if (!said.types.empty()) {
    rules.types = std::move(said.types);
  }
  for (ValueRules& value : said.values) {
    std::erase_if(rules.values, [&](const ValueRules& other) { return other.kind == value.kind; });
    rules.values.push_back(std::move(value));
  }
  JoinConstraints(said.constraints, rules.constraints);
}

}  // namespace

std::vector<ElementRules> WithIds(std::vector<ElementRules> differential) {
  std::map<std::string, std::string, std::less<>> slices;  // of the last element at a path
  for (ElementRules& element : differential) {
    std::erase_if(slices, [&](const auto& row) { return row.first.starts_with(element.path + "."); });
    slices[element.path] = element.slice_name;
    if (!element.id.empty()) {
      continue;
    }
    std::string path;
    for (const std::string_view part : Split(element.path)) {
      path.append(path.empty() ? "" : ".").append(part);
      element.id.append(element.id.empty() ? "" : ".").append(part);
      if (const auto slice = slices.find(path); slice != slices.end() && !slice->second.empty()) {
        element.id.append(":").append(slice->second);
      }
    }
  }
  return differential;
}

ElementTree::ElementTree(const std::vector<ElementRules>& base, Source source)
    : source_(std::move(source)), root_(Grow(base)) {}

// A parent is the last element before with one part less: the children of a slice follow it.
ElementTree::Node ElementTree::Grow(const std::vector<ElementRules>& elements) {
  Node root;
  for (const ElementRules& element : elements) {
    const std::vector<std::string_view> parts = Split(element.path);
    Node* place = &root;
    for (std::size_t depth = 2; depth < parts.size() && !place->children.empty(); ++depth) {
      place = &place->children.back();
    }
    if (parts.size() > 1) {
      place = &place->children.emplace_back();
    }
    place->name = parts.back();
    place->rules = element;
    place->before = element;
    ++nodes_;
  }
  return root;
}

// Ids follow the names of the path; where one does not, the path and the element's own slice are what counts.
std::vector<ElementTree::Step> ElementTree::StepsOf(const ElementRules& element) {
  const std::vector<std::string_view> names = Split(element.path);
  const std::vector<std::string_view> ids = Split(element.id);
  std::vector<Step> steps;
  for (std::size_t i = 0; i < names.size(); ++i) {
    Step step{names[i], {}};
    if (ids.size() == names.size()) {
      const std::size_t colon = ids[i].find(':');
      step.slice = colon == std::string_view::npos ? std::string_view() : ids[i].substr(colon + 1);
    }
    if (i + 1 == names.size() && !element.slice_name.empty()) {
      step.slice = element.slice_name;
    }
    steps.push_back(step);
  }
  return steps;
}

Result<void> ElementTree::Apply(ElementRules element) {
  const std::vector<Step> steps = StepsOf(element);
  if (steps.front().name != root_.name) {
    return NotInBase(element.path);
  }
  Node* node = &root_;
  for (const Step& step : std::span(steps).subspan(1)) {
    auto child = Walk(*node, step);
    if (!child) {
      Error error = std::move(child).error();
      return error.kind == ErrorKind::kNotFound && error.message.empty() ? NotInBase(element.id) : std::move(error);
    }
    node = *child;
  }
  ApplyProfileOfType(element, *node);
  Merge(std::move(element), node->rules);
  return {};
}

// The child that a step names; kNotFound without a message when there is none.
Result<ElementTree::Node*> ElementTree::Walk(Node& parent, Step step) {
  if (auto expanded = Expand(parent); !expanded) {
    return std::move(expanded).error();
  }
  const auto same = [&](const Node& child) { return child.name == step.name && child.rules.slice_name == step.slice; };
  if (const auto found = std::ranges::find_if(parent.children, same); found != parent.children.end()) {
    return &*found;
  }
  for (std::size_t i = 0; i < parent.children.size(); ++i) {
    const Node& child = parent.children[i];
    if (IsChoice(child.name) && child.name != step.name && child.rules.slice_name.empty() &&
        TypeNamed(child.before, child.name, step.name) != nullptr) {
      return WalkChoice(parent, i, step);
    }
  }
  if (step.slice.empty()) {
    return Error{ErrorKind::kNotFound, "", {}};
  }
  return AddSlice(parent, step);
}

// "valueQuantity" is the slice of value[x] for its type. Where no slicing is told, naming choices so allows no others.
Result<ElementTree::Node*> ElementTree::WalkChoice(Node& parent, std::size_t choice, Step step) {
  Node& node = parent.children[choice];
  if (!node.rules.slicing) {
    node.rules.slicing = SlicingDraft{{{DiscriminatorType::kType, "$this"}}, SlicingRules::kClosed, false};
    node.rules.types.clear();
    node.is_by_type = true;
  }
  const TypeRules* type = TypeNamed(node.before, node.name, step.name);
  if (node.is_by_type && TypeNamed(node.rules, node.name, step.name) == nullptr) {
    node.rules.types.push_back(*type);
  }
  const std::string name = node.name;
  return Walk(parent, {name, step.slice.empty() ? step.name : step.slice});
}

// As it was before the differential, without what was walked into and added since.
ElementTree::Node ElementTree::Before(const Node& node) {
  Node copy;
  copy.name = node.name;
  copy.rules = node.before;
  copy.before = node.before;
  if (node.is_expanded) {
    return copy;
  }
  for (const Node& child : node.children) {
    if (!child.is_added) {
      copy.children.push_back(Before(child));
    }
  }
  return copy;
}

// A slice starts as a copy of what it slices ("a/b" of the slice "a"); that it must be there has to be said.
Result<ElementTree::Node*> ElementTree::AddSlice(Node& parent, Step step) {
  const std::size_t slash = step.slice.rfind('/');
  const std::string_view sliced = slash == std::string_view::npos ? std::string_view() : step.slice.substr(0, slash);
  auto& children = parent.children;
  auto base = std::ranges::find_if(
      children, [&](const Node& child) { return child.name == step.name && child.rules.slice_name == sliced; });
  if (base == children.end()) {
    base = std::ranges::find(children, step.name, &Node::name);
  }
  if (base == children.end()) {
    return Error{ErrorKind::kNotFound, "", {}};
  }
  if (!base->rules.slicing) {
    base->rules.slicing = ImpliedSlicing(base->name);
  }
  Node slice = base->is_added ? *base : Before(*base);
  slice.rules.slicing.reset();
  slice.rules.slice_name = step.slice;
  slice.rules.min = 0;
  slice.is_added = true;
  if (const TypeRules* type = IsChoice(slice.name) ? TypeNamed(slice.rules, slice.name, step.slice) : nullptr) {
    const TypeRules only = *type;
    slice.rules.types = {only};
  }
  slice.before = slice.rules;
  if (auto counted = CountNodes(slice); !counted) {
    return std::move(counted).error();
  }
  auto last = base;
  for (auto next = base; next != children.end() && next->name == step.name; ++next) {
    if (sliced.empty() || next->rules.slice_name.starts_with(sliced)) {
      last = next;
    }
  }
  return &*children.insert(last + 1, std::move(slice));
}

Result<void> ElementTree::CountNodes(const Node& node) {
  if (++nodes_ >= kNoElement) {
    return MakeError(ErrorKind::kTooCostly, "definitions-structure", "a snapshot grows to too many elements");
  }
  for (const Node& child : node.children) {
    if (auto counted = CountNodes(child); !counted) {
      return counted;
    }
  }
  return {};
}

// Gives a node its children: those of the element that it refers to, of the one profile on its type, or of its type.
Result<void> ElementTree::Expand(Node& node) {
  if (!node.children.empty()) {
    return {};
  }
  if (!node.rules.content_reference.empty()) {
    return ExpandReference(node);
  }
  if (node.rules.types.empty()) {
    return {};
  }
  const TypeRules& first = node.rules.types.front();
  const bool one = node.rules.types.size() == 1;
  std::string canonical = std::string(kStructureUrl) + (one ? first.code : "Element");
  if (one && first.profiles.size() == 1 && !IsPointer(first)) {
    canonical = first.profiles.front();
  }
  auto definition = source_.snapshot(canonical);
  if (!definition) {
    return std::move(definition).error();
  }
  Node grown = Grow((*definition)->elements);
  if (nodes_ >= kNoElement) {
    return CountNodes(grown);
  }
  node.children = std::move(grown.children);
  node.is_expanded = true;
  return {};
}

Result<void> ElementTree::ExpandReference(Node& node) {
  const Node* target = FindById(node.rules.content_reference);
  if (target == nullptr) {
    return {};
  }
  std::vector<Node> children = Before(*target).children;
  for (const Node& child : children) {
    if (auto counted = CountNodes(child); !counted) {
      return counted;
    }
  }
  node.rules.types = target->before.types;
  node.rules.content_reference.clear();
  node.is_expanded = true;
  node.children = std::move(children);
  return {};
}

const ElementTree::Node* ElementTree::FindById(std::string_view id) const {
  const Node* node = &root_;
  const std::vector<std::string_view> parts = Split(id);
  for (const std::string_view part : std::span(parts).subspan(1)) {
    const auto child = std::ranges::find(node->children, part.substr(0, part.find(':')), &Node::name);
    if (child == node->children.end()) {
      return nullptr;
    }
    node = &*child;
  }
  return node;
}

// An element whose type gets one profile holds what that profile says of its root.
void ElementTree::ApplyProfileOfType(const ElementRules& element, Node& node) const {
  if (element.types.size() != 1 || element.types.front().profiles.size() != 1 || IsPointer(element.types.front())) {
    return;
  }
  const ElementRules root = source_.root(element.types.front().profiles.front());
  if (root.modifier.value_or(false)) {
    node.rules.modifier = true;
  }
  JoinConstraints(root.constraints, node.rules.constraints);
}

std::vector<ElementRules> ElementTree::Flatten() const {
  std::vector<ElementRules> elements;
  Flatten(root_, {}, {}, elements);
  return elements;
}

void ElementTree::Flatten(const Node& node, std::string_view parent_id, std::string_view parent_path,
                          std::vector<ElementRules>& elements) {
  const auto under = [&](std::string_view parent) {
    return parent.empty() ? node.name : std::string(parent) + "." + node.name;
  };
  ElementRules rules = node.rules;
  rules.path = under(parent_path);
  rules.id = under(parent_id) + (rules.slice_name.empty() ? "" : ":" + rules.slice_name);
  const std::string id = rules.id;
  const std::string path = rules.path;
  elements.push_back(std::move(rules));
  for (const Node& child : node.children) {
    Flatten(child, id, path, elements);
  }
}

}  // namespace throughline::compile
