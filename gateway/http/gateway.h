// What the handlers call: made by the composition root, outlives the server, safe from several threads.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "fhir/base/clock.h"
#include "fhir/base/result.h"

namespace throughline::interactions {
struct Services;
}
namespace throughline::local {
struct Services;
}

namespace throughline::http {

struct Gateway {
  const interactions::Services* services = nullptr;  // for /fhir
  const local::Services* local = nullptr;            // for /local
  std::string version;                               // of the software, for /fhir/metadata
  Instant released{};                                // when that version was, for /fhir/metadata
  std::function<bool()> healthy;                     // /health: false answers 503; none is healthy
  std::function<void(std::string&)> metrics;         // /metrics of the admin listener: appends text; may be none
  // POST /admin/command: the bearer token (checked here: kUnauthenticated) and the JSON body; the JSON answer. May be
  // none.
  std::function<Result<std::string>(std::string_view token, std::string_view body)> command;
};

}  // namespace throughline::http
