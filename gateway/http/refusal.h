// Why a request was refused before any handler saw it.
#pragma once

#include <string_view>

#include "fhir/base/error.h"
#include "gateway/log/log.h"

namespace throughline::http {

// Texts are the program's own: a refusal never holds a byte of the request.
struct Refusal {
  int status;  // HTTP
  IssueType type;
  log::Word rule;  // stable id: "http-length"
  std::string_view text;
};

}  // namespace throughline::http
