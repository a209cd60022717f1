// The resources in a packed FHIR package.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/parse.h"
#include "tests/conformance/suite.h"

namespace throughline::conformance {

using Documents = std::vector<std::unique_ptr<json::Document>>;

// The JSON files of a .tar.xz or .tgz whose names begin with one of `prefixes` (up to the first "-"); none when the
// file cannot be read.
Documents ReadArchive(const std::filesystem::path& file, const std::set<std::string>& prefixes);

// Urls of the resources of a type that the untouched core package has and the npm package has not, by
// fhir/definitions/differences.json, which stands beside the sources of this program.
std::set<std::string> LackingInNpm(std::string_view type);

// Judges each resource of a type of the untouched core package that the npm package has too, a case a resource: `judge`
// says what differs, or nothing.
Score EachOfCore(const std::string& type, Context& context,
                 const std::function<std::string(const json::Value& resource)>& judge);

}  // namespace throughline::conformance
