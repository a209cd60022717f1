// What a registered client may do at most: SMART scopes of version 2, `system/Type.cruds`, and in the same grammar
// `local/map.cruds` for the maps it may send (c) and read (r) local records by.
// https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"

namespace throughline::definitions {
class Definitions;
}

namespace throughline::consent {

enum class Action : std::uint8_t { kCreate = 1, kRead = 2, kUpdate = 4, kDelete = 8, kSearch = 16 };

// "c", "r", "u", "d", "s".
std::string_view LetterOf(Action action);

enum class Context : std::uint8_t { kSystem, kLocal };

struct Scope {
  Context context = Context::kSystem;
  std::string type;          // a resource type or a map's name; "*": any but the types that must be named
  std::uint8_t actions = 0;  // Actions, or-ed
};

// Immutable once parsed. Empty: nothing is permitted.
class Scopes {
 public:
  Scopes() = default;

  // Scopes parted by single blanks. Letters strictly in the order c r u d s, each at most once; `.read` is rs and
  // `.write` is cud, as in version 1. Never widened: anything else (unknown type, other context, a query) is kInvalid,
  // rule "scope-grammar", one issue for each bad scope. A map's name need not be known.
  static Result<Scopes> Parse(std::string_view text, const definitions::Definitions& definitions);

  bool Cover(std::string_view type, Action action) const;
  bool CoverMap(std::string_view map, Action action) const;
  bool empty() const { return scopes_.empty(); }

 private:
  std::vector<Scope> scopes_;
};

}  // namespace throughline::consent
