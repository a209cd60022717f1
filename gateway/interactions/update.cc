#include "gateway/interactions/update.h"

#include "gateway/interactions/body_rules.h"
#include "gateway/interactions/refuse.h"

namespace throughline::interactions {
namespace {

Result<void> FitsUrl(std::string_view type, std::string_view id, const json::Value& body) {
  if (!IsId(id)) {
    Error error = MakeError(ErrorKind::kInvalid, "id-format", "an id has 1 to 64 letters, digits, hyphens and points");
    error.issues.front().type = IssueType::kValue;
    return error;
  }
  if (auto fits = IsOfType(body, type); !fits) return fits;
  const json::Value own = body.Get("id");
  if (own.is_string() && own.text() == id) return {};
  Error error = MakeError(ErrorKind::kInvalid, "id-mismatch", "the body must have the id that the URL names");
  error.issues.front().expression = std::string(type) + ".id";
  error.issues.front().location = "/id";
  return error;
}

}  // namespace

Result<Written> Update(const Services& services, const consent::Requester& requester, std::string_view type,
                       std::string_view id, const json::Value& body, const UpdateConditions& conditions) {
  WriteRequest request;
  request.kind = audit::Kind::kUpdate;
  request.target = type;
  if (IsId(id)) request.target.append("/").append(id);
  if (auto fits = FitsUrl(type, id, body); !fits) {
    return Refuse(services, RowFor(requester, request.kind, request.target), std::move(fits).error());
  }
  ResourceWrite& write = request.writes.emplace_back();
  write.type = type;
  write.id = id;
  write.body = body;
  write.expected_version = conditions.if_match;
  write.only_new = conditions.if_none_match_any;
  auto written = WriteResources(services, requester, std::move(request));
  if (!written) return std::move(written).error();
  return std::move(written->front());
}

}  // namespace throughline::interactions
