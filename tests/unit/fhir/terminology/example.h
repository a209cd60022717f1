// tests/cases/terminology/resources.json as a layer over R4, and the case tables beside it.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/parse.h"
#include "fhir/terminology/terminology.h"

namespace throughline::terminology {

class Example {
 public:
  Example();

  const Terminology& terminology() const { return *terminology_; }

 private:
  std::vector<std::uint64_t> blob_;
  std::unique_ptr<const definitions::Definitions> definitions_;
  std::unique_ptr<const Terminology> terminology_;
};

// Made once for all tests.
const Terminology& Examples();

// The `cases` of a table, each with itself as text for messages.
json::Document ReadCases(std::string_view file);
std::string_view WordOf(Answer answer);  // "yes"

}  // namespace throughline::terminology
