#include "mappings/engine/onto.h"

#include "mappings/engine/merge.h"

namespace throughline::engine {

Onto::Onto(const Map& map, const Mapped& now, const Past& past) : map_(map), now_(now), past_(past) {
  const auto own = [&](const MappedResource& resource) {
    own_.emplace(resource.id, FindResource(map.plan(), resource.name));
  };
  for (const MappedResource& resource : now.resources) own(resource);
  for (std::size_t i = 0; i < past.made.size(); ++i) {
    own(past.made[i]);
    before_.emplace(past.made[i].id, i);
  }
}

json::Value Onto::Merge(std::size_t at, const json::Value& stored, json::Arena& arena,
                        std::vector<LedgerRow>& ledger) const {
  const Plan& plan = map_.plan();
  const MappedResource& produced = now_.resources[at];
  const Index index = SelectResource(plan, produced.name, produced.body);
  if (index == kNone || !stored.is_object()) return produced.body;
  const ResourcePlan& resource = plan.resources[index];
  const auto before = before_.find(produced.id);
  const json::Value was = before == before_.end() ? json::Value() : past_.made[before->second].body;
  Merger merger(plan, {resource.shared, past_.told, now_.withheld}, own_, arena, ledger);
  return merger.Resource(plan.contents[resource.content], {stored, was, produced.body}, index == plan.main);
}

std::vector<std::size_t> Onto::Vanished() const {
  std::vector<std::size_t> gone;
  for (std::size_t i = 0; i < past_.made.size(); ++i) {
    const MappedResource& made = past_.made[i];
    bool still = made.shared;
    for (const MappedResource& now : now_.resources) still = still || (now.type == made.type && now.id == made.id);
    if (!still) gone.push_back(i);
  }
  return gone;
}

}  // namespace throughline::engine
