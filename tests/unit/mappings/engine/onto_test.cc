// The case files of tests/data/mappings/engine/onto (case_file.h): map.yaml, `stored` (a resource a line), `now` (the
// record that comes again) -> `onto` (a resource a line), `gone`, `ledger`; with `before`, the record's own text of
// then, as the gateway knows it, else as `map run --onto` reads it from what is stored. Ids are the places in the map.
#include "mappings/engine/onto.h"

#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "fhir/validate/validate.h"
#include "mappings/engine/to_local.h"
#include "mappings/language/error_report.h"
#include "tests/unit/mappings/case_file.h"

namespace throughline::engine {
namespace {

// "barrier.0" for "barrier[0]".
class PlaceIds : public IdSource {
 public:
  std::string Fresh() override { return "fresh"; }
  std::string ForKey(std::string_view, std::string_view, std::string_view name) const override {
    std::string id(name);
    std::erase(id, ']');
    std::ranges::replace(id, '[', '.');
    return id;
  }
};

std::string NameOf(const json::Value& body) {
  return std::string(body.Get("resourceType").text()) + "/" + std::string(body.Get("id").text());
}

class OntoCases : public CaseFile {
 protected:
  Past PastAs(const plan::Map& map, const Mapped& now, json::Arena& arena) {
    const std::string* text = Section(sections_, "before");
    if (text == nullptr) return PastFrom(map, now, stored_, ids_of_places_, arena, ReferenceStyle::kRelative);
    before_ = ToFhir(map, *json::Parse(*text, arena), ids_of_places_, arena);
    std::vector<StoredName> names;
    for (const MappedResource& made : before_.resources) names.push_back({made.place, made.id});
    return PastOf(before_, names, arena);
  }

  void ReadStored(json::Arena& arena) {
    std::istringstream lines(*Section(sections_, "stored"));
    for (std::string line; std::getline(lines, line);) {
      const auto value = json::Parse(line, arena);
      ASSERT_TRUE(value) << line;
      stored_.push_back(*value);
    }
  }

  PlaceIds ids_of_places_;
  Mapped before_;
  std::vector<json::Value> stored_;
};

TEST_P(OntoCases, GiveWhatTheCaseSays) {
  const auto map = Load();
  ASSERT_TRUE(map) << language::MapErrorText(map.error());
  json::Arena arena;
  ReadStored(arena);
  const auto record = json::Parse(*Section(sections_, "now"), arena);
  ASSERT_TRUE(record);
  Mapped now = ToFhir(*map, *record, ids_of_places_, arena);
  ASSERT_EQ(now.verdict, Verdict::kMapped);
  const Past past = PastAs(*map, now, arena);
  KeepPlaces(*map, past, ids_of_places_, now, arena);
  const Onto onto(*map, now, past);
  std::string bodies;
  std::vector<LedgerRow> ledger;
  std::vector<SourceResource> merged;
  for (std::size_t at = 0; at < now.resources.size(); ++at) {
    json::Value body = now.resources[at].body;
    const auto found = std::ranges::find(stored_, NameOf(body), NameOf);
    if (found != stored_.end()) body = onto.Merge(at, *found, arena, ledger);
    EXPECT_FALSE(HasErrors(validate::Check(body, definitions::R4(), {.bindings = false}))) << json::ToString(body);
    bodies += json::ToString(body) + "\n";
    merged.push_back({now.resources[at].place, body});
  }
  std::string gone;
  for (const std::size_t place : onto.Vanished()) gone += NameOf(past.made[place].body) + "\n";
  std::string lines;
  AppendLedgerLines(now.key, ledger, lines);
  Expect("onto", bodies);
  Expect("gone", gone);
  Expect("ledger", lines);
  Expect("back", json::ToString(ToLocal(*map, merged, arena).record) + "\n");
}

INSTANTIATE_TEST_SUITE_P(Records, OntoCases, testing::ValuesIn(CaseFiles("engine/onto")), kCaseName);

}  // namespace
}  // namespace throughline::engine
