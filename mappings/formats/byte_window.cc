#include "mappings/formats/byte_window.h"

#include <utility>

namespace throughline::formats {
namespace {

constexpr std::size_t kWindowBytes = 64u << 10;

}  // namespace

ByteWindow::ByteWindow(ByteSource source) : source_(std::move(source)), bytes_(new char[kWindowBytes]) {}

bool ByteWindow::Fill() {
  if (ended_) return false;
  start_ += end_;
  next_ = end_ = 0;
  auto count = source_({bytes_.get(), kWindowBytes});
  if (!count) {
    failure_ = std::move(count).error();
    ended_ = true;
    return false;
  }
  end_ = *count < kWindowBytes ? *count : kWindowBytes;
  ended_ = end_ == 0;
  return !ended_;
}

void ByteWindow::SkipWhiteSpace() {
  for (int byte = Peek(); byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; byte = Peek()) Skip();
}

// A mark cut by the end of the first piece is still found: the window is asked byte by byte.
void ByteWindow::SkipByteOrderMark() {
  if (Peek() != 0xEF) return;
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  const std::string_view ahead = Ahead();
  if (ahead.substr(0, kMark.size()) == kMark) Skip(kMark.size());
}

}  // namespace throughline::formats
