#include "fhir/json/arena.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

namespace throughline::json {
namespace {

constexpr std::size_t kLargestStep = 1u << 20;
constexpr std::size_t kLargestKept = 1u << 20;

std::byte* Align(std::byte* place, std::size_t alignment) {
  const auto address = reinterpret_cast<std::uintptr_t>(place);
  return place + ((alignment - address % alignment) % alignment);
}

}  // namespace

Arena::Arena(std::size_t first_block_bytes) : first_block_bytes_(std::max<std::size_t>(first_block_bytes, 64)) {}

Arena::Arena(Arena&& other) noexcept
    : blocks_(std::move(other.blocks_)),
      next_(std::exchange(other.next_, nullptr)),
      end_(std::exchange(other.end_, nullptr)),
      used_(std::exchange(other.used_, 0)),
      first_block_bytes_(other.first_block_bytes_) {
  other.blocks_.clear();
}

Arena& Arena::operator=(Arena&& other) noexcept {
  if (this == &other) return *this;
  blocks_ = std::move(other.blocks_);
  other.blocks_.clear();
  next_ = std::exchange(other.next_, nullptr);
  end_ = std::exchange(other.end_, nullptr);
  used_ = std::exchange(other.used_, 0);
  first_block_bytes_ = other.first_block_bytes_;
  return *this;
}

void* Arena::Allocate(std::size_t bytes, std::size_t alignment) {
  if (next_ != nullptr) {
    std::byte* const place = Align(next_, alignment);
    if (place <= end_ && bytes <= static_cast<std::size_t>(end_ - place)) {
      next_ = place + bytes;
      used_ += bytes;
      return place;
    }
  }
  return AllocateFromNewBlock(bytes, alignment);
}

void* Arena::AllocateFromNewBlock(std::size_t bytes, std::size_t alignment) {
  const std::size_t step = blocks_.empty()
                               ? first_block_bytes_
                               : std::min(std::max(blocks_.back().size, first_block_bytes_) * 2, kLargestStep);
  Block block;
  block.size = std::max(step, bytes + alignment);
  block.bytes = std::make_unique_for_overwrite<std::byte[]>(block.size);
  std::byte* const place = Align(block.bytes.get(), alignment);
  // A block made for one large thing leaves the room of the current one in use.
  const std::size_t left = block.size - bytes;
  if (next_ == nullptr || left > static_cast<std::size_t>(end_ - next_)) {
    next_ = place + bytes;
    end_ = block.bytes.get() + block.size;
  }
  used_ += bytes;
  blocks_.push_back(std::move(block));
  return place;
}

std::string_view Arena::Copy(std::string_view text) {
  if (text.empty()) return {};
  char* const copy = Array<char>(text.size());
  std::memcpy(copy, text.data(), text.size());
  return {copy, text.size()};
}

void Arena::Reset() {
  used_ = 0;
  next_ = nullptr;
  end_ = nullptr;
  const auto larger = [](const Block& a, const Block& b) {
    return (a.size <= kLargestKept ? a.size : 0) < (b.size <= kLargestKept ? b.size : 0);
  };
  const auto best = std::max_element(blocks_.begin(), blocks_.end(), larger);
  if (best == blocks_.end() || best->size > kLargestKept) {
    blocks_.clear();
    return;
  }
  Block kept = std::move(*best);
  blocks_.clear();
  next_ = kept.bytes.get();
  end_ = next_ + kept.size;
  blocks_.push_back(std::move(kept));
}

std::size_t Arena::bytes_used() const { return used_; }

}  // namespace throughline::json
