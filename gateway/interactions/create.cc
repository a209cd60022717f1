#include "gateway/interactions/create.h"

#include "gateway/interactions/body_rules.h"
#include "gateway/interactions/refuse.h"

namespace throughline::interactions {

Result<Written> Create(const Services& services, const consent::Requester& requester, std::string_view type,
                       const json::Value& body) {
  WriteRequest request;
  request.kind = audit::Kind::kCreate;
  request.target = type;
  if (auto fits = IsOfType(body, type); !fits) {
    return Refuse(services, RowFor(requester, request.kind, request.target), std::move(fits).error());
  }
  ResourceWrite& write = request.writes.emplace_back();
  write.type = type;
  write.id = services.ids.Fresh();
  write.body = body;
  write.only_new = true;
  auto written = WriteResources(services, requester, std::move(request));
  if (!written) return std::move(written).error();
  return std::move(written->front());
}

}  // namespace throughline::interactions
