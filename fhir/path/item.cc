#include "fhir/path/item.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>
#include <utility>

namespace throughline::path {

Item Item::Boolean(bool value) {
  Item item;
  item.kind_ = ItemKind::kBoolean;
  item.value_ = json::Value::Boolean(value);
  return item;
}

Item Item::Integer(std::int64_t value) {
  Item item;
  item.kind_ = ItemKind::kInteger;
  item.integer_ = value;
  return item;
}

Item Item::Long(std::int64_t value) {
  Item item = Integer(value);
  item.kind_ = ItemKind::kLong;
  return item;
}

Item Item::Of(ItemKind kind, std::string_view text, std::string_view unit) {
  Item item;
  item.kind_ = kind;
  item.value_ = json::Value::String(text);
  item.sibling_ = json::Value::String(unit);
  return item;
}

Item Item::Quantity(std::string_view number, std::string_view unit, bool calendar) {
  Item item = Of(ItemKind::kQuantity, number, unit);
  item.integer_ = calendar ? 1 : 0;
  return item;
}

Item Item::FhirDuration(std::string_view number, std::string_view unit) {
  Item item = Of(ItemKind::kQuantity, number, unit);
  item.integer_ = 2;
  return item;
}

Item Item::WithNumber(std::string_view number) const {
  Item item = *this;
  item.value_ = json::Value::String(number);
  return item;
}

Item* ItemPool::Take(std::size_t capacity) {
  Free*& first = free_[static_cast<std::size_t>(std::countr_zero(capacity))];
  if (first == nullptr) return arena_.Array<Item>(capacity);
  Free* const taken = first;
  first = taken->next;
  return reinterpret_cast<Item*>(taken);
}

void ItemPool::Give(Item* items, std::size_t capacity) {
  Free*& first = free_[static_cast<std::size_t>(std::countr_zero(capacity))];
  first = new (items) Free{first};
}

Collection::Collection(Collection&& other) noexcept { *this = std::move(other); }

Collection& Collection::operator=(Collection&& other) noexcept {
  if (this == &other) return *this;
  if (more_ != nullptr) Release();
  more_ = std::exchange(other.more_, nullptr);
  pool_ = other.pool_;
  settled_ = std::exchange(other.settled_, false);
  if (more_ == nullptr) std::memcpy(inline_, other.inline_, other.size_ * sizeof(Item));
  size_ = std::exchange(other.size_, 0);
  capacity_ = std::exchange(other.capacity_, kInline);
  return *this;
}

void Collection::Release() {
  if (settled_) {
    settled_ = false;
  } else if (pool_ != nullptr) {
    pool_->Give(more_, capacity_);
  } else {
    delete[] more_;
  }
  more_ = nullptr;
  capacity_ = kInline;
}

Collection Collection::Copy() const {
  Collection copy;
  copy.Append(*this);
  return copy;
}

void Collection::Settle(json::Arena& arena) {
  if (more_ != nullptr && pool_ != nullptr && !settled_) {
    Item* const kept = arena.Array<Item>(size_);
    std::copy(begin(), end(), kept);
    const std::uint32_t size = size_;
    Release();
    more_ = kept;
    size_ = size;
    capacity_ = size;
    settled_ = true;
  }
  pool_ = nullptr;
}

void Collection::Grow() {
  const std::uint32_t size = size_;
  const auto capacity = static_cast<std::uint32_t>(std::bit_ceil(capacity_ + 1));
  Item* const larger = pool_ != nullptr ? pool_->Take(capacity) : new Item[capacity];
  std::copy(begin(), end(), larger);
  if (more_ != nullptr) Release();
  more_ = larger;
  size_ = size;
  capacity_ = capacity;
}

void Collection::Add(const Item& item) {
  if (size_ < capacity_) {
    Room()[size_++] = item;
    return;
  }
  const Item kept = item;  // it may be one of ours
  Grow();
  Room()[size_++] = kept;
}

void Collection::Append(const Collection& other) {
  const std::size_t count = other.size();
  for (std::size_t i = 0; i < count; ++i) Add(other[i]);
}

}  // namespace throughline::path
