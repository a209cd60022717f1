#include "mappings/plan/spelling.h"

#include <algorithm>
#include <string>
#include <vector>

#include "mappings/plan/letter_case.h"
#include "mappings/plan/time_forms.h"
#include "mappings/plan/truth_words.h"

namespace throughline::plan {
namespace {

using Found = std::optional<std::string_view>;

// What `text` is in one kind of words: a word sign for sign, or one that differs in case.
struct Spelt {
  bool exactly = false;
  Found word;
};

Spelt AmongTokens(const Field& field, std::string_view text) {
  Spelt spelt;
  for (const AbsentToken& token : field.absent) {
    spelt.exactly = spelt.exactly || token.token == text;
    if (!spelt.word && SameButCase(text, token.token)) spelt.word = token.token;
  }
  return spelt;
}

Spelt AmongTruths(const Field& field, std::string_view text) {
  Spelt spelt{FindTruth(field, text).has_value(), {}};
  bool both = true;
  for (const bool truth : {true, false}) {
    const std::vector<std::string>& words = WordsFor(field, truth);
    const auto word = std::ranges::find_if(words, [&](const std::string& one) { return SameButCase(text, one); });
    both = both && word != words.end();
    if (word != words.end()) spelt.word = *word;
  }
  if (both) spelt.word.reset();
  return spelt;
}

Spelt AmongCodes(const Plan& plan, const Field& field, std::string_view text) {
  if (field.table == kNone) return {};
  const CodeTable& table = *plan.tables[field.table];
  const LocalCode* code = table.FindLocalAnyCase(text);
  return {table.FindLocal(text) != nullptr, code == nullptr ? Found() : Found(code->local)};
}

Spelt AmongBands(const Plan& plan, const Field& field, std::string_view text) {
  Spelt spelt;
  if (field.bands == kNone) return spelt;
  bool several = false;
  for (const Band& band : plan.bands[field.bands].rows) {
    spelt.exactly = spelt.exactly || band.code == text;
    if (!SameButCase(text, band.code)) continue;
    several = spelt.word.has_value();
    spelt.word = band.code;
  }
  if (several) spelt.word.reset();
  return spelt;
}

Spelt AmongDates(const Field& field, std::string_view text, json::Arena& arena) {
  Spelt spelt{ReadForms(field, text).has_value(), {}};
  for (std::size_t form = 0; !spelt.exactly && !spelt.word && form < FormCount(field); ++form) {
    const TimeFormat& at = FormAt(field, form);
    const bool words = at.has_names() || at.has_halves();
    const auto parts = words ? at.Read(text, true) : std::nullopt;
    if (!parts) continue;
    std::string written;
    at.Write(*parts, written);
    if (SameButCase(text, written)) spelt.word = arena.Copy(written);
  }
  return spelt;
}

}  // namespace

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return text.substr(0, 0);
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::optional<std::string_view> SpellingOf(const Plan& plan, const Field& field, std::string_view text,
                                           json::Arena& arena) {
  const Spelt all[] = {AmongTokens(field, text), AmongTruths(field, text), AmongCodes(plan, field, text),
                       AmongBands(plan, field, text), AmongDates(field, text, arena)};
  Found found;
  for (const Spelt& spelt : all) {
    if (spelt.exactly || (found && spelt.word)) return std::nullopt;
    if (spelt.word) found = spelt.word;
  }
  return found;
}

bool HasWords(const Field& field) {
  const auto worded = [&](std::size_t form) {
    return FormAt(field, form).has_names() || FormAt(field, form).has_halves();
  };
  bool dates = false;
  for (std::size_t form = 0; form < FormCount(field); ++form) dates = dates || worded(form);
  return dates || field.table != kNone || field.bands != kNone || !field.yes.empty() || !field.absent.empty();
}

}  // namespace throughline::plan
