// Runs every fuzz target over its seeds, so that what once went wrong stays right.
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#define TARGET(name) extern "C" int Fuzz_##name(const std::uint8_t* data, std::size_t size);
#include "fuzz_targets.inc"
#undef TARGET

namespace {

using Target = int (*)(const std::uint8_t*, std::size_t);

struct Seed {
  std::string name;
  Target target;
  std::filesystem::path file;  // empty: the empty input
};

void PrintTo(const Seed& seed, std::ostream* out) { *out << seed.file; }

void AddSeeds(const std::string& name, Target target, std::vector<Seed>& seeds) {
  seeds.push_back({name, target, {}});
  const std::filesystem::path folder = std::filesystem::path(THROUGHLINE_SOURCE_DIR) / "tests/fuzz/corpus" / name;
  std::error_code missing;
  for (const auto& entry : std::filesystem::directory_iterator(folder, missing)) {
    seeds.push_back({name, target, entry.path()});
  }
}

std::vector<Seed> Seeds() {
  std::vector<Seed> seeds;
#define TARGET(name) AddSeeds(#name, Fuzz_##name, seeds);
#include "fuzz_targets.inc"
#undef TARGET
  return seeds;
}

class Corpus : public testing::TestWithParam<Seed> {};

TEST_P(Corpus, RunsWithoutHarm) {
  std::ifstream file(GetParam().file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(GetParam().target(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), 0);
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Corpus, testing::ValuesIn(Seeds()),
                         [](const auto& row) { return row.param.name + "_" + std::to_string(row.index); });

}  // namespace
