#include "tests/unit/fhir/packages/tgz.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>

namespace throughline::packages {
namespace {

la_ssize_t Append(archive* /*writer*/, void* out, const void* bytes, std::size_t count) {
  static_cast<std::string*>(out)->append(static_cast<const char*>(bytes), count);
  return static_cast<la_ssize_t>(count);
}

void Describe(const Entry& entry, archive_entry* header) {
  archive_entry_set_pathname(header, entry.path.c_str());
  archive_entry_set_perm(header, 0644);
  archive_entry_set_mtime(header, 0, 0);
  switch (entry.kind) {
    case EntryKind::kFile:
      archive_entry_set_filetype(header, AE_IFREG);
      archive_entry_set_size(header, static_cast<la_int64_t>(entry.content.size()));
      break;
    case EntryKind::kFolder:
      archive_entry_set_filetype(header, AE_IFDIR);
      break;
    case EntryKind::kSymbolicLink:
      archive_entry_set_filetype(header, AE_IFLNK);
      archive_entry_set_symlink(header, entry.content.c_str());
      break;
    case EntryKind::kHardLink:
      archive_entry_set_filetype(header, AE_IFREG);
      archive_entry_set_hardlink(header, entry.content.c_str());
      break;
    case EntryKind::kDevice:
      archive_entry_set_filetype(header, AE_IFCHR);
      break;
  }
}

}  // namespace

std::string MakeTgz(const std::vector<Entry>& entries) {
  std::string bytes;
  archive* writer = archive_write_new();
  archive_write_set_format_pax_restricted(writer);
  archive_write_add_filter_gzip(writer);
  archive_write_set_filter_option(writer, "gzip", "timestamp", nullptr);
  archive_write_set_bytes_in_last_block(writer, 1);
  archive_write_open(writer, &bytes, nullptr, Append, nullptr);
  for (const Entry& entry : entries) {
    archive_entry* header = archive_entry_new();
    Describe(entry, header);
    archive_write_header(writer, header);
    if (entry.kind == EntryKind::kFile) {
      archive_write_data(writer, entry.content.data(), entry.content.size());
    }
    archive_entry_free(header);
  }
  archive_write_close(writer);
  archive_write_free(writer);
  return bytes;
}

std::string MakePackage(std::string_view name, const std::vector<std::string>& resources,
                        std::string_view dependencies) {
  std::string manifest = R"({"name": ")";
  manifest.append(name).append(R"(", "version": "1.0.0", "fhirVersions": ["4.0.1"], "dependencies": {)");
  manifest.append(dependencies).append("}}");
  std::vector<Entry> entries = {{"package/package.json", manifest}};
  for (const std::string& resource : resources) {
    entries.push_back({"package/r" + std::to_string(entries.size()) + ".json", resource});
  }
  return MakeTgz(entries);
}

}  // namespace throughline::packages
