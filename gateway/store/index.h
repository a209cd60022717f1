// The search index as a whole: what its rows follow from, and how they are made anew.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fhir/base/result.h"

namespace throughline::store {

class Draft;

struct IndexState {
  std::string fingerprint;   // Drafter::fingerprint() of what made the rows; empty: not known
  bool whole = false;        // false: only the rows of resources up to `reached` are of it
  std::int64_t reached = 0;  // a place in the order of creation
};

// A current resource, as it is stored.
struct IndexEntry {
  std::int64_t place = 0;  // in the order of creation
  std::string id;
  std::int64_t version = 0;
  std::string body;
};

class Index {
 public:
  virtual ~Index() = default;

  virtual Result<IndexState> State() const = 0;
  // The place of the resource that was created last; 0: there is none.
  virtual Result<std::int64_t> LastPlace() const = 0;
  // Resources behind `place` that are not deleted, in order: at most `count`, and no more once their bodies have
  // `bytes`. Empty: there are no more.
  virtual Result<std::vector<IndexEntry>> After(std::int64_t place, std::size_t count, std::size_t bytes) const = 0;

  // In a transaction only (kInternal in a snapshot). Replace: the draft's rows and compartment come in the place of
  // those that are there; nothing is done when the resource has another version by now.
  virtual Result<void> Replace(const IndexEntry& entry, const Draft& draft) = 0;
  virtual Result<void> Keep(const IndexState& state) = 0;
};

}  // namespace throughline::store
