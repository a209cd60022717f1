#include "fhir/rest/bundle.h"

#include <gtest/gtest.h>

#include "tests/unit/fhir/rest/golden.h"

namespace throughline::rest {
namespace {

constexpr Instant kTime{std::chrono::microseconds{1'738'591'800'123'000}};

BundleEntry Match(std::string_view url, std::string_view resource) {
  BundleEntry entry;
  entry.full_url = url;
  entry.resource = resource;
  entry.search_mode = "match";
  return entry;
}

TEST(BundleWriter, SplicesStoredResources) {
  BundleHead head;
  head.id = "search-1";
  head.last_updated = kTime;
  head.total = 2;
  head.links = {{"self", "https://host/fhir/CarePlan?_count=2"}, {"next", "https://host/fhir/CarePlan?cursor=x"}};
  std::string out;
  BundleWriter writer(head, out);
  writer.Add(Match("https://host/fhir/CarePlan/1", R"({"resourceType":"CarePlan","id":"1","value":1.50})"));
  writer.Add(Match("https://host/fhir/CarePlan/2", R"({"resourceType":"CarePlan","id":"2"})"));
  Issue ignored{.severity = Severity::kWarning, .type = IssueType::kNotSupported, .rule = "unknown-parameter"};
  writer.AddOutcome({ignored});
  writer.Finish();
  ExpectGolden(out, "searchset.json");
}

TEST(BundleWriter, HasNoEntriesWhereNothingWasFound) {
  BundleHead head;
  head.total = 0;
  std::string out;
  BundleWriter(head, out).Finish();
  EXPECT_EQ(out, R"({"resourceType":"Bundle","type":"searchset","total":0})");
}

TEST(BundleWriter, WritesATransaction) {
  BundleHead head;
  head.type = "transaction";
  head.identifier_system = "urn:throughline:map";
  head.identifier_value = "discharge|\"A25\"";
  std::string out;
  BundleWriter writer(head, out);
  BundleEntry put;
  put.full_url = "urn:uuid:0d1c8d1e-0000-4000-8000-000000000000";
  put.resource = R"({"resourceType":"Patient"})";
  put.method = "PUT";
  put.url = "Patient?identifier=urn:x|1";
  writer.Add(put);
  BundleEntry remove;
  remove.method = "DELETE";
  remove.url = "Patient/2";
  remove.if_match = "W/\"3\"";
  writer.Add(remove);
  writer.Finish();
  ExpectGolden(out, "transaction.json");
}

TEST(BundleWriter, MayBeSentInPieces) {
  std::string out;
  std::string sent;
  const auto send = [&] {
    sent += out;
    out.clear();
  };
  BundleWriter writer({}, out);
  send();
  for (int i = 0; i < 3; ++i) {
    BundleEntry entry;
    entry.resource = "{}";
    writer.Add(entry);
    send();
  }
  writer.Finish();
  send();
  EXPECT_EQ(
      sent,
      R"({"resourceType":"Bundle","type":"searchset","entry":[{"resource":{}},{"resource":{}},{"resource":{}}]})");
}

}  // namespace
}  // namespace throughline::rest
