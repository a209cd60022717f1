#include "gateway/interactions/read.h"

#include "gateway/interactions/body_rules.h"
#include "gateway/interactions/refuse.h"
#include "gateway/interactions/write_resource.h"

namespace throughline::interactions {

Result<Resource> Read(const Services& services, const consent::Requester& requester, std::string_view type,
                      std::string_view id) {
  if (IsId(id)) return ReadCurrent(services, requester, {std::string(type), std::string(id)});
  return Refuse(services, RowFor(requester, audit::Kind::kRead, std::string(type)), NotThere());
}

}  // namespace throughline::interactions
