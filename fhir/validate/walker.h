// The one walk over a resource's JSON beside the rows of its type.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/value.h"
#include "fhir/validate/place.h"
#include "fhir/validate/primitives.h"
#include "fhir/validate/rules.h"

namespace throughline::validate {

class Walker {
 public:
  Walker(const definitions::Definitions& definitions, const Options& options);

  // A resource that is not contained: the start, or an entry of a Bundle.
  void WalkResource(const json::Value& value, const Place& place);
  // A value of any type.
  void WalkValue(const json::Value& value, definitions::TypeId type, const Place& place);

  Issues Take() { return findings_.Take(); }

 private:
  // The resource that "#..." refers into, and what it contains.
  struct Container {
    bool known = false;   // false for a datatype by itself
    bool inside = false;  // while one of its contained resources is walked
    std::vector<std::pair<std::string_view, definitions::TypeId>> contained;  // id and type, sorted by id
  };

  // Types that have rules of their own.
  struct Special {
    definitions::TypeId resource;
    definitions::TypeId reference;
    definitions::TypeId coding;
    definitions::TypeId concept_type;
    definitions::TypeId code;
  };

  definitions::TypeId TypeOfResource(const json::Value& value, const Place& place);
  void WalkContainer(const json::Value& value, definitions::TypeId type, const Place& place);
  void ReadContained(const json::Value& list, const Place& place);

  void WalkObject(const json::Value& object, definitions::TypeId type, const Place& place);
  void WalkMember(const json::Value& object, const json::Member& member, bool siblings, definitions::TypeId type,
                  const Place& place);
  void WalkElement(const definitions::Element& element, const json::Value& value, const json::Value& sibling,
                   const Place& place);
  void WalkItems(const definitions::Element& element, const json::Value& value, const json::Value& sibling,
                 const Place& place, std::string_view name);
  void WalkItem(const definitions::Element& element, const json::Value& value, const json::Value& sibling,
                const Place& place);
  void WalkPrimitive(const PrimitiveRow& primitive, const json::Value& value, const Place& place);

  void CheckChoice(const json::Value& object, const json::Member& member, const definitions::Element& element,
                   const Place& place);
  void CheckRequired(const json::Value& object, definitions::TypeId type, const Place& place);
  void CheckText(std::string_view text, const Place& place);
  void CheckReference(const definitions::Element& element, const json::Value& value, const Place& place);
  void CheckTarget(const definitions::Element& element, definitions::TypeId type, const Place& place);
  void CheckBinding(const definitions::Element& element, const json::Value& value, const Place& place);
  bool IsBound(const definitions::Element& element, const json::Value& value) const;
  const PrimitiveRow* PrimitiveOf(definitions::TypeId type) const;

  const definitions::Definitions& definitions_;
  const Options& options_;
  Special special_;
  Findings findings_;
  Container container_;
};

}  // namespace throughline::validate
