#include "gateway/http/pipeline.h"

#include <array>
#include <exception>
#include <utility>

#include "gateway/http/answers.h"
#include "gateway/http/body_rules.h"
#include "gateway/http/denial.h"
#include "gateway/http/text.h"

namespace throughline::http {
namespace {

constexpr Refusal kUnknownHost{421, IssueType::kNotFound, "http-host", "this server does not answer for that host"};
constexpr Refusal kNoRoute{404, IssueType::kNotFound, "http-route", "nothing is found here"};
constexpr Refusal kOtherMethod{405, IssueType::kNotSupported, "http-method", "the method is not allowed here"};
constexpr Refusal kUnknownClient{401, IssueType::kLogin, "client-unknown",
                                 "a certificate of a registered client is needed"};
constexpr Refusal kOutOfScope{403, IssueType::kForbidden, "scope", "the client's scopes do not cover this"};
constexpr Refusal kManyRequests{429, IssueType::kThrottled, "client-requests",
                                "too many requests of this client at once"};
constexpr Refusal kBusy{503, IssueType::kThrottled, "busy", "the server is busy: try again"};

constexpr Refusal kSlowBody{408, IssueType::kTimeout, "http-body-slow", "the body comes too slowly"};

constexpr std::array<log::Word, 7> kMethodWords = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

Response MethodNotAllowed(const std::string& allow) {
  Response response = AnswerOf(kOtherMethod);
  response.headers.Add("Allow", allow);
  return response;
}

}  // namespace

Pipeline::Pipeline(const PipelineParts& parts, std::vector<std::string> hosts, std::vector<Client> clients)
    : parts_(parts),
      router_(parts.routes),
      metrics_(parts.routes),
      places_(parts.limits.working, parts.limits.waiting),
      clients_(std::make_shared<Clients>(std::move(clients))) {
  for (const std::string& host : hosts) hosts_.insert(LowerOf(host));
}

void Pipeline::Replace(std::vector<Client> clients) {
  auto replaced = std::make_shared<const Clients>(std::move(clients));
  const std::lock_guard lock(mutex_);
  clients_.swap(replaced);
}

void Pipeline::Refused(const Refusal& refusal) {
  metrics_.Answered(nullptr, refusal.status, {});
  if (parts_.log == nullptr) return;
  parts_.log->Warning("http.refused", {log::Code("rule", refusal.rule), log::Count("status", refusal.status)});
}

Pipeline::Passage::Passage(Pipeline& pipeline, Request& request, RequestBody& body, const log::RequestId& id)
    : pipeline_(pipeline), request_(request), body_(body), id_(id), start_(std::chrono::steady_clock::now()) {
  request_.request_id = id_.ToString();
  const std::lock_guard lock(pipeline.mutex_);
  clients_ = pipeline.clients_;
}

Pipeline::Passage::~Passage() {
  if (working_) pipeline_.places_.Give();
  if (counted_) pipeline_.under_way_.Give(client_->id);
}

std::optional<Response> Pipeline::Passage::CheckRoute(const Head& head) {
  if (!pipeline_.hosts_.contains(head.host)) return AnswerOf(kUnknownHost);
  Router::Match match = pipeline_.router_.Find(request_.method, request_.segments);
  if (match.route == nullptr) return match.allow.empty() ? AnswerOf(kNoRoute) : MethodNotAllowed(match.allow);
  route_ = match.route;
  request_.places = std::move(match.places);
  request_.route = route_->pattern.text();
  return std::nullopt;
}

std::optional<Response> Pipeline::Passage::CheckRequester() {
  client_ = clients_->Find(request_.names);
  if (route_->access == Access::kAnyone) return std::nullopt;
  if (client_ == nullptr) return AnswerOf(kUnknownClient);
  requester_ = consent::Requester{.client_id = client_->id,
                                  .organization = client_->organization,
                                  .role = client_->role,
                                  .scopes = client_->scopes,
                                  .purpose = {},
                                  .request_id = request_.request_id,
                                  .peer = request_.peer};
  request_.requester = &*requester_;
  const std::string_view type = request_.Place("type");
  if (!route_->action || client_->scopes.Cover(type, *route_->action)) return std::nullopt;
  auto recorded = RecordDenial(pipeline_.parts_.gateway, *requester_, type);
  return recorded ? AnswerOf(kOutOfScope) : AnswerOf(recorded.error());
}

std::optional<Response> Pipeline::Passage::TakePlaces() {
  const Limits& limits = pipeline_.parts_.limits;
  if (client_ != nullptr) {
    counted_ = pipeline_.under_way_.Take(client_->id, limits.requests_per_client);
    if (!counted_) return AnswerOf(kManyRequests);
  }
  if (route_->body == BodyRule::kStream) return std::nullopt;
  working_ = pipeline_.places_.Take(limits.waiting_time);
  return working_ ? std::nullopt : std::optional(AnswerOf(kBusy));
}

Response Pipeline::Passage::Incident() {
  if (pipeline_.parts_.log != nullptr) pipeline_.parts_.log->Error("http.incident", {log::Request(id_)});
  return AnswerOfIncident(request_.request_id);
}

Response Pipeline::Passage::Answer(const Head& head) {
  try {
    if (auto refused = CheckRoute(head)) return *std::move(refused);
    if (auto refused = CheckRequester()) return *std::move(refused);
    const Limits& limits = pipeline_.parts_.limits;
    if (auto refusal = CheckBody(route_->body, limits, body_.announced(), request_)) return AnswerOf(*refusal);
    if (auto refusal = CheckAccept(route_->answer, request_)) return AnswerOf(*refusal);
    if (auto refused = TakePlaces()) return *std::move(refused);
    body_.Allow(MostBytes(route_->body, limits, request_), route_->body == BodyRule::kStream);
    Response response = route_->handler(pipeline_.parts_.gateway, request_);
    return body_.slow() ? AnswerOf(kSlowBody) : response;
  } catch (const std::exception&) {
    return Incident();
  } catch (...) {
    return Incident();
  }
}

Result<void> Pipeline::Passage::Stream(const Response& response, BodySink& sink) {
  try {
    return response.stream(sink);
  } catch (const std::exception&) {
    Incident();
  } catch (...) {
    Incident();
  }
  return MakeError(ErrorKind::kInternal, "incident", "internal error, incident " + request_.request_id);
}

Response Pipeline::Passage::AnswerOfFailure(const Error& error) const {
  return body_.slow() ? AnswerOf(kSlowBody) : AnswerOf(error);
}

void Pipeline::Passage::Finish(int status) {
  const auto elapsed = std::chrono::steady_clock::now() - start_;
  pipeline_.metrics_.Answered(route_, status, elapsed);
  if (pipeline_.parts_.log == nullptr) return;
  pipeline_.parts_.log->Info(
      "http.request",
      {log::Code("route", route_ == nullptr ? log::Word("none") : route_->pattern),
       log::Code("method", kMethodWords[static_cast<std::size_t>(request_.method)]), log::Count("status", status),
       log::Duration("elapsed", elapsed),
       log::Code("client", client_ == nullptr ? log::Word("none") : clients_->WordOf(*client_)), log::Request(id_)});
}

}  // namespace throughline::http
