// Pieces that the reports of the room are written with. Private to the room.
#pragma once

#include <string>
#include <string_view>

#include "fhir/base/error.h"

namespace throughline::engine {

// "name":"text", with a comma where one is due.
void AppendMember(std::string_view name, std::string_view text, std::string& out);
// "issue":[{"severity","rule","location","text"}]
void AppendIssues(const Issues& issues, std::string& out);
// One line (and the source line below it, where the issue shows one).
void AppendIssueText(const Issue& issue, std::string& out);

}  // namespace throughline::engine
