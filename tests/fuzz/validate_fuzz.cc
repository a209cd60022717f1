// Any JSON at all is checked without a crash, and every issue is of a rule that is published.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fhir/definitions/definitions.h"
#include "fhir/json/parse.h"
#include "fhir/validate/validate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace validate = throughline::validate;
  const auto document = throughline::json::ParseDocument({reinterpret_cast<const char*>(data), size});
  if (!document) {
    return 0;
  }
  for (const throughline::Issue& issue : validate::Check(document->root, throughline::definitions::R4())) {
    const bool constraint = issue.type == throughline::IssueType::kInvariant;
    if (!constraint &&
        std::ranges::find(validate::RuleRows(), issue.rule, &validate::RuleRow::id) == validate::RuleRows().end()) {
      std::abort();
    }
  }
  return 0;
}
