#include "mappings/draft/value_type.h"

#include <algorithm>
#include <array>

namespace throughline::draft {
namespace {

struct Truth {
  std::string_view yes;
  std::string_view no;
};
constexpr std::array<Truth, 9> kTruths = {{{"Y", "N"},
                                           {"y", "n"},
                                           {"Yes", "No"},
                                           {"yes", "no"},
                                           {"YES", "NO"},
                                           {"S", "N"},
                                           {"Si", "No"},
                                           {"J", "N"},
                                           {"T", "F"}}};

bool IsDigits(std::string_view form) { return form.find_first_of("-/. ") == std::string_view::npos; }

std::string_view FormAt(std::size_t form) { return form == kYearAlone ? "yyyy" : kDateForms[form]; }

// The forms in which every value is written, `first` and then what reads the most of the rest; empty when some value is
// written in none, or in one that a text of another could be meant in.
std::vector<std::string> FormsOf(const Values& values, std::size_t first) {
  constexpr std::size_t kMostForms = 4;
  std::vector<std::string> found;
  auto left = values.forms;
  std::size_t read = 0;
  for (std::size_t form = first; found.size() < kMostForms;) {
    const auto parsed = plan::TimeFormat::Parse(FormAt(form));
    for (const std::string& other : found) {
      if (parsed->Clashes(*plan::TimeFormat::Parse(other))) return {};
    }
    found.emplace_back(FormAt(form));
    std::erase_if(left, [&](const auto& set) {
      const bool fits = (set.first >> form & 1U) != 0;
      read += fits ? set.second : 0;
      return fits;
    });
    if (left.empty()) return read == values.values ? found : std::vector<std::string>();
    std::array<std::size_t, kYearAlone + 1> counts{};
    for (const auto& [set, count] : left) {
      for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += (set >> i & 1U) != 0 ? count : 0;
    }
    form = static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin());
  }
  return {};
}

void Dates(const Values& values, ValueType& type) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < kDateForms.size(); ++i) {
    if (values.dates[i] > values.dates[best]) best = i;
  }
  const std::size_t count = values.dates[best];
  const std::string form(kDateForms[best]);
  // Eight digits may be a number; so many of them that are days all are days.
  if (count == 0 || (IsDigits(form) && (count < 3 || count < values.values))) return;
  if (count < values.values) type.forms = FormsOf(values, best);
  if (!type.forms.empty()) {
    type.time = std::ranges::any_of(type.forms, [](const std::string& one) { return one.find("HH") != one.npos; });
    type.words.emplace_back("type", type.time ? "dateTime" : "date");
    return;
  }
  if (count * 10 < values.values * 8) return;
  if (count < values.values) {
    type.notes.push_back(std::to_string(count) + " of " + std::to_string(values.values) + " are written " + form +
                         ", the others are not. `format` takes a list of forms.");
    return;
  }
  const std::size_t day_first = values.dates[1] + values.dates[12] + values.dates[13];
  const std::size_t month_first = values.dates[2] + values.dates[14] + values.dates[15];
  if (day_first == values.values && month_first == values.values) {
    type.notes.push_back("No day is behind the 12th: this may be MM/dd as well.");
  }
  type.time = form.find("HH") != std::string::npos;
  type.words.emplace_back("type", type.time ? "dateTime" : "date");
  type.words.emplace_back("format", form);
}

void Numbers(const Values& values, bool comma, bool csv, ValueType& type) {
  const std::size_t decimals = csv && comma ? values.commas : values.decimals;
  if (values.integers + decimals != values.values || values.values == 0) return;
  if (values.zeros > 0) {
    type.notes.push_back("Digits with zeros in front: a text, not a number.");
    return;
  }
  type.words.emplace_back("type", decimals > 0 ? "decimal" : "integer");
  if (!csv && values.texts > 0) type.words.emplace_back("written", "text");
}

bool Truths(const Values& values, ValueType& type) {
  if (values.many || values.distinct.size() != 2) return false;
  for (const Truth& truth : kTruths) {
    if (!values.distinct.contains(std::string(truth.yes)) || !values.distinct.contains(std::string(truth.no))) continue;
    type.words.emplace_back("yes", truth.yes);
    type.words.emplace_back("no", truth.no);
    return true;
  }
  return false;
}

}  // namespace

ValueType TypeOf(const Values& values, const Profile& profile, bool csv) {
  ValueType type;
  if (values.values == 0) {
    type.notes.emplace_back("Nothing stands here in any record.");
    return type;
  }
  if (!csv && values.booleans == values.values) {
    type.words.emplace_back("type", "boolean");
    return type;
  }
  if (!csv && values.texts > 0 && values.texts < values.values) {
    type.notes.emplace_back("Text in some records, a number or truth in others; a map says one of them.");
    return type;
  }
  if (values.instants == values.values) {
    type.notes.emplace_back("Times with an offset, as FHIR writes them: they go to a dateTime or instant as they are.");
    type.words.emplace_back("type", "string");
    return type;
  }
  if (Truths(values, type)) return type;
  Dates(values, type);
  if (type.words.empty()) Numbers(values, profile.comma, csv, type);
  return type;
}

}  // namespace throughline::draft
