#include "gateway/app/support.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>
#include <utility>

#include "fhir/compile/compile.h"
#include "fhir/xml/read.h"
#include "gateway/app/batch/input.h"
#include "gateway/app/files.h"

namespace throughline::app {
namespace {

constexpr std::array<std::string_view, 4> kDefining = {"StructureDefinition", "ValueSet", "CodeSystem", "ConceptMap"};

bool Defines(const json::Value& resource) {
  return std::ranges::find(kDefining, resource.Get("resourceType").text()) != kDefining.end() &&
         !resource.Get("url").text().empty();
}

// With the line and column where the error has one.
std::string Reason(const Error& error) {
  if (error.issues.empty()) return error.message;
  const Issue& issue = error.issues.front();
  const bool placed = issue.location.find(':') != std::string::npos;
  return placed ? issue.location + ": " + issue.text : issue.text;
}

constexpr std::array<std::string_view, 4> kSupportNames = {kJsonNames[0], kJsonNames[1], kJsonNames[2], kXmlName};

bool IsFile(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

}  // namespace

Result<std::unique_ptr<Support>> Support::Load(const Paths& paths) {
  std::unique_ptr<Support> support(new Support);
  auto packages = OpenDefinitions(paths.packages);
  if (!packages) return std::move(packages).error();
  support->packages_ = *std::move(packages);
  support->definitions_ = support->packages_->definitions();
  if (auto read = support->ReadProfiles(paths.profiles); !read) return std::move(read).error();
  if (auto read = support->ReadFiles(paths.files); !read) return std::move(read).error();
  support->Compile();
  if (auto found = support->FindProfiles(paths.profiles); !found) return std::move(found).error();
  return support;
}

Result<void> Support::ReadXml(const std::string& path, std::vector<json::Value>& roots) {
  const auto text = ReadFile(path);
  if (!text) return text.error();
  auto document = xml::ReadDocument(*text, definitions::R4());
  if (!document) return std::move(document).error();
  documents_.push_back(std::make_unique<json::Document>(*std::move(document)));
  roots.push_back(documents_.back()->root);
  return {};
}

// The values of a file: one document, or one a line.
Result<void> Support::ReadOne(const std::string& path, std::vector<json::Value>& roots) {
  if (path.ends_with(kXmlName)) return ReadXml(path, roots);
  auto input = InputFile::Open(path);
  if (!input) return std::move(input).error();
  PieceReader reader(*std::move(input), 0, path);
  for (;;) {
    auto piece = reader.Next();
    if (!piece) return std::move(piece).error();
    if (!*piece) return {};
    std::string_view rest = (*piece)->text;
    do {
      const std::string_view text = (*piece)->lines ? rest.substr(0, rest.find('\n')) : rest;
      rest.remove_prefix(std::min(text.size() + 1, rest.size()));
      if ((*piece)->lines && text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
      auto document = json::ParseDocument(text);
      if (!document) return std::move(document).error();
      documents_.push_back(std::make_unique<json::Document>(*std::move(document)));
      roots.push_back(documents_.back()->root);
    } while (!rest.empty());
  }
}

Result<void> Support::ReadFiles(const std::vector<std::string>& paths) {
  const auto files = ListFiles(paths, kSupportNames);
  if (!files) return files.error();
  for (const BatchFile& file : *files) {
    std::vector<json::Value> roots;
    if (auto read = ReadOne(file.path, roots); !read) {
      passed_over_.push_back(file.path + ": passed over: " + Reason(read.error()));
      continue;
    }
    for (const json::Value& root : roots) Add(file.path, root);
  }
  return {};
}

Result<void> Support::ReadProfiles(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    if (!IsFile(path)) continue;
    std::vector<json::Value> roots;
    if (auto read = ReadOne(path, roots); !read) {
      return MakeError(read.error().kind, "profile", path + ": " + Reason(read.error()));
    }
    if (roots.size() != 1 || roots[0].Get("resourceType").text() != "StructureDefinition" || !Defines(roots[0])) {
      return MakeError(ErrorKind::kInvalid, "profile", path + ": this is no StructureDefinition with a url");
    }
    Add(path, roots[0]);
  }
  return {};
}

void Support::Add(const std::string& path, const json::Value& resource) {
  const std::string type(resource.Get("resourceType").text());
  const std::string id(resource.Get("id").text());
  const std::string url(resource.Get("url").text());
  const std::string version(resource.Get("version").text());
  if (!id.empty()) Name(type + "/" + id, resource);
  if (!url.empty()) Name(url, resource);
  if (!url.empty() && !version.empty()) Name(url + "|" + version, resource);
  if (Defines(resource)) defining_.push_back({path, resource});
  for (const json::Value& entry : resource.Get("entry").items()) {
    const json::Value inner = entry.Get("resource");
    if (!inner.is_object()) continue;
    Name(std::string(entry.Get("fullUrl").text()), inner);
    Add(path, inner);
  }
}

void Support::Name(std::string key, const json::Value& resource) {
  if (!key.empty()) named_.emplace(std::move(key), resource);
}

bool Support::AddLayer(const std::vector<json::Value>& resources, std::string& reason) {
  compile::Input input;
  input.resources = resources;
  input.below = &packages_->definitions();
  input.package = "supporting files";
  auto blob = compile::Compile(input);
  if (!blob) {
    reason = Reason(blob.error());
    return false;
  }
  auto kept = std::make_unique<const std::string>(*std::move(blob));
  auto more = packages_->definitions().With(std::as_bytes(std::span(*kept)));
  if (!more) {
    reason = Reason(more.error());
    return false;
  }
  definitions_ = *std::move(more);
  blobs_.push_back(std::move(kept));
  return true;
}

// All at once; where one of them cannot be used, each that can be added to those before it.
void Support::Compile() {
  std::erase_if(defining_, [this](const Defining& defining) {
    definitions::Profile profile;
    const json::Value& resource = defining.resource;
    return resource.Get("resourceType").text() == "StructureDefinition" &&
           definitions_.FindProfile(
               std::string(resource.Get("url").text()) + "|" + std::string(resource.Get("version").text()), profile);
  });
  if (defining_.empty()) return;
  std::vector<json::Value> all;
  all.reserve(defining_.size());
  for (const Defining& defining : defining_) all.push_back(defining.resource);
  std::string reason;
  if (AddLayer(all, reason)) return;
  std::vector<json::Value> good;
  for (const Defining& defining : defining_) {
    good.push_back(defining.resource);
    if (AddLayer(good, reason)) continue;
    passed_over_.push_back(defining.path + ": passed over: " + reason);
    good.pop_back();
  }
}

Result<void> Support::FindProfiles(const std::vector<std::string>& asked) {
  for (const std::string& one : asked) {
    std::string canonical = one;
    if (IsFile(one)) {
      const auto given = std::ranges::find(defining_, one, &Defining::path);
      if (given != defining_.end()) canonical = given->resource.Get("url").text();
    }
    definitions::Profile profile;
    if (!definitions_.FindProfile(canonical, profile)) {
      return MakeError(ErrorKind::kNotFound, "profile",
                       one + ": this profile is not known: give its file, or its package with --package");
    }
    profiles_.push_back(std::move(canonical));
  }
  return {};
}

bool Support::Resolve(std::string_view reference, json::Value& out) {
  const auto found = named_.find(reference);
  if (found == named_.end()) return false;
  out = found->second;
  return true;
}

}  // namespace throughline::app
