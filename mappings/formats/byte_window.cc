#include "mappings/formats/byte_window.h"

#include <algorithm>
#include <utility>

namespace throughline::formats {
namespace {

constexpr std::size_t kWindowBytes = 64u << 10;

}  // namespace

ByteWindow::ByteWindow(ByteSource source) : source_(std::move(source)), bytes_(new char[kWindowBytes]) {}

bool ByteWindow::Fill() {
  if (ended_) return false;
  start_ += end_;
  Place();
  counted_to_ = next_ = end_ = 0;
  return FillBehind();
}

bool ByteWindow::FillBehind() {
  auto count = source_({bytes_.get() + end_, kWindowBytes - end_});
  if (!count) {
    failure_ = std::move(count).error();
    ended_ = true;
    return false;
  }
  ended_ = *count == 0;
  end_ += std::min(*count, kWindowBytes - end_);
  return !ended_;
}

void ByteWindow::Restart(std::uint64_t offset) {
  start_ = offset;
  counted_to_ = next_ = end_ = 0;
  ended_ = failed();
}

json::Position ByteWindow::Place() {
  counted_ = json::Behind(counted_, {bytes_.get() + counted_to_, next_ - counted_to_});
  counted_to_ = next_;
  return counted_;
}

void ByteWindow::SkipWhiteSpace() {
  for (int byte = Peek(); byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; byte = Peek()) Skip();
}

bool ByteWindow::AtUtf16Mark() {
  const int first = Peek();
  if (first != 0xFF && first != 0xFE) return false;
  if (end_ - next_ < 2 && !FillBehind()) return false;
  return static_cast<unsigned char>(bytes_[next_ + 1]) == (first == 0xFF ? 0xFE : 0xFF);
}

bool ByteWindow::SkipByteOrderMark() {
  if (Peek() != 0xEF) return true;
  for (const int byte : {0xEF, 0xBB, 0xBF}) {
    if (Peek() != byte) return false;
    Skip();
  }
  --counted_.column;
  return true;
}

}  // namespace throughline::formats
