// Making values: a mutable tree that is frozen once.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "fhir/json/arena.h"
#include "fhir/json/value.h"

namespace throughline::json {

// Collects members in order, then makes the object. Names and values must outlive the arena's document (copy them into
// it).
class ObjectBuilder {
 public:
  explicit ObjectBuilder(Arena& arena) : arena_(&arena) {}
  void Add(std::string_view name, Value value);                  // the name must not be there yet
  void AddString(std::string_view name, std::string_view text);  // copies the text into the arena
  void AddBoolean(std::string_view name, bool value);
  void AddInteger(std::string_view name, long long value);
  bool empty() const { return members_.empty(); }
  Value Build();  // an object; the builder is empty afterwards

 private:
  Arena* arena_;
  std::vector<Member> members_;
};

class ArrayBuilder {
 public:
  explicit ArrayBuilder(Arena& arena) : arena_(&arena) {}
  void Add(Value value);
  bool empty() const { return items_.empty(); }
  std::size_t size() const { return items_.size(); }
  Value Build();

 private:
  Arena* arena_;
  std::vector<Value> items_;
};

// `object` with `member` set (replaced in place, or appended), everything else shared.
Value With(const Value& object, std::string_view name, Value value, Arena& arena);
Value Without(const Value& object, std::string_view name, Arena& arena);

}  // namespace throughline::json
