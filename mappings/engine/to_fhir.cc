#include "mappings/engine/to_fhir.h"

#include <algorithm>
#include <utility>

#include "mappings/engine/checks.h"
#include "mappings/engine/choose.h"
#include "mappings/engine/condition.h"
#include "mappings/engine/departures.h"
#include "mappings/engine/instance.h"
#include "mappings/engine/leave_out.h"
#include "mappings/engine/resource_writer.h"
#include "mappings/engine/singles.h"
#include "mappings/engine/transforms.h"
#include "mappings/engine/unite.h"
#include "mappings/plan/plan.h"

namespace throughline::engine {
namespace {

constexpr std::size_t kMaxForms = 1000;

// What the main resource carries of the record's form, or a line that it could not.
void KeepForms(const Plan& plan, const Instance& root, std::vector<std::string> lines, Mapped& mapped,
               Findings& findings, json::Arena& arena) {
  std::ranges::move(FindDepartures(plan, root), std::back_inserter(lines));
  for (SpeltForm& form : findings.forms) {
    if (!form.leaf->lost) lines.push_back(std::move(form.line));
  }
  if (lines.empty()) return;
  if (lines.size() > kMaxForms) {
    findings.ledger.push_back({"", "", LedgerKind::kCoarsened,
                               "the record writes nothing in another form in too many places for them to be kept"});
    return;
  }
  for (MappedResource& resource : mapped.resources) {
    if (resource.name != plan.resources[plan.main].name) continue;
    resource.body = WithDepartures(resource.body, lines, arena);
    return;
  }
  for (const std::string& line : lines) {
    findings.ledger.push_back(
        {"", line.substr(line.find(' ') + 1), LedgerKind::kCoarsened, "how nothing was written here is not kept"});
  }
}

// The rules that a record breaks and where, never a value: "map-range /row/0/EDUCAT, map-check /TRIAGED".
std::string ErrorsIn(const Issues& issues) {
  constexpr std::size_t kNamed = 5;
  std::string named;
  std::size_t count = 0;
  for (const Issue& issue : issues) {
    if (issue.severity != Severity::kError && issue.severity != Severity::kFatal) continue;
    if (count++ >= kNamed) continue;
    if (!named.empty()) named += ", ";
    named += issue.rule;
    const std::string& place = issue.location.empty() ? issue.expression : issue.location;
    if (!place.empty()) named += " " + place;
  }
  return count > kNamed ? named + " and " + std::to_string(count - kNamed) + " more" : named;
}

}  // namespace

Mapped ToFhir(const Map& map, const json::Value& given, const IdSource& ids, json::Arena& arena,
              ReferenceStyle references) {
  const Plan& plan = map.plan();
  std::vector<std::string> singles;
  const json::Value record = WithLists(plan, given, singles, arena);
  Mapped mapped;
  Findings findings{plan, {}, {}};
  // Of a record of which it cannot be told no more is looked at than of one that is withheld.
  const auto asked = IsWithheld(plan, record);
  const bool withheld = mapped.withheld = !asked || *asked;
  Instance* root = LayRecord(plan, record, arena, findings, withheld);
  if (!asked) {
    findings.ledger.clear();
    findings.forms.clear();
    findings.issues.push_back(NotWorkedOut("'withhold.when'", *plan.withheld_when, asked.error()));
  }
  CheckRecord(plan, record, root, findings.issues);
  if (!plan.choices.empty()) Choose(plan, record, root, arena, findings);
  ItemsLeftOut left_out = LeaveOutItems(plan, record, root, arena, findings);
  const auto key = KeyFrom(plan, root, arena);
  if (key) {
    mapped.key = *key;
    ResourceWriter writer(plan, root, ids, arena, findings, references);
    if (!withheld) writer.SetRecord(record);
    writer.LeaveOut(std::move(left_out));
    writer.Prepare(record, mapped.key);
    writer.Write(mapped.resources);
    UniteSame(plan, mapped, arena);
    KeepForms(plan, *root, std::move(singles), mapped, findings, arena);
  } else if (!HasErrors(findings.issues)) {
    Issue issue;
    issue.rule = "map-key";
    issue.text = "the record's key is missing, empty or too long";
    findings.issues.push_back(std::move(issue));
  }
  mapped.verdict = HasErrors(findings.issues) ? Verdict::kQuarantine : Verdict::kMapped;
  if (mapped.verdict != Verdict::kMapped) {
    mapped.resources.clear();
    findings.ledger = {{"", "", LedgerKind::kQuarantined, "the record has errors: " + ErrorsIn(findings.issues)}};
  }
  mapped.issues = std::move(findings.issues);
  mapped.ledger = std::move(findings.ledger);
  return mapped;
}

}  // namespace throughline::engine
