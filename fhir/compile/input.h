// What is compiled: conformance resources, cleaned by the list of differences.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/value.h"

namespace throughline::compile {

// fhir/definitions/differences.json: what npm added, and what is to be read differently. Empty for packages.
struct Differences {
  std::set<std::string, std::less<>> dropped_elements;                       // element paths
  std::set<std::string, std::less<>> dropped_search_parameters;              // urls
  std::map<std::array<std::string_view, 3>, std::string_view> designations;  // code system, code, language: the text
  std::string_view resource_id_type = "id";                                  // of every resource

  // `root` must outlive the differences.
  static Differences Read(const json::Value& root);
};

// Views: the documents of the resources must outlive it.
struct Input {
  std::vector<json::Value> resources;
  Differences differences;
  // The layers that these resources stand on; null: they are R4 itself, and define its types.
  const definitions::Definitions* below = nullptr;
  std::string_view package;  // name and version of the package; empty for R4
  std::string_view package_version;

  // Resources of a type in the order given; a url that comes again is left out.
  std::vector<json::Value> ResourcesOf(std::string_view type) const;
};

}  // namespace throughline::compile
