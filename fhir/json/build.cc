#include "fhir/json/build.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <span>

namespace throughline::json {
namespace {

template <typename T>
std::span<const T> Freeze(const std::vector<T>& made, Arena& arena) {
  T* const copy = arena.Array<T>(made.size());
  std::copy(made.begin(), made.end(), copy);
  return {copy, made.size()};
}

}  // namespace

void ObjectBuilder::Add(std::string_view name, Value value) {
  assert(std::ranges::find(members_, name, &Member::name) == members_.end());
  members_.push_back({name, value});
}

void ObjectBuilder::AddString(std::string_view name, std::string_view text) {
  Add(name, Value::String(arena_->Copy(text)));
}

void ObjectBuilder::AddBoolean(std::string_view name, bool value) { Add(name, Value::Boolean(value)); }

void ObjectBuilder::AddInteger(std::string_view name, long long value) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  Add(name, Value::Number(arena_->Copy({digits.data(), static_cast<std::size_t>(end - digits.data())})));
}

Value ObjectBuilder::Build() {
  const Value object = Value::Object(Freeze(members_, *arena_));
  members_.clear();
  return object;
}

void ArrayBuilder::Add(Value value) { items_.push_back(value); }

Value ArrayBuilder::Build() {
  const Value array = Value::Array(Freeze(items_, *arena_));
  items_.clear();
  return array;
}

Value With(const Value& object, std::string_view name, Value value, Arena& arena) {
  const std::span<const Member> old = object.members();
  Member* const members = arena.Array<Member>(old.size() + 1);
  bool replaced = false;
  std::size_t count = 0;
  for (const Member& member : old) {
    const bool match = member.name == name;
    replaced |= match;
    members[count++] = match ? Member{member.name, value} : member;
  }
  if (!replaced) members[count++] = {name, value};
  return Value::Object({members, count});
}

Value Without(const Value& object, std::string_view name, Arena& arena) {
  if (object.Find(name) == nullptr) return object;
  const std::span<const Member> old = object.members();
  Member* const members = arena.Array<Member>(old.size());
  std::size_t count = 0;
  for (const Member& member : old) {
    if (member.name != name) members[count++] = member;
  }
  return Value::Object({members, count});
}

}  // namespace throughline::json
