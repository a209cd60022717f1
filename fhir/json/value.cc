#include "fhir/json/value.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>
#include <vector>

namespace throughline::json {
namespace {

constexpr std::size_t kFewToCompare = 16;

std::uint32_t Narrow(std::size_t size) {
  assert(size <= std::numeric_limits<std::uint32_t>::max());
  return static_cast<std::uint32_t>(size);
}

bool SameArrays(std::span<const Value> a, std::span<const Value> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), Equal);
}

// Both have the same number of members, and no name twice.
bool SameMembersInAnyOrder(std::span<const Member> a, std::span<const Member> b) {
  std::vector<const Member*> left;
  std::vector<const Member*> right;
  const auto by_name = [](const Member* x, const Member* y) { return x->name < y->name; };
  for (const Member& member : a) left.push_back(&member);
  for (const Member& member : b) right.push_back(&member);
  std::sort(left.begin(), left.end(), by_name);
  std::sort(right.begin(), right.end(), by_name);
  return std::equal(left.begin(), left.end(), right.begin(),
                    [](const Member* x, const Member* y) { return x->name == y->name && Equal(x->value, y->value); });
}

bool SameObjects(const Value& a, const Value& b) {
  const std::span<const Member> left = a.members();
  const std::span<const Member> right = b.members();
  if (left.size() != right.size()) return false;
  if (left.size() > kFewToCompare) return SameMembersInAnyOrder(left, right);
  for (std::size_t i = 0; i < left.size(); ++i) {
    const Value* other = right[i].name == left[i].name ? &right[i].value : b.Find(left[i].name);
    if (other == nullptr || !Equal(left[i].value, *other)) return false;
  }
  return true;
}

}  // namespace

Value Value::Boolean(bool value) {
  Value made;
  made.kind_ = Kind::kBoolean;
  made.size_ = value ? 1 : 0;
  return made;
}

Value Value::Number(std::string_view text) {
  Value made = String(text);
  made.kind_ = Kind::kNumber;
  return made;
}

Value Value::String(std::string_view text) {
  Value made;
  made.data_ = text.data();
  made.size_ = Narrow(text.size());
  made.kind_ = Kind::kString;
  return made;
}

Value Value::Array(std::span<const Value> items) {
  Value made;
  made.data_ = items.data();
  made.size_ = Narrow(items.size());
  made.kind_ = Kind::kArray;
  return made;
}

Value Value::Object(std::span<const Member> members) {
  Value made;
  made.data_ = members.data();
  made.size_ = Narrow(members.size());
  made.kind_ = Kind::kObject;
  return made;
}

std::string_view Value::text() const {
  if (kind_ != Kind::kString && kind_ != Kind::kNumber) return {};
  return {static_cast<const char*>(data_), size_};
}

std::span<const Value> Value::items() const {
  if (kind_ != Kind::kArray) return {};
  return {static_cast<const Value*>(data_), size_};
}

std::span<const Member> Value::members() const {
  if (kind_ != Kind::kObject) return {};
  return {static_cast<const Member*>(data_), size_};
}

const Value* Value::Find(std::string_view name) const {
  if (kind_ != Kind::kObject) return nullptr;
  const char first = name.empty() ? '\0' : name.front();
  for (const Member& member : members()) {
    if (member.name.size() != name.size()) continue;
    if (name.empty()) return &member.value;
    if (member.name.front() == first && std::memcmp(member.name.data(), name.data(), name.size()) == 0) {
      return &member.value;
    }
  }
  return nullptr;
}

Value Value::Get(std::string_view name) const {
  const Value* found = Find(name);
  return found == nullptr ? Value() : *found;
}

bool Equal(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::kNull:
      return true;
    case Kind::kBoolean:
      return a.boolean() == b.boolean();
    case Kind::kNumber:
    case Kind::kString:
      return a.text() == b.text();
    case Kind::kArray:
      return SameArrays(a.items(), b.items());
    case Kind::kObject:
      return SameObjects(a, b);
  }
  return false;
}

Value Clone(const Value& value, Arena& arena) {
  switch (value.kind()) {
    case Kind::kNull:
    case Kind::kBoolean:
      return value;
    case Kind::kNumber:
      return Value::Number(arena.Copy(value.text()));
    case Kind::kString:
      return Value::String(arena.Copy(value.text()));
    case Kind::kArray: {
      Value* const items = arena.Array<Value>(value.size());
      std::size_t count = 0;
      for (const Value& item : value.items()) items[count++] = Clone(item, arena);
      return Value::Array({items, count});
    }
    case Kind::kObject: {
      Member* const members = arena.Array<Member>(value.size());
      std::size_t count = 0;
      for (const Member& member : value.members()) {
        members[count++] = {arena.Copy(member.name), Clone(member.value, arena)};
      }
      return Value::Object({members, count});
    }
  }
  return {};
}

}  // namespace throughline::json
