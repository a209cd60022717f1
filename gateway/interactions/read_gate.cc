#include "gateway/interactions/read_gate.h"

#include <algorithm>
#include <utility>

#include "gateway/consent/decide.h"
#include "gateway/interactions/refuse.h"
#include "gateway/interactions/write_resource.h"
#include "gateway/store/resources.h"

namespace throughline::interactions {
namespace {

// The decision, in the store's words. Nothing: the client may not ask.
std::optional<store::Visible> VisibleTo(const consent::Requester& requester, consent::Action action,
                                        std::string_view type) {
  const consent::Predicate predicate = consent::Decide(requester, {action, type});
  if (predicate.reach() == consent::Predicate::Reach::kNothing) return std::nullopt;
  return store::Visible::Everything();
}

// Chains look into other types: those must be covered too.
bool CoversChains(const consent::Requester& requester, const search::Query& query) {
  return std::ranges::all_of(query.conditions, [&](const search::Condition& condition) {
    return std::ranges::all_of(condition.chain, [&](const search::Query& link) {
      return VisibleTo(requester, consent::Action::kSearch, link.type) && CoversChains(requester, link);
    });
  });
}

audit::Row RowOfReading(const consent::Requester& requester, const Purpose& purpose, std::string_view target) {
  audit::Row row = RowFor(requester, purpose.kind, purpose.target.empty() ? std::string(target) : purpose.target);
  row.query = purpose.query;
  return row;
}

std::string TargetOf(const Key& key) { return key.type + "/" + key.id; }

Resource Shown(store::Version version) {
  return {std::move(version.type), std::move(version.id), version.version, version.last_updated,
          std::move(version.body)};
}

void AddEntity(const store::Version& version, audit::Row& row) {
  row.entities.push_back(EntityOf(version.type, version.id, version.version, version.compartment));
}

// Hands out one version: on record first.
Result<Resource> HandOut(const Services& services, audit::Row row, Result<std::optional<store::Version>> found) {
  if (!found) return std::move(found).error();
  if (!*found) return Refuse(services, std::move(row), NotThere());
  store::Version& version = **found;
  if (version.deleted) {
    return Refuse(services, std::move(row), MakeError(ErrorKind::kGone, "deleted", "the resource was deleted"));
  }
  AddEntity(version, row);
  if (auto recorded = SubmitRow(services, std::move(row)).get(); !recorded) return std::move(recorded).error();
  return Shown(std::move(version));
}

// Runs `look` over a snapshot and gives what it found.
template <typename Found, typename Look>
Result<Found> InSnapshot(const Services& services, Look look) {
  Result<Found> found = Found{};
  auto read = services.store.Read([&](const store::Snapshot& snapshot) -> Result<void> {
    found = look(snapshot.resources());
    return {};
  });
  if (!read) return std::move(read).error();
  return found;
}

struct Hits {
  store::Page page;
  std::optional<std::uint64_t> total;
};

Result<Hits> Look(const store::Resources& resources, const search::Query& query, std::optional<std::int64_t> after,
                  store::Visible visible) {
  Hits hits;
  if (query.total != search::Total::kNone || query.count_only) {
    auto total = resources.Count(query, visible);
    if (!total) return std::move(total).error();
    hits.total = *total;
  }
  if (query.count_only) return hits;
  auto page = resources.Search(query, after, visible);
  if (!page) return std::move(page).error();
  hits.page = *std::move(page);
  return hits;
}

}  // namespace

Result<Resource> ReadCurrent(const Services& services, const consent::Requester& requester, const Key& key,
                             const Purpose& purpose) {
  audit::Row row = RowOfReading(requester, purpose, TargetOf(key));
  const auto visible = VisibleTo(requester, consent::Action::kRead, key.type);
  if (!visible) return Refuse(services, std::move(row), OutOfScope());
  auto found = InSnapshot<std::optional<store::Version>>(
      services, [&](const store::Resources& resources) { return resources.Current(key.type, key.id, *visible); });
  return HandOut(services, std::move(row), std::move(found));
}

Result<Resource> ReadVersion(const Services& services, const consent::Requester& requester, const Key& key,
                             std::int64_t version, const Purpose& purpose) {
  audit::Row row = RowOfReading(requester, purpose, TargetOf(key) + "/_history/" + std::to_string(version));
  const auto visible = VisibleTo(requester, consent::Action::kRead, key.type);
  if (!visible) return Refuse(services, std::move(row), OutOfScope());
  auto found = InSnapshot<std::optional<store::Version>>(
      services, [&](const store::Resources& resources) { return resources.At(key.type, key.id, version, *visible); });
  return HandOut(services, std::move(row), std::move(found));
}

Result<std::vector<Resource>> ReadMany(const Services& services, const consent::Requester& requester,
                                       std::span<const Key> keys, const Purpose& purpose) {
  audit::Row row = RowOfReading(requester, purpose, {});
  for (const Key& key : keys) {
    if (!VisibleTo(requester, consent::Action::kRead, key.type)) return Refuse(services, std::move(row), OutOfScope());
  }
  using Versions = std::vector<store::Version>;
  auto found = InSnapshot<Versions>(services, [&](const store::Resources& resources) -> Result<Versions> {
    Versions versions;
    for (const Key& key : keys) {
      auto version = resources.Current(key.type, key.id, *VisibleTo(requester, consent::Action::kRead, key.type));
      if (!version) return std::move(version).error();
      if (*version && !(*version)->deleted) versions.push_back(**std::move(version));
    }
    return versions;
  });
  if (!found) return std::move(found).error();
  for (const store::Version& version : *found) AddEntity(version, row);
  if (auto recorded = SubmitRow(services, std::move(row)).get(); !recorded) return std::move(recorded).error();
  std::vector<Resource> shown;
  for (store::Version& version : *found) shown.push_back(Shown(std::move(version)));
  return shown;
}

Result<ResourcePage> FindResources(const Services& services, const consent::Requester& requester,
                                   const search::Query& query, std::optional<std::int64_t> after,
                                   const Purpose& purpose) {
  audit::Row row = RowOfReading(requester, purpose, query.type);
  const auto visible = VisibleTo(requester, consent::Action::kSearch, query.type);
  if (!visible || !CoversChains(requester, query)) return Refuse(services, std::move(row), OutOfScope());
  auto hits = InSnapshot<Hits>(
      services, [&](const store::Resources& resources) { return Look(resources, query, after, *visible); });
  if (!hits) return std::move(hits).error();
  for (const store::Version& version : hits->page.entries) AddEntity(version, row);
  if (auto recorded = SubmitRow(services, std::move(row)).get(); !recorded) return std::move(recorded).error();
  ResourcePage page;
  page.total = hits->total;
  page.next = hits->page.next;
  for (store::Version& version : hits->page.entries) page.entries.push_back(Shown(std::move(version)));
  return page;
}

}  // namespace throughline::interactions
