#include "gateway/http/answers.h"

#include <array>
#include <utility>

#include "fhir/rest/operation_outcome.h"

namespace throughline::http {
namespace {

struct HeaderRow {
  int status;
  std::string_view name;
  std::string_view value;
};

constexpr std::array kNeeded = {
    HeaderRow{401, "WWW-Authenticate", "Bearer error=\"invalid_token\""},
    HeaderRow{429, "Retry-After", "1"},
    HeaderRow{503, "Retry-After", "1"},
};

Response Outcome(int status, const Error& error) {
  Response response = Json(status, rest::OperationOutcomeBytes(error));
  for (const HeaderRow& row : kNeeded) {
    if (row.status == status) response.headers.Add(row.name, row.value);
  }
  return response;
}

}  // namespace

Response Json(int status, std::string body, std::string_view content_type) {
  Response response;
  response.status = status;
  response.headers.Add("Content-Type", content_type);
  response.body = std::move(body);
  return response;
}

Response AnswerOf(const Error& error) { return Outcome(RowOf(error.kind).http_status, error); }

Response AnswerOf(const Refusal& refusal) {
  Error error{ErrorKind::kInvalid, std::string(refusal.text), {}};
  error.issues.push_back({.severity = Severity::kError,
                          .type = refusal.type,
                          .rule = std::string(refusal.rule.text()),
                          .expression = {},
                          .location = {},
                          .text = std::string(refusal.text)});
  return Outcome(refusal.status, error);
}

Response AnswerOfIncident(std::string_view incident) {
  return AnswerOf(MakeError(ErrorKind::kInternal, "incident", "internal error, incident " + std::string(incident)));
}

}  // namespace throughline::http
