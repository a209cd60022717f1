// Records -> bytes of a local file, as the source system writes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/base/result.h"
#include "fhir/json/value.h"
#include "mappings/formats/csv_writer.h"
#include "mappings/formats/record_format.h"

namespace throughline::formats {

// Writes begin, records and end in that order. Not safe from several threads.
class RecordWriter {
 public:
  // `envelope`: as RecordReader::envelope() gave it; "" makes the smallest one that has a place for the records.
  // The text is checked by Begin().
  RecordWriter(RecordFormat format, std::string_view envelope, ByteSink sink);
  RecordWriter(const RecordWriter&) = delete;
  RecordWriter& operator=(const RecordWriter&) = delete;

  // kInvalid: the envelope is not JSON, or has no array where the records belong.
  Result<void> Begin();
  // kInvalid: the record cannot be written in the file's encoding; the next one can be tried.
  Result<void> Write(const json::Value& record);
  Result<void> End();
  // CSV: what had no column in the file.
  Issues Notices() const;

 private:
  Result<void> Emit();

  RecordFormat format_;
  std::optional<CsvWriter> csv_;
  std::string envelope_;
  ByteSink sink_;
  std::string head_;  // the envelope up to and after the place of the records
  std::string tail_;
  std::string buffer_;
  std::size_t level_ = 0;  // depth at which a record stands
  std::uint64_t count_ = 0;
};

// One record with its envelope, as a whole file.
Result<std::string> WriteOne(const RecordFormat& format, std::string_view envelope, const json::Value& record);

}  // namespace throughline::formats
