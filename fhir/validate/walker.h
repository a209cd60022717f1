// The one walk over a resource's JSON beside the rows of its type.
#pragma once

#include <string_view>

#include "fhir/definitions/definitions.h"
#include "fhir/json/value.h"
#include "fhir/validate/context.h"

namespace throughline::validate {

class Walker {
 public:
  Walker(const definitions::Definitions& definitions, const Options& options);

  // The resource that a check is about.
  void Start(const json::Value& resource);
  // A value of any type, which is `container` or stands in it: what "#..." in it names is looked up there.
  void StartWithin(const json::Value& container, const path::Item& item);
  // A resource that is not contained: the start, or an entry of a Bundle.
  void WalkResource(const json::Value& value, const Place& place);
  // A value of any type.
  void WalkValue(const json::Value& value, definitions::TypeId type, const Place& place);

  Issues Take() { return context_.findings.Take(); }

 private:
  definitions::TypeId TypeOfResource(const json::Value& value, const Place& place);
  void WalkContainer(const json::Value& value, definitions::TypeId type, const Place& place);
  void WalkContained(const json::Value& value, definitions::TypeId type, const Place& place);

  // False when the object was not looked into.
  bool WalkObject(const json::Value& object, definitions::TypeId type, const Place& place);
  void WalkMember(const json::Value& object, const json::Member& member, bool siblings, definitions::TypeId type,
                  const Place& place);
  void WalkElement(const definitions::Element& element, const json::Value& value, const json::Value& sibling,
                   const Place& place);
  void WalkItems(const definitions::Element& element, const json::Value& value, const json::Value& sibling,
                 const Place& place);
  void WalkItem(const definitions::Element& element, const json::Value& value, const json::Value& sibling,
                const Place& place);
  void WalkPrimitive(const definitions::Element* element, definitions::TypeId type, const json::Value& value,
                     const json::Value& sibling, const Place& place);

  void CheckNarrated(const json::Value& value, definitions::TypeId type, const Place& place);
  void CheckChoice(const json::Value& object, const json::Member& member, const definitions::Element& element,
                   const Place& place);
  void CheckRequired(const json::Value& object, definitions::TypeId type, const Place& place);
  // An id alone is no content.
  void CheckFilled(const json::Value& object, const Place& place);
  void CheckElementId(const json::Value& id, definitions::TypeId type, const Place& place);

  // What the type asks for beyond its rows. `before`: the flaws that there were before the value was walked.
  void CheckValue(definitions::TypeId type, const Visit& visit, std::size_t before);

  const definitions::Definitions& definitions() const { return context_.definitions; }
  Findings& findings() { return context_.findings; }

  Context context_;
};

}  // namespace throughline::validate
