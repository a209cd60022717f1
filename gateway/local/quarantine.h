// Records that were kept aside: seen by the operator, tried again after the map or the record was put right.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "gateway/consent/requester.h"
#include "gateway/local/services.h"

namespace throughline::local {

struct QuarantineRow {
  std::string record;  // opaque id
  std::string map;
  std::string client;    // who sent it
  std::string received;  // "2025-02-03T14:10:00.123Z"
};

// All of them, oldest first.
Result<std::vector<QuarantineRow>> ListQuarantine(const Services& services);

// One as JSON: the row's members, "answer" (what the sender was told, with every issue) and "record" (as received;
// "recordBase64" where that is not UTF-8; of CSV as in formats::Record). Put on record as seen by `requester`.
// kNotFound: no such record is kept aside.
Result<std::string> ShowQuarantined(const Services& services, const consent::Requester& requester,
                                    std::string_view record);

// Tries a record again, `corrected` instead of what was received where it is given. The answer line, as the intake
// gives it. kNotFound: no such record is kept aside. Other errors: it could not be tried; it stays where it is.
Result<std::string> Replay(const Services& services, const consent::Requester& requester, std::string_view record,
                           const std::optional<std::string>& corrected);

}  // namespace throughline::local
