// Refusals: what is said, and that it is on record before it is said.
#pragma once

#include <cstdint>
#include <future>
#include <string>
#include <string_view>

#include "fhir/base/result.h"
#include "gateway/audit/row.h"
#include "gateway/interactions/services.h"

namespace throughline::interactions {

// The client's scopes do not cover it.
Error OutOfScope();
// Not there, or not there for this client: the same words for both.
Error NotThere();

// "CarePlan/x/_history/3" and whose it is.
audit::Entity EntityOf(std::string_view type, std::string_view id, std::int64_t version, std::string_view compartment);

// The row with the outcome and reason of an error.
audit::Row RefusalOf(audit::Row row, const Error& error);

// Queues a row by itself; the future is ready when it is durable.
std::future<Result<void>> SubmitRow(const Services& services, audit::Row row);

// Puts the refusal on record and gives the error back; the store's error when it could not.
Error Refuse(const Services& services, audit::Row row, Error error);

}  // namespace throughline::interactions
