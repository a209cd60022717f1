// Index rows of stored resources, made anew when what they follow from has changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "fhir/base/result.h"

namespace throughline::store {

class Drafter;
class Store;

struct ReindexProgress {
  std::uint64_t resources = 0;  // indexed anew by this call
  unsigned percent = 0;         // of all resources, with those of calls before that did not come to the end
};

struct ReindexReport {
  bool finished = true;           // false: told to stop; the next call goes on from there
  std::uint64_t resources = 0;    // indexed anew by this call; 0: the index was of these definitions already
  std::uint64_t passed_over = 0;  // bodies that cannot be read: they keep the rows they have, and Verify() names them
};

// Brings every index row to what `drafter` makes of the stored bytes. Batches through the store's one writer: the rows
// of a batch, and how far the work has come, are in one commit, so that a process that ends in the middle goes on
// behind the last batch that is durable. Resources that are written meanwhile are left alone. `go_on` is called after
// each batch of that many resources; false stops. Errors: those of Store::Read() and Store::Write().
Result<ReindexReport> Reindex(Store& store, const Drafter& drafter,
                              const std::function<bool(const ReindexProgress&)>& go_on, std::size_t batch = 500);

}  // namespace throughline::store
