// The chunked transfer coding, strictly: threats.md A23-A26. Pure: no clock, no socket.
// https://www.rfc-editor.org/rfc/rfc9112#section-7.1
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace throughline::http {

// Sizes are at most 15 hexadecimal digits, extensions at most 256 bytes a chunk, trailers at most 8 KiB in all;
// trailers are read and dropped, and those that would change the framing are refused.
class ChunkDecoder {
 public:
  enum class State : std::uint8_t { kNeedMore, kPiece, kEnd, kRefused };

  // Takes bytes off the front of `bytes`. kPiece: `piece` is a part of the body, a view into what was given. kNeedMore:
  // all was taken. kEnd: the body is whole, and what is left of `bytes` belongs to the next request.
  State Feed(std::string_view& bytes, std::string_view& piece);

 private:
  enum class Place : std::uint8_t {
    kSize,
    kExtension,
    kSizeLineFeed,
    kContent,
    kContentReturn,
    kContentLineFeed,
    kTrailer,
    kEnd
  };

  bool TakeSizeByte(char byte);
  bool TakeExtensionByte(char byte);
  bool EndSizeLine(char byte);
  bool TakeTrailerByte(char byte);
  bool EndTrailerLine();

  Place place_ = Place::kSize;
  std::uint64_t left_ = 0;  // of the chunk's content
  int digits_ = 0;
  std::size_t extension_bytes_ = 0;
  std::size_t trailer_bytes_ = 0;
  std::string trailer_;  // the line under way
  bool refused_ = false;
};

}  // namespace throughline::http
