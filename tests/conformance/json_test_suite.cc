// JSONTestSuite (https://github.com/nst/JSONTestSuite): `y_` files are JSON, `n_` files are not, `i_` files are left to
// the reader; our policy for them is the table below.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "tests/conformance/suite.h"

namespace throughline::conformance {
namespace {

// JSON by the letter, refused on purpose: a member name that stands twice has no meaning that both sides agree on.
constexpr std::array<std::string_view, 2> kRefusedOnPurpose = {"y_object_duplicated_key.json",
                                                               "y_object_duplicated_key_and_value.json"};

// Of the `i_` files these are read; all others are refused.
constexpr std::array<std::string_view, 4> kAccepted = {
    "i_number_too_big_neg_int.json",
    "i_number_too_big_pos_int.json",
    "i_number_very_big_negative_int.json",
    "i_structure_UTF-8_BOM_empty_object.json",
};

// True when it is read, and reading what was written gives the same.
bool Reads(std::string_view bytes) {
  json::Limits limits;
  limits.control_characters = true;
  const Result<json::Document> document = json::ParseDocument(bytes, limits);
  if (!document) return false;
  const Result<json::Document> again = json::ParseDocument(json::ToString(document->root), limits);
  return again && json::Equal(document->root, again->root);
}

bool IsExpectedToRead(std::string_view name) {
  if (name.starts_with("y_")) return std::ranges::find(kRefusedOnPurpose, name) == kRefusedOnPurpose.end();
  return std::ranges::find(kAccepted, name) != kAccepted.end();
}

}  // namespace

Score JsonTestSuite(Context& context) {
  Score score;
  for (const auto& path : FilesIn(context.oracles / "json-test-suite", ".json")) {
    const std::string name = path.filename().string();
    const bool reads = Reads(ReadFile(path));
    context.Count(score, reads == IsExpectedToRead(name), name + (reads ? ": read" : ": refused"));
  }
  return score;
}

}  // namespace throughline::conformance
