#include <array>
#include <utility>

#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "fhir/rest/capability_statement.h"
#include "fhir/rest/preconditions.h"
#include "gateway/http/answers.h"
#include "gateway/http/handlers.h"
#include "gateway/http/issue_places.h"
#include "gateway/http/preferences.h"
#include "gateway/http/response_writer.h"
#include "gateway/http/router.h"
#include "gateway/http/target.h"
#include "gateway/interactions/create.h"
#include "gateway/interactions/read.h"
#include "gateway/interactions/search.h"
#include "gateway/interactions/update.h"
#include "gateway/interactions/vread.h"

namespace throughline::http {
namespace {

// The kinds of search parameters that a query may name.
constexpr std::array kSearchTypes = {
    definitions::SearchType::kToken,    definitions::SearchType::kReference, definitions::SearchType::kDate,
    definitions::SearchType::kString,   definitions::SearchType::kUri,       definitions::SearchType::kNumber,
    definitions::SearchType::kQuantity, definitions::SearchType::kComposite,
};
constexpr std::size_t kMostFormParameters = 100;

std::string BaseUrl(const Request& request) {
  return (request.secure ? "https://" : "http://") + request.authority + "/fhir";
}

// The bytes stay at hand: issues are placed in them.
struct Body {
  std::string bytes;
  json::Document document;
};

Result<Body> ReadBody(Request& request) {
  auto bytes = ReadAll(*request.body);
  if (!bytes) return std::move(bytes).error();
  auto document = json::ParseDocument(*bytes);
  if (!document) return PlacedIn(*bytes, std::move(document).error());
  return Body{*std::move(bytes), *std::move(document)};
}

Response Versioned(int status, std::string body, std::int64_t version, Instant updated) {
  Response response = Json(status, std::move(body));
  response.headers.Add("ETag", rest::ETag(version));
  response.headers.Add("Last-Modified", HttpDate(updated));
  return response;
}

Response AnswerRead(const Request& request, const Result<interactions::Resource>& read) {
  if (!read) return AnswerOf(read.error());
  Response response = Versioned(200, read->body, read->version, read->last_updated);
  const auto known = request.headers.Find("If-None-Match");
  if (!known) return response;
  const auto same = rest::NotModified(*known, read->version);
  if (!same) return AnswerOf(same.error());
  if (*same) {
    response.status = 304;
    response.body.clear();
  }
  return response;
}

Response AnswerWritten(const Request& request, const Body& body, Result<interactions::Written> written) {
  if (!written) return AnswerOf(PlacedIn(body.bytes, std::move(written).error()));
  const bool created = written->outcome == interactions::Outcome::kCreated;
  Response response = Versioned(created ? 201 : 200, written->body, written->version, written->last_updated);
  response.headers.Add("Location", BaseUrl(request) + "/" + written->type + "/" + written->id + "/_history/" +
                                       std::to_string(written->version));
  if (Preference(request.headers, "return") == "minimal") {
    response.body.clear();
    response.headers.Remove("Content-Type");
  }
  return response;
}

Result<interactions::UpdateConditions> ConditionsOf(const Request& request) {
  interactions::UpdateConditions conditions;
  if (const auto match = request.headers.Find("If-Match")) {
    conditions.if_match = rest::ParseETag(*match);
    if (!conditions.if_match) return MakeError(ErrorKind::kInvalid, "etag", "If-Match must be one version: W/\"3\"");
  }
  if (const auto none = request.headers.Find("If-None-Match")) {
    conditions.if_none_match_any = *none == "*";
    if (!conditions.if_none_match_any) return MakeError(ErrorKind::kInvalid, "etag", "If-None-Match must be * here");
  }
  return conditions;
}

Response Search(const Gateway& gateway, const Request& request, const std::vector<Parameter>& asked, bool posted) {
  std::vector<search::Parameter> parameters;
  for (const Parameter& parameter : asked) {
    if (parameter.name != "_format") parameters.push_back({parameter.name, parameter.value});
  }
  const std::string base_url = BaseUrl(request);
  const bool lenient = Preference(request.headers, "handling") == "lenient";
  auto bundle = interactions::Search(*gateway.services, *request.requester,
                                     {.type = request.Place("type"),
                                      .parameters = parameters,
                                      .handling = lenient ? search::Handling::kLenient : search::Handling::kStrict,
                                      .base_url = base_url,
                                      .posted = posted});
  return bundle ? Json(200, *std::move(bundle)) : AnswerOf(bundle.error());
}

}  // namespace

Response Metadata(const Gateway& gateway, Request& request) {
  std::vector<rest::InteractionRow> interactions;
  for (const Route& route : GatewayRoutes()) {
    const bool listed =
        std::ranges::find(interactions, route.interaction, &rest::InteractionRow::code) != interactions.end();
    if (!route.interaction.empty() && !listed) interactions.push_back({route.interaction, route.summary});
  }
  json::Arena arena;
  const std::string base_url = BaseUrl(request);
  const json::Value statement = rest::CapabilityStatement({.base_url = base_url,
                                                           .software_version = gateway.version,
                                                           .date = gateway.released,
                                                           .interactions = interactions,
                                                           .system = {},
                                                           .types = {},
                                                           .search = kSearchTypes,
                                                           .update_creates = true},
                                                          gateway.services->definitions, arena);
  return Json(200, json::ToString(statement));
}

Response CreateResource(const Gateway& gateway, Request& request) {
  const auto body = ReadBody(request);
  if (!body) return AnswerOf(body.error());
  return AnswerWritten(
      request, *body,
      interactions::Create(*gateway.services, *request.requester, request.Place("type"), body->document.root));
}

Response ReadResource(const Gateway& gateway, Request& request) {
  return AnswerRead(
      request, interactions::Read(*gateway.services, *request.requester, request.Place("type"), request.Place("id")));
}

Response ReadVersion(const Gateway& gateway, Request& request) {
  return AnswerRead(request, interactions::VRead(*gateway.services, *request.requester, request.Place("type"),
                                                 request.Place("id"), request.Place("version")));
}

Response UpdateResource(const Gateway& gateway, Request& request) {
  const auto conditions = ConditionsOf(request);
  if (!conditions) return AnswerOf(conditions.error());
  const auto body = ReadBody(request);
  if (!body) return AnswerOf(body.error());
  return AnswerWritten(request, *body,
                       interactions::Update(*gateway.services, *request.requester, request.Place("type"),
                                            request.Place("id"), body->document.root, *conditions));
}

Response SearchByQuery(const Gateway& gateway, Request& request) {
  return Search(gateway, request, request.query, false);
}

Response SearchByForm(const Gateway& gateway, Request& request) {
  auto form = ReadAll(*request.body);
  if (!form) return AnswerOf(form.error());
  std::vector<Parameter> parameters = request.query;
  if (const auto refusal = ParseForm(*form, kMostFormParameters, parameters)) return AnswerOf(*refusal);
  return Search(gateway, request, parameters, true);
}

}  // namespace throughline::http
