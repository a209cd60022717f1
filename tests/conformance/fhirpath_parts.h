// What the two FHIRPath suites share.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "fhir/json/parse.h"
#include "fhir/path/expression.h"

namespace throughline::conformance {

// The text of a value: "true", "1", "2020-01", "1 'mg'"; that of `node` for what is no System value.
std::string TextOf(const path::Item& item, std::string_view node);

// The JSON files of a folder, each read once.
class JsonFiles {
 public:
  explicit JsonFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Null when there is no such file, or it is no JSON.
  json::Value Find(const std::string& name);

 private:
  std::filesystem::path folder_;
  std::map<std::string, json::Document> files_;
};

}  // namespace throughline::conformance
