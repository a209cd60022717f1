// The composition root: everything is built once, here, from the config.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "certs/hmac.h"
#include "certs/ids.h"
#include "fhir/base/clock.h"
#include "fhir/base/result.h"
#include "fhir/search/indexer.h"
#include "gateway/app/packages.h"
#include "gateway/config/config.h"
#include "gateway/consent/requester.h"
#include "gateway/interactions/services.h"
#include "gateway/local/services.h"
#include "gateway/store/draft.h"
#include "gateway/store/reindex.h"
#include "gateway/store/store.h"

namespace throughline::app {

// The machine's clocks; wall time never goes back between two calls.
class SystemClock final : public Clock {
 public:
  Instant Now() const override;
  std::chrono::steady_clock::time_point Monotonic() const override;

 private:
  mutable std::atomic<Instant::rep> latest_{0};
};

// Reads and checks a config file; findings carry its name, line and column.
Result<config::Config> LoadConfig(const std::string& path);

// Loads the maps that a config names; all mistakes of all maps at once. `definitions` must outlive them.
Result<std::shared_ptr<const local::MapSet>> LoadMaps(const std::vector<std::string>& names,
                                                      const definitions::Definitions& definitions);
// What maps are read with again, and the files that they name: plain files, a .yaml to the limit of a map and others to
// 64 MiB.
Result<std::string> ReadOfMap(std::string_view path);
// One map by its name in the library or its path.
Result<plan::Map> LoadMapFile(const std::string& name_or_path, const definitions::Definitions& definitions);

// The store with all that works on it. Members outlive `local`. Not movable: parts point at each other.
class Gateway {
 public:
  // Opens the store (its own process lock with it), makes the installation's keys when they are missing.
  static Result<std::unique_ptr<Gateway>> Open(const config::Config& config);
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  // Before anything is searched: makes the index of stored resources anew when packages or the program have changed.
  Result<store::ReindexReport> Reindex(const std::function<bool(const store::ReindexProgress&)>& go_on) {
    return store::Reindex(*store_, drafter_, go_on);
  }

  const SystemClock& clock() const { return *clock_; }
  store::Store& store() { return *store_; }
  const std::string& folder() const { return folder_; }  // where the installation keeps its data
  const interactions::Services& interactions() const { return interactions_; }
  const local::Services& local() const { return local_; }
  local::MapShelf& maps() { return maps_; }

  // Whoever may run commands on this machine: every type, every map.
  consent::Requester Operator() const;

 private:
  // What must be had before anything can point at it.
  struct Parts;
  Gateway(Parts parts, const config::Config& config);

  std::string folder_;
  std::unique_ptr<const SystemClock> clock_;
  std::unique_ptr<const LoadedDefinitions> definitions_;
  validate::Profiles profiles_;
  search::Indexer indexer_;
  store::Drafter drafter_;
  certs::HmacIdSource ids_;
  certs::HmacKey cursor_key_;
  std::unique_ptr<store::Store> store_;
  local::MapShelf maps_;
  local::InFlight in_flight_;
  interactions::Services interactions_;
  local::Services local_;
};

}  // namespace throughline::app
