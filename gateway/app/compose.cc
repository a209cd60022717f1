#include "gateway/app/compose.h"

#include <filesystem>
#include <utility>

#include "fhir/definitions/definitions.h"
#include "gateway/app/files.h"
#include "mappings/language/load_map.h"

namespace throughline::app {
namespace {

namespace fs = std::filesystem;

Issue IssueInFile(Issue issue, const std::string& file) {
  if (issue.location.empty()) issue.location = file;
  return issue;
}

store::Options StoreOptions(const config::Config& config) {
  store::Options options;
  options.directory = config.store_path;
  options.queue_items = config.limits.queue;
  options.queue_wait = config.limits.queue_time;
  options.read_time = config.limits.statement_time;
  return options;
}

Result<certs::HmacKey> KeyFileOf(const std::string& folder, const char* name) {
  return certs::HmacKey::LoadOrMake((fs::path(folder) / name).string());
}

Error NotInLibrary(const std::string& name) {
  std::string known;
  for (const std::string& map : LibraryMaps()) known += (known.empty() ? "" : ", ") + map;
  return MakeError(ErrorKind::kNotFound, "map-not-found",
                   "the library has no map '" + name + "'; it has " + (known.empty() ? "none" : known) +
                       ". A map of your own is named by its path: ./" + name + " or " + name + "/map.yaml");
}

}  // namespace

Result<std::string> ReadOfMap(std::string_view path) {
  constexpr std::size_t kMostTableBytes = 64u << 20;
  return ReadPlainFile(std::string(path), path.ends_with(".yaml") ? language::kMostMapBytes : kMostTableBytes);
}

Instant SystemClock::Now() const {
  const Instant::rep now =
      std::chrono::time_point_cast<Instant::duration>(std::chrono::system_clock::now()).time_since_epoch().count();
  Instant::rep before = latest_.load(std::memory_order_relaxed);
  while (before < now && !latest_.compare_exchange_weak(before, now, std::memory_order_relaxed)) {
  }
  return Instant(Instant::duration(std::max(before, now)));
}

std::chrono::steady_clock::time_point SystemClock::Monotonic() const { return std::chrono::steady_clock::now(); }

Result<config::Config> LoadConfig(const std::string& path) {
  if (path.empty()) return MakeError(ErrorKind::kInvalid, "config", "name the config with --config FILE");
  auto text = ReadFile(path);
  if (!text) return std::move(text).error();
  return config::Parse(*text, path);
}

Result<plan::Map> LoadMapFile(const std::string& name_or_path, const definitions::Definitions& definitions) {
  const std::string path = MapPath(name_or_path);
  const auto read = [&](std::string_view named) {
    return named == path ? ReadFile(path, language::kMostMapBytes) : ReadOfMap(named);
  };
  const auto find = [](std::string_view name) { return MapPath(std::string(name)); };
  if (path != name_or_path && !fs::exists(path)) return NotInLibrary(name_or_path);
  return language::LoadMap(path, read, definitions, find);
}

Result<std::shared_ptr<const local::MapSet>> LoadMaps(const std::vector<std::string>& names,
                                                      const definitions::Definitions& definitions) {
  std::vector<plan::Map> maps;
  Issues issues;
  for (const std::string& name : names) {
    auto map = LoadMapFile(name, definitions);
    if (map) {
      maps.push_back(*std::move(map));
      continue;
    }
    if (map.error().issues.empty()) return std::move(map).error();
    for (Issue& issue : map.error().issues) issues.push_back(IssueInFile(std::move(issue), MapPath(name)));
  }
  if (!issues.empty()) return Error{ErrorKind::kInvalid, "maps refused", std::move(issues)};
  return std::make_shared<const local::MapSet>(std::move(maps));
}

struct Gateway::Parts {
  std::unique_ptr<const SystemClock> clock;
  std::unique_ptr<const LoadedDefinitions> definitions;
  search::Indexer indexer;
  certs::HmacKey ids;
  certs::HmacKey cursors;
  std::unique_ptr<store::Store> store;
  std::shared_ptr<const local::MapSet> maps;
};

Gateway::Gateway(Parts parts, const config::Config& config)
    : folder_(config.store_path),
      clock_(std::move(parts.clock)),
      definitions_(std::move(parts.definitions)),
      profiles_(definitions_->definitions()),
      indexer_(std::move(parts.indexer)),
      drafter_(definitions_->definitions(), indexer_),
      ids_(std::move(parts.ids)),
      cursor_key_(std::move(parts.cursors)),
      store_(std::move(parts.store)),
      maps_(std::move(parts.maps)),
      interactions_{definitions_->definitions(), drafter_, *store_, *clock_, ids_, cursor_key_, nullptr, &profiles_},
      local_{interactions_, maps_, in_flight_} {
  interactions_.rule_steps = config.limits.fhirpath_steps;
  local_.record_bytes = config.limits.record_bytes;
}

Result<std::unique_ptr<Gateway>> Gateway::Open(const config::Config& config) {
  if (config.store_path.empty()) {
    return MakeError(ErrorKind::kNotSupported, "store",
                     "store.postgresql is not served by this version; use store.path");
  }
  auto clock = std::make_unique<const SystemClock>();
  auto store = store::Store::Open(StoreOptions(config), *clock);
  if (!store) return std::move(store).error();
  auto definitions = LoadedDefinitions::Open(config.packages, (fs::path(config.store_path) / "packages").string());
  if (!definitions) return std::move(definitions).error();
  if (auto checked = (*definitions)->CheckSearch(); !checked) return std::move(checked).error();
  auto maps = LoadMaps(config.maps, (*definitions)->definitions());
  if (!maps) return std::move(maps).error();
  auto indexer = search::Indexer::Make((*definitions)->definitions());
  auto ids = KeyFileOf(config.store_path, "ids.key");
  if (!ids) return std::move(ids).error();
  auto cursors = KeyFileOf(config.store_path, "cursors.key");
  if (!cursors) return std::move(cursors).error();
  return std::unique_ptr<Gateway>(
      new Gateway(Parts{std::move(clock), *std::move(definitions), std::move(indexer), *std::move(ids),
                        *std::move(cursors), *std::move(store), *std::move(maps)},
                  config));
}

consent::Requester Gateway::Operator() const {
  consent::Requester requester;
  requester.client_id = "operator";
  requester.role = "operator";
  if (auto scopes = consent::Scopes::Parse("system/*.cruds local/*.cruds", definitions::R4()))
    requester.scopes = *std::move(scopes);
  return requester;
}

}  // namespace throughline::app
