#include "fhir/compile/writer.h"

#include <utility>

namespace throughline::compile {

blob::Text Writer::Intern(std::string_view text) {
  std::string& pool = sections_[blob::kText];
  const auto [place, is_new] = offsets_.try_emplace(std::string(text), static_cast<std::uint32_t>(pool.size()));
  if (is_new) {
    pool.append(text);
  }
  return {place->second, static_cast<std::uint32_t>(text.size())};
}

std::uint32_t Writer::AppendRunBytes(blob::Section section, std::string_view bytes) {
  const auto [place, is_new] = runs_[section].try_emplace(std::string(bytes), CountOf(section));
  if (is_new) {
    sections_[section].append(bytes);
  }
  return place->second;
}

Result<std::string> Writer::Finish(const blob::Header& header, std::size_t most_bytes) {
  if (auto added = AddTables(); !added) {
    return std::move(added).error();
  }
  return Assemble(header, most_bytes);
}

Result<void> Writer::AddTables() {
  for (const auto& [seeds, rows] : keys_) {
    auto table = BuildPerfectTable(rows);
    if (!table) {
      return std::move(table).error();
    }
    for (const std::uint32_t seed : table->seeds) {
      Append(seeds, seed);
    }
    for (const std::uint32_t slot : table->slots) {
      Append(static_cast<blob::Section>(seeds + 1), slot);
    }
  }
  return {};
}

Result<std::string> Writer::Assemble(blob::Header header, std::size_t most_bytes) const {
  header.magic = blob::kMagic;
  header.version = blob::kVersion;
  header.fingerprint = 0;
  std::string bytes(sizeof header, '\0');
  for (std::size_t section = 0; section < blob::kSectionCount; ++section) {
    bytes.resize((bytes.size() + 7) / 8 * 8);
    header.sections[section] = {static_cast<std::uint32_t>(bytes.size()), CountOf(static_cast<blob::Section>(section))};
    bytes.append(sections_[section]);
    header.fingerprint = blob::Hash(sections_[section], header.fingerprint);
  }
  bytes.resize((bytes.size() + 7) / 8 * 8);
  if (bytes.size() > most_bytes) {
    return MakeError(ErrorKind::kInvalid, "definitions-size", "the compiled definitions are too large");
  }
  header.size = static_cast<std::uint32_t>(bytes.size());
  bytes.replace(0, sizeof header, reinterpret_cast<const char*>(&header), sizeof header);
  return bytes;
}

}  // namespace throughline::compile
