// What every interaction works with. Built once by the composition root; everything outlives the interactions.
#pragma once

#include <cstddef>

#include "certs/hmac.h"
#include "fhir/base/clock.h"
#include "fhir/base/id_source.h"
#include "fhir/definitions/definitions.h"
#include "fhir/json/value.h"
#include "fhir/validate/profiles.h"
#include "gateway/store/draft.h"
#include "gateway/store/store.h"

namespace throughline::interactions {

// Puts security labels on a resource before it is stored. Safe from several threads.
class Labeller {
 public:
  virtual ~Labeller() = default;
  // The resource with its labels; what is new lives in `arena`.
  virtual json::Value Label(const json::Value& resource, json::Arena& arena) const = 0;
};

struct Services {
  const definitions::Definitions& definitions;
  const store::Drafter& drafter;
  store::Store& store;
  const Clock& clock;
  IdSource& ids;
  const certs::HmacKey& cursor_key;              // seals the places of paged searches
  const Labeller* labeller = nullptr;            // none: nothing is put on
  const validate::Profiles* profiles = nullptr;  // of `definitions`; none: each check compiles what it meets
  std::size_t rule_steps = 1'000'000;            // FHIRPath steps of one rule of the definitions at one place
};

}  // namespace throughline::interactions
