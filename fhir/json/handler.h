// Makes values out of a SAX reader's events. Private to this room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "fhir/json/arena.h"
#include "fhir/json/parse.h"
#include "fhir/json/value.h"

namespace throughline::json {

// One rule that JSON can break. Texts never hold a piece of the input.
struct Rule {
  std::string_view id;
  std::string_view text;
  IssueType type = IssueType::kStructure;
};
inline constexpr Rule kSurrogate{"json-surrogate", "the string has half of a surrogate pair"};

// What went wrong, and where in the copy that is parsed.
struct Failure {
  const Rule* rule = nullptr;
  const char* place = nullptr;  // null: where the reader stands
};

// Names, strings and numbers are views into the text that is parsed in place, which must live as long as the values and
// have 8 readable bytes behind its end. Unfinished containers wait on one stack; finished ones move to the arena.
class Handler {
 public:
  // `look_again`: strings may hold what only an escape can make.
  Handler(Arena& arena, const Limits& limits, bool look_again);

  bool Null() { return Add(Value()); }
  bool Bool(bool value) { return Add(Value::Boolean(value)); }
  bool RawNumber(const char* text, std::uint32_t size, bool) {
    const std::string_view literal{text, size};
    return NumberFits(literal) && Add(Value::Number(literal));
  }
  bool String(const char* text, std::uint32_t size, bool) {
    const std::string_view string{text, size};
    return StringFits(string) && Add(Value::String(string));
  }
  bool Key(const char* text, std::uint32_t size, bool);
  bool StartObject() { return Open(true); }
  bool EndObject(std::uint32_t count);
  bool StartArray() { return Open(false); }
  bool EndArray(std::uint32_t count);

  // Numbers come as text: the reader never calls these.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

  const Failure& failure() const { return failure_; }
  Value root() const { return stack_.empty() ? Value() : stack_.front().value; }

 private:
  struct Frame {
    bool object;
    std::uint32_t items;
  };

  bool Add(Value value) {
    if (++nodes_ > limits_.nodes) return FailTooMany();
    if (frames_.empty() || !frames_.back().object) return AddItem(value);
    stack_.back().value = value;
    return true;
  }
  bool AddItem(Value value);
  bool Open(bool object);
  bool Fail(const Rule& rule, const char* place = nullptr);
  bool FailTooMany(const char* place = nullptr);
  bool NumberFits(std::string_view literal);
  bool StringFits(std::string_view text);
  bool NamesDiffer(const Member* members, std::size_t count);
  bool ManyNamesDiffer(const Member* members, std::size_t count);

  Arena& arena_;
  const Limits& limits_;
  const bool look_again_;
  std::size_t nodes_ = 0;
  std::vector<Member> stack_;
  std::vector<Frame> frames_;
  Failure failure_;
};

}  // namespace throughline::json
