// Packages made in memory.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace throughline::packages {

enum class EntryKind { kFile, kFolder, kSymbolicLink, kHardLink, kDevice };

struct Entry {
  std::string path;
  std::string content;  // of a link: where it leads
  EntryKind kind = EntryKind::kFile;
};

std::string MakeTgz(const std::vector<Entry>& entries);

// A package of these resources (JSON texts), with a manifest of that name, version 1.0.0 and those dependencies
// ("\"a\": \"1.0.0\"").
std::string MakePackage(std::string_view name, const std::vector<std::string>& resources,
                        std::string_view dependencies = {});

}  // namespace throughline::packages
