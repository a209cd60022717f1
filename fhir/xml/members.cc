#include "fhir/xml/members.h"

#include <algorithm>
#include <string>

#include "fhir/json/build.h"

namespace throughline::xml {
namespace {

using json::Value;

// Null where all of them are.
Value ToMember(const std::vector<Value>& values, bool is_array, json::Arena& arena) {
  if (std::ranges::all_of(values, &Value::is_null)) {
    return {};
  }
  if (!is_array) {
    return values.front();
  }
  json::ArrayBuilder items(arena);
  for (const Value& value : values) {
    items.Add(value);
  }
  return items.Build();
}

}  // namespace

bool Members::Add(const definitions::Element& element, const Value& value, const Value& sibling) {
  auto row = std::ranges::find(rows_, element.name, &Row::name);
  if (row == rows_.end()) {
    row = rows_.insert(rows_.end(), {element.name, element.is_array, {}, {}});
  } else if (!element.is_array) {
    return false;
  }
  row->values.push_back(value);
  row->siblings.push_back(sibling);
  return true;
}

void Members::AddPlain(std::string_view name, const Value& value) { rows_.push_back({name, false, {value}, {}}); }

Value Members::Build(json::Arena& arena) const {
  json::ObjectBuilder object(arena);
  for (const Row& row : rows_) {
    const Value value = ToMember(row.values, row.is_array, arena);
    const Value sibling = ToMember(row.siblings, row.is_array, arena);
    if (!value.is_null()) {
      object.Add(row.name, value);
    }
    if (!sibling.is_null()) {
      object.Add(arena.Copy(std::string("_").append(row.name)), sibling);
    }
  }
  return object.Build();
}

}  // namespace throughline::xml
