#include "tests/unit/fhir/terminology/example.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>
#include <string>

#include "fhir/compile/compile.h"

namespace throughline::terminology {

json::Document ReadCases(std::string_view file) {
  std::ifstream in(std::string(THROUGHLINE_SOURCE_DIR "/tests/cases/terminology/").append(file), std::ios::binary);
  auto document = json::ParseDocument(std::string(std::istreambuf_iterator<char>(in), {}));
  EXPECT_TRUE(document) << file;
  return *std::move(document);
}

std::string_view WordOf(Answer answer) {
  constexpr std::array<std::string_view, 3> kWords = {"no", "yes", "unknown"};
  return kWords.at(static_cast<std::size_t>(answer));
}

Example::Example() {
  const json::Document document = ReadCases("resources.json");
  compile::Input input;
  input.below = &definitions::R4();
  input.package = "example.terminology";
  for (const json::Value& resource : document.root.Get("resources").items()) {
    input.resources.push_back(resource);
  }
  const auto bytes = compile::Compile(input);
  EXPECT_TRUE(bytes) << (bytes ? "" : bytes.error().message);
  blob_.resize(bytes->size() / sizeof(std::uint64_t));
  std::memcpy(blob_.data(), bytes->data(), bytes->size());
  auto both = definitions::R4().With(std::as_bytes(std::span(blob_)));
  EXPECT_TRUE(both) << (both ? "" : both.error().message);
  definitions_ = std::make_unique<const definitions::Definitions>(*std::move(both));
  terminology_ = std::make_unique<const Terminology>(*definitions_);
}

const Terminology& Examples() {
  static const Example example;
  return example.terminology();
}

}  // namespace throughline::terminology
