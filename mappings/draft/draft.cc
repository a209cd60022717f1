#include "mappings/draft/draft.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <vector>

#include "fhir/json/parse.h"
#include "mappings/draft/codes.h"
#include "mappings/draft/header.h"
#include "mappings/draft/key.h"
#include "mappings/draft/profile.h"
#include "mappings/draft/sniff.h"
#include "mappings/draft/value_type.h"
#include "mappings/formats/record_reader.h"
#include "mappings/formats/spreadsheet.h"

namespace throughline::draft {
namespace {

constexpr std::string_view kReason = "not mapped yet";
constexpr std::array<std::string_view, 5> kSentinels = {"-9", "-99", "-999", "-8", "-7"};

// A text as YAML: plain where nothing can be read into it, in block style.
std::string Quoted(std::string_view text) {
  constexpr std::string_view kInside = " _-.*/:[]()|=";
  const auto letter = [](char byte) {
    const auto code = static_cast<unsigned char>(byte);
    return code >= 0x80 || (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') ||
           (code >= 'a' && code <= 'z') || byte == '_';
  };
  const auto plain = [&](char byte) { return letter(byte) || kInside.find(byte) != std::string_view::npos; };
  const bool safe = !text.empty() && letter(text.front()) && std::ranges::all_of(text, plain) && text.back() != ' ' &&
                    text.back() != ':' && text.find(": ") == std::string_view::npos;
  const bool word = text == "null" || text == "Null" || text == "NULL";
  if (safe && !word) return std::string(text);
  std::string out = "'";
  for (const char byte : text) out += byte == '\'' ? "''" : std::string(1, byte);
  return out + "'";
}

// A name of our own for what may not stand in one: small letters, digits, hyphens.
std::string NameOf(std::string_view text) {
  std::string name;
  for (const char byte : text) {
    const bool large = byte >= 'A' && byte <= 'Z';
    const bool fits = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
    if (large) name.push_back(static_cast<char>(byte - 'A' + 'a'));
    if (fits) name.push_back(byte);
    if (!large && !fits && !name.empty() && name.back() != '-') name.push_back('-');
  }
  while (name.ends_with('-')) name.pop_back();
  return name.empty() ? "draft" : name.substr(0, 64);
}

std::string MapNameOf(std::string_view file) {
  const std::size_t slash = file.rfind('/');
  if (slash != std::string_view::npos) file.remove_prefix(slash + 1);
  return NameOf(file.substr(0, file.find('.')));
}

class Writer {
 public:
  Writer(const Sniffed& sniffed, const Profile& profile, const Key& key, std::string name)
      : format_(sniffed.format),
        csv_(sniffed.format.syntax == formats::Syntax::kCsv),
        profile_(profile),
        key_(key),
        name_(std::move(name)) {}

  std::string Run(bool whole) {
    for (const Node& node : profile_.root.children) Field(node);
    Head(whole);
    Local();
    out_ += "\nfields:\n" + fields_;
    Resources();
    return std::move(out_);
  }

 private:
  void Line(std::string_view word, std::string_view text) {
    out_ += "  " + std::string(word) + ": " + Quoted(text) + "\n";
  }

  void Head(bool whole) {
    out_ +=
        "# A draft by `throughline map new`, of what " + std::string(whole ? "" : "the beginning of ") +
        "the file shows: " + std::to_string(profile_.records) + (profile_.records == 1 ? " record" : " records") +
        ".\n"
        "# It loads, and it maps the key alone. To go on:\n"
        "#   1. Under `resources`, say what a record is: a Patient, an Encounter, an Observation of each row, ...\n"
        "#   2. Field by field, put `fhir: resource.element` in the place of `drop`; of what stays behind, say why.\n"
        "#   3. Ask often:  throughline map check MAP   throughline map test MAP   throughline map run MAP --to fhir "
        "FILE\n"
        "# Every word is explained in docs/mapping.md; `throughline map schema` makes editors complete them.\n";
    if (profile_.unreadable > 0) {
      out_ += "# " + std::to_string(profile_.unreadable) + " records could not be read and are not in these counts.\n";
    }
    out_ += "map: " + name_ + "\nversion: 0.1.0\n\nlocal:\n";
    Line("format", formats::CodeOf(format_.syntax));
  }

  void Local() {
    const formats::CsvFormat& csv = format_.csv;
    if (!format_.records.empty()) Line("records", format_.records);
    if (format_.syntax == formats::Syntax::kJson && format_.indent >= 0) Line("indent", std::to_string(format_.indent));
    if (csv_ && csv.delimiter != ',') Line("delimiter", csv.delimiter == '\t' ? "tab" : std::string(1, csv.delimiter));
    if (csv_ && csv.quote != '"') Line("quote", std::string(1, csv.quote));
    if (csv_ && csv.encoding != formats::Encoding::kUtf8) Line("encoding", formats::CodeOf(csv.encoding));
    if (profile_.comma) Line("decimal", ",");
    if (csv_ && csv.carriage_return) Line("line-end", "crlf");
    if (csv_ && csv.byte_order_mark) Line("byte-order-mark", "true");
    LocalKey();
    Nothing();
    Line("namespace", "urn:example:" + name_);
    if (times_)
      out_ += "  # timezone: Europe/London  # needed as soon as a time of day is mapped: the zone of the source\n";
    if (skipped_) Line("unknown", "warn");
  }

  void LocalKey() {
    if (key_.guessed || key_.parts.empty())
      out_ += "  # No field tells all records apart. This is a guess: change it.\n";
    if (key_.rows) out_ += "  # Several rows have the same one: they are one record, and what differs is row.*.\n";
    std::string names;
    for (const std::string& path : key_paths_) names += (names.empty() ? "" : ", ") + Quoted(path);
    out_ += key_paths_.size() == 1 ? "  key: " + names + "\n" : "  key: [" + names + "]\n";
    if (key_.rows) Line("rows", "row");
  }

  // The words for nothing of all fields together.
  void Nothing() {
    std::map<std::string, std::size_t> words;
    std::map<std::string, std::size_t> sentinels;
    std::size_t empties = 0;
    Count(profile_.root, words, sentinels, empties);
    std::string usual;
    for (const auto& [word, count] : words) {
      if (csv_ && count >= empties && (usual.empty() || count > words[usual])) usual = word;
    }
    if (!usual.empty()) Line("nothing", usual);
    std::erase_if(words, [&](const auto& word) { return word.first == usual; });
    for (const auto& [word, fields] : sentinels) {
      if (fields > 1) words[word] = fields;
    }
    if (words.empty()) return;
    out_ += "  absent:  # why there is no value: unknown, not-asked, asked-declined, not-applicable, ...\n";
    for (const auto& [word, count] : words) out_ += "    " + Quoted(word) + ": unknown\n";
  }

  void Count(const Node& node, std::map<std::string, std::size_t>& words, std::map<std::string, std::size_t>& sentinels,
             std::size_t& empties) const {
    const Values& values = node.values;
    for (const auto& [word, count] : values.nothings) words[word] += count;
    std::size_t marked = 0;
    for (const std::string_view word : kSentinels) {
      const auto found = values.distinct.find(std::string(word));
      if (found != values.distinct.end()) marked += found->second.records;
    }
    for (const std::string_view word : kSentinels) {
      if (marked > 0 && marked == values.negatives && values.distinct.contains(std::string(word))) {
        ++sentinels[std::string(word)];
      }
    }
    if (csv_ && &node != &profile_.root) empties += profile_.records - std::min(profile_.records, values.records);
    for (const Node& child : node.children) Count(child, words, sentinels, empties);
  }

  void Field(const Node& node) {
    if (!CanBeNamed(node)) return;
    const bool both = node.groups > 0 && node.lists > 0;
    const bool single = !both && node.lists > 0 && node.values.values > 0;
    if (node.mixed() && !single && (!both || node.values.values > 0)) {
      fields_ += "  # " + node.path +
                 (both ? " is a single value too, now and then; a map says of it that it is a list or a group.\n"
                       : " is a single value now and then, and else a group or a list; a map says one of them.\n");
    }
    if (!single && !node.group() && !node.list()) return Leaf(node);
    Group(node, both     ? "    mixed: true  # a list in some records, a group in others\n"
                : single ? "    single: true  # a list in some records, a single value in others\n"
                         : "");
    for (const Node& child : node.children) {
      if (both || (child.name == "*") == (single || node.list())) Field(child);
    }
  }

  // A place that a map cannot say is told in a comment, and records that have it are not kept aside for it.
  bool CanBeNamed(const Node& node) {
    if (CanBeSaid(node, csv_)) return true;
    if (csv_ && node.name.empty() && node.values.records == 0) return false;
    skipped_ = true;
    fields_ += csv_ && node.name.empty() ? "  # A column has no name; a map cannot say it.\n"
               : csv_
                   ? "  # A column's name has a tab or line end in it: are these two names? A map cannot say it.\n"
                   : "  # A member stands too deep, or its name has one of . # [ ] * { } in it; a map cannot say it.\n";
    return false;
  }

  void Group(const Node& node, std::string_view shape) {
    const Values& values = node.values;
    const std::size_t missing = profile_.records - std::min(profile_.records, values.records);
    const bool inside = node.path.find('*') != std::string::npos;
    const bool some = node.name != "*" && (values.nulls > 0 || values.empties > 0);
    const bool nothing = some && (inside || missing <= values.nulls + values.empties);
    if (shape.empty() && !nothing) return;
    fields_ += "  " + Quoted(node.path) + ":\n";
    fields_ += shape;
    if (nothing) fields_ += std::string("    nothing: ") + (values.nulls > values.empties ? "null" : "empty") + "\n";
  }

  std::string PathOf(const Node& node) {
    if (!csv_) return node.path;
    std::string path = node.path;
    if (path.find_first_of(".#[]*{}") != std::string::npos) path = NameOf(path);
    while (!taken_.insert(path).second) path += "-2";
    const bool varies = std::ranges::find(key_.varying, node.name) != key_.varying.end();
    return (varies ? "row.*." : "") + path;
  }

  void Leaf(const Node& node) {
    const std::string path = PathOf(node);
    const auto part = std::ranges::find(key_.parts, &node);
    const bool key = part != key_.parts.end();
    const bool empty_list = !csv_ && node.values.values == 0 && node.values.empties > 0 && node.values.texts == 0;
    fields_ += "  " + Quoted(path + (empty_list ? ".*" : "")) + ":\n";
    if (csv_ && node.name != path && path != "row.*." + node.name) Word("column", node.name);
    if (key) return KeyField(node, path);
    const ValueType type = TypeOf(node.values, profile_, csv_);
    times_ = times_ || type.time;
    for (const std::string& note : type.notes) fields_ += "    # " + note + "\n";
    const bool truth = std::ranges::any_of(type.words, [](const auto& word) { return word.first == "yes"; });
    const Codes codes = truth ? Codes() : CodesOf(node, profile_);
    Table(node, codes);
    for (const auto& [word, text] : type.words) {
      if (csv_ && word == "type" && text == "integer" && !codes.shown.empty()) continue;
      Word(word, text);
    }
    Forms(type.forms);
    NothingOf(node.values);
    Word("drop", kReason);
  }

  void Word(std::string_view word, std::string_view text) {
    fields_ += "    " + std::string(word) + ": " + Quoted(text) + "\n";
  }

  void Forms(const std::vector<std::string>& forms) {
    std::string list;
    for (const std::string& form : forms) list += (list.empty() ? "" : ", ") + Quoted(form);
    if (!forms.empty()) fields_ += "    format: [" + list + "]\n";
  }

  void KeyField(const Node& node, const std::string& path) {
    const Values& values = node.values;
    if (!csv_ && values.texts == 0 && values.integers > 0) Word("type", "integer");
    if (key_paths_.empty()) Word("required", "true");
    const std::string slice = NameOf(node.name);
    Word("fhir", "record.identifier[" + slice + "].value");
    key_paths_.push_back(path);
    slices_.push_back(slice);
  }

  void Table(const Node& node, const Codes& codes) {
    if (codes.shown.empty()) return;
    std::string seen;
    for (const auto& [code, count] : codes.shown) {
      seen += (seen.empty() ? "" : ", ") + code + " (" + std::to_string(count) + ")";
    }
    if (codes.rarer > 0) seen += " and " + std::to_string(codes.rarer) + " rarer";
    const std::string table = NameOf(node.name == "*" ? node.path.substr(0, node.path.find(".*")) : node.name);
    fields_ += "    # Codes? " + seen + ". Then `codes: " + table + "` here, `codes: {" + table + ": codes/" + table +
               ".csv}` below, and in that file:\n    #   local,system,code,display\n";
    for (const auto& [code, count] : codes.shown) fields_ += "    #   " + code + ",,,\n";
  }

  // How this field writes its nothing, where it is not as usual.
  void NothingOf(const Values& values) {
    if (csv_) return;
    const std::size_t missing = profile_.records - std::min(profile_.records, values.records);
    if (values.nulls > std::max(missing, values.empties)) fields_ += "    nothing: null\n";
    if (values.empties > std::max(missing, values.nulls) && values.texts > 0) Word("nothing", "empty");
  }

  void Resources() {
    out_ +=
        "\nresources:\n"
        "  # Basic stands for whatever a record is, until you say it. A person: `type: Patient`, and under the key\n"
        "  # `fhir: patient.identifier[...].value`; what belongs to it refers to it: `subject: =patient`.\n"
        "  record:\n    type: Basic\n    code: " +
        Quoted("urn:example:" + name_ + "|record|A record of " + name_) + "\n";
    for (const std::string& slice : slices_) {
      out_ += "    identifier[" + slice + "].system: " + Quoted("urn:example:" + name_ + ":" + slice) + "\n";
    }
  }

  const formats::RecordFormat& format_;
  bool csv_;
  const Profile& profile_;
  const Key& key_;
  std::string name_;
  std::string out_;
  std::string fields_;
  std::vector<std::string> key_paths_;
  std::vector<std::string> slices_;
  std::set<std::string> taken_;
  bool times_ = false;
  bool skipped_ = false;
};

Result<std::vector<std::string>> HeaderOf(const Sniffed& sniffed) {
  std::vector<std::string> columns;
  if (sniffed.format.syntax != formats::Syntax::kCsv) return columns;
  formats::RecordReader reader(sniffed.format, formats::FromMemory(sniffed.bytes));
  if (auto begun = reader.Begin(); !begun) return std::move(begun).error();
  const auto envelope = json::ParseDocument(reader.envelope());
  if (!envelope) return envelope.error();
  for (const json::Value& name : envelope->root.Get("header").items()) columns.emplace_back(name.text());
  return columns;
}

// A draft would show the first row as names of fields.
Error NoNames(const std::vector<std::size_t>& places) {
  constexpr std::size_t kMostNamed = 5;
  std::string named;
  for (std::size_t i = 0; i < std::min(places.size(), kMostNamed); ++i) {
    named += (i == 0 ? "" : ", ") + formats::ColumnLetter(places[i]);
  }
  return MakeError(ErrorKind::kInvalid, "draft",
                   std::string("the first line looks like a row and not like the names of the columns (see column") +
                       (places.size() == 1 ? " " : "s ") + named + (places.size() > kMostNamed ? ", ..." : "") +
                       "): put a line with their names before it");
}

}  // namespace

Result<std::string> DraftMap(std::string_view bytes, bool whole, std::string_view file) {
  auto sniffed = Sniff(bytes, whole);
  if (!sniffed) return std::move(sniffed).error();
  auto columns = HeaderOf(*sniffed);
  if (!columns) return std::move(columns).error();
  const bool csv = sniffed->format.syntax == formats::Syntax::kCsv;
  const Profile profile = Profiler(sniffed->format.syntax).Run(sniffed->format, sniffed->bytes, *columns);
  if (profile.too_many) {
    return MakeError(ErrorKind::kInvalid, "draft",
                     "there are more than " + std::to_string(kMostFields) +
                         " different fields: does the file name its members by values, or its columns by rows?");
  }
  if (profile.records == 0) return MakeError(ErrorKind::kInvalid, "draft", "the file holds no record that can be read");
  if (const auto values = NamesLikeValues(*columns, profile); !values.empty()) return NoNames(values);
  Key key = GuessKey(profile, csv);
  if (key.parts.empty()) {
    const auto leaf = std::ranges::find_if(
        profile.root.children, [&](const Node& node) { return !node.group() && !node.list() && CanBeSaid(node, csv); });
    if (leaf == profile.root.children.end()) {
      return MakeError(ErrorKind::kInvalid, "draft",
                       "no field of a record stands once in it: there is nothing for a key");
    }
    key.parts.push_back(&*leaf);
  }
  return Writer(*sniffed, profile, key, MapNameOf(file)).Run(whole);
}

}  // namespace throughline::draft
