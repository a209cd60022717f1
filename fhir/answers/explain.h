// A compiled expression as people read it.
#pragma once

#include <string>
#include <string_view>

#include "fhir/path/expression.h"

namespace throughline::answers {

// Appends a line a node, children below their parent and indented by two blanks: what the node is, and where it stands.
//   member given @36
//     call where @13
//       member name @8
//         type Patient @0
//       operator = @23
//         member use @19
//         literal 'official' string @25
// An expression that does not compile: its error as JSON, and false.
bool Explain(std::string_view text, const definitions::Definitions& definitions, const path::CompileOptions& options,
             std::string& out);

}  // namespace throughline::answers
