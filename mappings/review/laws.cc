#include "mappings/review/laws.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "fhir/base/shown.h"
#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "fhir/validate/profiles.h"
#include "fhir/validate/validate.h"
#include "mappings/engine/onto.h"
#include "mappings/engine/past.h"
#include "mappings/engine/to_fhir.h"
#include "mappings/engine/to_local.h"
#include "mappings/formats/record_reader.h"
#include "mappings/language/error_report.h"
#include "mappings/plan/plan.h"
#include "mappings/review/compare.h"
#include "mappings/review/complement.h"
#include "mappings/review/generate.h"
#include "mappings/review/sample_files.h"
#include "mappings/review/shrink.h"
#include "mappings/review/unfilled.h"

namespace throughline::review {
namespace {

using engine::Mapped;
using engine::MappedResource;
using engine::SourceResource;
using engine::ToFhir;
using engine::ToLocal;
using engine::Verdict;
using language::AppendMember;
using language::FileReader;
using plan::GoldenFile;
using plan::GoldenKind;
using plan::Map;
using plan::MapTest;

constexpr std::size_t kMaxFailures = 20;
constexpr std::size_t kMaxShrunk = 3;    // failures that are shrunk
constexpr std::size_t kMostTries = 200;  // for a made record that keeps the checks of the map
constexpr std::size_t kFewTries = 10;    // where it seems that none does
constexpr std::size_t kHopeless = 3;

// What broke for one record; nothing: every law holds.
using Broken = std::optional<LawFailure>;

LawFailure Failure(std::string_view law, std::string path, std::string text) {
  LawFailure failure;
  failure.law = law;
  failure.path = std::move(path);
  failure.text = std::move(text);
  return failure;
}

class Laws {
 public:
  Laws(const Map& map, const definitions::Definitions& definitions, const IdSource& ids)
      : map_(map), definitions_(definitions), ids_(ids), profiles_(definitions) {
    options_.profile_plans = &profiles_;
  }

  Broken Check(const json::Value& record, bool exact) const {
    json::Arena arena;
    const Mapped mapped = ToFhir(map_, record, ids_, arena);
    if (mapped.verdict != Verdict::kMapped) return Refused(mapped);
    if (Broken broken = CheckValid(mapped)) return broken;
    json::Value back = Back(mapped, arena);
    if (map_.format().syntax == formats::Syntax::kCsv) back = WithColumnsOf(record, back, arena);
    const json::Value kept = WithoutLost(map_.plan(), record, mapped.ledger, arena);
    const json::Value wanted = WithDerivedOf(map_.plan(), kept, back, arena);
    if (std::string path = FirstDifference(wanted, back); exact && path != "=") {
      return Failure("local-fhir-local", std::move(path), "the record that comes back is not the record that went in");
    }
    if (Broken broken = CheckAgain(mapped, back, arena)) return broken;
    const Complement complement(map_, ids_, [this](const Mapped& of, std::size_t at, const json::Value& body) {
      return CheckBody(of, at, body);
    });
    if (Broken broken = complement.CheckKept(mapped, back)) return broken;
    return complement.CheckEdits(record, mapped);
  }

 private:
  static LawFailure Refused(const Mapped& mapped) {
    const auto error =
        std::ranges::find_if(mapped.issues, [](const Issue& issue) { return issue.severity <= Severity::kError; });
    if (error == mapped.issues.end()) return Failure("mapped", "", "the record was refused");
    return Failure("mapped", error->location, error->text + " [" + error->rule + "]");
  }

  json::Value Back(const Mapped& mapped, json::Arena& arena) const {
    std::vector<SourceResource> sources;
    sources.reserve(mapped.resources.size());
    for (const MappedResource& resource : mapped.resources) sources.push_back({{}, resource.body});
    return ToLocal(map_, sources, arena).record;
  }

  Broken CheckValid(const Mapped& mapped) const {
    for (std::size_t at = 0; at < mapped.resources.size(); ++at) {
      if (Broken broken = CheckBody(mapped, at, mapped.resources[at].body)) return broken;
    }
    return std::nullopt;
  }

  Broken CheckBody(const Mapped& mapped, std::size_t at, const json::Value& body) const {
    for (const Issue& issue : validate::Check(body, definitions_, options_)) {
      if (issue.severity > Severity::kError) continue;
      const std::string why = issue.rule == "card-min"
                                  ? WhyUnfilled(map_.plan(), mapped.resources[at].name, issue.expression)
                                  : std::string();
      return Failure("valid", Which(mapped, at) + ": " + issue.expression, issue.text + " [" + issue.rule + "]" + why);
    }
    return std::nullopt;
  }

  Broken CheckAgain(const Mapped& mapped, const json::Value& back, json::Arena& arena) const {
    const Mapped again = ToFhir(map_, back, ids_, arena);
    if (again.resources.size() != mapped.resources.size()) {
      return Failure("fhir-local-fhir", "", "another number of resources is made of the record that came back");
    }
    const engine::Past past{mapped.resources, true};
    const engine::Onto onto(map_, mapped, past);
    for (std::size_t i = 0; i < mapped.resources.size(); ++i) {
      const MappedResource& first = mapped.resources[i];
      if (std::string path = FirstDifference(first.body, again.resources[i].body); path != "=") {
        return Failure("fhir-local-fhir", Which(mapped, i) + ": " + path,
                       "the way to the source and back changes a resource");
      }
      std::vector<engine::LedgerRow> ledger;
      const json::Value merged = onto.Merge(i, first.body, arena, ledger);
      if (std::string path = FirstDifference(first.body, merged); path != "=") {
        return Failure("same-twice", Which(mapped, i) + ": " + path,
                       "mapping the same record again changes a resource");
      }
    }
    return std::nullopt;
  }

  const Map& map_;
  const definitions::Definitions& definitions_;
  const IdSource& ids_;
  validate::Profiles profiles_;  // those that resources claim in meta.profile, compiled once
  validate::Options options_;
};

class NoIds : public IdSource {
 public:
  std::string Fresh() override { return "none"; }
  std::string ForKey(std::string_view, std::string_view, std::string_view) const override { return "none"; }
};

// The same law, the same text, and the same place but for the numbers of items.
bool IsSame(const LawFailure& one, const LawFailure& other) {
  const auto shape = [](std::string path) {
    std::erase_if(path, [](char byte) { return byte >= '0' && byte <= '9'; });
    return path;
  };
  return one.law == other.law && one.text == other.text && shape(one.path) == shape(other.path);
}

// The smallest record that still fails in the same way.
std::string Smallest(const Map& map, const Laws& laws, const json::Value& record, const LawFailure& failure) {
  json::Arena arena;
  const auto fails = [&](const json::Value& form) {
    const Broken broken = laws.Check(form, true);
    return broken && IsSame(*broken, failure);
  };
  // A record of a large map is laid over all of it.
  return json::ToString(Shrunk(record, fails, {.parts_each = map.plan().nodes.size()}, arena));
}

void Note(TestReport& report, LawFailure failure, std::string record) {
  failure.record = std::move(record);
  if (report.failures.size() < kMaxFailures) report.failures.push_back(std::move(failure));
}

std::string FirstText(const Error& error) { return error.issues.empty() ? error.message : error.issues.front().text; }

// The test says that this record is kept aside.
Broken CheckRefused(const Map& map, const formats::Record& record) {
  json::Arena arena;
  if (record.error) return std::nullopt;
  const NoIds ids;
  if (ToFhir(map, record.value, ids, arena).verdict == Verdict::kQuarantine) return std::nullopt;
  return Failure("refused", "", "the test says that this record is refused, and it is mapped");
}

Result<void> TestSamples(const Map& map, const Laws& laws, const MapTest& test, const std::string& file,
                         TestReport& report) {
  auto opened = formats::GatheringReader(map.format(), formats::PlacedInMemory(file));
  if (!opened) return std::move(opened).error();
  formats::RecordReader reader = *std::move(opened);
  json::Arena arena;
  for (;;) {
    auto record = reader.Next(arena);
    if (!record) return std::move(record).error();
    if (!record->has_value()) return {};
    ++report.samples;
    const std::string name = test.given + "[" + std::to_string((*record)->index) + "]";
    const bool refused = std::ranges::find(test.refused, (*record)->index) != test.refused.end();
    Broken broken = refused            ? CheckRefused(map, **record)
                    : (*record)->error ? Broken(Failure("mapped", "", FirstText(*(*record)->error)))
                                       : laws.Check((*record)->value, test.exact);
    if (broken) {
      Note(report, std::move(*broken), name);
    } else {
      ++report.passed;
    }
    arena.Reset();
  }
}

void CompareGolden(const std::string& made, const std::string& expected, const GoldenFile& golden, const MapTest& test,
                   TestReport& report) {
  const std::string left = Numbered(expected);
  const std::string right = Numbered(made);
  if (left == right) return;
  std::size_t line = 1;
  for (std::size_t i = 0; i < std::min(left.size(), right.size()) && left[i] == right[i]; ++i)
    line += left[i] == '\n' ? 1u : 0u;
  const bool resources = golden.kind == GoldenKind::kResources;
  Note(report,
       Failure(resources ? "expected" : CodeOf(golden.kind), golden.file + ":" + std::to_string(line),
               resources ? "the resources are not those that the test expects" : "this is not what the test expects"),
       test.given);
}

Result<void> TestFiles(const Map& map, const FileReader& read, const IdSource& ids, const std::string& folder,
                       const MapTest& test, const std::string& given, TestReport& report) {
  for (const GoldenFile& golden : test.goldens) {
    auto expected = read(folder + golden.file);
    if (!expected) return std::move(expected).error();
    auto made = MakeGolden(map, golden.kind, given, ids);
    if (!made) return std::move(made).error();
    const std::size_t before = report.failures.size();
    CompareGolden(*made, *expected, golden, test, report);
    if (report.failures.size() > before) ++report.files;
  }
  return {};
}

void TestGenerated(const Map& map, const Laws& laws, const TestOptions& options, TestReport& report) {
  std::size_t shrunk = 0;
  std::size_t hopeless = 0;  // records in a row that do not keep the map's checks
  for (std::size_t i = 0; i < options.generate; ++i) {
    if (options.first_only && !report.ok()) return;
    Dice dice(options.seed * 1'000'003 + i);
    json::Arena arena;
    const GeneratedRecord made = GenerateRecord(map.plan(), dice, hopeless < kHopeless ? kMostTries : kFewTries, arena);
    hopeless = made.keeps_checks ? 0 : hopeless + 1;
    const json::Value& record = made.record;
    ++report.generated;
    Broken broken = laws.Check(record, true);
    if (!broken) {
      ++report.passed;
      continue;
    }
    const auto known = std::ranges::find_if(
        report.failures, [&](const LawFailure& failure) { return failure.generated && IsSame(failure, *broken); });
    if (known != report.failures.end()) {
      ++known->more;
      continue;
    }
    broken->generated = true;
    if (!options.first_only && shrunk++ < kMaxShrunk) broken->smallest = Smallest(map, laws, record, *broken);
    Note(report, std::move(*broken), "generated[" + std::to_string(i) + "] of seed " + std::to_string(options.seed));
  }
}

}  // namespace

Result<TestReport> TestMap(const Map& map, const FileReader& read, const definitions::Definitions& definitions,
                           const IdSource& ids, const TestOptions& options) {
  TestReport report;
  const Laws laws(map, definitions, ids);
  const std::string path(map.path());
  const std::string folder = path.substr(0, path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1);
  for (const MapTest& test : map.tests()) {
    auto file = read(folder + test.given);
    if (!file) return std::move(file).error();
    if (auto done = TestFiles(map, read, ids, folder, test, *file, report); !done) return std::move(done).error();
    if (options.first_only && !report.ok()) return report;
    if (auto done = TestSamples(map, laws, test, *file, report); !done) return std::move(done).error();
  }
  TestGenerated(map, laws, options, report);
  return report;
}

std::string TestReportText(const Map& map, const TestReport& report) {
  std::string out;
  for (const LawFailure& failure : report.failures) {
    out.append("FAILED ")
        .append(ShownLine(failure.law))
        .append(" ")
        .append(ShownLine(failure.record))
        .append(" at ")
        .append(ShownLine(failure.path));
    out.append(": ").append(ShownLine(failure.text)).append("\n");
    if (!failure.smallest.empty()) out.append("  smallest: ").append(ShownLine(failure.smallest)).append("\n");
    if (failure.more > 0) out.append("  and so ").append(std::to_string(failure.more)).append(" more of them\n");
  }
  out.append(ShownLine(map.name())).append(": ").append(std::to_string(report.samples)).append(" sample records, ");
  out.append(std::to_string(report.generated))
      .append(" generated; ")
      .append(std::to_string(report.passed))
      .append(" passed, ");
  out.append(std::to_string(report.samples + report.generated - report.passed)).append(" failed");
  if (report.files > 0) {
    out.append("; ").append(std::to_string(report.files));
    out.append(report.files == 1 ? " expected file differs" : " expected files differ");
  }
  out.push_back('\n');
  return out;
}

std::string TestReportJson(const Map& map, const TestReport& report) {
  std::string out = "{";
  AppendMember("map", map.name(), out);
  out.append(",\"samples\":").append(std::to_string(report.samples));
  out.append(",\"generated\":").append(std::to_string(report.generated));
  out.append(",\"passed\":").append(std::to_string(report.passed)).append(",\"failures\":[");
  for (const LawFailure& failure : report.failures) {
    if (!out.ends_with('[')) out.push_back(',');
    out.push_back('{');
    AppendMember("law", failure.law, out);
    AppendMember("record", failure.record, out);
    AppendMember("path", failure.path, out);
    AppendMember("text", failure.text, out);
    AppendMember("smallest", failure.smallest, out);
    out.append(",\"more\":").append(std::to_string(failure.more)).push_back('}');
  }
  out.append("]}");
  return out;
}

}  // namespace throughline::review
