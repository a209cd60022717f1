#include "tests/conformance/archives.h"

#include <archive.h>
#include <archive_entry.h>

namespace throughline::conformance {
namespace {

struct CloseArchive {
  void operator()(archive* a) const { archive_read_free(a); }
};

}  // namespace

Documents ReadArchive(const std::filesystem::path& file, const std::set<std::string>& prefixes) {
  Documents documents;
  const std::unique_ptr<archive, CloseArchive> reader(archive_read_new());
  archive_read_support_filter_xz(reader.get());
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_format_tar(reader.get());
  if (archive_read_open_filename(reader.get(), file.c_str(), 1 << 16) != ARCHIVE_OK) {
    return documents;
  }
  archive_entry* entry = nullptr;
  while (archive_read_next_header(reader.get(), &entry) == ARCHIVE_OK) {
    const std::string name = std::filesystem::path(archive_entry_pathname(entry)).filename().string();
    if (!prefixes.contains(name.substr(0, name.find('-')))) {
      continue;
    }
    std::string bytes(static_cast<std::size_t>(archive_entry_size(entry)), '\0');
    archive_read_data(reader.get(), bytes.data(), bytes.size());
    if (auto document = json::ParseDocument(bytes, {.nodes = 100'000'000})) {
      documents.push_back(std::make_unique<json::Document>(*std::move(document)));
    }
  }
  return documents;
}

std::set<std::string> LackingInNpm(std::string_view type) {
  std::set<std::string> urls;
  const auto file = std::filesystem::path(THROUGHLINE_SOURCE_DIR) / "fhir/definitions/differences.json";
  if (const auto document = json::ParseDocument(ReadFile(file))) {
    for (const json::Value& url : document->root.Get("lacks").Get(type).items()) {
      urls.emplace(url.text());
    }
  }
  return urls;
}

Score EachOfCore(const std::string& type, Context& context,
                 const std::function<std::string(const json::Value& resource)>& judge) {
  Score score;
  const std::set<std::string> lacking = LackingInNpm(type);
  for (const auto& document : ReadArchive(context.oracles / "r4-definitions/hl7.fhir.r4.core-4.0.1.tar.xz", {type})) {
    const std::string url(document->root.Get("url").text());
    if (!lacking.contains(url)) {
      const std::string difference = judge(document->root);
      context.Count(score, difference.empty(), url + ": " + difference);
    }
  }
  return score;
}

}  // namespace throughline::conformance
