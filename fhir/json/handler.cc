#include "fhir/json/handler.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>

namespace throughline::json {
namespace {

constexpr std::size_t kFewMembers = 16;

constexpr Rule kDuplicateName{"json-duplicate-name", "the object has this member name twice"};
constexpr Rule kDepth{"json-depth", "arrays and objects are nested too deeply"};
constexpr Rule kTooMany{"json-too-many", "there are too many members, items or values", IssueType::kTooLong};
constexpr Rule kNumber{"json-number", "the number has too many digits or too large an exponent", IssueType::kValue};
constexpr Rule kStringTooLong{"json-too-long", "the string is too long", IssueType::kTooLong};
constexpr Rule kControl{"json-control-character", "the string has a control character", IssueType::kValue};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A number that tells most names apart: the first eight bytes and the length.
std::uint64_t Signature(std::string_view name) {
  std::uint64_t word = 0;
  std::memcpy(&word, name.data(), 8);
  const std::size_t size = name.size();
  if (size < 8) word &= (std::uint64_t{1} << (8 * size)) - 1;
  return word ^ (static_cast<std::uint64_t>(size) << 56);
}

// The power of ten behind "e", +-kFarBeyond at most.
int ExponentOf(std::string_view text) {
  constexpr int kFarBeyond = 100'000;
  int value = 0;
  for (const char c : text) {
    if (IsDigit(c)) value = std::min(value * 10 + (c - '0'), kFarBeyond);
  }
  return text.starts_with('-') ? -value : value;
}

// Where the first digit that is not zero stands: 0 for 1.5, 2 for 150, -2 for 0.015.
int PlaceOf(std::string_view mantissa, std::size_t significant) {
  const auto point = static_cast<int>(std::min(mantissa.find('.'), mantissa.size()));
  const auto first = static_cast<int>(significant);
  return first < point ? point - first - 1 : point - first;
}

const char* FindControl(std::string_view text) {
  const auto bad = [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r'; };
  const auto found = std::ranges::find_if(text, bad);
  return found == text.end() ? nullptr : &*found;
}

// The input was well-formed UTF-8, so only an escape can have made one.
const char* FindSurrogate(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) == 0xED && static_cast<unsigned char>(text[i + 1]) >= 0xA0) return &text[i];
  }
  return nullptr;
}

}  // namespace

Handler::Handler(Arena& arena, const Limits& limits, bool look_again)
    : arena_(arena), limits_(limits), look_again_(look_again) {
  stack_.reserve(128);
  frames_.reserve(16);
}

bool Handler::Fail(const Rule& rule, const char* place) {
  failure_ = {&rule, place};
  return false;
}

bool Handler::FailTooMany(const char* place) { return Fail(kTooMany, place); }

bool Handler::AddItem(Value value) {
  if (!frames_.empty() && ++frames_.back().items > limits_.items_per_array) return FailTooMany();
  stack_.push_back({{}, value});
  return true;
}

bool Handler::Key(const char* text, std::uint32_t size, bool) {
  const std::string_view name{text, size};
  if (++frames_.back().items > limits_.members_per_object) return FailTooMany(text);
  if (!StringFits(name)) return false;
  stack_.push_back({name, Value()});
  return true;
}

bool Handler::Open(bool object) {
  if (frames_.size() >= limits_.depth) return Fail(kDepth);
  frames_.push_back({object, 0});
  return true;
}

bool Handler::EndObject(std::uint32_t count) {
  const Member* const first = stack_.data() + (stack_.size() - count);
  if (!NamesDiffer(first, count)) return false;
  Member* const members = arena_.Array<Member>(count);
  std::copy_n(first, count, members);
  stack_.resize(stack_.size() - count);
  frames_.pop_back();
  return Add(Value::Object({members, count}));
}

bool Handler::EndArray(std::uint32_t count) {
  const Member* const first = stack_.data() + (stack_.size() - count);
  Value* const items = arena_.Array<Value>(count);
  std::transform(first, first + count, items, [](const Member& member) { return member.value; });
  stack_.resize(stack_.size() - count);
  frames_.pop_back();
  return Add(Value::Array({items, count}));
}

bool Handler::NumberFits(std::string_view literal) {
  const std::size_t e = literal.find_first_of("eE");
  const std::string_view mantissa = literal.substr(0, e);
  if (e == std::string_view::npos && mantissa.size() <= limits_.number_digits) return true;
  const int exponent = e == std::string_view::npos ? 0 : ExponentOf(literal.substr(e + 1));
  const std::size_t significant = std::min(mantissa.find_first_of("123456789"), mantissa.size());
  const bool zero = significant == mantissa.size();
  const int place = exponent + (zero ? 0 : PlaceOf(mantissa, significant));
  const auto digits = static_cast<std::size_t>(std::ranges::count_if(mantissa.substr(significant), IsDigit));
  const bool fits = std::abs(place) <= limits_.exponent && digits <= limits_.number_digits &&
                    mantissa.size() <= limits_.number_digits + static_cast<std::size_t>(limits_.exponent);
  return fits || Fail(kNumber, literal.data());
}

bool Handler::StringFits(std::string_view text) {
  if (text.size() > limits_.string_bytes) return Fail(kStringTooLong, text.data());
  if (!look_again_) return true;
  if (FindSurrogate(text) != nullptr) return Fail(kSurrogate, text.data());
  if (!limits_.control_characters && FindControl(text) != nullptr) return Fail(kControl, text.data());
  return true;
}

bool Handler::NamesDiffer(const Member* members, std::size_t count) {
  if (count > kFewMembers) return ManyNamesDiffer(members, count);
  std::array<std::uint64_t, kFewMembers> signatures;
  for (std::size_t i = 0; i < count; ++i) {
    signatures[i] = Signature(members[i].name);
    for (std::size_t j = 0; j < i; ++j) {
      if (signatures[i] == signatures[j] && members[i].name == members[j].name) {
        return Fail(kDuplicateName, members[i].name.data());
      }
    }
  }
  return true;
}

// Sorting costs the same for every choice of names: no set of them can make it slow.
bool Handler::ManyNamesDiffer(const Member* members, std::size_t count) {
  std::vector<std::string_view> names(count);
  std::transform(members, members + count, names.begin(), [](const Member& member) { return member.name; });
  const auto before = [](std::string_view a, std::string_view b) {
    const int order = a.compare(b);
    return order != 0 ? order < 0 : a.data() < b.data();
  };
  std::sort(names.begin(), names.end(), before);
  const auto twice = std::adjacent_find(names.begin(), names.end());
  return twice == names.end() || Fail(kDuplicateName, std::next(twice)->data());
}

}  // namespace throughline::json
