// What this server does, made from the rows that do it. https://hl7.org/fhir/R4/capabilitystatement.html
#pragma once

#include <span>
#include <string_view>

#include "fhir/base/clock.h"
#include "fhir/definitions/definitions.h"
#include "fhir/json/arena.h"
#include "fhir/json/value.h"

namespace throughline::rest {

// An interaction that a route serves. https://hl7.org/fhir/R4/valueset-type-restful-interaction.html
struct InteractionRow {
  std::string_view code;     // "read", "search-type"; of the whole system: "transaction", "search-system"
  std::string_view summary;  // one sentence of markdown
};

struct CapabilityInput {
  std::string_view base_url;  // "https://127.0.0.1:8443/fhir"; may be empty
  std::string_view software_version;
  Instant date{};                                   // when the software was released
  std::span<const InteractionRow> interactions;     // of every type
  std::span<const InteractionRow> system;           // of the whole system
  std::span<const std::string_view> types;          // resource types served; empty: every concrete type of R4
  std::span<const definitions::SearchType> search;  // types of search parameters that are answered
  bool update_creates = false;                      // PUT to an id that does not exist creates it
};

// The same input gives the same bytes: types and search parameters stand in the order of the alphabet.
json::Value CapabilityStatement(const CapabilityInput& input, const definitions::Definitions& definitions,
                                json::Arena& arena);

}  // namespace throughline::rest
