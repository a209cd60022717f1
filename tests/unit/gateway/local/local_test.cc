// Local records in and out over a real store, the real definitions and the hospital's map.
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "certs/hmac.h"
#include "certs/ids.h"
#include "fhir/json/build.h"
#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "fhir/search/indexer.h"
#include "gateway/interactions/read.h"
#include "gateway/interactions/search.h"
#include "gateway/interactions/update.h"
#include "gateway/local/intake.h"
#include "gateway/local/preview.h"
#include "gateway/local/quarantine.h"
#include "gateway/local/view.h"
#include "mappings/language/error_report.h"
#include "mappings/language/load_map.h"
#include "tests/unit/gateway/store/support.h"

namespace throughline::local {
namespace {

constexpr std::string_view kMap = "sta-aurelia-discharge";

// Centres serve many records: their key is no part of the record's.
constexpr std::string_view kCentres = R"(map: centres
local: {format: ndjson, key: no}
fields:
  no: {required: true, fhir: 'stay.identifier[no].value'}
  centre: {required: true, fhir: 'centre.identifier[no].value'}
resources:
  centre: {type: Organization, key: centre, 'identifier[no].system': 'urn:example:centre'}
  stay: {type: Basic, 'identifier[no].system': 'urn:example:no', code.text: stay, 'extension[at].url': 'urn:x', 'extension[at].valueReference': =centre}
main: stay
)";

std::string FileOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string Library(std::string_view name) {
  return std::string(THROUGHLINE_SOURCE_DIR "/mappings/library/") + std::string(kMap) + "/" + std::string(name);
}

std::shared_ptr<const MapSet> HospitalMap() {
  const auto read = [](std::string_view path) -> Result<std::string> { return FileOf(std::string(path)); };
  auto map = language::LoadMap(Library("map.yaml"), read, definitions::R4());
  EXPECT_TRUE(map) << (map ? "" : language::MapErrorText(map.error()));
  auto registry = language::LoadMap(THROUGHLINE_SOURCE_DIR "/mappings/library/ndtms/map.yaml", read, definitions::R4());
  EXPECT_TRUE(registry) << (registry ? "" : language::MapErrorText(registry.error()));
  const auto inside = [](std::string_view) -> Result<std::string> { return std::string(kCentres); };
  auto centres = language::LoadMap("centres.yaml", inside, definitions::R4());
  EXPECT_TRUE(centres) << (centres ? "" : language::MapErrorText(centres.error()));
  std::vector<plan::Map> maps;
  maps.push_back(*std::move(map));
  maps.push_back(*std::move(registry));
  maps.push_back(*std::move(centres));
  return std::make_shared<const MapSet>(std::move(maps));
}

const search::Indexer& R4Indexer() {
  static const search::Indexer kIndexer = search::Indexer::Make(definitions::R4());
  return kIndexer;
}

class LocalTest : public ::testing::Test {
 protected:
  static consent::Requester ClientWith(std::string_view scopes) {
    consent::Requester requester;
    requester.client_id = "hospital";
    requester.scopes = *consent::Scopes::Parse(scopes, definitions::R4());
    return requester;
  }

  // A record of the sample with a number of its own, as bytes; `change` may alter it.
  std::string Record(std::string_view number, const std::function<std::string(std::string)>& change = nullptr) {
    std::string text = json::ToString(sample_.root.Get("discharges").items().front());
    for (const std::string_view known : {"SA-004417", "A25-0118"}) {
      text.replace(text.find(known), known.size(), number);
    }
    return change ? change(std::move(text)) : text;
  }

  static std::string Replaced(std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  }

  struct Taken {
    Result<IntakeSummary> summary;
    std::vector<json::Document> lines;  // of records
  };

  Taken Take(const std::string& ndjson, std::string idempotency_key = {}) {
    return TakeAs(hospital_, ndjson, std::move(idempotency_key));
  }

  Taken TakeAs(const consent::Requester& requester, const std::string& ndjson, std::string idempotency_key = {}) {
    IntakeRequest request;
    request.map = taken_by_;
    request.syntax = formats::Syntax::kNdjson;
    request.form = AnswerForm::kLines;
    request.idempotency_key = std::move(idempotency_key);
    std::vector<json::Document> lines;
    auto summary =
        TakeIn(local_, requester, request, formats::FromMemory(ndjson), [&](std::string_view line) -> Result<void> {
          auto document = json::ParseDocument(line);
          EXPECT_TRUE(document) << line;
          if (document && document->root.Find("index") != nullptr) lines.push_back(*std::move(document));
          return {};
        });
    return {std::move(summary), std::move(lines)};
  }

  static std::string Outcome(const Taken& taken, std::size_t index = 0) {
    return std::string(taken.lines.at(index).root.Get("outcome").text());
  }
  static std::string Id(const Taken& taken) { return std::string(taken.lines.at(0).root.Get("id").text()); }

  // The reference of the first resource of a type that a record made.
  static std::string Made(const Taken& taken, std::string_view type) {
    const json::Value resources = taken.lines.at(0).root.Get("resources");
    for (const json::Value& one : resources.items()) {
      if (one.Get("reference").text().starts_with(type))
        return std::string(one.Get("reference").text().substr(type.size() + 1));
    }
    return {};
  }

  // A partner's change of one member.
  void Edit(const std::string& type, const std::string& id, std::string_view member, std::string_view value) {
    const auto stored = interactions::Read(services_, hospital_, type, id);
    ASSERT_TRUE(stored);
    json::Arena arena;
    const json::Value body = *json::Parse(stored->body, arena);
    const json::Value edited = json::With(body, member, *json::Parse(value, arena), arena);
    ASSERT_TRUE(interactions::Update(services_, hospital_, type, id, edited));
  }

  std::uint64_t People(std::string_view number) {
    const std::vector<search::Parameter> parameters{{"identifier", std::string(number)}, {"_summary", "count"}};
    auto bundle = interactions::Search(services_, hospital_,
                                       {"Patient", parameters, search::Handling::kStrict, "https://gw/fhir", true});
    EXPECT_TRUE(bundle);
    auto document = json::ParseDocument(*bundle);
    return document->root.Get("total").text() == "0" ? 0 : 1;
  }

  std::string taken_by_{kMap};
  store::TestDirectory directory_;
  store::TestClock clock_;
  std::unique_ptr<store::Store> store_ = store::OpenStore(directory_, clock_);
  store::Drafter drafter_{definitions::R4(), R4Indexer()};
  certs::NameIdSource ids_;
  certs::HmacKey key_ = certs::HmacKey::Random();
  interactions::Services services_{definitions::R4(), drafter_, *store_, clock_, ids_, key_};
  MapShelf maps_{HospitalMap()};
  InFlight in_flight_;
  Services local_{services_, maps_, in_flight_};
  consent::Requester hospital_ = ClientWith("system/*.cruds local/*.cruds");
  json::Document sample_ = *json::ParseDocument(FileOf(Library("samples/hospital_discharge.json")));
};

TEST_F(LocalTest, CreatesThenChangesNothingThenUpdates) {
  EXPECT_EQ(Outcome(Take(Record("N-1"))), "created");
  EXPECT_EQ(Outcome(Take(Record("N-1"))), "unchanged");
  const auto milder = [](std::string text) { return Replaced(std::move(text), R"("sev":3)", R"("sev":1)"); };
  EXPECT_EQ(Outcome(Take(Record("N-1", milder))), "updated");
}

TEST_F(LocalTest, GivesARecordBackByIdKeyAndPerson) {
  const Taken taken = Take(Record("N-1"));
  const auto by_id = View(local_, hospital_, kMap, Id(taken));
  ASSERT_TRUE(by_id) << by_id.error().message;
  EXPECT_EQ(by_id->media_type, "application/json");
  for (const std::string_view question :
       {R"({"key":["N-1","N-1"]})", R"({"patient":{"identifier":"urn:throughline:sta-aurelia:mrn|N-1"}})"}) {
    const auto asked = json::ParseDocument(question);
    const auto found = FindViews(local_, hospital_, kMap, asked->root);
    ASSERT_TRUE(found) << question;
    EXPECT_EQ(found->bytes, by_id->bytes);
  }
}

TEST_F(LocalTest, TakesCsvInRowsTogetherAndGivesThemBack) {
  const std::string header = "CLIENTID,AGNCY,EPISODID,CONSENT,FINITIAL,SINITIAL,DOB,SEX,REFLD,TRIAGED,DRUG1,ALCUSE\r\n";
  const std::string rows =
      "7,N1,9,Y,D,M,11/06/1984,1,06/01/2025,09/01/2025,1011,4\r\n7,N1,9,Y,D,M,11/06/1984,1,06/01/2025,09/01/"
      "2025,1011,NA\r\n";
  const auto take = [&](const std::string& file) {
    IntakeRequest request;
    request.map = "ndtms";
    request.syntax = formats::Syntax::kCsv;
    request.form = AnswerForm::kLines;
    std::vector<json::Document> lines;
    auto summary =
        TakeIn(local_, hospital_, request, formats::FromMemory(file), [&](std::string_view line) -> Result<void> {
          auto document = json::ParseDocument(line);
          if (document && document->root.Find("index") != nullptr) lines.push_back(*std::move(document));
          return {};
        });
    return Taken{std::move(summary), std::move(lines)};
  };
  const Taken taken = take(header + rows);
  ASSERT_TRUE(taken.summary);
  ASSERT_EQ(taken.lines.size(), 1u);
  EXPECT_EQ(Outcome(taken), "created");
  const auto back = View(local_, hospital_, "ndtms", Id(taken));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->media_type, "text/csv; charset=utf-8");
  EXPECT_EQ(back->bytes, header + rows);
  EXPECT_EQ(Outcome(take(header + rows)), "unchanged");
  EXPECT_EQ(take("AGNCY,CONSENT\nN1,Y\n").summary.error().kind, ErrorKind::kInvalid);
}

TEST_F(LocalTest, AnswersAQuestionThatIsNoneWithInvalid) {
  for (const std::string_view question : {"{}", R"({"key":["a"],"patient":{"identifier":"a|b"}})", "[]"}) {
    const auto asked = json::ParseDocument(question);
    const auto found = FindViews(local_, hospital_, kMap, asked->root);
    ASSERT_FALSE(found) << question;
    EXPECT_EQ(found.error().kind, ErrorKind::kInvalid);
  }
}

TEST_F(LocalTest, QuarantinesWhatTheMapRefusesAndStoresNothingOfIt) {
  const auto wrong = [](std::string text) { return Replaced(std::move(text), R"("sev":3)", R"("sev":9)"); };
  const Taken taken = Take(Record("N-1", wrong) + "\nnot json\n" + Record("N-2"));
  ASSERT_EQ(taken.lines.size(), 3U);
  EXPECT_EQ(Outcome(taken, 0), "quarantined");
  EXPECT_EQ(Outcome(taken, 1), "quarantined");
  EXPECT_EQ(Outcome(taken, 2), "created");
  EXPECT_EQ(People("N-1"), 0U);
  EXPECT_EQ(People("N-2"), 1U);
  EXPECT_EQ(ListQuarantine(local_)->size(), 2U);
}

TEST_F(LocalTest, KeepsARecordAsideOnceHoweverOftenItComes) {
  const auto wrong = [](std::string text) { return Replaced(std::move(text), R"("sev":3)", R"("sev":9)"); };
  Take(Record("N-1", wrong));
  Take(Record("N-1", wrong));
  EXPECT_EQ(ListQuarantine(local_)->size(), 1U);
  EXPECT_EQ(Outcome(Take(Record("N-1"))), "created");
  EXPECT_TRUE(ListQuarantine(local_)->empty()) << "the corrected record took its place";
}

TEST_F(LocalTest, ReplaysWithTheRecordPutRight) {
  const auto wrong = [](std::string text) { return Replaced(std::move(text), R"("sev":3)", R"("sev":9)"); };
  const std::string id = Id(Take(Record("N-1", wrong)));
  const auto still = Replay(local_, hospital_, id, std::nullopt);
  ASSERT_TRUE(still);
  EXPECT_NE(still->find("quarantined"), std::string::npos);
  const auto right = Replay(local_, hospital_, id, Record("N-1"));
  ASSERT_TRUE(right);
  EXPECT_NE(right->find(R"("outcome":"created")"), std::string::npos);
  EXPECT_EQ(Replay(local_, hospital_, id, std::nullopt).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(People("N-1"), 1U);
}

TEST_F(LocalTest, ReplaysARecordThatHadNoKey) {
  const auto keyless = [](std::string text) { return Replaced(std::move(text), R"("no":"N-1",)", ""); };
  const std::string id = Id(Take(Record("N-1", keyless)));
  const auto shown = ShowQuarantined(local_, hospital_, id);
  ASSERT_TRUE(shown);
  EXPECT_NE(shown->find("admission"), std::string::npos);
  const auto right = Replay(local_, hospital_, id, Record("N-1"));
  ASSERT_TRUE(right);
  EXPECT_NE(right->find(R"("outcome":"created")"), std::string::npos);
  EXPECT_TRUE(ListQuarantine(local_)->empty());
}

TEST_F(LocalTest, DeletesWhatARecordNoLongerMakes) {
  const Taken first = Take(Record("N-1"));
  const auto fewer = [](std::string text) { return Replaced(std::move(text), R"(,{"code":"INCOME","sev":2})", ""); };
  const Taken second = Take(Record("N-1", fewer));
  std::string gone;
  for (const json::Value& made : second.lines.at(0).root.Get("resources").items()) {
    if (made.Get("deleted").boolean()) gone = made.Get("reference").text();
  }
  ASSERT_TRUE(gone.starts_with("Observation/")) << gone;
  EXPECT_EQ(interactions::Read(services_, hospital_, "Observation", gone.substr(12)).error().kind, ErrorKind::kGone);
  EXPECT_EQ(Outcome(Take(Record("N-1"))), "updated");
  EXPECT_TRUE(interactions::Read(services_, hospital_, "Observation", gone.substr(12)))
      << "it comes back with the record";
}

TEST_F(LocalTest, KeepsWhatOtherRecordsMakeToo) {
  taken_by_ = "centres";
  // The number of the stay is the centre's too: only the map knows that the Organization is not the record's alone.
  const std::string centre = Made(Take(R"({"no":"7","centre":"7"})"), "Organization");
  EXPECT_EQ(Made(Take(R"({"no":"8","centre":"7"})"), "Organization"), centre);
  const Taken moved = Take(R"({"no":"7","centre":"9"})");
  EXPECT_EQ(Outcome(moved), "updated");
  for (const json::Value& made : moved.lines.at(0).root.Get("resources").items()) {
    EXPECT_FALSE(made.Get("deleted").boolean()) << made.Get("reference").text();
  }
  EXPECT_TRUE(interactions::Read(services_, hospital_, "Organization", centre));
}

TEST_F(LocalTest, KeepsWhatAPartnerAdded) {
  const std::string id = Made(Take(Record("N-1")), "CarePlan");
  Edit("CarePlan", id, "note", R"([{"text":"from the recovery centre"}])");
  const auto milder = [](std::string text) {
    return Replaced(std::move(text), R"("start":"2025-02-03")", R"("start":"2025-02-04")");
  };
  EXPECT_EQ(Outcome(Take(Record("N-1", milder))), "updated");
  const auto after = interactions::Read(services_, hospital_, "CarePlan", id);
  EXPECT_NE(after->body.find("from the recovery centre"), std::string::npos);
  EXPECT_NE(after->body.find("2025-02-04"), std::string::npos);
}

TEST_F(LocalTest, KeepsANoteWithItsItemWhenTheOneBeforeItGoes) {
  const Taken first = Take(Record("N-1"));
  std::vector<std::string> goals;
  for (const json::Value& one : first.lines.at(0).root.Get("resources").items()) {
    const std::string_view reference = one.Get("reference").text();
    if (reference.starts_with("Goal/")) goals.emplace_back(reference.substr(5));
  }
  ASSERT_EQ(goals.size(), 2u);
  Edit("Goal", goals[1], "note", R"([{"text":"about the work"}])");
  const auto fewer = [](std::string text) {
    return Replaced(std::move(text),
                    R"({"text":"No cocaine use for 90 days","due":"2025-05-04","status":"IN_PROGRESS"},)", "");
  };
  const std::string record = Record("N-1", fewer);
  EXPECT_EQ(Outcome(Take(record)), "updated");
  EXPECT_EQ(interactions::Read(services_, hospital_, "Goal", goals[0]).error().kind, ErrorKind::kGone);
  const auto second = interactions::Read(services_, hospital_, "Goal", goals[1]);
  ASSERT_TRUE(second);
  EXPECT_NE(second->body.find("Part-time work"), std::string::npos);
  EXPECT_NE(second->body.find("about the work"), std::string::npos);
  EXPECT_EQ(Outcome(Take(record)), "unchanged");
}

TEST_F(LocalTest, LeavesAStateThatAPartnerChangedWhenTheSameRecordComesAgain) {
  const Taken first = Take(Record("N-1"));
  const std::string consent = Made(first, "Consent");
  const std::string diagnosis = Made(first, "Condition");
  Edit("Consent", consent, "status", R"("inactive")");
  Edit("Condition", diagnosis, "clinicalStatus",
       R"({"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"relapse"}]})");
  EXPECT_EQ(Outcome(Take(Record("N-1"))), "unchanged");
  EXPECT_NE(interactions::Read(services_, hospital_, "Consent", consent)->body.find(R"("status":"inactive")"),
            std::string::npos);
  EXPECT_NE(interactions::Read(services_, hospital_, "Condition", diagnosis)->body.find("relapse"), std::string::npos);
  const auto file = View(local_, hospital_, kMap, Id(first));
  ASSERT_TRUE(file);
  EXPECT_NE(file->bytes.find("F14.2"), std::string::npos);
}

TEST_F(LocalTest, TakesBackOfASharedPersonWhatTheRecordItselfHadSaid) {
  const auto dead = [](std::string text) {
    return Replaced(std::move(text), R"("pregnant":"N")", R"("pregnant":"N","deceased":"2025-02-01")");
  };
  const std::string person = Made(Take(Record("N-1", dead)), "Patient");
  Edit("Patient", person, "maritalStatus", R"({"text":"from the recovery centre"})");
  EXPECT_EQ(Outcome(Take(Record("N-1"))), "updated");
  const auto after = interactions::Read(services_, hospital_, "Patient", person);
  ASSERT_TRUE(after);
  EXPECT_EQ(after->body.find("deceased"), std::string::npos);
  EXPECT_NE(after->body.find("from the recovery centre"), std::string::npos);
}

TEST_F(LocalTest, AnswersARetryUnderTheSameKeyAsBefore) {
  const Taken first = Take(Record("N-1"), "once");
  const Taken again = Take(Record("N-1"), "once");
  EXPECT_EQ(json::ToString(again.lines.at(0).root), json::ToString(first.lines.at(0).root));
  EXPECT_EQ(Outcome(Take(Record("N-1"), "twice")), "unchanged");
}

TEST_F(LocalTest, RefusesAFileThatCannotBeReadAndKeepsNothing) {
  IntakeRequest request;
  request.map = kMap;
  const std::string cut = R"({"export":{},"discharges":[)" + Record("N-1") + ",";
  const auto taken =
      TakeIn(local_, hospital_, request, formats::FromMemory(cut), [](std::string_view) -> Result<void> { return {}; });
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(People("N-1"), 0U);
}

TEST_F(LocalTest, RefusesClientsWithoutTheScopeForTheMap) {
  const consent::Requester stranger = ClientWith("system/*.cruds");
  EXPECT_EQ(TakeAs(stranger, Record("N-1")).summary.error().kind, ErrorKind::kForbidden);
  EXPECT_EQ(View(local_, stranger, kMap, "x").error().kind, ErrorKind::kForbidden);
  EXPECT_EQ(Preview(local_, stranger, {.map = std::string(kMap), .idempotency_key = {}}, "{}").error().kind,
            ErrorKind::kForbidden);
  EXPECT_EQ(View(local_, hospital_, kMap, "nobody").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(View(local_, hospital_, "no-map", "nobody").error().kind, ErrorKind::kNotFound);
}

TEST_F(LocalTest, StopsWhenTheSenderIsGoneAndKeepsWhatWasAnswered) {
  std::string lines;
  for (int i = 0; i < 5; ++i) lines += Record("N-" + std::to_string(i)) + "\n";
  IntakeRequest request;
  request.map = kMap;
  request.syntax = formats::Syntax::kNdjson;
  request.form = AnswerForm::kLines;
  int given = 0;
  const auto taken =
      TakeIn(local_, hospital_, request, formats::FromMemory(lines), [&](std::string_view) -> Result<void> {
        if (++given == 3) return MakeError(ErrorKind::kUnavailable, "gone", "the client is gone");
        return {};
      });
  ASSERT_FALSE(taken);
  EXPECT_EQ(People("N-0"), 1U);
}

TEST_F(LocalTest, TakesTheSameRecordsFromSeveralConnectionsOnceEach) {
  std::string lines;
  for (int i = 0; i < 6; ++i) lines += Record("N-" + std::to_string(i % 3)) + "\n";
  std::atomic<int> created{0};
  std::vector<std::thread> senders;
  for (int i = 0; i < 4; ++i) {
    senders.emplace_back([&] {
      const Taken taken = Take(lines);
      ASSERT_TRUE(taken.summary) << taken.summary.error().message;
      created += static_cast<int>(taken.summary->created);
      EXPECT_EQ(taken.summary->created + taken.summary->unchanged, 6U);
    });
  }
  for (std::thread& sender : senders) sender.join();
  EXPECT_EQ(created, 3);
}

}  // namespace
}  // namespace throughline::local
