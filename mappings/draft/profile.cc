#include "mappings/draft/profile.h"

#include <algorithm>
#include <functional>

#include "fhir/base/date_time.h"
#include "mappings/formats/record_reader.h"
#include "mappings/plan/local_time.h"

namespace throughline::draft {
namespace {

constexpr std::array<std::string_view, 21> kNothings = {"NA",   "N/A",  "n/a",  "N.A.", "n.a.", "#N/A", "NULL",
                                                        "null", "Null", "NaN",  "None", "\\N",  ".",    "-",
                                                        "--",   "?",    "k.A.", "s/d",  "S/D",  "n/d",  "N/D"};
constexpr std::size_t kLongestKept = 40;

bool IsDecimalDigit(char byte) { return byte >= '0' && byte <= '9'; }

// "-12", "3.50" with `point` '.', "3,50" with ','.
struct Number {
  bool whole = false;
  char point = 0;
  bool negative = false;
  bool zeros = false;  // in front
};
bool ReadNumber(std::string_view text, Number& number) {
  number.negative = text.starts_with('-');
  if (number.negative) text.remove_prefix(1);
  const std::size_t digits = static_cast<std::size_t>(std::ranges::find_if_not(text, IsDecimalDigit) - text.begin());
  if (digits == 0) return false;
  number.zeros = digits > 1 && text.front() == '0';
  number.whole = digits == text.size();
  if (number.whole) return digits <= 18;
  number.point = text[digits];
  const std::string_view rest = text.substr(digits + 1);
  return (number.point == '.' || number.point == ',') && !rest.empty() && std::ranges::all_of(rest, IsDecimalDigit);
}

}  // namespace

bool IsNothing(std::string_view text) { return std::ranges::find(kNothings, text) != kNothings.end(); }

bool CanBeSaid(const Node& node, bool csv) {
  const bool control =
      std::ranges::any_of(node.name, [](char byte) { return static_cast<unsigned char>(byte) < 0x20; });
  const bool odd = !csv && node.name != "*" && node.name.find_first_of(".#[]*{}") != std::string::npos;
  const bool deep = !csv && (std::ranges::count(node.path, '*') > 3 || std::ranges::count(node.path, '.') > 30);
  return !control && !odd && !deep && !node.name.empty();
}

Profiler::Profiler(formats::Syntax syntax) : csv_(syntax == formats::Syntax::kCsv) {
  forms_.reserve(kDateForms.size());
  for (const std::string_view form : kDateForms) forms_.push_back(*plan::TimeFormat::Parse(form));
}

// Null when there are too many fields already.
Node* Profiler::ChildOf(Node& node, std::string_view name) {
  const auto found = node.places.find(name);
  if (found != node.places.end()) return &node.children[found->second];
  if (++fields_ > kMostFields) return nullptr;
  node.places.emplace(name, node.children.size());
  Node& made = node.children.emplace_back();
  made.name = name;
  made.path = node.path.empty() ? made.name : node.path + "." + made.name;
  return &made;
}

void Profiler::Distinct(std::string_view text, Values& values) const {
  if (values.many) return;
  if (text.size() > kLongestKept) {
    values.many = true;
    return;
  }
  const auto found = values.distinct.find(std::string(text));
  if (found == values.distinct.end() && values.distinct.size() == Values::kMostDistinct) {
    values.many = true;
    return;
  }
  Values::Count& count = values.distinct[std::string(text)];
  if (count.last != record_) ++count.records;
  count.last = record_;
}

void Profiler::TakeText(std::string_view text, Values& values, bool once) {
  if (text.empty()) {
    ++values.empties;
    return;
  }
  if (IsNothing(text)) {
    ++values.nothings[std::string(text)];
    return;
  }
  ++values.values;
  values.longest = std::max(values.longest, text.size());
  Distinct(text, values);
  if (once && values.hashes.size() < Values::kMostHashes) {
    values.hashes.resize(std::min<std::size_t>(record_, Values::kMostHashes), 0);
    values.hashes.back() = std::max<std::uint64_t>(std::hash<std::string_view>{}(text), 1);
  }
  Number number;
  if (ReadNumber(text, number)) {
    values.integers += number.whole ? 1 : 0;
    values.decimals += number.point == '.' ? 1 : 0;
    values.commas += number.point == ',' ? 1 : 0;
    values.zeros += number.whole && number.zeros ? 1 : 0;
    values.negatives += number.negative ? 1 : 0;
  }
  values.instants += DateTime::ParseInstant(text) ? 1 : 0;
  if (!IsDecimalDigit(text.front()) || text.size() > 19) return;
  std::uint32_t forms = text.size() == 4 && number.whole && (text[0] == '1' || text[0] == '2') ? 1U << kYearAlone : 0;
  for (std::size_t i = 0; i < kDateForms.size(); ++i) {
    if (!forms_[i].Read(text)) continue;
    ++values.dates[i];
    forms |= 1U << i;
  }
  if (forms != 0) ++values.forms[forms];
}

void Profiler::Take(const json::Value& value, Node& node, bool once) {
  ++node.values.records;
  if (value.is_object() || value.is_array()) {
    if (value.size() == 0) ++node.values.empties;
    node.groups += value.is_object() && value.size() > 0 ? 1 : 0;
    node.lists += value.is_array() && value.size() > 0 ? 1 : 0;
    for (const json::Member& member : value.members()) {
      if (Node* child = ChildOf(node, member.name)) Take(member.value, *child, once);
    }
    for (const json::Value& item : value.items()) {
      if (Node* child = ChildOf(node, "*")) Take(item, *child, false);
    }
    return;
  }
  if (value.is_null()) {
    ++node.values.nulls;
  } else if (value.is_boolean()) {
    ++node.values.booleans;
    ++node.values.values;
  } else {
    if (value.is_string() && !csv_) ++node.values.texts;
    TakeText(value.text(), node.values, once);
  }
}

Profile Profiler::Run(const formats::RecordFormat& format, std::string_view bytes,
                      const std::vector<std::string>& columns) {
  Profile profile;
  for (const std::string& column : columns) ChildOf(profile.root, column);
  formats::RecordReader reader(format, formats::FromMemory(bytes));
  json::Arena arena(1 << 16);
  for (;;) {
    arena.Reset();
    const auto record = reader.Next(arena);
    if (!record || !*record) break;
    if ((*record)->error) {
      ++profile.unreadable;
      continue;
    }
    record_ = ++profile.records;
    Take((*record)->value, profile.root, true);
  }
  profile.too_many = fields_ > kMostFields;
  std::size_t commas = 0;
  std::size_t points = 0;
  for (const Node& node : profile.root.children) {
    const bool all = node.values.integers + node.values.commas == node.values.values;
    commas += all ? node.values.commas : 0;
    points += node.values.integers + node.values.decimals == node.values.values ? node.values.decimals : 0;
  }
  profile.comma = csv_ && commas > points && format.csv.delimiter != ',';
  return profile;
}

}  // namespace throughline::draft
