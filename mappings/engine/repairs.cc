#include "mappings/engine/repairs.h"

#include <charconv>

#include "mappings/plan/letter_case.h"
#include "mappings/plan/parts.h"
#include "mappings/plan/spelling.h"

namespace throughline::engine {
namespace {

constexpr std::size_t kMostBlanks = 1000;  // on a side; with more a text stays as it is
constexpr std::string_view kSpelt = "spelt";
constexpr std::string_view kVoid = "void";

// Of a split text each part in the spelling of its field.
std::string PartsSpelt(const Plan& plan, const LocalNode& leaf, std::string_view text, json::Arena& arena) {
  std::string whole;
  for (std::size_t part = 0; part < leaf.fields.size(); ++part) {
    const auto piece = PartOf(text, leaf.separator, part, leaf.fields.size());
    if (!piece) break;
    const Field& field = plan.fields[leaf.fields[part]];
    const auto spelt = field.any_case ? SpellingOf(plan, field, *piece, arena) : std::nullopt;
    whole.append(part > 0 ? leaf.separator : "").append(spelt.value_or(*piece));
  }
  return whole;
}

std::string_view SpeltBy(const Plan& plan, const LocalNode& leaf, std::string_view text, json::Arena& arena) {
  if (!leaf.separator.empty()) return arena.Copy(PartsSpelt(plan, leaf, text, arena));
  if (!leaf.chosen) {
    const Field& field = plan.fields[leaf.fields.front()];
    if (const auto word = SpellingOf(plan, field, text, arena)) return *word;
  }
  const bool nothing = leaf.usual == Form::kWord && text != leaf.word && SameButCase(text, leaf.word);
  return nothing ? std::string_view(leaf.word) : text;
}

// Without the blanks around it, where these are left out.
std::string_view InnerOf(const LocalNode& leaf, std::string_view text) {
  const std::string_view inner = Trimmed(text);
  return leaf.trim && text.size() - inner.size() <= kMostBlanks ? inner : text;
}

std::string Pads(std::size_t count) { return std::string(count, ' '); }

bool TakeNumber(std::string_view& text, std::size_t& number) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool sound = code == std::errc{} && number <= kMostBlanks;
  text.remove_prefix(sound ? static_cast<std::size_t>(end - text.data()) : 0);
  return sound;
}

}  // namespace

json::Value Repaired(const Plan& plan, const LocalNode& leaf, const json::Value& written, json::Arena& arena) {
  if (!written.is_string()) return written;
  std::string_view text = InnerOf(leaf, written.text());
  if (leaf.any_case && !text.empty()) text = SpeltBy(plan, leaf, text, arena);
  return text == written.text() ? written : json::Value::String(text);
}

json::Value RepairedFor(const Plan& plan, const Field& field, const json::Value& written, json::Arena& arena) {
  if (!field.any_case || !written.is_string()) return written;
  const auto word = SpellingOf(plan, field, written.text(), arena);
  return word ? json::Value::String(*word) : written;
}

void SayRepair(const Field& field, const Scope& scope, const json::Value& written, const json::Value& read,
               const Instance& leaf, Findings& findings) {
  const std::string_view text = written.text();
  const std::string_view inner = InnerOf(findings.plan.nodes[field.node], text);
  const bool trimmed = inner.size() != text.size();
  Spelling spelling;
  spelling.before = inner.empty() ? text.size() : static_cast<std::size_t>(inner.data() - text.data());
  spelling.behind = text.size() - inner.size() - spelling.before;
  spelling.mask = CaseMask(inner, read.text());
  const std::string pointer = PointerTo(findings.plan, field.node, scope);
  std::string line(leaf.spelt ? kVoid : kSpelt);
  line += std::to_string(spelling.before) + "." + std::to_string(spelling.behind);
  if (!spelling.mask.empty()) line += "." + spelling.mask;
  findings.forms.push_back({line + " " + FormPointerTo(findings.plan, field.node, scope), &leaf});
  if (trimmed) {
    findings.ledger.push_back({field.path, pointer, LedgerKind::kRepaired, "the blanks around the text are left out"});
  }
  if (!spelling.mask.empty()) {
    findings.ledger.push_back({field.path, pointer, LedgerKind::kRepaired,
                               "a word of the map that differs from this one in the case of letters alone is taken"});
  }
}

std::optional<Spelling> SpellingIn(std::string_view word) {
  Spelling spelling;
  spelling.nothing = word.starts_with(kVoid);
  if (!spelling.nothing && !word.starts_with(kSpelt)) return std::nullopt;
  word.remove_prefix(spelling.nothing ? kVoid.size() : kSpelt.size());
  if (!TakeNumber(word, spelling.before) || !word.starts_with('.')) return std::nullopt;
  word.remove_prefix(1);
  if (!TakeNumber(word, spelling.behind) || !(word.empty() || word.starts_with('.'))) return std::nullopt;
  if (!word.empty()) spelling.mask = word.substr(1);
  return spelling;
}

std::optional<std::string> AsWritten(std::string_view text, const Spelling& spelling) {
  auto cased = WithCase(text, spelling.mask);
  if (!cased) return std::nullopt;
  return Pads(spelling.before) + *cased + Pads(spelling.behind);
}

}  // namespace throughline::engine
