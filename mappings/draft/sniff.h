// What kind of file this is. Private to the room.
#pragma once

#include <string>
#include <string_view>

#include "fhir/base/result.h"
#include "mappings/formats/record_format.h"

namespace throughline::draft {

struct Sniffed {
  formats::RecordFormat format;  // without columns
  std::string bytes;             // as far as whole lines go, where records stand in lines
};

// kInvalid: it is none that a map can read, with what to do.
Result<Sniffed> Sniff(std::string_view bytes, bool whole);

}  // namespace throughline::draft
