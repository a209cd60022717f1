#include "gateway/http/answers.h"
#include "gateway/http/handlers.h"

namespace throughline::http {
namespace {

constexpr std::string_view kBearer = "Bearer ";

}  // namespace

Response Health(const Gateway& gateway, Request&) {
  const bool healthy = !gateway.healthy || gateway.healthy();
  return Json(healthy ? 200 : 503, healthy ? R"({"status":"ok"})" : R"({"status":"failing"})", "application/json");
}

Response MetricsText(const Gateway& gateway, Request&) {
  std::string text;
  if (gateway.metrics) gateway.metrics(text);
  return Json(200, std::move(text), "text/plain; version=0.0.4; charset=utf-8");
}

Response AdminCommand(const Gateway& gateway, Request& request) {
  auto body = ReadAll(*request.body);
  if (!body) return AnswerOf(body.error());
  const std::string_view credentials = request.headers.Find("Authorization").value_or("");
  if (!gateway.command || !credentials.starts_with(kBearer)) {
    return AnswerOf(MakeError(ErrorKind::kUnauthenticated, "admin-token", "the admin token is needed"));
  }
  auto answer = gateway.command(credentials.substr(kBearer.size()), *body);
  return answer ? Json(200, *std::move(answer), "application/json") : AnswerOf(answer.error());
}

}  // namespace throughline::http
