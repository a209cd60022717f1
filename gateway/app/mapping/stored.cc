#include <algorithm>
#include <span>
#include <utility>

#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "gateway/app/mapping/run.h"
#include "mappings/engine/bundle.h"
#include "mappings/engine/onto.h"
#include "mappings/engine/past.h"

namespace throughline::app {
namespace {

std::string ReferenceOf(const json::Value& resource) {
  return std::string(resource.Get("resourceType").text()) + "/" + std::string(resource.Get("id").text());
}

std::string ReferenceOf(const engine::MappedResource& resource) {
  return std::string(resource.type) + "/" + std::string(resource.id);
}

std::string_view LastUpdated(const json::Value& resource) { return resource.Get("meta").Get("lastUpdated").text(); }

}  // namespace

void StoredResources::Keep(const plan::Map& map, const json::Value& body) {
  const std::string name = ReferenceOf(body);
  std::string text = json::ToString(body);
  const auto [known, first] = bodies_.try_emplace(name, text);
  if (first || known->second == text) return;
  const auto before = json::ParseDocument(known->second);
  const engine::SourceResource given{{}, body};
  const engine::Mapped read = engine::AsMapped(map, std::span(&given, 1));
  if (before && read.resources.front().shared && LastUpdated(body).empty()) {
    json::Arena arena(1 << 12);
    std::vector<engine::LedgerRow> ledger;
    const engine::Past unknown;
    known->second = json::ToString(engine::Onto(map, read, unknown).Merge(0, before->root, arena, ledger));
    return;
  }
  several_.insert(name);
  if (before && LastUpdated(before->root) > LastUpdated(body)) return;
  known->second = std::move(text);
}

Result<StoredResources> StoredResources::Load(const std::string& path, const plan::Map& map) {
  StoredResources stored;
  if (path.empty()) return stored;
  auto files = ListFiles({path});
  if (!files) return std::move(files).error();
  json::Arena arena(1 << 16);
  std::vector<std::string> loose;
  for (const BatchFile& file : *files) {
    auto input = InputFile::Open(file.path);
    if (!input) return std::move(input).error();
    PieceReader reader(*std::move(input), 0, file.path);
    for (;;) {
      auto piece = reader.Next();
      if (!piece) return std::move(piece).error();
      if (!*piece) break;
      arena.Reset();
      auto read =
          ForEachValue(**piece, file.path, arena, [&](const json::Value& value, const ValueAt& at) -> Result<void> {
            auto content = engine::ReadBundle(value, arena);
            Issues wrong = at.Placed(content ? content->issues : content.error().issues);
            if (!wrong.empty()) return Error{ErrorKind::kInvalid, wrong.front().text, std::move(wrong)};
            std::vector<std::string> names;
            for (const engine::SourceResource& one : content->resources) {
              stored.Keep(map, one.body);
              names.push_back(ReferenceOf(one.body));
            }
            for (const std::string& name : content->gone) stored.bodies_.erase(name);
            if (content->one_record) {
              stored.records_.push_back(std::move(names));
            } else {
              std::ranges::move(names, std::back_inserter(loose));
            }
            return {};
          });
      if (!read) return std::move(read).error();
    }
  }
  arena.Reset();
  std::vector<json::Value> resources;
  for (const std::string& name : loose) {
    const auto found = stored.bodies_.find(name);
    const auto body =
        found == stored.bodies_.end() ? Result<json::Value>(json::Value()) : json::Parse(found->second, arena);
    if (body && body->is_object()) resources.push_back(*body);
  }
  for (const auto& record : engine::SplitRecords(map, resources)) {
    std::vector<std::string>& names = stored.records_.emplace_back();
    for (const engine::SourceResource& one : record) names.push_back(ReferenceOf(one.body));
  }
  for (std::size_t i = 0; i < stored.records_.size(); ++i) {
    for (const std::string& name : stored.records_[i]) stored.record_of_.insert_or_assign(name, i);
  }
  return stored;
}

std::vector<json::Value> StoredResources::CompleteAll(const plan::Map& map,
                                                      std::span<const engine::SourceResource> resources,
                                                      json::Arena& arena) const {
  std::vector<json::Value> bodies;
  const engine::Mapped read = bodies_.empty() ? engine::Mapped() : engine::AsMapped(map, resources);
  const engine::Past unknown;
  const engine::Onto onto(map, read, unknown);
  std::vector<engine::LedgerRow> ledger;
  for (std::size_t i = 0; i < resources.size(); ++i) {
    const json::Value& body = resources[i].body;
    const auto found = bodies_.find(ReferenceOf(body));
    const auto stored = found == bodies_.end() ? Result<json::Value>(json::Value()) : json::Parse(found->second, arena);
    bodies.push_back(stored && stored->is_object() ? onto.Merge(i, *stored, arena, ledger) : body);
  }
  return bodies;
}

std::vector<engine::MappedResource> StoredResources::Complete(const plan::Map& map, const IdSource& ids,
                                                              engine::Mapped& mapped, json::Arena& arena) const {
  if (bodies_.empty()) return {};
  std::set<std::string> names;
  for (const engine::MappedResource& made : mapped.resources) {
    const std::string name = ReferenceOf(made);
    names.insert(name);
    const auto record = made.shared ? record_of_.end() : record_of_.find(name);
    if (record != record_of_.end()) names.insert(records_[record->second].begin(), records_[record->second].end());
  }
  std::vector<json::Value> stored;
  for (const std::string& name : names) {
    const auto found = bodies_.find(name);
    if (found == bodies_.end()) continue;
    if (const auto body = json::Parse(found->second, arena)) stored.push_back(*body);
  }
  if (stored.empty()) return {};
  const engine::Past past = engine::PastFrom(map, mapped, stored, ids, arena, engine::ReferenceStyle::kUrn);
  engine::KeepPlaces(map, past, ids, mapped, arena);
  const engine::Onto onto(map, mapped, past);
  for (std::size_t at = 0; at < mapped.resources.size(); ++at) {
    const auto found = bodies_.find(ReferenceOf(mapped.resources[at]));
    if (found == bodies_.end()) continue;
    const auto body = json::Parse(found->second, arena);
    if (body) mapped.resources[at].body = onto.Merge(at, *body, arena, mapped.ledger);
  }
  std::vector<engine::MappedResource> gone;
  for (const std::size_t place : onto.Vanished()) {
    if (bodies_.contains(ReferenceOf(past.made[place]))) gone.push_back(past.made[place]);
  }
  return gone;
}

}  // namespace throughline::app
