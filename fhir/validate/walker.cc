#include "fhir/validate/walker.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "fhir/validate/bundle.h"
#include "fhir/validate/invariants.h"

namespace throughline::validate {
namespace {

using definitions::Element;
using definitions::kNoType;
using definitions::TypeId;
using json::Member;
using json::Value;

constexpr std::string_view kResourceType = "resourceType";
constexpr std::string_view kContainedMember = "contained";
constexpr std::string_view kIdMember = "id";
constexpr std::string_view kUrlMember = "url";

bool IsSibling(std::string_view name) { return name.starts_with('_'); }
std::string_view NameOfElement(std::string_view name) { return IsSibling(name) ? name.substr(1) : name; }

std::string_view PlaceName(const Element& element) { return element.choice.empty() ? element.name : element.choice; }

// Words that could be an element's name may be repeated to the sender; anything else may not.
bool LooksLikeAName(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// An attribute in XML, which has no extensions. https://hl7.org/fhir/R4/extensibility.html#Extension
bool IsAttribute(const Plan& plan, TypeId type, std::string_view name) {
  return (name == kIdMember && !plan.of(type).resource) || (name == kUrlMember && type == plan.extension());
}

Value SiblingOf(const Value& object, std::string_view name) {
  for (const Member& member : object.members()) {
    if (member.name.size() == name.size() + 1 && IsSibling(member.name) && member.name.substr(1) == name) {
      return member.value;
    }
  }
  return {};
}

struct KindWord {
  json::Kind kind;
  std::string_view text;
};
constexpr std::array kKindWords = {
    KindWord{json::Kind::kBoolean, "Write true or false, without quotes."},
    KindWord{json::Kind::kNumber, "Write a JSON number, without quotes."},
    KindWord{json::Kind::kString, "Write a JSON string, in quotes."},
    KindWord{json::Kind::kObject, "Write a JSON object."},
};

std::string_view KindText(json::Kind kind) { return std::ranges::find(kKindWords, kind, &KindWord::kind)->text; }

}  // namespace

Walker::Walker(const definitions::Definitions& definitions, const Options& options) : context_(definitions, options) {}

TypeId Walker::TypeOfResource(const Value& value, const Place& place) {
  if (!value.is_object()) {
    findings().Add(Rule::kType, place, KindText(json::Kind::kObject));
    return kNoType;
  }
  const Value* const name = value.Find(kResourceType);
  if (name == nullptr || !name->is_string()) {
    findings().Add(Rule::kResourceTypeMissing, place);
    return kNoType;
  }
  const TypeId type = definitions().FindType(name->text());
  if (!definitions().IsResource(type) || definitions().type(type).abstract) {
    findings().Add(Rule::kResourceTypeUnknown, place);
    return kNoType;
  }
  return type;
}

void Walker::Start(const Value& resource) {
  context_.document = resource;
  context_.root = resource;
  WalkResource(resource, {});
}

void Walker::StartWithin(const Value& container, const path::Item& item) {
  const auto contained = container.Get(kContainedMember).items();
  const auto found = std::ranges::find_if(
      contained, [&](const Value& each) { return each.members().data() == item.value().members().data(); });
  if (!definitions().IsResource(item.type()) || found == contained.end()) {
    WalkValue(item.value(), item.type(), {});
    return;
  }
  context_.root = item.value();
  context_.scope.known = true;
  EnterContainer(context_, container, {});
  findings().Take();
  context_.scope.inside = static_cast<std::size_t>(found - contained.begin());
  WalkResource(item.value(), {});
}

void Walker::WalkResource(const Value& value, const Place& place) {
  const TypeId type = TypeOfResource(value, place);
  if (type == kNoType) {
    return;
  }
  Place root = place;
  root.name = place.parent == nullptr ? context_.definitions.type(type).name : place.name;
  if (context_.scope.inside == Place::kSingle) {
    WalkContainer(value, type, root);
  } else {
    WalkContained(value, type, root);
  }
}

void Walker::WalkContainer(const Value& value, TypeId type, const Place& place) {
  Scope outer = std::exchange(context_.scope, Scope(true));
  const BundleIndex* const outer_bundle = context_.bundle;
  const std::size_t outer_entry = context_.entry;
  context_.entry = place.parent == nullptr ? Place::kSingle : place.parent->index;
  std::optional<BundleIndex> bundle;
  if (context_.plan.of(type).bundle) {
    context_.bundle = &bundle.emplace(value);
  }
  const path::Item outer_root = std::exchange(context_.environment.root_resource, path::Item::Node(type, value));
  const path::Item outer_resource = std::exchange(context_.environment.resource, path::Item::Node(type, value));
  EnterContainer(context_, value, place);
  const std::size_t before = findings().flaws();
  if (WalkObject(value, type, place)) {
    CheckValue(type, {value, {}, nullptr, place}, before);
    CheckProfiles(context_, value, type, place);
  }
  CheckNarrated(value, type, place);
  LeaveContainer(context_, place);
  context_.environment.root_resource = outer_root;
  context_.environment.resource = outer_resource;
  context_.bundle = outer_bundle;
  context_.entry = outer_entry;
  context_.scope = std::move(outer);
}

void Walker::CheckNarrated(const Value& value, TypeId type, const Place& place) {
  if (context_.options.best_practice && context_.plan.of(type).narrated && value.Get("text").Find("div") == nullptr) {
    findings().Add(Rule::kDom6, place);
  }
}

void Walker::WalkContained(const Value& value, TypeId type, const Place& place) {
  Scope& scope = context_.scope;
  CheckContained(context_, value, place);
  const path::Item outer = std::exchange(context_.environment.resource, path::Item::Node(type, value));
  scope.contained_element_ids.clear();
  const std::size_t before = findings().flaws();
  if (WalkObject(value, type, place)) {
    CheckValue(type, {value, {}, nullptr, place}, before);
    CheckProfiles(context_, value, type, place);
  }
  context_.environment.resource = outer;
}

void Walker::WalkValue(const Value& value, TypeId type, const Place& place) {
  context_.root = value;
  const std::size_t before = findings().flaws();
  if (context_.plan.of(type).primitive != nullptr) {
    WalkPrimitive(nullptr, type, value, {}, place);
  } else if (definitions().IsResource(type)) {
    WalkResource(value, place);
  } else if (WalkObject(value, type, place)) {
    CheckValue(type, {value, {}, nullptr, place}, before);
  }
}

void Walker::CheckValue(TypeId type, const Visit& visit, std::size_t before) {
  if (const TypeCheck check = context_.plan.of(type).check) {
    check(context_, visit);
  }
  context_.sound = findings().flaws() == before;
  CheckInvariants(context_, type, visit);
  context_.sound = true;
}

bool Walker::WalkObject(const Value& object, TypeId type, const Place& place) {
  if (!object.is_object()) {
    findings().Add(object.is_null() ? Rule::kNullValue : Rule::kType, place,
                   object.is_null() ? "" : KindText(json::Kind::kObject));
    return false;
  }
  const auto members = object.members();
  if (members.empty()) {
    findings().Add(Rule::kEle1, place);
    return false;
  }
  if (place.depth() > context_.options.depth) {
    findings().Add(Rule::kTooDeep, place);
    return false;
  }
  const bool siblings = std::ranges::any_of(members, IsSibling, &Member::name);
  for (const Member& member : members) {
    WalkMember(object, member, siblings, type, place);
  }
  CheckRequired(object, type, place);
  return true;
}

void Walker::WalkMember(const Value& object, const Member& member, bool siblings, TypeId type, const Place& place) {
  const std::string_view name = NameOfElement(member.name);
  Element element;
  if (!definitions().FindChild(type, name, element)) {
    if (member.name != kResourceType || !context_.plan.of(type).resource) {
      const bool repeatable = LooksLikeAName(member.name);
      findings().Add(Rule::kUnknownElement, {&place, repeatable ? member.name : ""});
    }
    return;
  }
  if (member.value.is_null()) {
    findings().Add(Rule::kNullValue, {&place, PlaceName(element), Place::kSingle, member.name});
  }
  const bool beside = IsSibling(member.name);
  if (beside && (context_.plan.of(element.type).primitive == nullptr || IsAttribute(context_.plan, type, name))) {
    findings().Add(Rule::kUnknownElement, {&place, member.name});
    return;
  }
  if (beside && object.Find(name) != nullptr) {
    return;  // walked with the value that it stands beside
  }
  if (!element.choice.empty()) {
    CheckChoice(object, member, element, place);
  }
  if (name == kIdMember && !context_.plan.of(type).resource) {
    CheckElementId(member.value, type, {&place, kIdMember});
  }
  const Value plain = beside ? Value{} : member.value;
  WalkElement(element, plain, beside ? member.value : siblings ? SiblingOf(object, name) : Value{}, place);
}

// Each of `value` and `sibling` that is there must have the shape that the element asks for.
void Walker::WalkElement(const Element& element, const Value& value, const Value& sibling, const Place& place) {
  const Place here{&place, PlaceName(element), Place::kSingle, element.name, &element};
  if (value.is_null() && sibling.is_null()) {
    return;
  }
  for (const Value& part : {value, sibling}) {
    if (!part.is_null() && part.is_array() != element.is_array) {
      findings().Add(element.is_array ? Rule::kArrayExpected : Rule::kArrayUnexpected, here);
      return;
    }
  }
  if (element.is_array) {
    WalkItems(element, value, sibling, place);
    return;
  }
  if (element.max == 0) {
    findings().Add(Rule::kCardMax, here);
  }
  WalkItem(element, value, sibling, here);
}

void Walker::WalkItems(const Element& element, const Value& value, const Value& sibling, const Place& place) {
  const Place here{&place, PlaceName(element), Place::kSingle, element.name, &element};
  const auto values = value.items();
  const auto siblings = sibling.items();
  const std::size_t count = std::max(values.size(), siblings.size());
  if (count == 0 || (value.is_array() && values.empty()) || (sibling.is_array() && siblings.empty())) {
    findings().Add(Rule::kEmptyArray, here);
  }
  if (value.is_array() && sibling.is_array() && values.size() != siblings.size()) {
    findings().Add(Rule::kSiblingLength, here);
  }
  if (element.max != definitions::kUnbounded && count > element.max) {
    findings().Add(Rule::kCardMax, here);
  }
  const bool contains = element.name == kContainedMember && element.type == context_.plan.resource();
  if (contains && !context_.options.contained_checks) {
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const Value item = i < values.size() ? values[i] : Value{};
    const Value beside = i < siblings.size() ? siblings[i] : Value{};
    const Place at{&place, here.name, i, element.name, &element};
    const std::size_t outer = std::exchange(context_.scope.inside, contains ? i : context_.scope.inside);
    if (item.is_null() && beside.is_null()) {
      findings().Add(Rule::kNullValue, at);
    } else {
      WalkItem(element, item, beside, at);
    }
    context_.scope.inside = outer;
  }
}

void Walker::WalkItem(const Element& element, const Value& value, const Value& sibling, const Place& place) {
  const TypePlan& plan = context_.plan.of(element.type);
  context_.steps += context_.steps > 0 ? kStepsOfAValue : 0;
  if (plan.primitive != nullptr) {
    WalkPrimitive(&element, element.type, value, sibling, place);
    return;
  }
  if (plan.resource) {
    WalkResource(value, place);
    return;
  }
  const std::size_t before = findings().flaws();
  const std::string_view outer = context_.extension;
  if (element.type == context_.plan.extension()) {
    context_.extension = value.Get("url").text();
  }
  const bool walked = WalkObject(value, element.type, place);
  context_.extension = outer;
  if (walked) {
    CheckFilled(value, place);
    CheckValue(element.type, {value, {}, &element, place}, before);
    CheckBinding(context_, element, value, place);
  }
}

void Walker::WalkPrimitive(const Element* element, TypeId type, const Value& value, const Value& sibling,
                           const Place& place) {
  const TypePlan& plan = context_.plan.of(type);
  if (!sibling.is_null()) {
    const std::string name = '_' + std::string(place.member.empty() ? place.name : place.member);
    WalkObject(sibling, type, {place.parent, place.name, place.index, name, element});
  }
  if (value.is_null() && !sibling.is_null()) {
    CheckFilled(sibling, place);
    return;
  }
  if (value.kind() != plan.primitive->kind) {
    findings().Add(value.is_null() ? Rule::kNullValue : Rule::kType, place,
                   value.is_null() ? "" : KindText(plan.primitive->kind));
    return;
  }
  if (value.is_string() && value.text().empty()) {
    findings().Add(Rule::kEmptyString, place);
    return;
  }
  if (value.is_string()) {
    CheckText(context_, plan, value.text(), place);
  }
  const bool checked = value.is_boolean() || plan.text == TextKind::kXhtml;
  if (!checked && !plan.primitive->check(value.text())) {
    findings().Add(RuleOf(*plan.primitive), place);
  } else if (element != nullptr) {
    CheckBinding(context_, *element, value, place);
    if (element->constraint_count > 0) {
      CheckInvariants(context_, type, {value, sibling, element, place});
    }
  }
}

}  // namespace throughline::validate
