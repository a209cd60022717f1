#include "fhir/validate/structure_definition.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "fhir/validate/profile_rows.h"

namespace throughline::validate {
namespace {

using definitions::Definitions;
using definitions::Element;
using definitions::kNoType;
using definitions::TypeId;
using json::Value;

// What an element may be: of a choice any of its types. kNoType: anything, below which nothing can be said.
using Types = std::vector<TypeId>;

void AddChildren(const Definitions& definitions, TypeId owner, std::string_view name, Types& out) {
  const std::string_view plain = PlainName(name);
  if (plain.size() < name.size()) {
    const auto range = definitions.FindChoice(owner, plain);
    for (std::size_t i = 0; i < range.count; ++i) {
      out.push_back(definitions.child(owner, range.first + i).type);
    }
    return;
  }
  Element element;
  if (definitions.FindChild(owner, name, element)) {
    out.push_back(definitions.IsResource(element.type) ? kNoType : element.type);
  }
}

bool IsPrimitive(const Definitions& definitions, TypeId type) {
  return definitions.type(type).kind == definitions::TypeKind::kPrimitive;
}

// Does the path name an element of the type? "Patient.contact.name", "Observation.value[x]".
bool IsPath(const Definitions& definitions, TypeId type, std::string_view path) {
  Types types = {type};
  for (std::size_t point = path.find('.'); point != std::string_view::npos; point = path.find('.')) {
    path.remove_prefix(point + 1);
    const std::string_view name = path.substr(0, path.find('.'));
    Types next;
    for (const TypeId owner : types) {
      if (owner == kNoType || (name == "value" && IsPrimitive(definitions, owner))) {
        return true;
      }
      AddChildren(definitions, owner, name, next);
    }
    if (next.empty()) {
      return false;
    }
    types = std::move(next);
  }
  return true;
}

void CheckExpressions(Context& context, const Value& element, const Place& place) {
  std::size_t number = 0;
  for (const Value& constraint : element.Get("constraint").items()) {
    const Place here{&place, "constraint", number++};
    const Value expression = constraint.Get("expression");
    if (!expression.is_string()) {
      continue;
    }
    const auto compiled = path::Compile(expression.text(), context.definitions, {.published = true});
    // What is over the limits of this program may still be FHIRPath.
    if (!compiled && compiled.error().kind == ErrorKind::kInvalid) {
      context.findings.Add(Rule::kDefinitionExpression, {&here, "expression"});
    }
  }
}

constexpr std::array<std::string_view, 2> kLists = {"differential", "snapshot"};

}  // namespace

void CheckStructureDefinition(Context& context, const Visit& visit) {
  const Value type_name = visit.value.Get("type");
  const TypeId type = type_name.is_string() ? context.definitions.FindType(type_name.text()) : kNoType;
  const bool profile = visit.value.Get("derivation").text() == "constraint" && type != kNoType;
  for (const std::string_view name : kLists) {
    const Place list{&visit.place, name};
    std::size_t number = 0;
    for (const Value& element : visit.value.Get(name).Get("element").items()) {
      const Place place{&list, "element", number++};
      const Value path = element.Get("path");
      if (profile && path.is_string() && !IsPath(context.definitions, type, path.text())) {
        context.findings.Add(Rule::kDefinitionPath, {&place, "path"});
      }
      CheckExpressions(context, element, place);
    }
  }
}

}  // namespace throughline::validate
