#include "fhir/path/item.h"

#include <algorithm>
#include <cstring>
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

Collection::Collection(Collection&& other) noexcept { *this = std::move(other); }

Collection& Collection::operator=(Collection&& other) noexcept {
  if (this == &other) return *this;
  more_ = std::move(other.more_);
  if (!more_) std::memcpy(inline_, other.inline_, other.size_ * sizeof(Item));
  size_ = std::exchange(other.size_, 0);
  capacity_ = std::exchange(other.capacity_, kInline);
  return *this;
}

Collection Collection::Copy() const {
  Collection copy;
  copy.Append(*this);
  return copy;
}

void Collection::Grow() {
  auto larger = std::make_unique<Item[]>(capacity_ * 2U);
  std::copy(begin(), end(), larger.get());
  more_ = std::move(larger);
  capacity_ *= 2;
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
