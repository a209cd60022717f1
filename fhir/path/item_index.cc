#include "fhir/path/item_index.h"

#include <algorithm>
#include <functional>
#include <string_view>

#include "fhir/path/moment.h"
#include "fhir/path/number.h"
#include "fhir/path/operators.h"
#include "fhir/path/quantity.h"

namespace throughline::path {
namespace {

constexpr std::size_t kFew = 8;  // items that are compared one by one

// Where each kind of value begins, so that no two kinds share a key.
enum class Family : std::uint64_t { kEmpty = 1, kTree, kAmount, kMoment, kBoolean, kText };

std::uint64_t Mix(std::uint64_t hash, std::uint64_t more) {
  hash ^= more + 0x9E3779B97F4A7C15ULL + (hash << 6) + (hash >> 2);
  hash *= 0xFF51AFD7ED558CCDULL;
  return hash ^ (hash >> 32);
}

std::uint64_t HashText(std::string_view text) { return std::hash<std::string_view>{}(text); }

// Of the values that SameTree() calls the same. `work` counts what was read.
std::uint64_t HashTree(const json::Value& value, std::size_t& work) {
  const auto kind = static_cast<std::uint64_t>(value.kind());
  std::uint64_t hash = Mix(kind, value.size());
  work += value.size();
  switch (value.kind()) {
    case json::Kind::kNumber:
      return Mix(kind, NumberHash(value.text()));
    case json::Kind::kArray:
      for (const json::Value& item : value.items()) hash = Mix(hash, HashTree(item, work));
      return hash;
    case json::Kind::kObject:
      for (const json::Member& member : value.members()) {
        hash += Mix(HashText(member.name), HashTree(member.value, work));  // in any order
      }
      return hash;
    case json::Kind::kString:
      work += value.text().size() / 16;
      return Mix(kind, HashText(value.text()));
    default:
      return Mix(kind, value.boolean() ? 1 : 0);
  }
}

std::uint64_t Begin(Family family) { return Mix(static_cast<std::uint64_t>(family), 0); }

}  // namespace

ItemIndex::Key ItemIndex::KeyOfValue(const Item& value, std::size_t& work) const {
  if (value.is_node()) {
    const std::uint64_t tree = Mix(Begin(Family::kTree), HashTree(value.value(), work));
    return {Mix(tree, HashTree(value.sibling(), work))};
  }
  if (IsNumber(value)) return {Mix(Begin(Family::kAmount), NumberHash(NumberText(value).view())), false, true};
  if (IsMoment(value)) return {Mix(Begin(Family::kMoment), MomentHash(value))};
  if (value.kind() == ItemKind::kQuantity) {
    work += 32;
    std::uint64_t hash = 0;
    const bool exact = QuantityHash(value, hash);
    return {Mix(Begin(Family::kAmount), hash), !exact, true};
  }
  if (value.kind() == ItemKind::kBoolean) return {Mix(Begin(Family::kBoolean), value.boolean() ? 1 : 0)};
  work += value.text().size() / 16;
  const std::uint64_t text = Mix(Begin(Family::kText), HashText(value.text()));
  return {value.unit().empty() ? text : Mix(text, HashText(value.unit()))};
}

bool ItemIndex::KeyOf(const Item& item, Key& out) {
  std::size_t work = 0;
  Item value;
  if (run_.System(item, value)) {
    out = KeyOfValue(value, work);
  } else {
    out = {Mix(Begin(Family::kEmpty), HashTree(item.sibling(), work))};
  }
  return run_.Charge(1 + work / 4);
}

bool ItemIndex::Compare(const Item& item, const Item& other, bool& found) {
  found = ItemsEqual(run_, item, other).value_or(false);
  return run_.Charge(1);
}

bool ItemIndex::CompareAll(const Collection& items, const Item& item, bool& found) {
  for (std::size_t i = first_; i < items.size() && !found; ++i) {
    if (!Compare(item, items[i], found)) return false;
  }
  return true;
}

void ItemIndex::Grow() {
  std::vector<Slot> larger(std::max<std::size_t>(slots_.size() * 2, 4 * kFew));
  const std::size_t mask = larger.size() - 1;
  for (const Slot& slot : slots_) {
    if (slot.place == 0) continue;
    std::size_t at = slot.hash & mask;
    while (larger[at].place != 0) at = (at + 1) & mask;
    larger[at] = slot;
  }
  slots_ = std::move(larger);
}

void ItemIndex::Insert(const Key& key, std::size_t place) {
  if (key.loose) {
    loose_.push_back(static_cast<std::uint32_t>(place));
    return;
  }
  if (2 * (used_ + 1) > slots_.size()) Grow();
  const std::size_t mask = slots_.size() - 1;
  const auto hash = static_cast<std::uint32_t>(key.hash);
  std::size_t at = hash & mask;
  while (slots_[at].place != 0) at = (at + 1) & mask;
  slots_[at] = {hash, static_cast<std::uint32_t>(place + 1)};
  ++used_;
}

bool ItemIndex::CatchUp(const Collection& items) {
  for (; done_ < items.size(); ++done_) {
    Key key;
    if (!KeyOf(items[done_], key)) return false;
    Insert(key, done_);
  }
  return true;
}

bool ItemIndex::Find(const Collection& items, const Item& item, const Key& key, bool& found) {
  if (key.loose) return CompareAll(items, item, found);
  const std::size_t mask = slots_.size() - 1;
  const auto hash = static_cast<std::uint32_t>(key.hash);
  for (std::size_t at = hash & mask; used_ > 0 && !found && slots_[at].place != 0; at = (at + 1) & mask) {
    if (slots_[at].hash != hash) {
      if (!run_.Charge(1)) return false;
    } else if (!Compare(item, items[slots_[at].place - 1], found)) {
      return false;
    }
  }
  for (std::size_t i = 0; key.amount && i < loose_.size() && !found; ++i) {
    if (!Compare(item, items[loose_[i]], found)) return false;
  }
  return true;
}

bool ItemIndex::Has(const Collection& items, const Item& item, bool& found) {
  found = false;
  if (items.size() <= first_ + kFew) return CompareAll(items, item, found);
  Key key;
  return CatchUp(items) && KeyOf(item, key) && Find(items, item, key, found);
}

bool ItemIndex::Add(const Item& item, Collection& items) {
  bool found = false;
  if (items.size() <= first_ + kFew) {
    if (!CompareAll(items, item, found)) return false;
    if (!found) items.Add(item);
    return true;
  }
  Key key;
  if (!CatchUp(items) || !KeyOf(item, key) || !Find(items, item, key, found)) return false;
  if (found) return true;
  Insert(key, items.size());
  items.Add(item);
  ++done_;
  return true;
}

bool AddDistinct(ItemIndex& seen, const Collection& items, Collection& out) {
  return std::ranges::all_of(items, [&](const Item& item) { return seen.Add(item, out); });
}

}  // namespace throughline::path
