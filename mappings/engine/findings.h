// What is said of one record on its way. Private to the room.
#pragma once

#include <string>
#include <vector>

#include "fhir/base/error.h"
#include "mappings/engine/ledger.h"
#include "mappings/plan/plan.h"

namespace throughline::engine {

struct Findings {
  const plan::Plan& plan;
  Issues issues;
  std::vector<LedgerRow> ledger;
  std::vector<std::string> forms = {};  // how texts were written that were repaired (repairs.h)
};

}  // namespace throughline::engine
