#include "mappings/engine/unite.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "fhir/json/build.h"
#include "fhir/json/write.h"
#include "mappings/engine/rename.h"

namespace throughline::engine {

void UniteSame(const plan::Plan& plan, Mapped& mapped, json::Arena& arena) {
  if (!plan.distincts) return;
  std::unordered_map<std::string, std::string_view> known;  // what a resource says, and the id of the first that does
  IdChanges changes;
  std::vector<MappedResource> kept;
  kept.reserve(mapped.resources.size());
  // What is referred to stands before what refers to it.
  for (MappedResource& resource : mapped.resources) {
    if (!changes.empty()) resource.body = WithReferences(resource.body, changes, arena);
    const plan::Index kind = FindResource(plan, resource.name);
    if (kind != plan::kNone && plan.resources[kind].distinct) {
      std::string says(resource.name);
      json::Write(json::Without(resource.body, "id", arena), says);
      const auto [first, now] = known.emplace(std::move(says), resource.id);
      if (!now) {
        changes.emplace(resource.id, first->second);
        continue;
      }
    }
    kept.push_back(std::move(resource));
  }
  mapped.resources = std::move(kept);
}

}  // namespace throughline::engine
