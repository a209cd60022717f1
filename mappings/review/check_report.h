// What can be said of a map that was loaded: its fields with their grades, its code tables, its warnings.
#pragma once

#include <string>

#include "mappings/plan/map.h"

namespace throughline::review {

// What `map check` prints: fields with their grades, a summary, warnings.
std::string CheckReportText(const plan::Map& map);
// The same as one JSON object:
// {"map","version","fields":[{"field","target","grade","why","line"}],"summary":{...},
// "codes":[{"table","codes","standard","percent","valueSet","valueSetCodes","back"}],"issue":[...]}.
std::string CheckReportJson(const plan::Map& map);
// The same as a page of Markdown: what does not come back as it was and why, all fields, all code tables.
std::string CheckReportMarkdown(const plan::Map& map);

}  // namespace throughline::review
