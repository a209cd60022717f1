#include "mappings/review/sample_files.h"

#include <algorithm>
#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "fhir/json/build.h"
#include "mappings/engine/bundle.h"
#include "mappings/engine/to_fhir.h"
#include "mappings/engine/to_local.h"
#include "mappings/formats/record_reader.h"
#include "mappings/formats/record_writer.h"
#include "mappings/plan/plan.h"
#include "mappings/review/check_report.h"
#include "mappings/review/laws.h"

namespace throughline::review {
namespace {

using engine::AppendLedgerLines;
using engine::LedgerHeader;
using engine::Mapped;
using engine::MappedResource;
using engine::ReferenceStyle;
using engine::SourceResource;
using engine::ToFhir;
using engine::ToLocal;
using engine::Verdict;
using engine::WriteEnvelopeBundle;
using engine::WriteRecordBundle;
using plan::GoldenKind;
using plan::Map;
using plan::Plan;

using Each = std::function<Result<void>(const formats::Record& record, const Mapped& mapped, json::Arena& arena)>;

// Maps every record of a file; one that cannot be read is given as one that was refused.
Result<Issues> MapAll(const Map& map, std::string_view file, const IdSource& ids, ReferenceStyle style,
                      const Each& each) {
  formats::RecordReader reader(map.format(), formats::FromMemory(file));
  json::Arena arena;
  for (;;) {
    auto record = reader.Next(arena);
    if (!record) return std::move(record).error();
    if (!record->has_value()) return reader.Notices();
    const formats::Record& at = **record;
    Mapped mapped;
    if (at.error) {
      mapped.verdict = Verdict::kQuarantine;
      mapped.issues = at.error->issues;
    } else {
      mapped = ToFhir(map, at.value, ids, arena, style);
    }
    if (auto done = each(at, mapped, arena); !done) return std::move(done).error();
    arena.Reset();
  }
}

Result<std::string> Resources(const Map& map, std::string_view file, const IdSource& ids) {
  auto envelope = formats::ReadEnvelope(map.format(), formats::FromMemory(file), {});
  if (!envelope) return std::move(envelope).error();
  std::string out;
  WriteEnvelopeBundle(map, *envelope, out);
  auto done = MapAll(map, file, ids, ReferenceStyle::kUrn,
                     [&](const formats::Record&, const Mapped& mapped, json::Arena&) -> Result<void> {
                       if (mapped.verdict == Verdict::kMapped) WriteRecordBundle(map, mapped, {}, out);
                       return {};
                     });
  if (!done) return std::move(done).error();
  return out;
}

// Resources as another system would send them: without what only this map's source can read.
class LocalCodes {
 public:
  LocalCodes(const Plan& plan, json::Arena& arena) : plan_(plan), arena_(arena) {}

  // Null when nothing is left.
  json::Value Without(const json::Value& value) const {
    if (value.is_array()) {
      json::ArrayBuilder items(arena_);
      for (const json::Value& item : value.items()) {
        const json::Value kept = IsLocal(item) ? json::Value() : Without(item);
        if (!kept.is_null()) items.Add(kept);
      }
      return items.empty() ? json::Value() : items.Build();
    }
    if (!value.is_object()) return value;
    json::ObjectBuilder object(arena_);
    for (const json::Member& member : value.members()) {
      const json::Value kept = IsLocal(member.value) ? json::Value() : Without(member.value);
      if (!kept.is_null()) object.Add(member.name, kept);
    }
    return object.empty() ? json::Value() : object.Build();
  }

 private:
  bool IsLocal(const json::Value& value) const {
    if (!value.is_object()) return false;
    if (value.Get("url").text() == plan::kLocalCodeUrl) return true;
    const std::string_view system = value.Get("system").text();
    return value.Find("code") != nullptr &&
           std::ranges::any_of(plan_.tables, [&](const auto& table) { return table->local_system() == system; });
  }

  const Plan& plan_;
  json::Arena& arena_;
};

Result<std::string> Written(const Map& map, std::string_view file, const IdSource& ids, bool standard) {
  auto envelope = formats::ReadEnvelope(map.format(), formats::FromMemory(file), {});
  if (!envelope) return std::move(envelope).error();
  std::string out;
  formats::RecordWriter writer(map.format(), *envelope, [&](std::string_view bytes) -> Result<void> {
    out.append(bytes);
    return {};
  });
  if (auto begun = writer.Begin(); !begun) return std::move(begun).error();
  auto done = MapAll(map, file, ids, ReferenceStyle::kRelative,
                     [&](const formats::Record&, const Mapped& mapped, json::Arena& arena) -> Result<void> {
                       std::vector<SourceResource> sources;
                       const LocalCodes codes(map.plan(), arena);
                       for (const MappedResource& resource : mapped.resources) {
                         sources.push_back({{}, standard ? codes.Without(resource.body) : resource.body});
                       }
                       return sources.empty() ? Result<void>() : writer.Write(ToLocal(map, sources, arena).record);
                     });
  if (!done) return std::move(done).error();
  if (auto ended = writer.End(); !ended) return std::move(ended).error();
  return out;
}

Result<std::string> Back(const Map& map, std::string_view file, const IdSource& ids) {
  return Written(map, file, ids, false);
}

Result<std::string> StandardCodes(const Map& map, std::string_view file, const IdSource& ids) {
  return Written(map, file, ids, true);
}

void AppendFinding(std::string_view place, const Issue& issue, std::string& out) {
  out.append(place).append(issue.location).append(": ").append(CodeOf(issue.severity)).append(": ");
  if (!issue.expression.empty()) out.append(issue.expression).append(": ");
  out.append(issue.text);
  if (!issue.rule.empty()) out.append(" [").append(issue.rule).append("]");
  out.push_back('\n');
}

Result<std::string> Findings(const Map& map, std::string_view file, const IdSource& ids) {
  std::string out;
  auto notices = MapAll(map, file, ids, ReferenceStyle::kRelative,
                        [&](const formats::Record& record, const Mapped& mapped, json::Arena&) -> Result<void> {
                          const std::string place = "record " + std::to_string(record.index) + ": ";
                          for (const Issue& issue : mapped.issues) AppendFinding(place, issue, out);
                          return {};
                        });
  if (!notices) return std::move(notices).error();
  for (const Issue& issue : *notices) AppendFinding("file", issue, out);
  return out;
}

Result<std::string> LedgerOf(const Map& map, std::string_view file, const IdSource& ids) {
  std::string out(LedgerHeader());
  auto done = MapAll(map, file, ids, ReferenceStyle::kRelative,
                     [&](const formats::Record&, const Mapped& mapped, json::Arena&) -> Result<void> {
                       AppendLedgerLines(mapped.key, mapped.ledger, out);
                       return {};
                     });
  if (!done) return std::move(done).error();
  return out;
}

Result<std::string> Report(const Map& map, std::string_view, const IdSource&) { return CheckReportText(map); }

// By GoldenKind.
constexpr std::array<Result<std::string> (*)(const Map&, std::string_view file, const IdSource&), 6> kMakers = {
    Resources, Back, StandardCodes, Findings, LedgerOf, Report};

}  // namespace

Result<std::string> MakeGolden(const Map& map, GoldenKind kind, std::string_view file, const IdSource& ids) {
  return kMakers[static_cast<std::size_t>(kind)](map, file, ids);
}

std::string Numbered(std::string_view text) {
  constexpr std::string_view kUrn = "urn:uuid:";
  constexpr std::size_t kLength = 36;
  std::unordered_map<std::string_view, std::size_t> numbers;
  for (std::size_t at = text.find(kUrn); at != std::string_view::npos; at = text.find(kUrn, at + 1)) {
    numbers.try_emplace(text.substr(at + kUrn.size(), kLength), numbers.size());
  }
  if (numbers.empty()) return std::string(text);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto found = numbers.find(text.substr(at, kLength));
    if (found == numbers.end()) {
      out.push_back(text[at++]);
    } else {
      out.append("#").append(std::to_string(found->second));
      at += kLength;
    }
  }
  return out;
}

Result<std::string> RunToFhir(const Map& map, std::string_view file, const IdSource& ids) {
  return Resources(map, file, ids);
}

}  // namespace throughline::review
