// What every request goes through, in this order: host -> route -> who asks -> scope -> how much at once -> body's type
// and size -> handler. Whatever goes wrong, the answer is an OperationOutcome, and one line is logged. Private to this
// room.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/clock.h"
#include "gateway/http/clients.h"
#include "gateway/http/gateway.h"
#include "gateway/http/head_parser.h"
#include "gateway/http/metrics.h"
#include "gateway/http/places.h"
#include "gateway/http/request_body.h"
#include "gateway/http/router.h"

namespace throughline::http {

struct PipelineParts {
  std::span<const Route> routes;
  const Gateway& gateway;
  const Limits& limits;
  log::Log* log;  // may be null
};

// Safe from several threads.
class Pipeline {
 public:
  Pipeline(const PipelineParts& parts, std::vector<std::string> hosts, std::vector<Client> clients);

  void Replace(std::vector<Client> clients);

  // One request on its way: what it holds is given back when it goes.
  class Passage {
   public:
    Passage(Pipeline& pipeline, Request& request, RequestBody& body, const log::RequestId& id);  // id: new for each
    Passage(const Passage&) = delete;
    Passage& operator=(const Passage&) = delete;
    ~Passage();

    // Everything up to the handler's answer. Throws nothing.
    Response Answer(const Head& head);
    // The streamed part of an answer. Throws nothing.
    Result<void> Stream(const Response& response, BodySink& sink);
    // What a streamed part that failed before its first byte is answered with.
    Response AnswerOfFailure(const Error& error) const;
    // Counts and logs: once, after the answer was sent.
    void Finish(int status);

   private:
    std::optional<Response> CheckRoute(const Head& head);
    std::optional<Response> CheckRequester();
    std::optional<Response> TakePlaces();
    Response Incident();

    Pipeline& pipeline_;
    Request& request_;
    RequestBody& body_;
    log::RequestId id_;
    std::chrono::steady_clock::time_point start_;
    std::shared_ptr<const Clients> clients_;
    const Client* client_ = nullptr;
    const Route* route_ = nullptr;
    std::optional<consent::Requester> requester_;
    bool counted_ = false;  // among the client's requests under way
    bool working_ = false;  // has a place of work
  };

  // A head that no route will see: counted and logged.
  void Refused(const Refusal& refusal);

  Metrics& metrics() { return metrics_; }
  const Metrics& metrics() const { return metrics_; }

 private:
  PipelineParts parts_;
  Router router_;
  std::set<std::string, std::less<>> hosts_;
  Metrics metrics_;
  WorkPlaces places_;
  CountByName under_way_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Clients> clients_;
};

}  // namespace throughline::http
