// Memory of one document or one request: taken in blocks, given back all at once.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace throughline::json {

// Not safe from several threads. Only for types that need no destructor.
class Arena {
 public:
  explicit Arena(std::size_t first_block_bytes = 4096);
  // What was handed out stays where it is; the arena moved from is empty.
  Arena(Arena&& other) noexcept;
  Arena& operator=(Arena&& other) noexcept;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  void* Allocate(std::size_t bytes, std::size_t alignment);

  // Uninitialised room for `count` of T; never null, also for 0.
  template <typename T>
  T* Array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    return static_cast<T*>(Allocate(count * sizeof(T), alignof(T)));
  }

  // A copy of `text` that lives as long as the arena.
  std::string_view Copy(std::string_view text);

  // Forgets everything and keeps one block of at most 1 MiB for the next use: views into the arena die.
  void Reset();

  std::size_t bytes_used() const;  // handed out since the start or the last Reset

 private:
  struct Block {
    std::unique_ptr<std::byte[]> bytes;
    std::size_t size = 0;
  };
  void* AllocateFromNewBlock(std::size_t bytes, std::size_t alignment);

  std::vector<Block> blocks_;
  std::byte* next_ = nullptr;
  std::byte* end_ = nullptr;
  std::size_t used_ = 0;
  std::size_t first_block_bytes_;
};

}  // namespace throughline::json
