#include "gateway/local/answer.h"

#include <array>

#include "fhir/json/arena.h"
#include "fhir/json/write.h"
#include "fhir/rest/operation_outcome.h"

namespace throughline::local {
namespace {

constexpr std::array<std::string_view, 4> kOutcomeCodes = {"created", "updated", "unchanged", "quarantined"};

void AppendWritten(const interactions::Written& written, std::string& out) {
  out += R"({"reference":)";
  json::WriteString(written.type + "/" + written.id, out);
  out += R"(,"version":")" + std::to_string(written.version) + '"';
  if (written.outcome == interactions::Outcome::kDeleted) out += R"(,"deleted":true)";
  out += '}';
}

void AppendText(std::string_view name, std::string_view text, std::string& out) {
  out += name;
  json::WriteString(text, out);
}

}  // namespace

std::string_view CodeOf(RecordOutcome outcome) { return kOutcomeCodes[static_cast<std::size_t>(outcome)]; }

void AppendIssues(const Issues& issues, std::string& out) {
  out += R"("issue":)";
  json::Arena arena;
  json::Write(rest::IssueArray(issues, arena), out);
}

void AppendLedger(std::span<const engine::LedgerRow> ledger, std::string& out) {
  out += R"("ledger":[)";
  for (const engine::LedgerRow& row : ledger) {
    if (out.back() != '[') out += ',';
    AppendText(R"({"field":)", row.field, out);
    AppendText(R"(,"path":)", row.path, out);
    AppendText(R"(,"kind":)", engine::CodeOf(row.kind), out);
    AppendText(R"(,"reason":)", row.reason, out);
    out += '}';
  }
  out += ']';
}

std::string AnswerLine(const RecordAnswer& answer, std::span<const interactions::Written> written, const Issues& issues,
                       std::span<const engine::LedgerRow> ledger) {
  std::string out = R"({"index":)" + std::to_string(answer.index);
  AppendText(R"(,"key":)", answer.key, out);
  AppendText(R"(,"id":)", answer.id, out);
  AppendText(R"(,"outcome":)", CodeOf(answer.outcome), out);
  out += R"(,"resources":[)";
  for (const interactions::Written& one : written) {
    if (out.back() != '[') out += ',';
    AppendWritten(one, out);
  }
  out += "],";
  AppendIssues(issues, out);
  out += ',';
  AppendLedger(ledger, out);
  out += '}';
  return out;
}

std::string SummaryObject(const IntakeSummary& summary) {
  return R"({"created":)" + std::to_string(summary.created) + R"(,"updated":)" + std::to_string(summary.updated) +
         R"(,"unchanged":)" + std::to_string(summary.unchanged) + R"(,"quarantined":)" +
         std::to_string(summary.quarantined) + "}";
}

}  // namespace throughline::local
