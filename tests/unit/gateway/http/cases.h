// Case tables whose texts stand for any bytes.
#pragma once

#include <string>
#include <string_view>

#include "fhir/json/parse.h"

namespace throughline::http {

// tests/data/gateway/http/<name>
json::Document ReadCases(const std::string& name);

// "a\\x0d" -> 'a', CR.
std::string Bytes(std::string_view text);

}  // namespace throughline::http
