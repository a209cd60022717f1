// The maps that are served. A reload swaps the whole set at once; a request keeps the set it began with.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "mappings/plan/map.h"

namespace throughline::local {

// Immutable; safe from several threads.
class MapSet {
 public:
  explicit MapSet(std::vector<plan::Map> maps) : maps_(std::move(maps)) {}

  // Null: no such map.
  const plan::Map* Find(std::string_view name) const;
  std::span<const plan::Map> maps() const { return maps_; }

 private:
  std::vector<plan::Map> maps_;
};

// Holds the set in force. Safe from several threads.
class MapShelf {
 public:
  explicit MapShelf(std::shared_ptr<const MapSet> maps) : maps_(std::move(maps)) {}

  std::shared_ptr<const MapSet> Current() const;
  void Replace(std::shared_ptr<const MapSet> maps);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const MapSet> maps_;
};

}  // namespace throughline::local
