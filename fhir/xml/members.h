// The members of an object while it is read.
#pragma once

#include <string_view>
#include <vector>

#include "fhir/definitions/type.h"
#include "fhir/json/arena.h"
#include "fhir/json/value.h"

namespace throughline::xml {

// In the order in which they first came.
class Members {
 public:
  // One more value of `element`; `sibling` is its id and extensions, null when it has none. False: it does not repeat.
  bool Add(const definitions::Element& element, const json::Value& value, const json::Value& sibling);
  // A member that is no element of the rows: "resourceType", an attribute.
  void AddPlain(std::string_view name, const json::Value& value);

  bool empty() const { return rows_.empty(); }
  json::Value Build(json::Arena& arena) const;

 private:
  struct Row {
    std::string_view name;
    bool is_array = false;
    std::vector<json::Value> values;
    std::vector<json::Value> siblings;
  };
  std::vector<Row> rows_;
};

}  // namespace throughline::xml
