#include "gateway/local/maps.h"

#include <algorithm>

namespace throughline::local {

const plan::Map* MapSet::Find(std::string_view name) const {
  const auto found = std::find_if(maps_.begin(), maps_.end(), [&](const plan::Map& map) { return map.name() == name; });
  return found == maps_.end() ? nullptr : &*found;
}

std::shared_ptr<const MapSet> MapShelf::Current() const {
  const std::lock_guard lock(mutex_);
  return maps_;
}

void MapShelf::Replace(std::shared_ptr<const MapSet> maps) {
  const std::lock_guard lock(mutex_);
  maps_ = std::move(maps);
}

}  // namespace throughline::local
