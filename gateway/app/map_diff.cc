#include "mappings/review/map_diff.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "certs/ids.h"
#include "fhir/base/shown.h"
#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "gateway/app/command.h"
#include "gateway/app/compose.h"
#include "gateway/app/files.h"
#include "gateway/app/mapping/run.h"
#include "gateway/app/packages.h"
#include "mappings/engine/bundle.h"
#include "mappings/engine/to_local.h"
#include "mappings/formats/record_reader.h"

namespace throughline::app {
namespace {

constexpr std::size_t kMostStored = 32u << 20;  // a line of resources

void AppendMember(std::string_view name, std::string_view text, std::string& out) {
  if (!out.ends_with('{')) out.push_back(',');
  json::WriteString(name, out);
  out.push_back(':');
  json::WriteString(text, out);
}

// "Patient.name[0].given[1]" -> "Patient.name.given": what is counted.
std::string WithoutPlaces(std::string_view path) {
  std::string out;
  bool inside = false;
  for (const char byte : path) {
    inside = inside || byte == '[';
    if (!inside) out.push_back(byte);
    inside = inside && byte != ']';
  }
  return out;
}

// Prints what differs, as text or a line of JSON each, and counts.
class Report {
 public:
  explicit Report(bool json) : json_(json) {}

  void Head(const plan::Map& older, const plan::Map& newer) {
    const auto name = [](const plan::Map& map) {
      return std::string(map.name()) + (map.version().empty() ? "" : " " + std::string(map.version()));
    };
    if (!json_) return Print(ShownLine(name(older) + " -> " + name(newer)) + "\n");
    std::string line = "{";
    AppendMember("older", name(older), line);
    AppendMember("newer", name(newer), line);
    Print(line + "}\n");
  }

  void Add(const review::MapChange& change) {
    ++map_changes_;
    if (json_) {
      std::string line = "{";
      AppendMember("change", review::CodeOf(change.change), line);
      AppendMember("section", change.section, line);
      AppendMember("entry", change.entry, line);
      AppendMember("word", change.word, line);
      if (change.change != review::Change::kAdded) AppendMember("before", change.before, line);
      if (change.change != review::Change::kRemoved) AppendMember("after", change.after, line);
      return Print(line + "}\n");
    }
    std::string place = "  " + std::string(review::CodeOf(change.change)) + "  " + change.section;
    for (const std::string& part : {change.entry, change.word}) {
      if (!part.empty()) place += ": " + part;
    }
    std::string text = change.before;
    if (change.change == review::Change::kAdded) text = change.after;
    if (change.change == review::Change::kChanged && !(change.before + change.after).empty()) {
      text += " -> " + change.after;
    }
    Print(ShownLine(place + (text.empty() ? "" : ": " + text)) + "\n");
  }

  void Add(std::uint64_t record, std::uint64_t line_of, const std::vector<review::RecordChange>& changes) {
    ++records_;
    if (changes.empty()) return;
    ++differing_;
    Count(changes);
    if (json_) return AddJson(record, line_of, changes);
    std::string text =
        "record " + std::to_string(record) + (line_of > 0 ? " (line " + std::to_string(line_of) + ")" : "");
    text += "\n";
    for (const review::RecordChange& change : changes) {
      std::string line = "  " + (change.what.empty() ? std::string(review::CodeOf(change.change)) : Said(change));
      if (!change.resource.empty()) line += "  " + change.resource;
      text += ShownLine(line + "  " + change.path) + "\n";
    }
    Print(text);
  }

  void Unreadable() { ++unreadable_; }

  void Summary(bool with_records) {
    if (json_) return SummaryJson(with_records);
    Print(std::to_string(map_changes_) + (map_changes_ == 1 ? " change" : " changes") + " in the map\n");
    if (!with_records) return;
    std::string text = std::to_string(records_) + (records_ == 1 ? " record: " : " records: ") +
                       std::to_string(differing_) + (differing_ == 1 ? " differs" : " differ");
    if (unreadable_ > 0) text += ", " + std::to_string(unreadable_) + " cannot be read";
    Print(text + "\n");
    for (const auto& [what, count] : counts_) {
      Print("  " + ShownLine(what) + ": " + std::to_string(count) + (count == 1 ? " record\n" : " records\n"));
    }
  }

  bool differs() const { return map_changes_ > 0 || differing_ > 0; }

 private:
  static std::string Said(const review::RecordChange& change) {
    if (!change.what.starts_with("ledger ")) return change.what;
    const bool added = change.change == review::Change::kAdded;
    return (added ? "now " : "no longer ") + change.what.substr(7);
  }

  void Count(const std::vector<review::RecordChange>& changes) {
    std::map<std::string, bool> once;
    for (const review::RecordChange& change : changes) {
      const std::string how = change.what.empty() ? std::string(review::CodeOf(change.change)) : Said(change);
      once[change.resource.empty() ? how : WithoutPlaces(change.path) + " " + how] = true;
    }
    for (const auto& [what, is] : once) ++counts_[what];
  }

  void AddJson(std::uint64_t record, std::uint64_t line_of, const std::vector<review::RecordChange>& changes) {
    std::string line = "{\"record\":" + std::to_string(record);
    if (line_of > 0) line += ",\"line\":" + std::to_string(line_of);
    line += ",\"changes\":[";
    for (const review::RecordChange& change : changes) {
      if (!line.ends_with('[')) line.push_back(',');
      line.push_back('{');
      AppendMember("change", change.what.empty() ? review::CodeOf(change.change) : Said(change), line);
      AppendMember("resource", change.resource, line);
      AppendMember("path", change.path, line);
      line.push_back('}');
    }
    Print(line + "]}\n");
  }

  void SummaryJson(bool with_records) {
    std::string line = "{\"mapChanges\":" + std::to_string(map_changes_);
    if (with_records) {
      line += ",\"records\":" + std::to_string(records_) + ",\"differing\":" + std::to_string(differing_) +
              ",\"unreadable\":" + std::to_string(unreadable_) + ",\"counts\":{";
      for (const auto& [what, count] : counts_) {
        if (!line.ends_with('{')) line.push_back(',');
        json::WriteString(what, line);
        line += ":" + std::to_string(count);
      }
      line.push_back('}');
    }
    Print(line + "}\n");
  }

  bool json_;
  std::size_t map_changes_ = 0;
  std::uint64_t records_ = 0;
  std::uint64_t differing_ = 0;
  std::uint64_t unreadable_ = 0;
  std::map<std::string, std::uint64_t> counts_;
};

// A file that is read once for each map.
struct Input {
  std::optional<InputFile> file;
  formats::ByteSource Source() {
    return [this](std::span<char> room) { return file->Read(room); };
  }
  static Result<Input> Open(const std::string& path) {
    auto opened = InputFile::Open(path);
    if (!opened) return std::move(opened).error();
    Input input;
    input.file.emplace(*std::move(opened));
    return input;
  }
};

// What `map run --to fhir` wrote: its first line is a Bundle or another resource.
Result<bool> IsStored(const std::string& path) {
  auto file = InputFile::Open(path);
  if (!file) return std::move(file).error();
  LineFile lines(*std::move(file), kMostStored);
  std::string_view line;
  auto read = lines.Next(line);
  if (!read && read.error().kind == ErrorKind::kTooLong) return false;
  if (!read) return std::move(read).error();
  const auto value = json::ParseDocument(line);
  return value && !value->root.Get("resourceType").text().empty();
}

struct Diff {
  const plan::Map& older;
  const plan::Map& newer;
  std::string path;
  Report& report;
  certs::NameIdSource ids = {};
};

// The same file through both maps, record by record.
Result<void> DiffLocal(Diff& diff) {
  auto older_file = Input::Open(diff.path);
  if (!older_file) return std::move(older_file).error();
  auto newer_file = Input::Open(diff.path);
  if (!newer_file) return std::move(newer_file).error();
  formats::RecordReader older(FormatOf(diff.older, diff.path), older_file->Source());
  formats::RecordReader newer(FormatOf(diff.newer, diff.path), newer_file->Source());
  json::Arena arena(1 << 16);
  for (;;) {
    arena.Reset();
    auto before = older.Next(arena);
    if (!before) return InFile(std::move(before).error(), diff.path);
    auto after = newer.Next(arena);
    if (!after) return InFile(std::move(after).error(), diff.path);
    if (!*before && !*after) return {};
    const formats::Record& one = *before ? **before : **after;
    if (!*before || !*after) {
      const review::Change change = *before ? review::Change::kRemoved : review::Change::kAdded;
      diff.report.Add(one.index, one.start.line, {{change, "", "", *before ? "no longer a record" : "now a record"}});
    } else if ((*before)->error || (*after)->error) {
      diff.report.Unreadable();
    } else {
      diff.report.Add(one.index, one.start.line,
                      review::DiffRecord(diff.older, diff.newer, (*before)->value, (*after)->value, diff.ids, arena));
    }
  }
}

// Resources that are stored: the record that the older map reads from them, through both.
Result<void> DiffStored(Diff& diff) {
  auto file = Input::Open(diff.path);
  if (!file) return std::move(file).error();
  formats::RecordFormat format;
  format.syntax = formats::Syntax::kNdjson;
  formats::RecordReader lines(format, file->Source(), {.record_bytes = kMostStored});
  json::Arena arena(1 << 16);
  json::Arena loose_arena;
  std::vector<json::Value> loose;
  std::uint64_t count = 0;
  const auto compare = [&](const std::vector<engine::SourceResource>& record, std::uint64_t line) {
    const engine::Unmapped local = engine::ToLocal(diff.older, record, arena);
    if (local.record.is_null() || HasErrors(local.issues)) return diff.report.Unreadable();
    diff.report.Add(count++, line,
                    review::DiffRecord(diff.older, diff.newer, local.record, local.record, diff.ids, arena));
  };
  for (;;) {
    arena.Reset();
    auto line = lines.Next(arena);
    if (!line) return InFile(std::move(line).error(), diff.path);
    if (!*line) break;
    if ((*line)->error) return InFile(*std::move((*line)->error), diff.path);
    auto content = engine::ReadBundle((*line)->value, arena);
    if (!content) return std::move(content).error();
    if (content->one_record) compare(content->resources, (*line)->start.line);
    if (content->envelope || content->one_record) continue;
    for (const engine::SourceResource& one : content->resources) loose.push_back(json::Clone(one.body, loose_arena));
  }
  for (const auto& record : engine::SplitRecords(diff.older, loose)) compare(record, 0);
  return {};
}

}  // namespace

int MapDiff(const Invocation& invocation) {
  const std::string format = invocation.Value("format", "text");
  const std::size_t given = invocation.arguments.size();
  if (given < 2 || given > 3 || (format != "text" && format != "json")) {
    return CouldNotRun(Usage("say: throughline map diff OLD NEW [FILE] [--format text|json]"));
  }
  if (given == 3 && invocation.arguments[2] == "-")
    return CouldNotRun(Usage("FILE is read more than once: name a file"));
  const auto packages = invocation.options.find("package");
  const auto loaded = OpenForMaps(packages == invocation.options.end() ? std::vector<std::string>() : packages->second);
  if (!loaded) return CouldNotRun(loaded.error());
  auto older = LoadMapFile(invocation.arguments[0], (*loaded)->definitions());
  if (!older) return CouldNotRun(older.error());
  auto newer = LoadMapFile(invocation.arguments[1], (*loaded)->definitions());
  if (!newer) return CouldNotRun(newer.error());
  const auto find = [](std::string_view name) { return MapPath(std::string(name)); };
  auto changes = review::DiffMaps(*older, *newer, ReadOfMap, find);
  if (!changes) return CouldNotRun(changes.error());
  Report report(format == "json");
  report.Head(*older, *newer);
  for (const review::MapChange& change : *changes) report.Add(change);
  if (given == 3) {
    Diff diff{*older, *newer, invocation.arguments[2], report};
    auto stored = IsStored(diff.path);
    if (!stored) return CouldNotRun(stored.error());
    auto done = *stored ? DiffStored(diff) : DiffLocal(diff);
    std::fflush(stdout);
    if (!done) return CouldNotRun(done.error());
  }
  report.Summary(given == 3);
  std::fflush(stdout);
  return report.differs() ? kFindings : kFine;
}

}  // namespace throughline::app
