// Local records in: each is kept as received, mapped, and stored in one transaction of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "fhir/base/result.h"
#include "gateway/consent/requester.h"
#include "gateway/local/services.h"
#include "mappings/formats/record_format.h"

namespace throughline::local {

enum class AnswerForm : std::uint8_t {
  kDocument,  // {"records":[...],"summary":{...}}
  kLines,     // a line a record as it becomes durable, then {"summary":{...}}
};

struct IntakeRequest {
  std::string map;
  formats::Syntax syntax =
      formats::Syntax::kJson;  // of the body; a map that reads JSON takes its records as NDJSON too
  AnswerForm form = AnswerForm::kDocument;
  std::string idempotency_key;  // a retry under the same key is answered as the first time; empty: none
  std::optional<formats::Encoding> encoding = {};  // of CSV, when the sender names it; else the map's
};

struct IntakeSummary {
  std::uint64_t created = 0;
  std::uint64_t updated = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t quarantined = 0;
};

// Reads `body` to its end and gives the answer to `answer`, piece by piece, in the order of the records.
//
// NDJSON streams: memory is flat, a line that cannot be read is quarantined. A JSON file is read as a whole first,
// because nothing of an unreadable one may be kept.
//
// Errors before the first piece refuse the request: kForbidden (the client may not send by this map), kNotFound (no
// such map), kUnsupportedMedia, kInvalid (not the format; nothing is kept but the audit), what `body` said. Errors
// after it end the answer early: records whose lines were given are stored.
Result<IntakeSummary> TakeIn(const Services& services, const consent::Requester& requester,
                             const IntakeRequest& request, formats::ByteSource body, formats::ByteSink answer);

}  // namespace throughline::local
