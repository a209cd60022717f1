// The way back: what was read and cannot be written. Private to the room.
#pragma once

#include <vector>

#include "mappings/engine/instance.h"
#include "mappings/engine/ledger.h"

namespace throughline::engine {

// Before the record is settled: leaves parts of split fields out that would not be cut again as they are, or that stand
// behind one that is missing, each with a line.
void LeaveOutParts(const Plan& plan, Instance& root, std::vector<LedgerRow>& ledger);
// When it is settled: lines for items of lists across members for which there is no member.
void NoteExcess(const Plan& plan, Instance& root, std::vector<LedgerRow>& ledger);

}  // namespace throughline::engine
