// Bytes that come in small pieces, as those of a network do.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/formats/record_reader.h"
#include "mappings/formats/record_writer.h"

namespace throughline {

inline formats::ByteSource CutSource(std::string_view file, std::size_t piece) {
  return [file, piece](std::span<char> room) mutable -> Result<std::size_t> {
    const std::size_t count = std::min({piece, room.size(), file.size()});
    if (count > 0) std::memcpy(room.data(), file.data(), count);
    file.remove_prefix(count);
    return count;
  };
}

// All that a reader says of a file.
struct Reading {
  std::vector<std::string> records = {};   // what can be read, as JSON
  std::vector<std::string> findings = {};  // of the others and of the file: place and rule
  std::string envelope = {};
  bool whole = false;  // read to its end

  bool operator==(const Reading&) const = default;
};

inline Reading ReadCut(const formats::RecordFormat& format, std::string_view file, std::size_t piece,
                       formats::Limits limits) {
  formats::RecordReader reader(format, CutSource(file, piece), limits);
  Reading reading;
  json::Arena arena;
  const auto note = [&](const Error& error, std::uint64_t place) {
    if (error.kind == ErrorKind::kInternal || error.issues.empty()) __builtin_trap();
    for (const Issue& issue : error.issues)
      reading.findings.push_back(std::to_string(place) + " " + issue.location + " " + issue.rule);
  };
  for (;;) {
    arena.Reset();
    const auto record = reader.Next(arena);
    if (!record) {
      note(record.error(), 0);
      break;
    }
    reading.whole = !record->has_value();
    if (reading.whole) break;
    if ((*record)->error) {
      note(*(*record)->error, (*record)->index);
    } else {
      reading.records.push_back(json::ToString((*record)->value));
    }
  }
  for (const Issue& issue : reader.Notices()) reading.findings.push_back(issue.rule + " " + issue.text);
  reading.envelope = reader.envelope();
  return reading;
}

// What a reader made of a file, written as such a file again; `written` holds the records that could be.
inline std::string WriteAgain(const formats::RecordFormat& format, const Reading& reading,
                              std::vector<std::string>& written) {
  std::string out;
  formats::RecordWriter writer(format, reading.envelope, [&](std::string_view bytes) -> Result<void> {
    out.append(bytes);
    return {};
  });
  if (!writer.Begin()) return {};  // a header that cannot be written without quotes
  for (const std::string& record : reading.records) {
    const auto value = json::ParseDocument(record);
    if (!value) __builtin_trap();
    if (writer.Write(value->root)) written.push_back(record);
  }
  if (!writer.End()) __builtin_trap();
  return out;
}

}  // namespace throughline
