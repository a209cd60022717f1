// What a validation stands on beside R4: packages, and single files with profiles, value sets, Questionnaires and the
// like.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/definitions/definitions.h"
#include "fhir/json/parse.h"
#include "fhir/path/expression.h"
#include "gateway/app/packages.h"

namespace throughline::app {

// Immutable once it is loaded; safe from several threads.
class Support final : public path::Resolver {
 public:
  struct Paths {
    std::vector<std::string> packages;  // .tgz
    std::vector<std::string> files;     // resources and Bundles as JSON, NDJSON or FHIR XML, and folders of them
    std::vector<std::string> profiles;  // files with a StructureDefinition, or canonical URLs
  };
  // What defines something (StructureDefinition, ValueSet, CodeSystem, ConceptMap) becomes a layer of definitions. A
  // supporting file that cannot be used is said in `passed_over`, a sentence each, and left out. kInvalid, kNotFound,
  // kUnavailable: a package or profile cannot be used, or a path is not there.
  static Result<std::unique_ptr<Support>> Load(const Paths& paths);

  const definitions::Definitions& definitions() const { return definitions_; }
  // Canonicals of the profiles that were asked for.
  const std::vector<std::string>& profiles() const { return profiles_; }
  const std::vector<std::string>& passed_over() const { return passed_over_; }

  // By "Type/id", the fullUrl in a Bundle, or the canonical URL with or without "|version".
  bool Resolve(std::string_view reference, json::Value& out) override;

 private:
  Support() : definitions_(definitions::R4()) {}
  Result<void> ReadFiles(const std::vector<std::string>& paths);
  Result<void> ReadProfiles(const std::vector<std::string>& paths);
  Result<void> ReadXml(const std::string& path, std::vector<json::Value>& roots);
  Result<void> ReadOne(const std::string& path, std::vector<json::Value>& roots);
  void Add(const std::string& path, const json::Value& resource);
  void Name(std::string key, const json::Value& resource);
  void Compile();
  bool AddLayer(const std::vector<json::Value>& resources, std::string& reason);
  Result<void> FindProfiles(const std::vector<std::string>& asked);

  struct Defining {
    std::string path;
    json::Value resource;
  };

  std::unique_ptr<const LoadedDefinitions> packages_;
  std::vector<std::unique_ptr<json::Document>> documents_;
  std::vector<std::unique_ptr<const std::string>> blobs_;  // the definitions look into them
  std::map<std::string, json::Value, std::less<>> named_;
  std::vector<Defining> defining_;
  std::vector<std::string> profiles_;
  std::vector<std::string> passed_over_;
  definitions::Definitions definitions_;
};

}  // namespace throughline::app
