// Search by value (microsoft/fhir-server's end-to-end tests as cases): which fixtures does a query find.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/parse.h"
#include "fhir/search/indexer.h"
#include "fhir/search/query.h"
#include "tests/conformance/suite.h"

namespace throughline::conformance {
namespace {

using definitions::R4;

std::vector<search::Parameter> SplitQuery(std::string_view text) {
  std::vector<search::Parameter> parameters;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view part = text.substr(0, end);
    const std::size_t equals = std::min(part.find('='), part.size());
    parameters.push_back(
        {std::string(part.substr(0, equals)), std::string(part.substr(std::min(equals + 1, part.size())))});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parameters;
}

// "0,3,": the places of the fixtures that are found.
std::string Found(const search::Indexer& indexer, const search::Query& query, const json::Value& fixtures) {
  std::string places;
  for (std::size_t i = 0; i < fixtures.size(); ++i) {
    const json::Value& fixture = fixtures.items()[i];
    std::vector<search::IndexRow> rows;
    indexer.Rows(fixture, rows);
    const search::Indexed indexed{fixture.Get("resourceType").text(), fixture.Get("id").text(), rows};
    if (search::Matches(query, indexed)) places += std::to_string(i) + ",";
  }
  return places;
}

std::string Expected(const json::Value& test) {
  const json::Value strict = test.Get("r4specExpect");
  const json::Value wanted = strict.is_array() ? strict : test.Get("expect");
  std::string places;
  for (const json::Value& place : wanted.items()) places += std::string(place.text()) + ",";
  return places;
}

std::string Judge(const search::Indexer& indexer, const json::Value& test, const json::Value& fixtures) {
  const std::vector<search::Parameter> parameters = SplitQuery(test.Get("query").text());
  const Result<search::Query> query = search::ParseQuery(R4(), test.Get("type").text(), parameters, {});
  const bool refused = test.Get("status").text() == "400";
  if (!query) return refused ? "" : "refused: " + query.error().message;
  if (refused) return "is accepted";
  const std::string found = Found(indexer, *query, fixtures.Get(test.Get("fixture").text()));
  const std::string expected = Expected(test);
  return found == expected ? "" : "finds " + found + " instead of " + expected;
}

}  // namespace

Score SearchValues(Context& context) {
  Score score;
  const Result<json::Document> suite = json::ParseDocument(ReadFile(context.oracles / "search-values" / "cases.json"));
  const search::Indexer indexer = search::Indexer::Make(R4());
  if (!suite) return score;
  for (const json::Value& test : suite->root.Get("cases").items()) {
    const std::string miss = Judge(indexer, test, suite->root.Get("fixtures"));
    context.Count(score, miss.empty(), std::string(test.Get("query").text()) + " " + miss);
  }
  return score;
}

}  // namespace throughline::conformance
