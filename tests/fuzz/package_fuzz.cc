// Packages of any bytes are refused with a sentence, or become layers whose lookups stay inside them. The input is the
// .tgz itself; when it does not begin like one, it is the JSON array of the resources of a package.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/parse.h"
#include "fhir/packages/load.h"
#include "fhir/packages/package.h"

namespace {

using throughline::ErrorKind;
using throughline::definitions::R4;
using throughline::packages::Package;

constexpr throughline::packages::Limits kLimits{.packed_bytes = 1u << 20, .bytes = 8u << 20, .file_bytes = 4u << 20};

void MustBeTold(const throughline::Error& error) {
  if (error.kind == ErrorKind::kInternal || error.message.empty()) {
    std::abort();
  }
}

void LookUp(const throughline::definitions::Definitions& definitions) {
  for (std::size_t row = R4().profile_count(); row < definitions.profile_count(); ++row) {
    const auto profile = definitions.profile(row);
    for (std::size_t i = 0; i < profile.element_count; ++i) {
      const auto element = definitions.element(profile, i);
      definitions.constraint(element, 0);
      definitions.type_profile(definitions.type(element, 0), 0);
      definitions.value(element, throughline::definitions::ValueKind::kFixed);
    }
  }
}

void Compile(const Package& package) {
  const auto bytes = throughline::packages::Compile(package, R4());
  if (!bytes) {
    MustBeTold(bytes.error());
    return;
  }
  std::vector<std::uint64_t> words(bytes->size() / sizeof(std::uint64_t));
  std::memcpy(words.data(), bytes->data(), bytes->size());
  const auto both = R4().With(std::as_bytes(std::span(words)));
  if (!both) {
    std::abort();
  }
  LookUp(*both);
}

Package OfResources(std::string_view bytes) {
  Package package{
      .name = "fuzzed", .version = "1", .fhir_versions = {}, .dependencies = {}, .resources = {}, .documents = {}};
  if (auto document = throughline::json::ParseDocument(bytes)) {
    package.documents.push_back(std::make_unique<throughline::json::Document>(*std::move(document)));
    const auto resources = package.documents[0]->root.items();
    package.resources.assign(resources.begin(), resources.end());
  }
  return package;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (!bytes.starts_with("\x1f")) {
    Compile(OfResources(bytes));
    return 0;
  }
  auto package = throughline::packages::Read(bytes, kLimits);
  if (!package) {
    MustBeTold(package.error());
    return 0;
  }
  std::vector<Package> all;
  all.push_back(*std::move(package));
  if (const auto order = throughline::packages::LoadOrder(all); !order) {
    MustBeTold(order.error());
    return 0;
  }
  Compile(all[0]);
  return 0;
}
