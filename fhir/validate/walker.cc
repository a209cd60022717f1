#include "fhir/validate/walker.h"

#include <algorithm>
#include <array>
#include <utility>

namespace throughline::validate {
namespace {

using definitions::Element;
using definitions::kNoType;
using definitions::TypeId;
using definitions::TypeKind;
using json::Member;
using json::Value;

constexpr std::string_view kResourceType = "resourceType";
constexpr std::string_view kContained = "contained";

bool IsSibling(std::string_view name) { return name.starts_with('_'); }
std::string_view PlainName(std::string_view name) { return IsSibling(name) ? name.substr(1) : name; }

std::string_view PlaceName(const Element& element) { return element.choice.empty() ? element.name : element.choice; }

// Words that could be an element's name may be repeated to the sender; anything else may not.
bool LooksLikeAName(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
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

std::string_view Expected(json::Kind kind) { return std::ranges::find(kKindWords, kind, &KindWord::kind)->text; }

}  // namespace

Walker::Walker(const definitions::Definitions& definitions, const Options& options)
    : definitions_(definitions),
      options_(options),
      special_{definitions.FindType("Resource"), definitions.FindType("Reference"), definitions.FindType("Coding"),
               definitions.FindType("CodeableConcept"), definitions.FindType("code")},
      findings_(options.issues) {}

const PrimitiveRow* Walker::PrimitiveOf(TypeId type) const {
  const definitions::Type row = definitions_.type(type);
  return row.kind == TypeKind::kPrimitive ? FindPrimitive(row.name) : nullptr;
}

TypeId Walker::TypeOfResource(const Value& value, const Place& place) {
  if (!value.is_object()) {
    findings_.Add(Rule::kType, place, Expected(json::Kind::kObject));
    return kNoType;
  }
  const Value* const name = value.Find(kResourceType);
  if (name == nullptr || !name->is_string()) {
    findings_.Add(Rule::kResourceTypeMissing, place);
    return kNoType;
  }
  const TypeId type = definitions_.FindType(name->text());
  if (!definitions_.IsResource(type) || definitions_.type(type).abstract) {
    findings_.Add(Rule::kResourceTypeUnknown, place);
    return kNoType;
  }
  return type;
}

void Walker::WalkResource(const Value& value, const Place& place) {
  const TypeId type = TypeOfResource(value, place);
  if (type == kNoType) {
    return;
  }
  const Place root{place.parent, place.parent == nullptr ? definitions_.type(type).name : place.name, place.index};
  if (container_.inside) {
    if (value.Find(kContained) != nullptr) {
      findings_.Add(Rule::kContainedNested, root);
    }
    WalkObject(value, type, root);
    return;
  }
  WalkContainer(value, type, root);
}

void Walker::WalkContainer(const Value& value, TypeId type, const Place& place) {
  Container outer = std::exchange(container_, {.known = true, .inside = false, .contained = {}});
  if (const Value* const list = value.Find(kContained)) {
    ReadContained(*list, place);
  }
  WalkObject(value, type, place);
  container_ = std::move(outer);
}

void Walker::ReadContained(const Value& list, const Place& place) {
  if (list.size() > options_.contained) {
    findings_.Add(Rule::kContainedMany, {&place, kContained});
  }
  std::size_t index = 0;
  std::vector<std::pair<std::string_view, std::size_t>> ids;
  for (const Value& resource : list.items().first(std::min(list.items().size(), options_.contained))) {
    const std::string_view id = resource.Get("id").text();
    if (!id.empty()) {
      container_.contained.emplace_back(id, definitions_.FindType(resource.Get(kResourceType).text()));
      ids.emplace_back(id, index);
    }
    ++index;
  }
  std::ranges::sort(container_.contained);
  std::ranges::sort(ids);
  for (std::size_t i = 1; i < ids.size(); ++i) {
    if (ids[i].first == ids[i - 1].first) {
      const Place item{&place, kContained, ids[i].second};
      findings_.Add(Rule::kContainedIdRepeated, {&item, "id"});
    }
  }
}

void Walker::WalkValue(const Value& value, TypeId type, const Place& place) {
  if (const PrimitiveRow* const primitive = PrimitiveOf(type)) {
    WalkPrimitive(*primitive, value, place);
  } else if (definitions_.IsResource(type)) {
    WalkResource(value, place);
  } else {
    WalkObject(value, type, place);
  }
}

void Walker::WalkObject(const Value& object, TypeId type, const Place& place) {
  if (!object.is_object()) {
    findings_.Add(object.is_null() ? Rule::kNullValue : Rule::kType, place,
                  object.is_null() ? "" : Expected(json::Kind::kObject));
    return;
  }
  if (object.members().empty()) {
    findings_.Add(Rule::kEmptyObject, place);
    return;
  }
  if (place.depth() > options_.depth) {
    findings_.Add(Rule::kTooDeep, place);
    return;
  }
  const bool siblings = std::ranges::any_of(object.members(), IsSibling, &Member::name);
  for (const Member& member : object.members()) {
    WalkMember(object, member, siblings, type, place);
  }
  CheckRequired(object, type, place);
}

void Walker::WalkMember(const Value& object, const Member& member, bool siblings, TypeId type, const Place& place) {
  const std::string_view name = PlainName(member.name);
  Element element;
  if (!definitions_.FindChild(type, name, element)) {
    if (member.name != kResourceType || !definitions_.IsResource(type)) {
      findings_.Add(Rule::kUnknownElement, {&place, LooksLikeAName(member.name) ? member.name : ""});
    }
    return;
  }
  if (member.value.is_null()) {
    findings_.Add(Rule::kNullValue, {&place, PlaceName(element)});
  }
  const bool beside = IsSibling(member.name);
  if (beside && PrimitiveOf(element.type) == nullptr) {
    findings_.Add(Rule::kUnknownElement, {&place, member.name});
    return;
  }
  if (beside && object.Find(name) != nullptr) {
    return;  // walked with the value that it stands beside
  }
  if (!element.choice.empty()) {
    CheckChoice(object, member, element, place);
  }
  const Value plain = beside ? Value{} : member.value;
  WalkElement(element, plain, beside ? member.value : siblings ? SiblingOf(object, name) : Value{}, place);
}

// Each of `value` and `sibling` that is there must have the shape that the element asks for.
void Walker::WalkElement(const Element& element, const Value& value, const Value& sibling, const Place& place) {
  const Place here{&place, PlaceName(element)};
  if (value.is_null() && sibling.is_null()) {
    return;
  }
  for (const Value& part : {value, sibling}) {
    if (!part.is_null() && part.is_array() != element.is_array) {
      findings_.Add(element.is_array ? Rule::kArrayExpected : Rule::kArrayUnexpected, here);
      return;
    }
  }
  if (element.is_array) {
    WalkItems(element, value, sibling, place, here.name);
    return;
  }
  if (element.max == 0) {
    findings_.Add(Rule::kCardMax, here);
  }
  WalkItem(element, value, sibling, here);
}

void Walker::WalkItems(const Element& element, const Value& value, const Value& sibling, const Place& place,
                       std::string_view name) {
  const Place here{&place, name};
  const auto values = value.items();
  const auto siblings = sibling.items();
  const std::size_t count = std::max(values.size(), siblings.size());
  if (count == 0 || (value.is_array() && values.empty()) || (sibling.is_array() && siblings.empty())) {
    findings_.Add(Rule::kEmptyArray, here);
  }
  if (value.is_array() && sibling.is_array() && values.size() != siblings.size()) {
    findings_.Add(Rule::kSiblingLength, here);
  }
  if (element.max != definitions::kUnbounded && count > element.max) {
    findings_.Add(Rule::kCardMax, here);
  }
  const bool contains = name == kContained && element.type == special_.resource;
  if (contains) {
    container_.inside = true;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const Value item = i < values.size() ? values[i] : Value{};
    const Value beside = i < siblings.size() ? siblings[i] : Value{};
    const Place at{&place, name, i};
    if (item.is_null() && beside.is_null()) {
      findings_.Add(Rule::kNullValue, at);
    } else {
      WalkItem(element, item, beside, at);
    }
  }
  if (contains) {
    container_.inside = false;
  }
}

void Walker::WalkItem(const Element& element, const Value& value, const Value& sibling, const Place& place) {
  if (const PrimitiveRow* const primitive = PrimitiveOf(element.type)) {
    if (!value.is_null()) {
      WalkPrimitive(*primitive, value, place);
      CheckBinding(element, value, place);
    }
    if (!sibling.is_null()) {
      WalkObject(sibling, element.type, place);
    }
    return;
  }
  if (definitions_.IsResource(element.type)) {
    WalkResource(value, place);
    return;
  }
  WalkObject(value, element.type, place);
  if (element.type == special_.reference) {
    CheckReference(element, value, place);
  }
  CheckBinding(element, value, place);
}

void Walker::WalkPrimitive(const PrimitiveRow& primitive, const Value& value, const Place& place) {
  if (value.kind() != primitive.kind) {
    findings_.Add(value.is_null() ? Rule::kNullValue : Rule::kType, place,
                  value.is_null() ? "" : Expected(primitive.kind));
    return;
  }
  if (value.is_string() && value.text().empty()) {
    findings_.Add(Rule::kEmptyString, place);
    return;
  }
  if (value.is_string()) {
    CheckText(value.text(), place);
  }
  if (!value.is_boolean() && !primitive.check(value.text())) {
    findings_.Add(RuleOf(primitive), place);
  }
}

}  // namespace throughline::validate
