// Words of the tests of mappings/.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>

#include "fhir/base/id_source.h"
#include "fhir/base/result.h"
#include "fhir/definitions/definitions.h"

namespace throughline {

inline std::string ReadWholeFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline Result<std::string> ReadFromDisk(std::string_view path) {
  const std::ifstream file{std::string(path)};
  if (!file) return MakeError(ErrorKind::kNotFound, "file", "no such file");
  return ReadWholeFile(std::string(path));
}

inline std::string LibraryMap(std::string_view name) {
  return std::string(THROUGHLINE_SOURCE_DIR) + "/mappings/library/" + std::string(name) + "/map.yaml";
}

// UUID-shaped ids of the three words; guessable, for tests only.
class TestIds : public IdSource {
 public:
  std::string Fresh() override { return ForKey("", "", std::to_string(++count_)); }
  std::string ForKey(std::string_view map, std::string_view key, std::string_view name) const override {
    std::uint64_t halves[2] = {14695981039346656037ULL, 0x9E3779B97F4A7C15ULL};
    for (const std::string_view word : {map, key, name}) {
      for (const char byte : word) {
        for (std::uint64_t& half : halves) half = (half ^ static_cast<unsigned char>(byte)) * 1099511628211ULL;
      }
      for (std::uint64_t& half : halves) half = (half ^ 0x100) * 1099511628211ULL;
    }
    std::string id;
    for (const std::uint64_t half : halves) {
      for (int shift = 60; shift >= 0; shift -= 4) id.push_back("0123456789abcdef"[(half >> shift) & 15]);
    }
    for (const std::size_t place : {8u, 13u, 18u, 23u}) id.insert(place, "-");
    id[14] = '8';
    id[19] = 'a';
    return id;
  }

 private:
  int count_ = 0;
};

}  // namespace throughline
