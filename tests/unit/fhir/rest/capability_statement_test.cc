#include "fhir/rest/capability_statement.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/unit/fhir/rest/golden.h"

namespace throughline::rest {
namespace {

using definitions::SearchType;

constexpr std::array kInteractions = {
    InteractionRow{"read", "Reads one resource by its id."},
    InteractionRow{"search-type", "Finds resources of a type."},
};
constexpr std::array<std::string_view, 2> kTypes = {"Patient", "CarePlan"};
constexpr std::array kSearch = {SearchType::kToken, SearchType::kReference, SearchType::kDate};

CapabilityInput Input() {
  CapabilityInput input;
  input.base_url = "https://127.0.0.1:8443/fhir";
  input.software_version = "0.1.0";
  input.date = Instant{std::chrono::microseconds{1'738'591'800'000'000}};
  input.interactions = kInteractions;
  input.types = kTypes;
  input.search = kSearch;
  return input;
}

TEST(CapabilityStatement, ListsWhatTheRowsSay) {
  json::Arena arena;
  ExpectGolden(json::ToString(CapabilityStatement(Input(), definitions::R4(), arena)), "capability.json");
}

TEST(CapabilityStatement, HasEveryTypeWhereNoneIsNamed) {
  json::Arena arena;
  CapabilityInput input = Input();
  input.types = {};
  const json::Value statement = CapabilityStatement(input, definitions::R4(), arena);
  EXPECT_EQ(statement.Get("rest").items()[0].Get("resource").size(), 146u);
}

TEST(CapabilityStatement, IsTheSameEachTime) {
  json::Arena arena;
  const auto make = [&] { return json::ToString(CapabilityStatement(Input(), definitions::R4(), arena)); };
  EXPECT_EQ(make(), make());
}

}  // namespace
}  // namespace throughline::rest
