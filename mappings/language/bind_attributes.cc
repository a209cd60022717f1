#include <algorithm>
#include <array>
#include <utility>

#include "mappings/language/binder.h"

namespace throughline::language {

void BindFhir(Binding& binding, Index field, const YamlNode& value) {
  const std::string* text = TextOf(binding, value, "fhir");
  if (text == nullptr) return;
  binding.plan.fields[field].target = *text;
  binding.targets.push_back({field, *text, value.mark});
}

namespace {

constexpr std::size_t kMostSeparator = 8;

// One attribute of a field: `range: 0..3`.
struct AttributeRow {
  std::string_view name;
  void (*bind)(Binding&, Index field, const YamlNode& value);
};

Field& FieldAt(Binding& binding, Index field) { return binding.plan.fields[field]; }

void BindType(Binding& binding, Index field, const YamlNode& value) {
  if (const auto word = WordOf(binding, value, "type", kTypeWords))
    FieldAt(binding, field).type = static_cast<ValueType>(*word);
  FieldAt(binding, field).typed = true;
}

void BindCodes(Binding& binding, Index field, const YamlNode& value) {
  const std::string* text = TextOf(binding, value, "codes");
  if (text == nullptr) return;
  std::vector<std::string_view> names;
  for (Index i = 0; i < binding.plan.tables.size(); ++i) {
    if (binding.plan.tables[i]->name() == *text) FieldAt(binding, field).table = i;
    names.push_back(binding.plan.tables[i]->name());
  }
  if (FieldAt(binding, field).table != kNone) return;
  binding.diagnostics.Error("map-unknown-table", value.mark, text->size(),
                            "'codes:' below has no table of this name" + DidYouMean(*text, names));
}

void BindValues(Binding& binding, Index field, const YamlNode& value) {
  if (value.kind != YamlNode::Kind::kList || value.items.empty()) {
    return binding.diagnostics.Error("map-values", value.mark, 1, "'values' is a list: [F, M, X]");
  }
  FieldAt(binding, field).values_mark = value.mark;
  for (const YamlNode& item : value.items) {
    if (const std::string* text = TextOf(binding, item, "values")) FieldAt(binding, field).values.push_back(*text);
  }
}

void BindUnmatched(Binding& binding, Index field, const YamlNode& value) {
  if (const auto word = WordOf(binding, value, "unmatched", kUnmatchedWords)) {
    FieldAt(binding, field).unmatched = static_cast<UnmatchedPolicy>(*word);
  }
}

void BindKeep(Binding& binding, Index field, const YamlNode& value) {
  FieldAt(binding, field).keep_local = WordOf(binding, value, "keep", kKeepWords).has_value();
}

void BindWritten(Binding& binding, Index field, const YamlNode& value) {
  FieldAt(binding, field).textual = WordOf(binding, value, "written", kWrittenWords).has_value();
}

void BindRequired(Binding& binding, Index field, const YamlNode& value) {
  FieldAt(binding, field).required = WordOf(binding, value, "required", kTruthWords) == 0u;
}

void BindRange(Binding& binding, Index field, const YamlNode& value) {
  const std::string* text = TextOf(binding, value, "range");
  if (text == nullptr) return;
  const std::size_t dots = text->find("..");
  Field& target = FieldAt(binding, field);
  const std::string_view low = std::string_view(*text).substr(0, dots);
  const std::string_view high = dots == std::string::npos ? "" : std::string_view(*text).substr(dots + 2);
  if (!low.empty()) target.low = Decimal::Parse(low);
  if (!high.empty()) target.high = Decimal::Parse(high);
  const bool fits = dots != std::string::npos && (low.empty() || target.low) && (high.empty() || target.high) &&
                    (target.low || target.high) && !(target.low && target.high && *target.high < *target.low);
  if (!fits) binding.diagnostics.Error("map-range", value.mark, text->size(), "a range is written 0..3, 0.. or ..3");
}

void BindDrop(Binding& binding, Index field, const YamlNode& value) {
  const std::string* text = TextOf(binding, value, "drop");
  if (text == nullptr) return;
  FieldAt(binding, field).dropped = *text;
  if (text->empty()) binding.diagnostics.Error("map-drop", value.mark, 1, "say why the field is dropped");
}

void BindDerive(Binding& binding, Index field, const YamlNode& value) {
  if (TextOf(binding, value, "derive") != nullptr) binding.derives.emplace_back(field, &value);
}

void BindFieldAbsent(Binding& binding, Index field, const YamlNode& value) {
  FieldAt(binding, field).absent_said = true;
  BindAbsent(binding, value, FieldAt(binding, field).absent);
}

void BindColumn(Binding& binding, Index field, const YamlNode& value) {
  if (binding.plan.format.syntax != formats::Syntax::kCsv) {
    return binding.diagnostics.Error("map-column", value.mark, 1, "only a CSV file has columns");
  }
  const std::vector<YamlNode> one = {value};
  for (const YamlNode& item : value.kind == YamlNode::Kind::kList ? value.items : one) {
    if (const std::string* text = TextOf(binding, item, "column")) FieldAt(binding, field).columns.push_back(*text);
  }
}

// In a CSV file nothing is a word in the cell.
void BindNothing(Binding& binding, Index field, const YamlNode& value) {
  LocalNode& node = binding.plan.nodes[FieldAt(binding, field).node];
  const bool csv = binding.plan.format.syntax == formats::Syntax::kCsv;
  if (csv && value.kind == YamlNode::Kind::kScalar && value.text != "empty") {
    node.usual = Form::kWord;
    node.word = value.text;
    node.usual_declared = true;
    return;
  }
  if (const auto word = WordOf(binding, value, "nothing", kFormWords)) node.usual = static_cast<Form>(*word);
  node.usual_declared = true;
}

void BindSplit(Binding& binding, Index field, const YamlNode& value) {
  const std::string* text = TextOf(binding, value, "split");
  if (text == nullptr) return;
  const bool ascii = std::ranges::all_of(*text, [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
  if (text->empty() || text->size() > kMostSeparator || !ascii) {
    return binding.diagnostics.Error("map-split", value.mark, std::max<std::size_t>(text->size(), 1),
                                     "a field is split at one to eight ASCII characters: ':' or ', '");
  }
  binding.plan.nodes[FieldAt(binding, field).node].separator = *text;
  binding.plan.splits = true;
}

void BindWhereOfField(Binding& binding, Index field, const YamlNode& value) {
  binding.field_wheres.emplace_back(field, &value);
}

// The words of dates are bound before the forms that they stand in.
void BoundBefore(Binding&, Index, const YamlNode&) {}

void NotACase(Binding& binding, Index, const YamlNode& value) {
  binding.diagnostics.Error("map-cases", value.mark, 1,
                            "'cases' is a list of '- fhir: target' groups, and not of a case");
}

void NotOfAField(Binding& binding, Index, const YamlNode& value) {
  binding.diagnostics.Error("map-list", value.mark, std::max<std::size_t>(value.text.size(), 1),
                            "'list' is said of a list by itself; where its items go is said of 'field.*'");
}

void MixedField(Binding& binding, Index, const YamlNode& value) {
  binding.diagnostics.Error("map-path", value.mark, std::max<std::size_t>(value.text.size(), 1),
                            "this is said of a list or group by itself; where what is below it goes is said there");
}

constexpr std::array kAttributes = {
    AttributeRow{"type", BindType},
    AttributeRow{"format", BindFormat},
    AttributeRow{"months", BoundBefore},
    AttributeRow{"halves", BoundBefore},
    AttributeRow{"years", BoundBefore},
    AttributeRow{"fhir", BindFhir},
    AttributeRow{"codes", BindCodes},
    AttributeRow{"bands", BindBands},
    AttributeRow{"when", BindWhenOfField},
    AttributeRow{"where", BindWhereOfField},
    AttributeRow{"cases", NotACase},
    AttributeRow{"values", BindValues},
    AttributeRow{"unmatched", BindUnmatched},
    AttributeRow{"keep", BindKeep},
    AttributeRow{"written", BindWritten},
    AttributeRow{"required", BindRequired},
    AttributeRow{"range", BindRange},
    AttributeRow{"drop", BindDrop},
    AttributeRow{"derive", BindDerive},
    AttributeRow{"yes", BindYes},
    AttributeRow{"no", BindNo},
    AttributeRow{"absent", BindFieldAbsent},
    AttributeRow{"nothing", BindNothing},
    AttributeRow{"split", BindSplit},
    AttributeRow{"time-of", BindTimeOf},
    AttributeRow{"across", BindAcross},
    AttributeRow{"trim", BindTrim},
    AttributeRow{"ignore-case", BindIgnoreCase},
    AttributeRow{"column", BindColumn},
    AttributeRow{"list", NotOfAField},
    AttributeRow{"escape", NotOfAField},
    AttributeRow{"mixed", MixedField},
    AttributeRow{"group", MixedField},
    AttributeRow{"single", MixedField},
};
static_assert(AreWordsOf(Place::kField, kAttributes, &AttributeRow::name));

}  // namespace

void BindAttributes(Binding& binding, Index field, const YamlNode& entry) {
  BindTimeWords(binding, field, entry);
  for (const auto& [key, value] : entry.pairs) {
    if (!CheckKey(binding, key, Place::kField)) continue;
    std::ranges::find(kAttributes, key.text, &AttributeRow::name)->bind(binding, field, value);
  }
}

}  // namespace throughline::language
