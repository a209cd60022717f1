#include "tests/unit/gateway/http/cases.h"

#include <gtest/gtest.h>

#include <charconv>
#include <fstream>
#include <iterator>

namespace throughline::http {

json::Document ReadCases(const std::string& name) {
  std::ifstream file(std::string(THROUGHLINE_SOURCE_DIR) + "/tests/data/gateway/http/" + name);
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  auto document = json::ParseDocument(bytes);
  EXPECT_TRUE(document) << name;
  return document ? std::move(*document) : json::Document{json::Arena(), {}};
}

std::string Bytes(std::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    if (text.starts_with("\\x") && text.size() >= 4) {
      int value = 0;
      std::from_chars(text.data() + 2, text.data() + 4, value, 16);
      bytes += static_cast<char>(value);
      text.remove_prefix(4);
    } else {
      bytes += text.front();
      text.remove_prefix(1);
    }
  }
  return bytes;
}

}  // namespace throughline::http
