// One resource of a record written onto what is stored of it, for tests.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "mappings/engine/onto.h"

namespace throughline::engine {

// `others`: (name, id) of the record's other resources.
inline json::Value Merged(const plan::Map& map, std::string_view name, const json::Value& stored,
                          const json::Value& produced, json::Arena& arena,
                          const std::vector<std::pair<std::string_view, std::string_view>>& others = {},
                          const json::Value& before = {}, bool told = false, std::vector<LedgerRow>* lines = nullptr) {
  const auto resource = [](std::string_view called, std::string_view id, const json::Value& body) {
    MappedResource made;
    made.name = made.place = called;
    made.type = body.Get("resourceType").text();
    made.id = id;
    made.body = body;
    return made;
  };
  Mapped now;
  now.resources.push_back(resource(name, produced.Get("id").text(), produced));
  for (const auto& [called, id] : others) now.resources.push_back(resource(called, id, {}));
  Past past;
  past.told = told;
  if (!before.is_null()) past.made.push_back(resource(name, before.Get("id").text(), before));
  std::vector<LedgerRow> ledger;
  return Onto(map, now, past).Merge(0, stored, arena, lines != nullptr ? *lines : ledger);
}

}  // namespace throughline::engine
