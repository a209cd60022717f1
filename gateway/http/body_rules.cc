#include "gateway/http/body_rules.h"

#include <algorithm>
#include <array>
#include <limits>

#include "gateway/http/media_type.h"
#include "gateway/http/text.h"

namespace throughline::http {
namespace {

constexpr Refusal kNoBodyHere{400, IssueType::kStructure, "http-body", "a body is not taken here"};
constexpr Refusal kBadType{415, IssueType::kNotSupported, "http-content-type",
                           "exactly one Content-Type that is read here is needed"};
constexpr Refusal kBadCharset{415, IssueType::kNotSupported, "http-charset", "only UTF-8 is read here"};
constexpr Refusal kBadFhirVersion{415, IssueType::kNotSupported, "http-fhir-version",
                                  "only FHIR version 4.0 is spoken here"};
constexpr Refusal kBadEncoding{415, IssueType::kNotSupported, "http-content-encoding",
                               "compressed bodies are not read"};
constexpr Refusal kTooLarge{413, IssueType::kTooLong, "http-body-size", "the body is larger than this server takes"};
constexpr Refusal kNotAcceptable{406, IssueType::kNotSupported, "http-accept",
                                 "answers are JSON: application/fhir+json"};

struct TypeRow {
  BodyRule rule;
  std::string_view type;
};

constexpr std::array kTypes = {
    TypeRow{BodyRule::kFhir, "application/fhir+json"},
    TypeRow{BodyRule::kFhir, "application/json"},
    TypeRow{BodyRule::kForm, "application/x-www-form-urlencoded"},
    TypeRow{BodyRule::kJson, "application/json"},
    TypeRow{BodyRule::kLocal, "application/json"},
    TypeRow{BodyRule::kLocal, "application/x-ndjson"},
    TypeRow{BodyRule::kLocal, "text/csv"},
    TypeRow{BodyRule::kStream, "application/json"},
    TypeRow{BodyRule::kStream, "application/x-ndjson"},
    TypeRow{BodyRule::kStream, "text/csv"},
};

// _format as it is written in URLs, where '+' reads as a blank.
constexpr std::array<std::string_view, 4> kJsonFormats = {"json", "application/json", "application/fhir+json",
                                                          "application/fhir json"};

bool IsRead(BodyRule rule, std::string_view type) {
  return std::ranges::any_of(kTypes, [&](const TypeRow& row) { return row.rule == rule && row.type == type; });
}

}  // namespace

std::optional<Refusal> CheckBody(BodyRule rule, const Limits& limits, std::optional<std::uint64_t> announced,
                                 Request& request) {
  if (rule == BodyRule::kNone) return announced.value_or(0) > 0 ? std::optional(kNoBodyHere) : std::nullopt;
  if (const auto coding = request.headers.Find("Content-Encoding"); coding && !SameWithoutCase(*coding, "identity")) {
    return kBadEncoding;
  }
  const auto text = request.headers.Find("Content-Type");
  if (!text || request.headers.Count("Content-Type") > 1) return kBadType;
  const auto media = ParseMediaType(*text);
  if (!media || !IsRead(rule, media->type)) return kBadType;
  request.content_type = media->type;
  request.charset = media->Get("charset");
  const bool local = rule == BodyRule::kStream || rule == BodyRule::kLocal;
  if (!local && !request.charset.empty() && request.charset != "utf-8") return kBadCharset;
  if (const std::string version = media->Get("fhirversion"); !version.empty() && version != "4.0")
    return kBadFhirVersion;
  if (announced && *announced > MostBytes(rule, limits, request)) return kTooLarge;
  return std::nullopt;
}

std::uint64_t MostBytes(BodyRule rule, const Limits& limits, const Request& request) {
  switch (rule) {
    case BodyRule::kNone:
      return 0;
    case BodyRule::kFhir:
    case BodyRule::kJson:
      return limits.fhir_bytes;
    case BodyRule::kForm:
      return limits.form_bytes;
    case BodyRule::kLocal:
      return limits.local_json_bytes;
    case BodyRule::kStream:
      break;
  }
  return request.content_type == "application/json" ? limits.local_json_bytes
                                                    : std::numeric_limits<std::uint64_t>::max();
}

std::optional<Refusal> CheckAccept(AnswerRule rule, const Request& request) {
  if (rule != AnswerRule::kFhir) return std::nullopt;
  if (const auto format = request.Query("_format")) {
    const bool json = std::ranges::find(kJsonFormats, LowerOf(*format)) != kJsonFormats.end();
    return json ? std::nullopt : std::optional(kNotAcceptable);
  }
  const bool accepted = Accepts(request.headers, {"application/fhir+json", "application/json"});
  return accepted ? std::nullopt : std::optional(kNotAcceptable);
}

}  // namespace throughline::http
