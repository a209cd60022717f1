// What is said of one record on its way. Private to the room.
#pragma once

#include <string>
#include <vector>

#include "fhir/base/error.h"
#include "mappings/engine/ledger.h"
#include "mappings/plan/plan.h"

namespace throughline::engine {

struct Instance;

// How a text was written that was repaired (repairs.h); it travels only where the text goes somewhere.
struct SpeltForm {
  std::string line;
  const Instance* leaf;
};

struct Findings {
  const plan::Plan& plan;
  Issues issues;
  std::vector<LedgerRow> ledger;
  std::vector<SpeltForm> forms = {};
};

}  // namespace throughline::engine
