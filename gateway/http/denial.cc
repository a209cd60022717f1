#include "gateway/http/denial.h"

#include "gateway/interactions/write_resource.h"

namespace throughline::http {

Result<void> RecordDenial(const Gateway& gateway, const consent::Requester& requester, std::string_view type) {
  if (gateway.services == nullptr) return {};
  // The type is the client's word: only one that FHIR knows goes into the record.
  const bool known = gateway.services->definitions.IsResource(gateway.services->definitions.FindType(type));
  audit::Row row = interactions::RowFor(requester, audit::Kind::kDenied, known ? std::string(type) : std::string());
  row.outcome = audit::Outcome::kMinor;
  row.reason = "scope";
  return interactions::Record(*gateway.services, requester, std::move(row));
}

}  // namespace throughline::http
