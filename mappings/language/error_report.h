// What LoadMap found, as text and as JSON; and the pieces that the reports of mappings/ are written with.
#pragma once

#include <string>
#include <string_view>

#include "fhir/base/error.h"

namespace throughline::language {

// An error of LoadMap as text ("map.yaml:3:14: error: ... [map-unknown-field]" with line and caret) and as JSON.
std::string MapErrorText(const Error& error);
std::string MapErrorJson(const Error& error);

// "name":"text", with a comma where one is due.
void AppendMember(std::string_view name, std::string_view text, std::string& out);
// "issue":[{"severity","rule","location","text"}]
void AppendIssues(const Issues& issues, std::string& out);
// One line (and the source line below it, where the issue shows one).
void AppendIssueText(const Issue& issue, std::string& out);

}  // namespace throughline::language
