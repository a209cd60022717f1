#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "mappings/language/binder.h"
#include "mappings/language/code_table_file.h"

namespace throughline::language {
namespace {

void BindSyntax(Binding& binding, const YamlNode& value) {
  if (const auto word = WordOf(binding, value, "format", kSyntaxWords)) {
    binding.plan.format.syntax = static_cast<formats::Syntax>(*word);
  }
}

void BindRecords(Binding& binding, const YamlNode& value) {
  const std::string* text = TextOf(binding, value, "records");
  if (text == nullptr) return;
  binding.plan.format.records = *text;
  if (text->empty()) return;
  const std::vector<std::string_view> parts = CutPath(*text);
  const bool hollow = std::ranges::find(parts, std::string_view()) != parts.end();
  if (!hollow && parts.back() == "*" && std::ranges::count(parts, std::string_view("*")) == 1) return;
  binding.diagnostics.Error(
      "map-records", value.mark, text->size(),
      "'records' is a path to one list, with one star at its end: discharges.* or *; of a list in "
      "a list, the items of the list around are the records");
}

void BindIndent(Binding& binding, const YamlNode& value) {
  const std::string* text = TextOf(binding, value, "indent");
  const bool digit = text != nullptr && text->size() == 1 && text->front() >= '0' && text->front() <= '8';
  if (digit) binding.plan.format.indent = text->front() - '0';
  if (text != nullptr && !digit) {
    binding.diagnostics.Error("map-indent", value.mark, text->size(), "'indent' is 0 to 8");
  }
}

void BindLocalAbsent(Binding& binding, const YamlNode& value) { BindAbsent(binding, value, binding.plan.absent); }

void BindUnknown(Binding& binding, const YamlNode& value) {
  if (const auto word = WordOf(binding, value, "unknown", kUnknownWords)) {
    binding.plan.unknown = static_cast<UnknownPolicy>(*word);
  }
}

void BindTimezone(Binding& binding, const YamlNode& value) {
  const std::string* text = TextOf(binding, value, "timezone");
  binding.zone_mark = value.mark;
  if (text != nullptr) binding.plan.zone = Zone::Find(*text);
  if (text != nullptr && !binding.plan.zone) {
    binding.diagnostics.Error("map-timezone", value.mark, text->size(),
                              "there is no such time zone; names are those of the IANA: America/Santiago");
  }
}

void BindNamespace(Binding& binding, const YamlNode& value) {
  if (const std::string* text = TextOf(binding, value, "namespace")) binding.plan.name_space = *text;
}

struct LocalRow {
  std::string_view word;
  void (*bind)(Binding&, const YamlNode& value);  // null: bound elsewhere
};
constexpr std::array kLocalRows = {
    LocalRow{"format", nullptr},          LocalRow{"records", BindRecords},
    LocalRow{"indent", BindIndent},       LocalRow{"key", nullptr},
    LocalRow{"absent", BindLocalAbsent},  LocalRow{"unknown", BindUnknown},
    LocalRow{"timezone", BindTimezone},   LocalRow{"namespace", BindNamespace},
    LocalRow{"delimiter", BindDelimiter}, LocalRow{"quote", BindQuote},
    LocalRow{"encoding", BindEncoding},   LocalRow{"decimal", BindDecimal},
    LocalRow{"line-end", BindLineEnd},    LocalRow{"byte-order-mark", BindByteOrderMark},
    LocalRow{"formulas", BindFormulas},   LocalRow{"rows", BindRows},
    LocalRow{"nothing", BindNothingWord}, LocalRow{"months", nullptr},
    LocalRow{"halves", nullptr},          LocalRow{"years", nullptr},
    LocalRow{"trim", BindLocalTrim},      LocalRow{"ignore-case", BindLocalIgnoreCase},
};
static_assert(AreWordsOf(Place::kLocal, kLocalRows, &LocalRow::word));

}  // namespace

void BindAbsent(Binding& binding, const YamlNode& value, std::vector<AbsentToken>& tokens) {
  if (value.kind != YamlNode::Kind::kMap) {
    return binding.diagnostics.Error("map-absent", value.mark, 1, "'absent' is a group of 'token: reason' lines");
  }
  for (const auto& [key, reason] : value.pairs) {
    const auto word = WordOf(binding, reason, "reason", kReasonWords);
    const bool null = key.kind == YamlNode::Kind::kNothing;
    if (null && binding.plan.format.syntax == formats::Syntax::kCsv) {
      binding.diagnostics.Error("map-absent", key.mark, 4,
                                "a cell of a CSV is never null; the text stands in quotes: 'null'");
    }
    if (word) tokens.push_back({null ? "" : key.text, std::string(kReasonWords[*word]), null});
  }
}

const std::string* TextOf(Binding& binding, const YamlNode& node, std::string_view what) {
  if (node.kind == YamlNode::Kind::kScalar) return &node.text;
  binding.diagnostics.Error("map-value", node.mark, 1, "'" + std::string(what) + "' needs a plain text here");
  return nullptr;
}

std::optional<std::size_t> WordOf(Binding& binding, const YamlNode& node, std::string_view what,
                                  std::span<const std::string_view> words) {
  const std::string* text = node.kind == YamlNode::Kind::kNothing ? nullptr : TextOf(binding, node, what);
  static const std::string kNullWord = "null";
  if (node.kind == YamlNode::Kind::kNothing) text = &kNullWord;
  if (text == nullptr) return std::nullopt;
  const auto found = std::ranges::find(words, *text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  std::string known;
  for (const std::string_view word : words) known += (known.empty() ? "" : ", ") + std::string(word);
  binding.diagnostics.Error("map-word", node.mark, text->size(),
                            "'" + std::string(what) + "' is one of " + known + DidYouMean(*text, words));
  return std::nullopt;
}

void UnknownKey(Binding& binding, const YamlNode& key, std::span<const std::string_view> known) {
  std::string words;
  for (const std::string_view word : known) words += (words.empty() ? "" : ", ") + std::string(word);
  const std::string nearest = DidYouMean(key.text, known);
  binding.diagnostics.Error(
      "map-unknown-key", key.mark, key.text.size(),
      "'" + key.text + "' is not a word that stands here" + (nearest.empty() ? "; it is one of " + words : nearest));
}

bool CheckKey(Binding& binding, const YamlNode& key, Place place) {
  if (FindWord(place, key.text) != nullptr) return true;
  UnknownKey(binding, key, NamesOf(place));
  return false;
}

void BindLocal(Binding& binding, const YamlNode& local) {
  const YamlNode* format = local.Find("format");
  if (format != nullptr) BindSyntax(binding, *format);
  BindLocalTimeWords(binding, local);
  const std::string_view syntax = formats::CodeOf(binding.plan.format.syntax);
  for (const auto& [key, value] : local.pairs) {
    if (!CheckKey(binding, key, Place::kLocal)) continue;
    const std::string_view only = FindWord(Place::kLocal, key.text)->only;
    const auto row = std::ranges::find(kLocalRows, key.text, &LocalRow::word);
    if (!only.empty() && only != syntax) {
      binding.diagnostics.Error("map-local", key.mark, key.text.size(),
                                "'" + key.text + "' is said of '" + std::string(only) + "' files only");
    } else if (row->bind != nullptr) {
      row->bind(binding, value);
    }
  }
}

namespace {

// The system of the local codes is what the map says, else what a ConceptMap's groups say, else the map's namespace
// with the table's name.
void LoadTable(Binding& binding, const YamlNode& key, const std::optional<std::string>& given_system,
               std::string_view text, CodeTable& table) {
  const auto report = [&](std::string_view rule, std::string sentence) {
    binding.diagnostics.Error(rule, key.mark, key.text.size(), std::move(sentence));
  };
  ReadCodeTable(text, binding.definitions, binding.diagnostics, table);
  if (given_system && table.local_system() != *given_system) {
    report("map-code-table", "the table's own source is another system than the 'system' that is given here");
  }
  if (table.local_system().starts_with(':')) {
    report("map-namespace", "local codes need a system: give 'local: namespace: urn:...' or this table's 'system'");
  }
}

}  // namespace

void BindTables(Binding& binding, const YamlNode& codes) {
  for (const auto& [key, value] : codes.pairs) {
    std::string file;
    Mark place = value.mark;
    std::optional<std::string> given_system;
    if (value.kind == YamlNode::Kind::kMap) {
      for (const auto& [word, text] : value.pairs) {
        CheckKey(binding, word, Place::kTable);
        const std::string* given = TextOf(binding, text, word.text);
        if (given != nullptr && word.text == "file") file = *given;
        if (word.text == "file") place = text.mark;
        if (given != nullptr && word.text == "system") given_system = *given;
      }
    } else if (const std::string* text = TextOf(binding, value, key.text)) {
      file = *text;
    }
    const std::string path = binding.Beside(place, file);
    auto table =
        std::make_unique<CodeTable>(key.text, path, given_system.value_or(binding.plan.name_space + ":" + key.text));
    auto read = file.empty() ? Result<std::string>(std::string()) : binding.read(path);
    if (file.empty() || !read) {
      binding.diagnostics.Error("map-code-table", place, file.size(),
                                "the code table's file cannot be read" + (read ? "" : WhyUnread(read.error())));
    } else {
      const std::string_view text = binding.diagnostics.AddSource(table->file(), *std::move(read));
      LoadTable(binding, key, given_system, text, *table);
    }
    binding.plan.tables.push_back(std::move(table));
    binding.table_marks.push_back(key.mark);
  }
}

void BindKey(Binding& binding, const YamlNode* key) {
  if (key == nullptr) {
    return binding.diagnostics.Error(
        "map-key", {1, 1}, 1,
        "'local: key:' is missing: the fields that make a record the same record when it comes again");
  }
  const std::vector<YamlNode> one = {*key};
  for (const YamlNode& item : key->kind == YamlNode::Kind::kList ? key->items : one) {
    const std::string* text = TextOf(binding, item, "key");
    if (text == nullptr) continue;
    const Index field = FindField(binding.plan, *text);
    if (field == kNone) {
      binding.diagnostics.Error("map-unknown-field", item.mark, text->size(),
                                "'fields:' has no field of this name" + DidYouMean(*text, FieldNames(binding.plan)));
      continue;
    }
    const Field& found = binding.plan.fields[field];
    const bool first = binding.plan.key.empty();
    if ((first && !found.required) || found.part >= 0 || binding.plan.nodes[found.node].stars > 0) {
      binding.diagnostics.Error("map-key", item.mark, text->size(),
                                first ? "a field of the key stands once in a record and is 'required: true'"
                                      : "a field of the key stands once in a record and is not part of a split field");
    }
    binding.plan.key.push_back(field);
  }
}

}  // namespace throughline::language
