// The forms of dates and times, and the words that these hold: names of months, of the halves of a day, and what two
// digits of a year mean. Said of a field, or in `local` for all of them.
#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <utility>

#include "mappings/language/binder.h"

namespace throughline::language {
namespace {

constexpr std::size_t kMostForms = 20;
constexpr int kHundred = 100;
constexpr int kFirstYear = 1000;

void ReportForm(Binding& binding, const YamlNode& value, std::string text) {
  binding.diagnostics.Error("map-format", value.mark, std::max<std::size_t>(value.text.size(), 1), std::move(text));
}

void TakeMonths(Binding& binding, const YamlNode& value, TimeWords& words) {
  std::vector<std::string> names;
  for (const YamlNode& item : value.items) {
    if (const std::string* text = TextOf(binding, item, "months")) names.push_back(*text);
  }
  if (names.size() == kMonths && AreTimeWords(names)) {
    words.months = std::move(names);
    return;
  }
  ReportForm(binding, value,
             "'months' are twelve names, from the first month to the last, without digits; none is the beginning of "
             "another: [ene, feb, mar, ...]");
}

void TakeHalves(Binding& binding, const YamlNode& value, TimeWords& words) {
  std::vector<std::string> names;
  for (const YamlNode& item : value.items) {
    if (const std::string* text = TextOf(binding, item, "halves")) names.push_back(*text);
  }
  if (names.size() == 2 && AreTimeWords(names)) {
    words.halves = {names.front(), names.back()};
    return;
  }
  ReportForm(binding, value, "'halves' are the words for before noon and after it, without digits: [a.m., p.m.]");
}

void TakeYears(Binding& binding, const YamlNode& value, TimeWords& words) {
  const std::string* text = TextOf(binding, value, "years");
  if (text == nullptr) return;
  int first = 0;
  int last = 0;
  const char* const end = text->data() + text->size();
  const auto [dots, code] = std::from_chars(text->data(), end, first);
  const bool two = code == std::errc{} && std::string_view(dots, end).starts_with("..");
  const bool read = two && std::from_chars(dots + 2, end, last).ptr == end;
  if (read && first >= kFirstYear && last == first + kHundred - 1 && last < 10'000) {
    words.first_year = first;
    return;
  }
  ReportForm(binding, value, "'years' are the hundred years of which two digits name one: 1930..2029");
}

struct TimeWordRow {
  std::string_view name;
  void (*take)(Binding&, const YamlNode&, TimeWords&);
};
constexpr std::array kTimeWords = {TimeWordRow{"months", TakeMonths}, TimeWordRow{"halves", TakeHalves},
                                   TimeWordRow{"years", TakeYears}};

// The words said in `entry`, in place of those of `words`.
void TakeWords(Binding& binding, const YamlNode& entry, Index field, TimeWords& words) {
  for (const TimeWordRow& row : kTimeWords) {
    const YamlNode* value = entry.Find(row.name);
    if (value == nullptr) continue;
    row.take(binding, *value, words);
    binding.time_word_marks.push_back({std::string(row.name), value->mark, field, false});
  }
}

// What is said for the field, or for all, is used.
void NoteUse(Binding& binding, Index field, std::string_view word) {
  const auto said = [&](Index of) {
    return std::ranges::find_if(binding.time_word_marks, [&](const Binding::TimeWordMark& mark) {
      return mark.word == word && mark.field == of;
    });
  };
  auto found = said(field);
  if (found == binding.time_word_marks.end()) found = said(kNone);
  if (found != binding.time_word_marks.end()) found->used = true;
}

}  // namespace

void BindLocalTimeWords(Binding& binding, const YamlNode& local) {
  TakeWords(binding, local, kNone, binding.time_words);
}

void BindTimeWords(Binding& binding, Index field, const YamlNode& entry) {
  binding.field_words = binding.time_words;
  TakeWords(binding, entry, field, binding.field_words);
}

void BindFormat(Binding& binding, Index field, const YamlNode& value) {
  const std::vector<YamlNode> one = {value};
  const std::vector<YamlNode>& forms = value.kind == YamlNode::Kind::kList ? value.items : one;
  if (forms.size() > kMostForms) return ReportForm(binding, value, "a date has at most 20 forms");
  for (const YamlNode& item : forms) {
    const std::string* text = TextOf(binding, item, "format");
    if (text == nullptr) continue;
    std::string_view why;
    auto format = TimeFormat::Parse(*text, binding.field_words, why);
    if (!format) {
      ReportForm(binding, item, "this is no form of a date or time: " + std::string(why));
      continue;
    }
    if (format->has_names()) NoteUse(binding, field, "months");
    if (format->has_halves()) NoteUse(binding, field, "halves");
    if (format->first_year() > 0) NoteUse(binding, field, "years");
    Field& at = binding.plan.fields[field];
    if (!at.format) {
      at.format = std::move(format);
    } else {
      at.other_formats.push_back(*std::move(format));
    }
  }
}

}  // namespace throughline::language
