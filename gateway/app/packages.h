// R4 with FHIR packages on top: files are read, and what was compiled out of them is kept for the next start.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/definitions/definitions.h"

namespace throughline::app {

// Where a package's file is asked for, this name stands for our own package, which the program carries.
inline constexpr std::string_view kOwnPackage = "throughline.aftercare";

// Owns the layers of packages. `definitions()` is good for as long as it lives.
class LoadedDefinitions {
 public:
  // `packages`: paths of .tgz files, in any order; none: R4 alone, at no cost. `cache_folder`: where compiled packages
  // are kept, made when it is missing; empty: nowhere. What is kept is used only for the same bytes of all packages,
  // the same R4 and the same compiler, when it is whole and sound; else the packages are compiled again. A folder that
  // cannot be written costs the time of compiling and is no error.
  // Errors: a file that cannot be read, and those of fhir/packages, with the file's name.
  // `missing`: a package that another one depends on and that is not given is an error (kRefused), or told by
  // missing().
  enum class Missing { kRefused, kTold };
  static Result<std::unique_ptr<const LoadedDefinitions>> Open(const std::vector<std::string>& packages,
                                                               const std::string& cache_folder,
                                                               Missing missing = Missing::kRefused);

  const definitions::Definitions& definitions() const { return definitions_; }

  // "a 1.0.0 depends on b 2.0.0, which is not among the packages"; empty: nothing is missing.
  const std::string& missing() const { return missing_; }

  // For whoever indexes or searches: kInvalid names every search parameter of the packages that cannot be used
  // ("search-expression"), with the package and the reason.
  Result<void> CheckSearch() const;

 private:
  LoadedDefinitions() : definitions_(definitions::R4()) {}
  Result<void> Compile(const std::vector<std::string>& files, const std::vector<std::string>& packed, Missing missing);
  Result<void> AddLayer(std::string blob);
  bool ReadKept(const std::string& folder, const std::string& key, std::size_t layers);
  void Keep(const std::string& folder, const std::string& key) const;

  std::vector<std::unique_ptr<const std::string>> blobs_;  // the definitions look into them
  definitions::Definitions definitions_;
  std::string missing_;
};

// For commands: keeps compiled packages in ${XDG_CACHE_HOME:-~/.cache}/throughline/packages. A package that is missing
// is told on standard error, and what it defines is not known.
Result<std::unique_ptr<const LoadedDefinitions>> OpenDefinitions(const std::vector<std::string>& packages);

// The same for what reads maps: our own package always, and those that are given.
Result<std::unique_ptr<const LoadedDefinitions>> OpenForMaps(std::vector<std::string> packages);

}  // namespace throughline::app
