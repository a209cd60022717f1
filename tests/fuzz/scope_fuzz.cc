// Scopes as an operator writes them: what is not in the grammar is refused, and nothing is ever widened.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fhir/definitions/definitions.h"
#include "gateway/consent/scope.h"

using namespace throughline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto scopes = consent::Scopes::Parse(text, definitions::R4());
  if (!scopes) {
    if (scopes.error().kind != ErrorKind::kInvalid || scopes.error().issues.empty()) std::abort();
    return 0;
  }
  const bool named = text.find("AuditEvent") != std::string_view::npos;
  if (!named && scopes->Cover("AuditEvent", consent::Action::kRead)) std::abort();
  const bool system = text.find("system/") != std::string_view::npos;
  if (!system && scopes->Cover("Patient", consent::Action::kRead)) std::abort();
  return 0;
}
