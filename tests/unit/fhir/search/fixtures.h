// The resources of tests/data/fhir/search and their index rows.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fhir/json/parse.h"
#include "fhir/search/indexer.h"
#include "fhir/search/query.h"

namespace throughline::search {

inline json::Document ReadData(const std::string& name) {
  std::ifstream file(THROUGHLINE_SOURCE_DIR "/tests/data/fhir/search/" + name, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  Result<json::Document> document = json::ParseDocument(bytes);
  EXPECT_TRUE(document) << name;
  return std::move(*document);
}

inline constexpr std::string_view kBase = "https://gateway.example/fhir";

inline const Indexer& TheIndexer() {
  static const Indexer indexer = Indexer::Make(definitions::R4(), kBase);
  return indexer;
}

inline std::vector<IndexRow> RowsOf(const json::Value& resource) {
  std::vector<IndexRow> rows;
  TheIndexer().Rows(resource, rows);
  return rows;
}

}  // namespace throughline::search
