#include "gateway/interactions/refuse.h"

#include <utility>

#include "gateway/store/audit_log.h"

namespace throughline::interactions {

Error OutOfScope() {
  return MakeError(ErrorKind::kForbidden, "scope", "the client is not registered for this interaction with this type");
}

Error NotThere() { return MakeError(ErrorKind::kNotFound, "not-found", "no such resource"); }

audit::Entity EntityOf(std::string_view type, std::string_view id, std::int64_t version, std::string_view compartment) {
  std::string what(type);
  what.append("/").append(id).append("/_history/").append(std::to_string(version));
  return {std::move(what), std::string(compartment)};
}

audit::Row RefusalOf(audit::Row row, const Error& error) {
  row.outcome = RowOf(error.kind).http_status >= 500 ? audit::Outcome::kSerious : audit::Outcome::kMinor;
  row.reason = error.issues.empty() ? std::string(RowOf(error.kind).name) : error.issues.front().rule;
  row.entities.clear();
  return row;
}

std::future<Result<void>> SubmitRow(const Services& services, audit::Row row) {
  return services.store.Submit([row = std::move(row)](store::Transaction& transaction) -> Result<void> {
    auto appended = transaction.audit().Append(row);
    if (!appended) return std::move(appended).error();
    return {};
  });
}

Error Refuse(const Services& services, audit::Row row, Error error) {
  auto recorded = SubmitRow(services, RefusalOf(std::move(row), error)).get();
  if (!recorded) return std::move(recorded).error();
  return error;
}

}  // namespace throughline::interactions
