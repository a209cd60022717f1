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
  static Result<std::unique_ptr<const LoadedDefinitions>> Open(const std::vector<std::string>& packages,
                                                               const std::string& cache_folder);

  const definitions::Definitions& definitions() const { return definitions_; }

  // For whoever indexes or searches: kInvalid names every search parameter of the packages that cannot be used
  // ("search-expression"), with the package and the reason.
  Result<void> CheckSearch() const;

 private:
  LoadedDefinitions() : definitions_(definitions::R4()) {}
  Result<void> Compile(const std::vector<std::string>& files, const std::vector<std::string>& packed);
  Result<void> AddLayer(std::string blob);

  std::vector<std::unique_ptr<const std::string>> blobs_;  // the definitions look into them
  definitions::Definitions definitions_;
};

// For commands: keeps compiled packages in ${XDG_CACHE_HOME:-~/.cache}/throughline/packages.
Result<std::unique_ptr<const LoadedDefinitions>> OpenDefinitions(const std::vector<std::string>& packages);

// The same for what reads maps: our own package always, and those that are given.
Result<std::unique_ptr<const LoadedDefinitions>> OpenForMaps(std::vector<std::string> packages);

}  // namespace throughline::app
