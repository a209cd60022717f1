#include "fhir/packages/package.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "fhir/packages/archive.h"

namespace throughline::packages {
namespace {

constexpr std::array<std::string_view, 5> kDefining = {"StructureDefinition", "ValueSet", "CodeSystem", "ConceptMap",
                                                       "SearchParameter"};
constexpr json::Limits kJsonLimits{.items_per_array = 2'000'000, .nodes = 20'000'000};
constexpr std::size_t kLongestName = 128;
constexpr std::size_t kLongestUrl = 1024;

// Names and versions stand in messages and file names: letters, digits and a few marks.
bool IsPlainName(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_' || c == '@' || c == '/' || c == '+';
  });
}

Result<std::unique_ptr<json::Document>> ParseFile(const std::string& name, std::string_view bytes) {
  auto document = json::ParseDocument(bytes, kJsonLimits);
  if (!document) {
    return Refused("package-resource", "the file " + name + " of the package is no JSON: " + document.error().message);
  }
  return std::make_unique<json::Document>(*std::move(document));
}

Result<void> ReadManifest(const json::Value& root, Package& package) {
  package.name = root.Get("name").text();
  package.version = root.Get("version").text();
  if (!IsPlainName(package.name) || !IsPlainName(package.version)) {
    return Refused("package-manifest", "package.json tells no name and version that can be used");
  }
  for (const std::string_view member : {"fhirVersions", "fhir-version-list"}) {
    for (const json::Value& version : root.Get(member).items()) {
      package.fhir_versions.emplace_back(version.text());
    }
  }
  for (const json::Member& member : root.Get("dependencies").members()) {
    if (!IsPlainName(member.name) || !IsPlainName(member.value.text())) {
      return Refused("package-manifest", "package.json tells a dependency whose name or version cannot be used");
    }
    package.dependencies.push_back({std::string(member.name), std::string(member.value.text())});
  }
  const bool is_for_r4 =
      package.fhir_versions.empty() || std::ranges::any_of(package.fhir_versions, [](const std::string& version) {
        return version == "4.0" || version.starts_with("4.0.");
      });
  if (!is_for_r4) {
    return Refused("package-version", package.name + " " + package.version + " is not for FHIR R4 (4.0.1)");
  }
  return {};
}

Result<void> TakeResource(const std::string& file, std::unique_ptr<json::Document> document,
                          std::set<std::pair<std::string_view, std::string_view>>& canonicals, Package& package) {
  const json::Value& resource = document->root;
  const auto* const type = std::ranges::find(kDefining, resource.Get("resourceType").text());
  if (type == kDefining.end()) {
    return {};
  }
  const std::string_view url = resource.Get("url").text();
  if (url.empty() || url.size() > kLongestUrl) {
    return Refused("package-resource",
                   "the " + std::string(*type) + " in the file " + file + " has no canonical url that can be used");
  }
  if (!canonicals.emplace(*type, url).second) {
    return Refused("package-twice", "the package has the " + std::string(*type) + " " + std::string(url) + " twice");
  }
  package.resources.push_back(resource);
  package.documents.push_back(std::move(document));
  return {};
}

}  // namespace

Result<Package> Read(std::string_view bytes, const Limits& limits) {
  auto files = Unpack(bytes, limits);
  if (!files) {
    return std::move(files).error();
  }
  const auto manifest = files->find("package.json");
  if (manifest == files->end()) {
    return Refused("package-manifest", "the package has no file package/package.json");
  }
  Package package;
  auto root = ParseFile(manifest->first, manifest->second);
  if (!root) {
    return std::move(root).error();
  }
  if (auto read = ReadManifest((*root)->root, package); !read) {
    return std::move(read).error();
  }
  files->erase(manifest);
  std::set<std::pair<std::string_view, std::string_view>> canonicals;
  while (!files->empty()) {  // each is given back once it is parsed
    const auto file = files->extract(files->begin());
    auto document = ParseFile(file.key(), file.mapped());
    if (!document) {
      return std::move(document).error();
    }
    if (auto taken = TakeResource(file.key(), *std::move(document), canonicals, package); !taken) {
      return std::move(taken).error();
    }
  }
  return package;
}

}  // namespace throughline::packages
