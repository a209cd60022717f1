// A JSON value that loses nothing: number literals, member order and text are kept as they came.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "fhir/json/arena.h"

namespace throughline::json {

enum class Kind : std::uint8_t { kNull, kBoolean, kNumber, kString, kArray, kObject };

struct Member;

// A view of 16 bytes into an arena: cheap to copy, immutable, valid as long as the arena. A default one is null.
// Reading as the wrong kind gives the empty answer ("" / false / no items), never a crash.
class Value {
 public:
  Value() = default;

  static Value Boolean(bool value);
  // `text` must be a JSON number literal and outlive the value.
  static Value Number(std::string_view text);
  // `text` is UTF-8 without escapes and must outlive the value.
  static Value String(std::string_view text);
  // The spans must outlive the value (see Builder and Arena).
  static Value Array(std::span<const Value> items);
  static Value Object(std::span<const Member> members);

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::kNull; }
  bool is_boolean() const { return kind_ == Kind::kBoolean; }
  bool is_number() const { return kind_ == Kind::kNumber; }
  bool is_string() const { return kind_ == Kind::kString; }
  bool is_array() const { return kind_ == Kind::kArray; }
  bool is_object() const { return kind_ == Kind::kObject; }

  bool boolean() const { return kind_ == Kind::kBoolean && size_ != 0; }
  // A string's text (decoded, UTF-8) or a number's literal.
  std::string_view text() const;
  std::span<const Value> items() const;
  std::span<const Member> members() const;
  // The member of an object; null pointer when there is none or this is not an object.
  const Value* Find(std::string_view name) const;
  // Find() with the empty answer: a null value when there is none.
  Value Get(std::string_view name) const;
  // Items of an array, members of an object, 0 otherwise.
  std::size_t size() const { return is_array() || is_object() ? size_ : 0; }

 private:
  const void* data_ = nullptr;
  std::uint32_t size_ = 0;
  Kind kind_ = Kind::kNull;
};

struct Member {
  std::string_view name;
  Value value;
};

// Same kind and content. Objects: same members in any order. Numbers: the same literal ("1.0" is not "1.00").
bool Equal(const Value& a, const Value& b);

// Copies `value` with everything below it into `arena`.
Value Clone(const Value& value, Arena& arena);

}  // namespace throughline::json
