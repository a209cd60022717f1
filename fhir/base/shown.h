// Text for a person's eyes, some of which others wrote: names of files and columns, titles, reasons. What a terminal
// would act on is spelled out, so that it hides nothing and forges no line. Not for data, nor for JSON, which escapes.
#pragma once

#include <string>
#include <string_view>

#include "fhir/base/error.h"

namespace throughline {

// `text` with control characters (C0, DEL, C1) and the marks that turn the direction of writing (U+202A to U+202E,
// U+2066 to U+2069) as "\u001b"; bytes that are no UTF-8 as "\x9b". Line ends (LF) and tabs stay.
std::string ShownLines(std::string_view text);

// The same as one line: line ends and tabs are spelled out too, but for line ends at the end, which are left out.
std::string ShownLine(std::string_view text);

// What an issue says, its rule behind it ("text [rule]"); without a rule only the text. Where it ends with a line of a
// file and a mark beneath, these two stay lines of their own, behind the rule.
std::string ShownIssue(const Issue& issue);

}  // namespace throughline
