#include "gateway/audit/chain.h"

#include <gtest/gtest.h>

#include "gateway/audit/audit_event.h"

namespace throughline::audit {
namespace {

Row Sample() {
  Row row;
  row.kind = Kind::kSearch;
  row.recorded = Instant(std::chrono::milliseconds(1'738'591'800'123));
  row.client = "hospital";
  row.organization = "HSA-UA";
  row.peer = "127.0.0.1";
  row.request = "req-1";
  row.purpose = "TREAT";
  row.query = "CarePlan?subject=Patient%2Fp";
  row.entities = {{"CarePlan/x/_history/1", "Patient/p"}, {"CarePlan/y/_history/2", ""}};
  return row;
}

std::string_view View(const Hash& hash) { return {reinterpret_cast<const char*>(hash.data()), hash.size()}; }

TEST(Chain, WritesARowTheSameWayAlways) {
  EXPECT_EQ(
      Canonical(7, Sample()),
      R"({"sequence":7,"recorded":"2025-02-03T14:10:00.123Z","kind":"search","outcome":0,"client":"hospital",)"
      R"("organization":"HSA-UA","peer":"127.0.0.1","request":"req-1","purpose":"TREAT",)"
      R"("query":"CarePlan?subject=Patient%2Fp","entities":[{"what":"CarePlan/x/_history/1","patient":"Patient/p"},)"
      R"({"what":"CarePlan/y/_history/2"}]})");
}

TEST(Chain, ReadsBackWhatItWrote) {
  const std::string canonical = Canonical(7, Sample());
  std::uint64_t sequence = 0;
  const auto row = ParseCanonical(canonical, sequence);
  ASSERT_TRUE(row);
  EXPECT_EQ(sequence, 7u);
  EXPECT_EQ(Canonical(sequence, *row), canonical);
}

TEST(Chain, RefusesWhatIsNoRow) {
  std::uint64_t sequence = 0;
  for (const std::string_view text :
       {"", "{}", "[]", R"({"sequence":1})", R"({"sequence":-1,"recorded":"x","kind":"read"})"}) {
    EXPECT_FALSE(ParseCanonical(text, sequence)) << text;
  }
}

TEST(Chain, NamesTheFirstBadRow) {
  std::vector<std::string> rows;
  std::vector<Hash> hashes;
  Hash previous = kGenesis;
  for (std::uint64_t i = 1; i <= 5; ++i) {
    rows.push_back(Canonical(i, Sample()));
    hashes.push_back(previous = Seal(previous, rows.back()));
  }
  ChainCheck good;
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_TRUE(good.Next(i + 1, rows[i], View(hashes[i])));
  EXPECT_FALSE(good.first_bad());
  EXPECT_EQ(good.head(), hashes.back());
  rows[2][20] ^= 1;
  ChainCheck bad;
  for (std::size_t i = 0; i < rows.size(); ++i) bad.Next(i + 1, rows[i], View(hashes[i]));
  EXPECT_EQ(bad.first_bad(), 3u);
  EXPECT_EQ(bad.checked(), 2u);
}

TEST(Checkpoint, ComesBackFromItsLine) {
  const Checkpoint checkpoint{42, Seal(kGenesis, "x"), Sample().recorded};
  const auto parsed = ParseCheckpoint(WriteCheckpoint(checkpoint));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->sequence, 42u);
  EXPECT_EQ(parsed->hash, checkpoint.hash);
  EXPECT_EQ(parsed->recorded, checkpoint.recorded);
  EXPECT_FALSE(ParseCheckpoint("{}"));
}

TEST(AuditEvent, TellsASearchAsBalpAsks) {
  EXPECT_EQ(
      ToAuditEvent(7, Sample(), "throughline"),
      R"({"resourceType":"AuditEvent","id":"7","type":{"system":"http://terminology.hl7.org/CodeSystem/audit-event-type",)"
      R"("code":"rest"},"subtype":[{"system":"http://hl7.org/fhir/restful-interaction","code":"search-type"}],"action":"E",)"
      R"("recorded":"2025-02-03T14:10:00.123Z","outcome":"0","purposeOfEvent":[{"coding":[{"system":)"
      R"("http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"TREAT"}]}],"agent":[{"type":{"coding":[{"system":)"
      R"("http://dicom.nema.org/resources/ontology/DCM","code":"110153"}]},"who":{"identifier":{"value":"hospital"}},)"
      R"("name":"HSA-UA","requestor":true,"network":{"address":"127.0.0.1","type":"2"}}],"source":{"observer":{"display":)"
      R"("throughline"},"type":[{"system":"http://terminology.hl7.org/CodeSystem/security-source-type","code":"4"}]},)"
      R"("entity":[{"what":{"reference":"CarePlan/x/_history/1"},"type":{"system":)"
      R"("http://terminology.hl7.org/CodeSystem/audit-entity-type","code":"2"},"role":{"system":)"
      R"("http://terminology.hl7.org/CodeSystem/object-role","code":"4"}},{"what":{"reference":"CarePlan/y/_history/2"},"type":)"
      R"({"system":"http://terminology.hl7.org/CodeSystem/audit-entity-type","code":"2"},"role":{"system":)"
      R"("http://terminology.hl7.org/CodeSystem/object-role","code":"4"}},{"what":{"reference":"Patient/p"},"type":{"system":)"
      R"("http://terminology.hl7.org/CodeSystem/audit-entity-type","code":"1"},"role":{"system":)"
      R"("http://terminology.hl7.org/CodeSystem/object-role","code":"1"}},{"type":{"system":)"
      R"("http://terminology.hl7.org/CodeSystem/audit-entity-type","code":"2"},"role":{"system":)"
      R"("http://terminology.hl7.org/CodeSystem/object-role","code":"24"},"query":"Q2FyZVBsYW4/c3ViamVjdD1QYXRpZW50JTJGcA=="},)"
      R"({"what":{"identifier":{"value":"req-1"}},"type":{"system":"http://terminology.hl7.org/CodeSystem/audit-entity-type",)"
      R"("code":"4"},"role":{"system":"http://terminology.hl7.org/CodeSystem/object-role","code":"21"}}]})");
}

TEST(AuditEvent, TellsEveryKindAndOutcome) {
  for (const KindRow& kind : Kinds()) {
    Row row = Sample();
    row.kind = kind.kind;
    row.outcome = Outcome::kMinor;
    row.reason = "scope";
    const std::string event = ToAuditEvent(1, row, "throughline");
    EXPECT_NE(event.find(kind.subtype_code), std::string::npos) << kind.name;
    EXPECT_NE(event.find(R"("outcome":"4","outcomeDesc":"scope")"), std::string::npos) << kind.name;
  }
}

}  // namespace
}  // namespace throughline::audit
