#include "mappings/review/map_diff.h"

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "mappings/engine/to_fhir.h"
#include "mappings/language/layers.h"
#include "mappings/language/words.h"
#include "mappings/plan/plan.h"

namespace throughline::review {
namespace {

using engine::LedgerRow;
using engine::Mapped;
using engine::MappedResource;
using engine::ToFhir;
using engine::Verdict;
using language::Diagnostics;
using language::FileReader;
using language::FindWord;
using language::Layers;
using language::MapFinder;
using language::Place;
using language::ReadLayers;
using language::Shape;
using language::SpelledOut;
using language::Word;
using language::YamlNode;
using plan::CodeRow;
using plan::FieldGrade;
using plan::Map;

constexpr std::size_t kLongestWhole = 200;  // of what is said of an entry that is new or gone

// One thing that a map says: where, and what.
struct Saying {
  std::string section;
  std::string entry;
  std::string word;
  std::string text;

  std::string Place() const { return section + '\n' + entry + '\n' + word; }
  std::string EntryPlace() const { return section + '\n' + entry; }
};

std::string TextOf(const YamlNode& node) {
  std::string out;
  switch (node.kind) {
    case YamlNode::Kind::kNothing:
      return "null";
    case YamlNode::Kind::kScalar:
      return node.text;
    case YamlNode::Kind::kList:
      for (const YamlNode& item : node.items) out += (out.empty() ? "" : ", ") + TextOf(item);
      return "[" + out + "]";
    case YamlNode::Kind::kMap:
      for (const auto& [key, value] : node.pairs) out += (out.empty() ? "" : ", ") + key.text + ": " + TextOf(value);
      return "{" + out + "}";
  }
  return out;
}

class Sayings {
 public:
  std::vector<Saying> Of(const Map& map, const YamlNode& root) {
    for (const auto& [key, value] : root.pairs) {
      const Word* section = FindWord(Place::kMap, key.text);
      if (section == nullptr || section->own || section->of == Place::kTable) continue;
      AddSection(*section, value);
    }
    AddTables(map);
    AddGrades(map);
    return std::move(sayings_);
  }

 private:
  void Add(std::string_view section, std::string_view entry, std::string_view word, std::string text) {
    sayings_.push_back({std::string(section), std::string(entry), std::string(word), std::move(text)});
  }

  void AddSection(const Word& section, const YamlNode& value) {
    if (section.shape == Shape::kEntries || section.shape == Shape::kShortable) {
      for (const auto& [name, entry] : value.pairs) AddEntry(section, name.text, entry);
    } else if (section.shape == Shape::kItems) {
      for (std::size_t i = 0; i < value.items.size(); ++i) {
        AddEntry(section, "[" + std::to_string(i) + "]", value.items[i]);
      }
    } else if (value.kind == YamlNode::Kind::kMap) {
      for (const auto& [word, text] : value.pairs) AddDeep(section.name, "", word.text, text);
    } else {
      Add(section.name, "", "", TextOf(value));
    }
  }

  void AddEntry(const Word& section, std::string_view name, const YamlNode& entry) {
    if (entry.kind != YamlNode::Kind::kMap) return Add(section.name, name, "fhir", TextOf(entry));
    for (const auto& [word, text] : entry.pairs) AddDeep(section.name, name, word.text, text);
  }

  // Groups word by word, so that what is the same in them is not told.
  void AddDeep(std::string_view section, std::string_view entry, const std::string& word, const YamlNode& value) {
    if (value.kind != YamlNode::Kind::kMap) return Add(section, entry, word, TextOf(value));
    for (const auto& [below, text] : value.pairs) AddDeep(section, entry, word + ": " + below.text, text);
  }

  void AddTables(const Map& map) {
    for (const auto& table : map.plan().tables) {
      Add("codes", table->name(), "system", table->local_system());
      std::map<std::string, int> seen;
      for (const CodeRow& row : table->rows()) {
        const int nth = ++seen[row.local];
        std::string text = row.system + "|" + row.code;
        for (const std::string& part : {row.version, row.display, row.local_display, row.equivalence}) {
          text += " " + (part.empty() ? std::string("-") : part);
        }
        if (row.preferred) text += " preferred";
        if (row.one_way) text += " one way";
        Add("codes", table->name(), "'" + row.local + "'" + (nth > 1 ? " (" + std::to_string(nth) + ")" : ""),
            std::move(text));
      }
    }
  }

  void AddGrades(const Map& map) {
    for (const FieldGrade& grade : map.grades()) {
      Add("grades", grade.field, "", std::string(CodeOf(grade.grade)) + (grade.why.empty() ? "" : ": " + grade.why));
    }
  }

  std::vector<Saying> sayings_;
};

using ByPlace = std::unordered_map<std::string, const Saying*>;

ByPlace PlacesOf(const std::vector<Saying>& sayings) {
  ByPlace places;
  for (const Saying& one : sayings) places.emplace(one.Place(), &one);
  return places;
}

using Entries = std::unordered_set<std::string>;

Entries EntriesOf(const std::vector<Saying>& sayings) {
  Entries entries;
  for (const Saying& one : sayings) entries.insert(one.EntryPlace());
  return entries;
}

// An entry that the other map does not have at all is told once.
void AddWhole(const std::vector<Saying>& sayings, const Entries& others, Change change,
              std::vector<MapChange>& changes) {
  std::unordered_map<std::string, std::size_t> made;
  for (const Saying& one : sayings) {
    if (one.entry.empty() || one.section == "grades" || others.contains(one.EntryPlace())) continue;
    const auto [place, fresh] = made.emplace(one.EntryPlace(), changes.size());
    if (fresh) changes.push_back({change, one.section, one.entry, "", "", ""});
    MapChange& whole = changes[place->second];
    std::string& text = change == Change::kAdded ? whole.after : whole.before;
    if (text.size() < kLongestWhole) text += (text.empty() ? "" : ", ") + one.word + ": " + one.text;
  }
}

bool Known(const Entries& entries, const Saying& one) {
  return one.entry.empty() || entries.contains(one.EntryPlace());
}

std::vector<std::string> FieldsIn(const std::vector<Saying>& sayings, const std::vector<Saying>& others) {
  std::unordered_map<std::string, int> known;
  for (const Saying& one : others) {
    if (one.section == "grades") known[one.entry] = 1;
  }
  std::vector<std::string> names;
  for (const Saying& one : sayings) {
    if (one.section == "grades" && known.contains(one.entry)) names.push_back(one.entry);
  }
  return names;
}

Result<std::vector<Saying>> SayingsOf(const Map& map, const FileReader& read, const MapFinder& find) {
  auto text = read(map.path());
  if (!text) return std::move(text).error();
  Diagnostics diagnostics(map.path(), *text);
  Layers layers;
  if (!ReadLayers(map.path(), *text, read, find, diagnostics, layers)) {
    return Error{ErrorKind::kInvalid, "the map cannot be read again", diagnostics.TakeErrors()};
  }
  return Sayings().Of(map, SpelledOut(std::move(layers.root)));
}

// Every place at which two values differ.
class Differences {
 public:
  Differences(std::string_view resource, std::vector<RecordChange>& changes) : resource_(resource), changes_(changes) {}

  void Compare(const std::string& path, const json::Value& before, const json::Value& after) {
    if (before.is_object() && after.is_object()) {
      for (const json::Member& member : before.members()) {
        const json::Value* other = after.Find(member.name);
        const std::string below = path + "." + std::string(member.name);
        if (other == nullptr) {
          Add(Change::kRemoved, below);
        } else {
          Compare(below, member.value, *other);
        }
      }
      for (const json::Member& member : after.members()) {
        if (before.Find(member.name) == nullptr) Add(Change::kAdded, path + "." + std::string(member.name));
      }
    } else if (before.is_array() && after.is_array()) {
      for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
        const std::string below = path + "[" + std::to_string(i) + "]";
        if (i >= after.size()) {
          Add(Change::kRemoved, below);
        } else if (i >= before.size()) {
          Add(Change::kAdded, below);
        } else {
          Compare(below, before.items()[i], after.items()[i]);
        }
      }
    } else if (!json::Equal(before, after)) {
      Add(Change::kChanged, path);
    }
  }

 private:
  void Add(Change change, std::string path) { changes_.push_back({change, resource_, std::move(path), ""}); }

  std::string resource_;
  std::vector<RecordChange>& changes_;
};

// Ids that do not follow from the map's name.
class SameIds final : public IdSource {
 public:
  explicit SameIds(const IdSource& ids) : ids_(ids) {}
  std::string Fresh() override { return ids_.ForKey("", "", "fresh"); }
  std::string ForKey(std::string_view, std::string_view key, std::string_view name) const override {
    return ids_.ForKey("", key, name);
  }

 private:
  const IdSource& ids_;
};

void CompareLedgers(const Mapped& before, const Mapped& after, std::vector<RecordChange>& changes) {
  const auto has = [](const Mapped& mapped, const LedgerRow& row) {
    return std::ranges::any_of(
        mapped.ledger, [&](const LedgerRow& other) { return other.kind == row.kind && other.path == row.path; });
  };
  for (const LedgerRow& row : before.ledger) {
    if (!has(after, row))
      changes.push_back({Change::kRemoved, "", row.path, "ledger " + std::string(CodeOf(row.kind))});
  }
  for (const LedgerRow& row : after.ledger) {
    if (!has(before, row)) changes.push_back({Change::kAdded, "", row.path, "ledger " + std::string(CodeOf(row.kind))});
  }
}

// The resource's name with its place among those of that name: an item may be named by a value of the record.
std::string NameIn(const Mapped& mapped, const MappedResource& resource) {
  if (resource.place == resource.name) return std::string(resource.name);
  std::size_t nth = 0;
  for (const MappedResource& other : mapped.resources) {
    if (&other == &resource) break;
    nth += other.name == resource.name ? 1 : 0;
  }
  return std::string(resource.name) + "[" + std::to_string(nth) + "]";
}

void CompareResources(const Mapped& before, const Mapped& after, std::vector<RecordChange>& changes) {
  const auto named = [](const Mapped& mapped, std::string_view place) {
    return std::ranges::find(mapped.resources, place, &MappedResource::place);
  };
  for (const MappedResource& one : before.resources) {
    const auto other = named(after, one.place);
    const std::string name = NameIn(before, one);
    const std::string type(one.type);
    if (other == after.resources.end()) {
      changes.push_back({Change::kRemoved, name, type, ""});
    } else if (other->type != one.type) {
      changes.push_back({Change::kChanged, name, type, ""});
    } else {
      Differences(name, changes).Compare(type, one.body, other->body);
    }
  }
  for (const MappedResource& one : after.resources) {
    if (named(before, one.place) != before.resources.end()) continue;
    changes.push_back({Change::kAdded, NameIn(after, one), std::string(one.type), ""});
  }
}

}  // namespace

std::string_view CodeOf(Change change) {
  constexpr std::array<std::string_view, 3> kWords = {"added", "removed", "changed"};
  return kWords[static_cast<std::size_t>(change)];
}

Result<std::vector<MapChange>> DiffMaps(const Map& older, const Map& newer, const FileReader& read,
                                        const MapFinder& find) {
  auto before = SayingsOf(older, read, find);
  if (!before) return std::move(before).error();
  auto after = SayingsOf(newer, read, find);
  if (!after) return std::move(after).error();
  std::vector<MapChange> changes;
  const Entries old_entries = EntriesOf(*before);
  const Entries new_entries = EntriesOf(*after);
  const ByPlace old_places = PlacesOf(*before);
  const ByPlace new_places = PlacesOf(*after);
  AddWhole(*after, old_entries, Change::kAdded, changes);
  for (const Saying& one : *after) {
    const auto other = old_places.find(one.Place());
    if (other != old_places.end() && other->second->text != one.text) {
      changes.push_back({Change::kChanged, one.section, one.entry, one.word, other->second->text, one.text});
    } else if (other == old_places.end() && one.section != "grades" && Known(old_entries, one)) {
      changes.push_back({Change::kAdded, one.section, one.entry, one.word, "", one.text});
    }
  }
  for (const Saying& one : *before) {
    if (new_places.contains(one.Place()) || one.section == "grades" || !Known(new_entries, one)) continue;
    changes.push_back({Change::kRemoved, one.section, one.entry, one.word, one.text, ""});
  }
  AddWhole(*before, new_entries, Change::kRemoved, changes);
  if (FieldsIn(*before, *after) != FieldsIn(*after, *before)) {
    changes.push_back({Change::kChanged, "fields", "", "order", "", ""});
  }
  return changes;
}

std::vector<RecordChange> DiffRecord(const Map& older, const Map& newer, const json::Value& older_record,
                                     const json::Value& newer_record, const IdSource& ids, json::Arena& arena) {
  const SameIds same(ids);
  const Mapped before = ToFhir(older, older_record, same, arena);
  const Mapped after = ToFhir(newer, newer_record, same, arena);
  std::vector<RecordChange> changes;
  if (before.verdict != after.verdict) {
    const bool refused = after.verdict == Verdict::kQuarantine;
    for (const Issue& issue : refused ? after.issues : before.issues) {
      if (issue.severity > Severity::kError) continue;
      changes.push_back({Change::kChanged, "", issue.location, (refused ? "refused " : "accepted ") + issue.rule});
    }
    return changes;
  }
  CompareResources(before, after, changes);
  CompareLedgers(before, after, changes);
  return changes;
}

}  // namespace throughline::review
