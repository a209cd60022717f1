#include <cstdio>

#include "certs/dev/dev_ca.h"
#include "gateway/app/command.h"
#include "gateway/app/compose.h"

namespace throughline::app {

int Certificates(const Invocation& invocation) {
  if (invocation.arguments.size() != 1) {
    return CouldNotRun(MakeError(ErrorKind::kInvalid, "usage", "name the folder: throughline certs DIR"));
  }
  auto made = certs::MakeDevelopmentCertificates(invocation.arguments.front(), SystemClock().Now());
  if (!made) return CouldNotRun(made.error());
  for (const certs::DevCertificate& one : *made) {
    std::printf("%-16s %-28s %s\n", one.name.c_str(), one.san.c_str(), one.made ? "made" : "kept");
  }
  return kFine;
}

}  // namespace throughline::app
