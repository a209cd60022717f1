// FHIR packages as published: bytes of a .tgz -> manifest and conformance resources.
//
// No file is opened and nothing is fetched; bytes come from outside and are not trusted.
// https://confluence.hl7.org/display/FHIR/NPM+Package+Specification, https://hl7.org/fhir/R4/packages.html
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/json/parse.h"

namespace throughline::packages {

// What one package may be, packed and unpacked.
struct Limits {
  std::size_t packed_bytes = 64u << 20;
  std::size_t bytes = 512u << 20;      // of all files together
  std::size_t file_bytes = 64u << 20;  // of one file
  std::size_t files = 20'000;          // entries of any kind
  std::size_t ratio = 200;             // unpacked to packed, once 1 MiB is unpacked
};

// "hl7.fhir.r4.core" "4.0.1". The version may end in ".x" ("4.0.x"), or be "current", "latest" or "dev": any.
struct Dependency {
  std::string name;
  std::string version;
};

struct Package {
  std::string name;
  std::string version;
  std::vector<std::string> fhir_versions;  // empty: not told
  std::vector<Dependency> dependencies;
  // Resources that define something (StructureDefinition, ValueSet, CodeSystem, ConceptMap, SearchParameter), in the
  // order of their file names. Everything else in the package is passed over.
  std::vector<json::Value> resources;
  std::vector<std::unique_ptr<json::Document>> documents;  // own what `resources` are views of
};

// Errors: kInvalid or kTooLong with one issue and a sentence, rules:
//   package-gzip        no gzip file, or a damaged or cut one
//   package-limit       over a limit
//   package-path        an absolute path, one that leads out, or a name that cannot be read
//   package-link        a link, a device or the like
//   package-twice       a file or a canonical that is there twice
//   package-manifest    no package.json, or one without a usable name and version
//   package-version     not for R4
//   package-resource    a file that is no JSON, or a resource without canonical url
Result<Package> Read(std::string_view bytes, const Limits& limits = {});

}  // namespace throughline::packages
