// Events as JSON lines, built so that they cannot carry a patient's data: a field is a word of the program, a word of a
// closed list, a count, a duration, a keyed hash or a request id. There is no way in for any other text.
//
//   log.Info("resource.created", {log::Code("type", types.Pick(name)), log::Duration("elapsed", elapsed)});
//   {"time":"2025-02-03T14:10:00.123Z","level":"info","event":"resource.created","type":"CarePlan","elapsed_us":812}
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/clock.h"
#include "fhir/base/error.h"
#include "fhir/base/result.h"

namespace throughline::log {

// A word out of the program's own text: only a literal makes one, at compile time.
class Word {
 public:
  template <std::size_t N>
  consteval Word(const char (&literal)[N]) : text_(literal, N - 1) {}  // NOLINT: implicit on purpose

  constexpr std::string_view text() const { return text_; }

 private:
  friend class Vocabulary;
  constexpr explicit Word(std::string_view text) : text_(text) {}

  std::string_view text_;
};

// A closed list of words that are known at start only: resource types, maps, client ids.
// Immutable; outlives every Word it gave. Safe from several threads.
class Vocabulary {
 public:
  explicit Vocabulary(std::span<const std::string_view> words);
  // The list's own word; "other" when `text` is not in it.
  Word Pick(std::string_view text) const;

 private:
  std::set<std::string, std::less<>> words_;
};

// An opaque id of a request: 16 random bytes, written as 32 hex digits.
class RequestId {
 public:
  explicit constexpr RequestId(std::array<std::uint8_t, 16> bytes) : bytes_(bytes) {}
  std::string ToString() const;

 private:
  std::array<std::uint8_t, 16> bytes_;
};

// A keyed hash (HMAC) of something that must not be readable; its first 8 bytes are written.
class KeyedHash {
 public:
  explicit KeyedHash(std::span<const std::uint8_t, 32> mac);
  std::string ToString() const;

 private:
  std::array<std::uint8_t, 8> bytes_{};
};

// One member of the line. Made by the functions below only.
class Field {
 public:
  Word name() const { return name_; }
  std::string_view suffix() const { return suffix_; }  // unit, as an ending of the name
  const std::string& json() const { return json_; }    // the value, as JSON

 private:
  friend Field Code(Word name, Word value);
  friend Field Count(Word name, std::int64_t value);
  friend Field Flag(Word name, bool value);
  friend Field Duration(Word name, std::chrono::nanoseconds value);
  friend Field Hash(Word name, const KeyedHash& value);
  friend Field Request(const RequestId& value);
  friend Field Kind(ErrorKind value);
  Field(Word name, std::string_view suffix, std::string json);

  Word name_;
  std::string_view suffix_;
  std::string json_;
};

Field Code(Word name, Word value);
Field Count(Word name, std::int64_t value);
Field Flag(Word name, bool value);
Field Duration(Word name, std::chrono::nanoseconds value);  // whole microseconds, "<name>_us"
Field Hash(Word name, const KeyedHash& value);
Field Request(const RequestId& value);  // "request"
Field Kind(ErrorKind value);            // "error": the kind's name

// Writes one line with one write() to `fd`, so that lines of several threads and processes never mix (O_APPEND).
// A line has at most 4 KiB: fields that do not fit are left out, and "cut":true says so. A line that cannot be written
// is counted, and the next one that can says how many were lost. Safe from several threads; never throws, never waits
// on anything but the file.
class Log {
 public:
  // `fd` and `clock` stay the caller's and outlive the log.
  Log(int fd, const Clock& clock, LogLevel lowest = LogLevel::kInfo);

  void Write(LogLevel level, Word event, std::span<const Field> fields) noexcept;
  void Write(LogLevel level, Word event, std::initializer_list<Field> fields = {}) noexcept;
  void Info(Word event, std::initializer_list<Field> fields = {}) noexcept { Write(LogLevel::kInfo, event, fields); }
  void Warning(Word event, std::initializer_list<Field> fields = {}) noexcept {
    Write(LogLevel::kWarning, event, fields);
  }
  void Error(Word event, std::initializer_list<Field> fields = {}) noexcept { Write(LogLevel::kError, event, fields); }

  std::uint64_t dropped() const { return dropped_total_.load(std::memory_order_relaxed); }

 private:
  int fd_;
  const Clock& clock_;
  LogLevel lowest_;
  std::atomic<std::uint64_t> dropped_total_{0};
  std::atomic<std::uint64_t> dropped_unsaid_{0};
  std::atomic<bool> torn_{false};  // the last line was written in part: the next one starts behind a line end
};

// Opens a log file for appending, made with mode 0600. kUnavailable when it cannot be opened.
Result<int> OpenForAppend(const std::string& path);

}  // namespace throughline::log
