// The package's JSON files, read and cleaned by the list of differences.
#pragma once

#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/json/parse.h"

namespace throughline::definitions::compiler {

// fhir/definitions/differences.json: what npm added, and what is to be read differently.
struct Differences {
  std::set<std::string, std::less<>> dropped_elements;           // element paths
  std::set<std::string, std::less<>> dropped_search_parameters;  // urls
  std::string_view resource_id_type;                             // type of Resource.id
};

// Owns what the views of everything compiled point into.
class Package {
 public:
  static Result<Package> Read(const std::string& differences_file, std::span<const std::string> files);

  const Differences& differences() const { return differences_; }
  // Resources of a type in the order of the files; a url that comes again is left out.
  std::vector<json::Value> ResourcesOf(std::string_view type) const;

 private:
  Result<void> Load(const std::string& file);
  void ReadDifferences(const json::Value& root);

  std::vector<std::unique_ptr<json::Document>> documents_;
  std::vector<json::Value> resources_;
  Differences differences_;
};

}  // namespace throughline::definitions::compiler
