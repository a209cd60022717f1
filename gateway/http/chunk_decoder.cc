#include "gateway/http/chunk_decoder.h"

#include <algorithm>
#include <array>

#include "gateway/http/text.h"

namespace throughline::http {
namespace {

constexpr int kMostDigits = 15;
constexpr std::size_t kMostExtensionBytes = 256;
constexpr std::size_t kMostTrailerBytes = 8192;

// Fields that would change where the message ends or who is asked. RFC 9110 section 6.5.1.
constexpr std::array<std::string_view, 10> kNotInTrailers = {
    "content-length", "transfer-encoding", "host", "content-type", "content-encoding", "authorization", "expect",
    "range",          "trailer",           "te",
};

}  // namespace

bool ChunkDecoder::TakeSizeByte(char byte) {
  const int digit = HexDigit(byte);
  if (digit >= 0) {
    left_ = left_ << 4 | static_cast<std::uint64_t>(digit);
    return ++digits_ <= kMostDigits;
  }
  if (digits_ == 0) return false;
  if (byte == '\r') {
    place_ = Place::kSizeLineFeed;
    return true;
  }
  place_ = Place::kExtension;
  return byte == ';';
}

bool ChunkDecoder::TakeExtensionByte(char byte) {
  if (byte == '\r') {
    place_ = Place::kSizeLineFeed;
    return true;
  }
  return IsFieldByte(byte) && ++extension_bytes_ <= kMostExtensionBytes;
}

bool ChunkDecoder::EndSizeLine(char byte) {
  place_ = left_ == 0 ? Place::kTrailer : Place::kContent;
  digits_ = 0;
  extension_bytes_ = 0;
  return byte == '\n';
}

bool ChunkDecoder::TakeTrailerByte(char byte) {
  if (++trailer_bytes_ > kMostTrailerBytes) return false;
  if (byte == '\n') return EndTrailerLine();
  if (!trailer_.empty() && trailer_.back() == '\r') return false;
  trailer_ += byte;
  return byte == '\r' || IsFieldByte(byte);
}

bool ChunkDecoder::EndTrailerLine() {
  if (trailer_.empty() || trailer_.back() != '\r') return false;
  trailer_.pop_back();
  if (trailer_.empty()) {
    place_ = Place::kEnd;
    return true;
  }
  const std::string name = LowerOf(std::string_view(trailer_).substr(0, trailer_.find(':')));
  const bool has_colon = name.size() < trailer_.size();
  trailer_.clear();
  return has_colon && IsToken(name) && std::ranges::find(kNotInTrailers, name) == kNotInTrailers.end();
}

ChunkDecoder::State ChunkDecoder::Feed(std::string_view& bytes, std::string_view& piece) {
  while (!refused_ && place_ != Place::kEnd && !bytes.empty()) {
    if (place_ == Place::kContent) {
      piece = bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size())));
      bytes.remove_prefix(piece.size());
      left_ -= piece.size();
      if (left_ == 0) place_ = Place::kContentReturn;
      return State::kPiece;
    }
    const char byte = bytes.front();
    bytes.remove_prefix(1);
    switch (place_) {
      case Place::kSize:
        refused_ = !TakeSizeByte(byte);
        break;
      case Place::kExtension:
        refused_ = !TakeExtensionByte(byte);
        break;
      case Place::kSizeLineFeed:
        refused_ = !EndSizeLine(byte);
        break;
      case Place::kContentReturn:
        refused_ = byte != '\r';
        place_ = Place::kContentLineFeed;
        break;
      case Place::kContentLineFeed:
        refused_ = byte != '\n';
        place_ = Place::kSize;
        break;
      case Place::kTrailer:
        refused_ = !TakeTrailerByte(byte);
        break;
      case Place::kContent:
      case Place::kEnd:
        break;
    }
  }
  if (refused_) return State::kRefused;
  return place_ == Place::kEnd ? State::kEnd : State::kNeedMore;
}

}  // namespace throughline::http
