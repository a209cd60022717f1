// The laws about what others add to a record's resources. Private to the room.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fhir/base/id_source.h"
#include "fhir/json/arena.h"
#include "fhir/json/value.h"
#include "mappings/engine/past.h"
#include "mappings/engine/to_fhir.h"
#include "mappings/plan/map.h"
#include "mappings/review/laws.h"

namespace throughline::review {

class Complement {
 public:
  // `valid` says what is wrong with a resource of a record; nothing: it is valid.
  using Validity =
      std::function<std::optional<LawFailure>(const engine::Mapped& mapped, std::size_t at, const json::Value& body)>;
  Complement(const plan::Map& map, const IdSource& ids, Validity valid)
      : map_(map), ids_(ids), valid_(std::move(valid)) {}

  // What a partner added is read past, and is still there when the record is written again: extensions and codings
  // everywhere, and references of its own at the front of every list of references. `back`: the record that came back
  // without them.
  std::optional<LawFailure> CheckKept(const engine::Mapped& mapped, const json::Value& back) const;
  // A few smaller forms of the record, written onto what a partner added to the whole one, arrive and leave nothing
  // invalid behind.
  std::optional<LawFailure> CheckEdits(const json::Value& record, const engine::Mapped& mapped) const;

 private:
  std::optional<LawFailure> CheckEdit(const engine::Mapped& mapped, const json::Value& edited, bool told) const;
  json::Value Back(const engine::Mapped& mapped, std::span<const json::Value> bodies, json::Arena& arena) const;

  const plan::Map& map_;
  const IdSource& ids_;
  Validity valid_;
};

}  // namespace throughline::review
