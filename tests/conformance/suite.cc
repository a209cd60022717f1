#include "tests/conformance/suite.h"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace throughline::conformance {

void Context::Count(Score& score, bool passed, std::string_view what) {
  ++score.total;
  if (passed) {
    ++score.passed;
  } else {
    misses.emplace_back(what);
  }
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::filesystem::path> FilesIn(const std::filesystem::path& folder, std::string_view suffix) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().filename().string().ends_with(suffix)) {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace throughline::conformance
