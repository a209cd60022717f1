// Compares bytes with a file of tests/data/fhir/rest. THROUGHLINE_WRITE_GOLDEN=1 writes the file instead.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "fhir/json/parse.h"
#include "fhir/json/write.h"

namespace throughline::rest {

// `bytes` must be JSON; the file has it indented.
inline void ExpectGolden(std::string_view bytes, const std::string& file_name) {
  const Result<json::Document> document = json::ParseDocument(bytes);
  ASSERT_TRUE(document) << bytes;
  const std::string actual = json::ToString(document->root, {.indent = 2}) + "\n";
  const std::string path = THROUGHLINE_SOURCE_DIR "/tests/data/fhir/rest/" + file_name;
  if (std::getenv("THROUGHLINE_WRITE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << actual;
  std::ifstream file(path, std::ios::binary);
  const std::string expected{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(actual, expected) << path;
}

}  // namespace throughline::rest
