// Answers that are not successes: always an OperationOutcome. https://hl7.org/fhir/R4/operationoutcome.html
#pragma once

#include <string>
#include <string_view>

#include "gateway/http/message.h"
#include "gateway/http/refusal.h"

namespace throughline::http {

inline constexpr std::string_view kFhirJson = "application/fhir+json; charset=utf-8";

// The status and the issues of the error's kind, with what the status needs: Retry-After, WWW-Authenticate.
Response AnswerOf(const Error& error);
Response AnswerOf(const Refusal& refusal);
// 500: nothing is said but the number under which the log knows it.
Response AnswerOfIncident(std::string_view incident);

Response Json(int status, std::string body, std::string_view content_type = kFhirJson);

}  // namespace throughline::http
