#include "gateway/app/packages.h"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>

#include "certs/hash.h"
#include "fhir/definitions/blob.h"
#include "fhir/packages/load.h"
#include "fhir/packages/package.h"
#include "fhir/search/indexer.h"
#include "gateway/app/command.h"
#include "gateway/app/files.h"

extern "C" {
extern const char throughline_own_package[];      // NOLINT: laid out by the assembler
extern const char throughline_own_package_end[];  // NOLINT
}

namespace throughline::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostPackages = 64;
constexpr std::size_t kMostKept = 1u << 30;

// Changes with everything that the compiled packages follow from.
std::string CacheKeyOf(const std::vector<std::string>& packed) {
  certs::Sha256 hash;
  hash.Update(std::string_view(THROUGHLINE_COMPILER));
  hash.Update(std::to_string(definitions::blob::kVersion) + " " + std::to_string(definitions::R4().fingerprint()));
  for (const std::string& bytes : packed) hash.Update(std::span<const std::uint8_t>(certs::HashOf(bytes)));
  return certs::ToHex(hash.Finish()).substr(0, 32);
}

std::string KeptFile(const std::string& folder, const std::string& key, std::size_t layer) {
  return (fs::path(folder) / (key + "-" + std::to_string(layer) + ".blob")).string();
}

std::span<const std::byte> Bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

Error PackageError(const std::string& file, Error error) {
  error.message = file + ": " + error.message;
  for (Issue& issue : error.issues) issue.location = issue.location.empty() ? file : file + ": " + issue.location;
  return error;
}

Result<std::vector<std::string>> ReadPacked(const std::vector<std::string>& files) {
  if (files.size() > kMostPackages) {
    return MakeError(ErrorKind::kInvalid, "package-limit",
                     "more than " + std::to_string(kMostPackages) + " packages are given");
  }
  std::vector<std::string> packed;
  for (const std::string& file : files) {
    if (file == kOwnPackage) {
      packed.emplace_back(throughline_own_package, throughline_own_package_end);
      continue;
    }
    auto bytes = ReadFile(file, packages::Limits{}.packed_bytes);
    if (!bytes) return std::move(bytes).error();
    packed.push_back(*std::move(bytes));
  }
  return packed;
}

std::string MissingFile(const std::string& folder, const std::string& key) {
  return (fs::path(folder) / (key + "-missing.txt")).string();
}

}  // namespace

Result<void> LoadedDefinitions::AddLayer(std::string blob) {
  auto kept = std::make_unique<const std::string>(std::move(blob));
  auto more = definitions_.With(Bytes(*kept));
  if (!more) return std::move(more).error();
  blobs_.push_back(std::move(kept));
  definitions_ = *std::move(more);
  return {};
}

Result<void> LoadedDefinitions::Compile(const std::vector<std::string>& files, const std::vector<std::string>& packed,
                                        Missing missing) {
  std::vector<packages::Package> read;
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto package = packages::Read(packed[i]);
    if (!package) return PackageError(files[i], std::move(package).error());
    read.push_back(*std::move(package));
  }
  const auto order = packages::LoadOrder(read, missing == Missing::kTold ? &missing_ : nullptr);
  if (!order) return order.error();
  for (const std::size_t index : *order) {
    auto blob = packages::Compile(read[index], definitions_);
    if (!blob) return PackageError(files[index], std::move(blob).error());
    if (auto added = AddLayer(*std::move(blob)); !added) return PackageError(files[index], std::move(added).error());
  }
  return {};
}

bool LoadedDefinitions::ReadKept(const std::string& folder, const std::string& key, std::size_t layers) {
  for (std::size_t layer = 0; layer < layers; ++layer) {
    auto kept = ReadPlainFile(KeptFile(folder, key, layer), kMostKept);
    if (!kept || !AddLayer(*std::move(kept))) return false;
  }
  auto missing = ReadPlainFile(MissingFile(folder, key));  // there only when something is
  missing_ = missing ? *std::move(missing) : "";
  return true;
}

void LoadedDefinitions::Keep(const std::string& folder, const std::string& key) const {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed || (!missing_.empty() && !WriteFile(MissingFile(folder, key), missing_))) return;
  for (std::size_t layer = 0; layer < blobs_.size(); ++layer) {
    if (!WriteFile(KeptFile(folder, key, layer), *blobs_[layer])) return;
  }
}

Result<std::unique_ptr<const LoadedDefinitions>> LoadedDefinitions::Open(const std::vector<std::string>& packages,
                                                                         const std::string& cache_folder,
                                                                         Missing missing) {
  std::unique_ptr<LoadedDefinitions> loaded(new LoadedDefinitions);
  if (packages.empty()) return std::unique_ptr<const LoadedDefinitions>(std::move(loaded));
  auto packed = ReadPacked(packages);
  if (!packed) return std::move(packed).error();
  const std::string key = cache_folder.empty() ? "" : CacheKeyOf(*packed);
  const bool kept = !key.empty() && loaded->ReadKept(cache_folder, key, packages.size());
  if (!kept || (missing == Missing::kRefused && !loaded->missing_.empty())) {
    loaded.reset(new LoadedDefinitions);
    if (auto compiled = loaded->Compile(packages, *packed, missing); !compiled) return std::move(compiled).error();
    if (!key.empty()) loaded->Keep(cache_folder, key);
  }
  return std::unique_ptr<const LoadedDefinitions>(std::move(loaded));
}

Result<void> LoadedDefinitions::CheckSearch() const {
  Issues issues = search::Indexer::Check(definitions_, definitions::R4().search_parameter_count());
  if (issues.empty()) return {};
  return Error{ErrorKind::kInvalid, "packages refused", std::move(issues)};
}

Result<std::unique_ptr<const LoadedDefinitions>> OpenDefinitions(const std::vector<std::string>& packages) {
  const char* const cache = std::getenv("XDG_CACHE_HOME");
  const char* const home = std::getenv("HOME");
  std::string folder;
  if (cache != nullptr && *cache == '/') {
    folder = cache;
  } else if (home != nullptr && *home == '/') {
    folder = std::string(home) + "/.cache";
  }
  auto opened = LoadedDefinitions::Open(packages, folder.empty() ? "" : folder + "/throughline/packages",
                                        LoadedDefinitions::Missing::kTold);
  if (opened && !(*opened)->missing().empty()) {
    Say("throughline: warning: " + std::string((*opened)->missing()) +
        ": what is defined there is not known [package-dependency]");
  }
  return opened;
}

Result<std::unique_ptr<const LoadedDefinitions>> OpenForMaps(std::vector<std::string> packages) {
  if (std::ranges::find(packages, kOwnPackage) == packages.end()) packages.emplace_back(kOwnPackage);
  return OpenDefinitions(packages);
}

}  // namespace throughline::app
