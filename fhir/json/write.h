// json::Value -> bytes.
#pragma once

#include <string>
#include <string_view>

#include "fhir/json/value.h"

namespace throughline::json {

struct Layout {
  int indent = -1;  // blanks per level; -1: one line without white space (canonical)
};

// Appends to `out`. Canonical: member order kept, no white space, shortest escapes (\" \\ \b \f \n \r \t, \u00XX for
// other controls), everything else as UTF-8, numbers as they were written.
void Write(const Value& value, std::string& out, const Layout& layout = {});
std::string ToString(const Value& value, const Layout& layout = {});

// Appends `text` as a JSON string with its quotes.
void WriteString(std::string_view text, std::string& out);

}  // namespace throughline::json
