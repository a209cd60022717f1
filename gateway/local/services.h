// What the local room works with. Built once by the composition root; everything outlives it.
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

#include "gateway/interactions/services.h"
#include "gateway/local/in_flight.h"
#include "gateway/local/maps.h"

namespace throughline::local {

struct Services {
  const interactions::Services& interactions;
  const MapShelf& maps;
  InFlight& in_flight;
  std::string_view person_type = "Patient";       // whose compartment records belong to
  std::size_t window = 64;                        // records of one request that wait for their commit at a time
  std::size_t record_bytes = 2u << 20;            // threats.md 2.1
  std::chrono::hours keep_records{24 * 365 * 6};  // then the inbox forgets what was received
};

}  // namespace throughline::local
