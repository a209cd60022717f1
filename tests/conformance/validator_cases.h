// The table of the HL7 validator's cases.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/compile/compile.h"
#include "fhir/definitions/definitions.h"
#include "fhir/json/parse.h"
#include "tests/conformance/suite.h"

namespace throughline::conformance {

// R4 with the conformance resources that a case gives.
class CaseDefinitions {
 public:
  explicit CaseDefinitions(std::filesystem::path files);

  // The resource's canonical; empty when it cannot be read.
  std::string Add(std::string_view name);
  // Empty when all is well. Of several resources, the last that cannot be used are left out.
  std::string Compile();

  const definitions::Definitions& get() const { return *layered_; }

 private:
  std::filesystem::path files_;
  std::vector<std::unique_ptr<json::Document>> documents_;
  compile::Input input_;
  std::string blob_;
  std::unique_ptr<definitions::Definitions> layered_;
};

// Judges the rows that `counts` takes; `judge` says what a case misses (nothing: it passes), given the folder of its
// files.
Score JudgeCases(Context& context, const std::function<bool(const json::Value& row)>& counts,
                 const std::function<std::string(const std::filesystem::path& files, const json::Value& row)>& judge);

}  // namespace throughline::conformance
