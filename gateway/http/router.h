// The route table: which method and path goes to which handler, for whom, with what body.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/consent/scope.h"
#include "gateway/http/message.h"
#include "gateway/log/log.h"

namespace throughline::http {

struct Gateway;

enum class Access : unsigned char {
  kAnyone,
  kClient,  // a registered client by its certificate, else 401
};

enum class BodyRule : unsigned char {
  kNone,    // a body is refused (400)
  kFhir,    // application/fhir+json or application/json in UTF-8, up to Limits::fhir_bytes
  kForm,    // application/x-www-form-urlencoded, up to Limits::form_bytes
  kJson,    // application/json, up to Limits::fhir_bytes
  kLocal,   // application/json, application/x-ndjson, text/csv, up to Limits::local_json_bytes
  kStream,  // application/json, application/x-ndjson, text/csv: no total limit but for JSON, a minimum rate instead of
            // a deadline
};

enum class AnswerRule : unsigned char {
  kFhir,   // JSON: Accept and _format must allow it (406)
  kLocal,  // the map's own format, or lines of JSON: the handler looks at Accept
  kPlain,  // text of the admin listener and /health
};

struct Route {
  Method method = Method::kGet;  // a GET row answers HEAD too
  // "/fhir/{type}/{id}": a literal segment goes before a place in braces.
  log::Word pattern;
  Access access = Access::kClient;
  // What the client's scopes must cover for the {type} of the pattern (403); nothing where the handler's work asks for
  // more.
  std::optional<consent::Action> action;
  BodyRule body = BodyRule::kNone;
  AnswerRule answer = AnswerRule::kFhir;
  Response (*handler)(const Gateway&, Request&) = nullptr;
  std::string_view
      interaction;  // code of the CapabilityStatement ("read", "search-type"); "" when it is not a FHIR interaction
  std::string_view summary;  // one line for the CapabilityStatement and the documentation
};

// https://hl7.org/fhir/R4/http.html . Immutable; safe from several threads.
class Router {
 public:
  // `routes` outlives the router.
  explicit Router(std::span<const Route> routes);

  struct Match {
    const Route* route = nullptr;   // null: no such route
    std::vector<Parameter> places;  // of `route`
    std::string allow;              // when the path is known with other methods only: "GET, HEAD, POST"
  };
  Match Find(Method method, std::span<const std::string> segments) const;
  std::span<const Route> routes() const { return routes_; }

 private:
  struct Pattern {
    const Route* route;
    std::vector<std::string_view> segments;
  };
  std::span<const Route> routes_;
  std::vector<Pattern> patterns_;  // literals before places
};

// All routes of the FHIR and /local listener (routes.cc), and those of the admin listener.
std::span<const Route> GatewayRoutes();
std::span<const Route> AdminRoutes();

}  // namespace throughline::http
