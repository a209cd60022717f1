// A window over a byte source: looks ahead one byte, counts bytes, lines and characters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "fhir/base/result.h"
#include "fhir/json/locate.h"
#include "mappings/formats/record_format.h"

namespace throughline::formats {

// Private to the room. Not safe from several threads.
class ByteWindow {
 public:
  explicit ByteWindow(ByteSource source);

  // The next byte, or -1 at the end and when the source failed (then `failed()`).
  int Peek() { return next_ < end_ || Fill() ? static_cast<unsigned char>(bytes_[next_]) : -1; }
  void Skip() { ++next_; }
  // What can be looked at without asking the source again; empty only at the end.
  std::string_view Ahead() {
    return next_ < end_ || Fill() ? std::string_view(bytes_.get() + next_, end_ - next_) : "";
  }
  void Skip(std::size_t count) { next_ += count; }
  void SkipWhiteSpace();
  // Whether a byte order mark of UTF-16 stands at the start of the source: asked before anything is skipped.
  bool AtUtf16Mark();
  // Over a UTF-8 byte order mark where one stands. False: the start of one, and no more of it.
  bool SkipByteOrderMark();

  // Forgets what it holds; the source goes on with the byte at `offset`.
  void Restart(std::uint64_t offset);

  std::uint64_t offset() const { return start_ + next_; }
  // Of the next byte, as long as Restart() was not called; a byte order mark is no character. Counts on from where it
  // was asked last.
  json::Position Place();
  bool failed() const { return failure_.has_value(); }
  const Error& failure() const { return *failure_; }

 private:
  bool Fill();
  bool FillBehind();  // there must be room

  ByteSource source_;
  std::unique_ptr<char[]> bytes_;
  std::size_t next_ = 0;
  std::size_t end_ = 0;
  std::uint64_t start_ = 0;  // offset of bytes_[0]
  json::Position counted_;   // place of bytes_[counted_to_]
  std::size_t counted_to_ = 0;
  bool ended_ = false;
  std::optional<Error> failure_;
};

}  // namespace throughline::formats
