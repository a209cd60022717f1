#include "tests/unit/mappings/library/mutants.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "fhir/definitions/definitions.h"
#include "mappings/language/diagnostics.h"
#include "mappings/language/words.h"
#include "mappings/language/yaml_tree.h"

namespace throughline::library {
namespace {

using language::YamlNode;
using language::YamlPair;
using Kind = YamlNode::Kind;
using Texts = std::vector<std::string>;

// --- YAML as text again

std::string Scalar(const YamlNode& node) {
  if (node.kind == Kind::kNothing) return "null";
  const std::string& text = node.text;
  constexpr std::string_view kSigns = "{}[]&*!|>%@`\"'#,?-: ";
  const bool plain = !node.quoted && !text.empty() && kSigns.find(text.front()) == std::string_view::npos &&
                     text.back() != ' ' && text.back() != ':' && text.find(": ") == std::string::npos &&
                     text.find(" #") == std::string::npos && text.find('\t') == std::string::npos;
  if (plain && text != "null" && text != "~") return text;
  std::string quoted = "'";
  for (const char byte : text) quoted.append(byte == '\'' ? "''" : std::string(1, byte));
  return quoted + "'";
}

void Emit(const YamlNode& node, std::size_t level, std::string& out) {
  const std::string blanks(level * 2, ' ');
  const auto value = [&](const YamlNode& below) {
    if (below.kind == Kind::kScalar || below.kind == Kind::kNothing) {
      out.append(" ").append(Scalar(below)).append("\n");
    } else if (below.pairs.empty() && below.items.empty()) {
      out.append(below.kind == Kind::kMap ? " {}\n" : " []\n");
    } else {
      out.append("\n");
      Emit(below, level + 1, out);
    }
  };
  for (const YamlPair& pair : node.pairs) {
    out.append(blanks).append(Scalar(pair.key)).append(":");
    value(pair.value);
  }
  for (const YamlNode& item : node.items) {
    out.append(blanks).append("-");
    value(item);
  }
}

std::optional<long long> WholeNumber(std::string_view text) {
  long long number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Texts Cut(std::string_view text, char sign) {
  Texts parts(1);
  int open = 0;
  for (const char byte : text) {
    if (byte == '[') ++open;
    if (byte == ']') --open;
    if (byte == sign && open == 0) {
      parts.emplace_back();
    } else {
      parts.back().push_back(byte);
    }
  }
  return parts;
}

std::string Join(const Texts& parts, std::string_view sign) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) text.append(i == 0 ? "" : sign).append(parts[i]);
  return text;
}

std::string Bare(const std::string& part) { return part.substr(0, part.find('[')); }

// --- what else could stand there

// Sound codes and words of R4 that maps use, tried in turn where a constant is one of a closed set.
constexpr std::array<std::string_view, 40> kCodes = {
    "active",    "completed",   "final",   "finished", "draft",    "unknown",  "planned",    "in-progress",
    "amended",   "cancelled",   "on-hold", "order",    "plan",     "proposal", "permit",     "deny",
    "official",  "usual",       "old",     "home",     "work",     "related",  "instance",   "d",
    "wk",        "phone",       "email",   "inactive", "waitlist", "proposed", "Patient",    "Organization",
    "scheduled", "not-started", "2",       "3",        "true",     "false",    "2025-01-01", "h"};

class MapMutants {
 public:
  explicit MapMutants(const YamlNode& root) : root_(root) { Collect(); }

  std::vector<Mutant> Run() {
    Walk(root_, root_, {});
    return std::move(mutants_);
  }

 private:
  void Collect() {
    if (const YamlNode* resources = root_.Find("resources")) {
      for (const YamlPair& pair : resources->pairs) {
        resources_.push_back(pair.key.text);
        if (const YamlNode* type = pair.value.Find("type")) types_[pair.key.text] = type->text;
      }
    }
    if (const YamlNode* codes = root_.Find("codes")) {
      for (const YamlPair& pair : codes->pairs) tables_.push_back(pair.key.text);
    }
    if (const YamlNode* fields = root_.Find("fields")) {
      for (const YamlPair& pair : fields->pairs) fields_.push_back(pair.key.text);
    }
  }

  // Calls `change` on a copy of the tree, at the node that `places` lead to.
  std::string Changed(const std::vector<std::size_t>& places, const std::function<void(YamlNode&)>& change) const {
    YamlNode copy = root_;
    YamlNode* at = &copy;
    for (const std::size_t place : places) at = at->kind == Kind::kList ? &at->items[place] : &at->pairs[place].value;
    change(*at);
    std::string text;
    Emit(copy, 0, text);
    return text;
  }

  void Add(const std::vector<std::size_t>& places, const YamlNode& near, const std::string& entry, std::string what,
           std::size_t choice, const std::function<void(YamlNode&)>& change) {
    mutants_.push_back({"map.yaml", near.mark.line, entry, std::move(what), Changed(places, change), choice});
  }

  void Walk(const YamlNode& node, const YamlNode&, const Texts& path) { WalkAt(node, {}, path); }

  void WalkAt(const YamlNode& node, const std::vector<std::size_t>& places, const Texts& path) {
    for (std::size_t i = 0; i < node.pairs.size(); ++i) {
      const YamlPair& pair = node.pairs[i];
      if (path.empty() && pair.key.text == "tests") continue;
      Texts below = path;
      below.push_back(pair.key.text);
      const std::string entry = Join(below, " / ");
      Add(places, pair.key, entry, "deleted", ++choices_,
          [i](YamlNode& at) { at.pairs.erase(at.pairs.begin() + static_cast<std::ptrdiff_t>(i)); });
      Alternatives(OtherKeys(pair.key.text, path), [&](const std::string& key, std::size_t choice) {
        if (node.Find(key) != nullptr) return;
        Add(places, pair.key, entry, "called '" + key + "'", choice,
            [&, i](YamlNode& at) { at.pairs[i].key.text = key; });
      });
      Values(pair.value, places, i, below);
      Deeper(pair.value, places, i, below);
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      const std::string entry = Join(path, " / ") + " / " + std::to_string(i);
      Add(places, node.items[i], entry, "deleted", ++choices_,
          [i](YamlNode& at) { at.items.erase(at.items.begin() + static_cast<std::ptrdiff_t>(i)); });
      if (i + 1 < node.items.size()) {
        Add(places, node.items[i], entry, "swapped with the next", ++choices_,
            [i](YamlNode& at) { std::swap(at.items[i], at.items[i + 1]); });
      }
      Values(node.items[i], places, i, path);
      Deeper(node.items[i], places, i, path);
    }
  }

  void Deeper(const YamlNode& node, std::vector<std::size_t> places, std::size_t place, const Texts& path) {
    places.push_back(place);
    if (node.kind == Kind::kMap || node.kind == Kind::kList) WalkAt(node, places, path);
  }

  void Values(const YamlNode& value, std::vector<std::size_t> places, std::size_t place, const Texts& path) {
    if (value.kind == Kind::kMap || value.kind == Kind::kList) return;
    places.push_back(place);
    Alternatives(OtherValues(value, path), [&](const std::string& text, std::size_t choice) {
      if (text == value.text) return;
      Add(places, value, Join(path, " / "), "'" + value.text + "' -> '" + text + "'", choice, [&](YamlNode& at) {
        at.kind = Kind::kScalar;
        at.text = text;
      });
    });
  }

  // A group of alternatives: of those in one group the first that can be loaded counts.
  using Groups = std::vector<Texts>;

  void Alternatives(const Groups& groups, const std::function<void(const std::string&, std::size_t)>& add) {
    for (const Texts& group : groups) {
      ++choices_;
      for (const std::string& text : group) add(text, choices_);
    }
  }

  static Groups Single(const Texts& texts) {
    Groups groups;
    for (const std::string& text : texts) groups.push_back({text});
    return groups;
  }

  Groups OtherKeys(const std::string& key, const Texts& path) const {
    if (path.empty() || path.front() == "local" || path.front() == "checks" || path.front() == "withhold") {
      const bool token = path.size() == 2 && path.back() == "absent";
      return token ? Groups{{key + "x"}} : Groups{};
    }
    if (path.front() == "resources" && path.size() == 2) return ElementKeys(key, path[1]);
    if (path.front() == "fields" && path.size() == 2) return {};
    if (path.front() == "resources" && path.size() > 2) return {};
    return {{key + "x"}};
  }

  // The element beside it, and another name of its slice.
  Groups ElementKeys(const std::string& key, const std::string& resource) const {
    if (language::FindWord(language::Place::kResource, key) != nullptr) return {};
    Groups groups;
    const std::string path = key.starts_with('.') ? key.substr(1) : key;
    groups.push_back(Siblings(resource, path));
    Texts parts = Cut(path, '.');
    for (std::string& part : parts) {
      if (!part.ends_with(']')) continue;
      const std::string before = part;
      part.insert(part.size() - 1, "x");
      groups.push_back({Join(parts, ".")});
      part = before;
    }
    return groups;
  }

  // Paths to elements of the same type beside the one at the end of `path`.
  Texts Siblings(const std::string& resource, const std::string& path) const {
    const definitions::Definitions& r4 = definitions::R4();
    const auto type = types_.find(resource);
    Texts found;
    if (type == types_.end()) return found;
    definitions::TypeId owner = r4.FindType(type->second);
    Texts parts = Cut(path, '.');
    definitions::Element element;
    for (std::size_t i = 0; i < parts.size() && owner != definitions::kNoType; ++i) {
      if (parts[i] == "*") continue;
      if (!r4.FindChild(owner, Bare(parts[i]), element)) return found;
      if (i + 1 < parts.size()) {
        owner = element.type;
        continue;
      }
      for (std::size_t child = 0; child < r4.child_count(owner); ++child) {
        const definitions::Element other = r4.child(owner, child);
        if (other.type != element.type || other.name == element.name) continue;
        parts[i] = std::string(other.name) + parts[i].substr(Bare(parts[i]).size());
        found.push_back(Join(parts, "."));
      }
    }
    if (found.size() > 6) found.resize(6);
    return found;
  }

  Groups OtherValues(const YamlNode& value, const Texts& path) const {
    const std::string& section = path.front();
    const std::string& word = path.back();
    if (path.size() == 1) return word == "main" ? Others(resources_, value.text) : Groups{{value.text + "x"}};
    if (section == "local") return LocalValues(value, path);
    if (section == "fields") return FieldValues(value, path);
    if (section == "resources") return ResourceValues(value, path);
    if (section == "withhold" && word == "keep") return Others(fields_, value.text);
    if (section == "checks") return CheckValues(value.text);
    if (section == "withhold") return ExpressionValues(value.text);
    if (section == "demand") return {{"9"}};
    return {{value.text + "x"}};
  }

  static Groups CheckValues(const std::string& text) {
    Groups groups = ExpressionValues(text);
    const std::size_t order = text.find("<=");
    if (order != std::string::npos) {
      groups.push_back({text.substr(order + 3) + " <= " + text.substr(0, order - 1)});
    }
    return groups;
  }

  // Another sign, another number, another word between quotes.
  static Groups ExpressionValues(const std::string& text) {
    Groups groups;
    const auto replaced = [&](std::string_view from, std::string_view to) {
      std::string other = text;
      const std::size_t at = other.find(from);
      if (at != std::string::npos) groups.push_back({other.replace(at, from.size(), to)});
    };
    replaced("<=", "<");
    replaced(" = ", " != ");
    replaced("'N'", "'Y'");
    replaced("18", "17");
    replaced("18", "19");
    if (groups.empty()) groups.push_back({text + "x"});
    return groups;
  }

  static Groups Others(const Texts& names, const std::string& name) {
    Texts others;
    for (const std::string& other : names) {
      if (other != name) others.push_back(other);
    }
    Groups groups;
    // Two: from the front and from the back.
    groups.push_back(others);
    groups.emplace_back(others.rbegin(), others.rend());
    return groups;
  }

  // All other words of a closed list; empty when the word has no such list.
  static Groups Choices(language::Place place, const std::string& word, const std::string& now) {
    Groups groups;
    const language::Word* found = language::FindWord(place, word);
    if (found == nullptr) return groups;
    for (const std::string_view choice : found->values) {
      if (choice != now) groups.push_back({std::string(choice)});
    }
    return groups;
  }

  Groups LocalValues(const YamlNode& value, const Texts& path) const {
    if (path.back() == "key") return Others(fields_, value.text);
    if (path.back() == "timezone") return Single({"Europe/London", "America/Punta_Arenas", "America/Sao_Paulo"});
    const std::string& word = path[1];
    const Groups choices = Choices(language::Place::kLocal, word, value.text);
    return choices.empty() ? Groups{{value.text + "x"}} : choices;
  }

  Groups FieldValues(const YamlNode& value, const Texts& path) const {
    if (path.size() == 2 || path[2] == "fhir") return Targets(value.text);
    const std::string& word = path[2];
    if (word == "codes") return Others(tables_, value.text);
    if (word == "range") return Ranges(value.text);
    if (word == "format") return Formats(value.text);
    const std::string now = value.kind == Kind::kNothing ? "null" : value.text;
    const Groups choices = Choices(language::Place::kField, word, now);
    return choices.empty() ? Groups{{value.text + "x"}} : choices;
  }

  Groups Targets(const std::string& target) const {
    const std::size_t dot = target.find('.');
    if (dot == std::string::npos) return {{target + "x"}};
    const std::string resource = target.substr(0, dot);
    Groups groups;
    Texts siblings;
    for (const std::string& path : Siblings(resource, target.substr(dot + 1)))
      siblings.push_back(resource + "." + path);
    groups.push_back(siblings);
    Texts elsewhere;
    for (const std::string& other : resources_) {
      if (other != resource) elsewhere.push_back(other + target.substr(dot));
    }
    groups.push_back(elsewhere);
    for (std::size_t at = target.find(']'); at != std::string::npos; at = target.find(']', at + 1)) {
      groups.push_back({target.substr(0, at) + "x" + target.substr(at)});
    }
    return groups;
  }

  static Groups Ranges(const std::string& range) {
    const std::size_t dots = range.find("..");
    if (dots == std::string::npos) return {};
    const std::string low = range.substr(0, dots);
    const std::string high = range.substr(dots + 2);
    Groups groups;
    const auto add = [&](const std::string& from, const std::string& to) { groups.push_back({from + ".." + to}); };
    if (const auto number = WholeNumber(low)) {
      add(std::to_string(*number + 1), high);
      add(std::to_string(*number - 1), high);
      if (!high.empty()) add("", high);
    }
    if (const auto number = WholeNumber(high)) {
      add(low, std::to_string(*number + 1));
      add(low, std::to_string(*number - 1));
      if (!low.empty()) add(low, "");
    }
    return groups;
  }

  static Groups Formats(const std::string& format) {
    Groups groups;
    const std::string dash = format.find('/') == std::string::npos ? "/" : "-";
    std::string other;
    for (const char byte : format) other.append(byte == '/' || byte == '-' ? dash : std::string(1, byte));
    groups.push_back({other});
    const std::size_t day = format.find("dd");
    const std::size_t month = format.find("MM");
    if (day != std::string::npos && month != std::string::npos) {
      std::string swapped = format;
      swapped.replace(day, 2, "MM").replace(month, 2, "dd");
      groups.push_back({swapped});
    }
    groups.push_back({format + ":ss", "MM/yyyy", "yyyy"});
    return groups;
  }

  Groups ResourceValues(const YamlNode& value, const Texts& path) const {
    const std::string& word = path.back();
    const std::string& text = value.text;
    if (path.size() == 3 && language::FindWord(language::Place::kResource, word) != nullptr) {
      if (word == "type") return {{"Basic", "Observation"}, {"Procedure", "Condition"}};
      if (word == "key" || word == "item") return Others(fields_, text);
      if (word == "when") return {{"admission"}, {text + ".exists().not()"}};
      if (word == "each") return {{"dx.*", "row.*"}, {text + "x"}};
      return {{text + "x"}};
    }
    if (path.size() == 3 && word == "key") return Others(fields_, text);
    if (path.size() > 3 && word == "codes") return Others(tables_, text);
    if (path.size() > 3 && word == "from") return Others(fields_, text);
    if (text.starts_with('=')) return References(text.substr(1));
    if (text.find('|') != std::string::npos && text.find('{') == std::string::npos) return Coded(text);
    Groups groups = {{text + "x"}, {}};
    for (const std::string_view code : kCodes) {
      if (code != text) groups.back().emplace_back(code);
    }
    return groups;
  }

  Groups References(const std::string& name) const {
    Groups groups = Others(resources_, name);
    for (Texts& group : groups) {
      for (std::string& other : group) other.insert(0, "=");
    }
    return groups;
  }

  static Groups Coded(const std::string& text) {
    Groups groups;
    Texts parts = Cut(text, '|');
    for (std::string& part : parts) {
      const std::string before = part;
      part += "x";
      groups.push_back({Join(parts, "|")});
      part = before;
    }
    if (parts.size() == 3) groups.push_back({parts[0] + "|" + parts[1]});
    if (parts.size() == 2) groups.push_back({text + "|Another name"});
    groups.push_back({parts[0] + "|8302-2", parts[0] + "|social-history", parts[0] + "|inactive", parts[0] + "|other"});
    return groups;
  }

  const YamlNode& root_;
  Texts resources_;
  Texts tables_;
  Texts fields_;
  std::map<std::string, std::string> types_;
  std::vector<Mutant> mutants_;
  std::size_t choices_ = 0;
};

// --- code tables

using Row = Texts;

std::vector<Row> ReadRows(std::string_view csv) {
  std::vector<Row> rows(1, Row(1));
  bool quoted = false;
  for (std::size_t i = 0; i < csv.size(); ++i) {
    const char byte = csv[i];
    if (byte == '"') {
      if (quoted && i + 1 < csv.size() && csv[i + 1] == '"') {
        rows.back().back().push_back(csv[++i]);
      } else {
        quoted = !quoted;
      }
    } else if (!quoted && byte == ',') {
      rows.back().emplace_back();
    } else if (!quoted && byte == '\n') {
      rows.emplace_back(1);
    } else if (byte != '\r' || quoted) {
      rows.back().back().push_back(byte);
    }
  }
  if (rows.back() == Row(1)) rows.pop_back();
  return rows;
}

std::string WriteRows(const std::vector<Row>& rows) {
  std::string csv;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      csv.append(i == 0 ? "\"" : ",\"");
      for (const char byte : row[i]) csv.append(byte == '"' ? "\"\"" : std::string(1, byte));
      csv.push_back('"');
    }
    csv.push_back('\n');
  }
  return csv;
}

// Other values of a cell that says something; each group counts once.
std::vector<Texts> OtherCells(const std::string& column, const std::vector<Row>& rows, std::size_t row,
                              std::size_t cell) {
  const std::string& now = rows[row][cell];
  if (now.empty()) return {};
  if (column == "preferred") return {{""}};
  if (column == "equivalence") {
    std::vector<Texts> groups;
    for (const std::string_view other : {"equal", "equivalent", "wider", "narrower", "inexact", "unmatched"}) {
      if (other != now) groups.push_back({std::string(other)});
    }
    return groups;
  }
  std::vector<Texts> groups = {{now + "x"}, {""}};
  Texts of_others;
  for (std::size_t other = 1; other < rows.size(); ++other) {
    if (other != row && cell < rows[other].size() && rows[other][cell] != now) of_others.push_back(rows[other][cell]);
  }
  groups.push_back(of_others);
  return groups;
}

}  // namespace

std::vector<Mutant> MutantsOfMap(std::string_view yaml) {
  language::Diagnostics diagnostics("map.yaml", yaml);
  YamlNode root;
  if (!language::ParseYaml(yaml, diagnostics, root)) return {};
  return MapMutants(root).Run();
}

std::vector<Mutant> MutantsOfTable(const std::string& file, std::string_view csv) {
  const std::vector<Row> rows = ReadRows(csv);
  std::vector<Mutant> mutants;
  std::size_t choice = 0;
  const auto add = [&](std::size_t row, const std::string& entry, std::string what, const std::vector<Row>& changed) {
    mutants.push_back({file, row + 1, entry, std::move(what), WriteRows(changed), choice});
  };
  for (std::size_t row = 1; row < rows.size(); ++row) {
    std::vector<Row> fewer = rows;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(row));
    ++choice;
    add(row, rows[row].front(), "deleted", fewer);
    for (std::size_t cell = 0; cell < rows[row].size(); ++cell) {
      for (const Texts& group : OtherCells(rows[0][cell], rows, row, cell)) {
        ++choice;
        for (const std::string& text : group) {
          std::vector<Row> changed = rows;
          changed[row][cell] = text;
          add(row, rows[row].front() + " / " + rows[0][cell], "'" + rows[row][cell] + "' -> '" + text + "'", changed);
        }
      }
    }
  }
  return mutants;
}

}  // namespace throughline::library
