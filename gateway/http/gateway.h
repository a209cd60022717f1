// What the handlers call: made by the composition root, outlives the server, safe from several threads.
#pragma once

#include <functional>
#include <string>

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
  std::function<bool()> healthy;                     // /health: false answers 503; none is healthy
  std::function<void(std::string&)> metrics;         // /metrics: appends text; may be none
};

}  // namespace throughline::http
