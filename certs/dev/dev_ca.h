// A development CA: for a laptop and for tests, never for a patient.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/clock.h"
#include "fhir/base/result.h"

namespace throughline::certs {

struct DevCertificate {
  std::string name;  // "hospital": <name>.crt, <name>.key
  std::string san;  // "dns:hospital.example": what a client row of the configuration says; of the server the first name
  bool made = false;  // false: a valid one was there and was kept
};

// Makes DIR/{ca,server,hospital,recovery-centre,other-centre,registry}.{crt,key} (P-256, keys 0600, one year): the
// server for localhost, 127.0.0.1 and ::1, the clients for dns:<name>.example. Pairs that are there, belong together
// and are valid for 30 days more are kept, all others replaced. kUnavailable: the directory cannot be written.
Result<std::vector<DevCertificate>> MakeDevelopmentCertificates(const std::string& directory, Instant now);

}  // namespace throughline::certs
