#include "fhir/definitions/compiler/package.h"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <utility>

namespace throughline::definitions::compiler {
namespace {

constexpr json::Limits kLimits{.items_per_array = 10'000'000, .nodes = 100'000'000};

Result<std::string> ReadBytes(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    return MakeError(ErrorKind::kInvalid, "definitions-file", file + ": cannot be read");
  }
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Result<std::unique_ptr<json::Document>> ReadJson(const std::string& file) {
  auto bytes = ReadBytes(file);
  if (!bytes) {
    return std::move(bytes).error();
  }
  auto document = json::ParseDocument(*bytes, kLimits);
  if (!document) {
    Error error = std::move(document).error();
    error.message = file + ": " + error.message;
    return error;
  }
  return std::make_unique<json::Document>(*std::move(document));
}

}  // namespace

Result<Package> Package::Read(const std::string& differences_file, std::span<const std::string> files) {
  Package package;
  auto differences = ReadJson(differences_file);
  if (!differences) {
    return std::move(differences).error();
  }
  package.ReadDifferences((*differences)->root);
  package.documents_.push_back(*std::move(differences));
  for (const std::string& file : files) {
    if (auto loaded = package.Load(file); !loaded) {
      return std::move(loaded).error();
    }
  }
  return package;
}

Result<void> Package::Load(const std::string& file) {
  auto document = ReadJson(file);
  if (!document) {
    return std::move(document).error();
  }
  for (const json::Value& entry : (*document)->root.Get("entry").items()) {
    resources_.push_back(entry.Get("resource"));
  }
  documents_.push_back(*std::move(document));
  return {};
}

void Package::ReadDifferences(const json::Value& root) {
  for (const json::Value& path : root.Get("drop").Get("elements").items()) {
    differences_.dropped_elements.emplace(path.text());
  }
  for (const json::Value& url : root.Get("drop").Get("search_parameters").items()) {
    differences_.dropped_search_parameters.emplace(url.text());
  }
  for (const json::Value& row : root.Get("read_as").items()) {
    if (row.Get("element").text() == "Resource.id") {
      differences_.resource_id_type = row.Get("type").text();
    }
  }
}

std::vector<json::Value> Package::ResourcesOf(std::string_view type) const {
  std::vector<json::Value> found;
  std::set<std::string_view> urls;
  for (const json::Value& resource : resources_) {
    if (resource.Get("resourceType").text() == type && urls.insert(resource.Get("url").text()).second) {
      found.push_back(resource);
    }
  }
  return found;
}

}  // namespace throughline::definitions::compiler
