// A compiled expression as people read it.
#pragma once

#include <string>
#include <string_view>

#include "fhir/path/expression.h"

namespace throughline::answers {

// Appends a line a node, children below their parent and indented by two blanks: what the node is, the types that its
// results can have as far as they are known, and where it stands.
//   member given : string @36
//     call where : HumanName @13
//       member name : HumanName @8
//         type Patient : Patient @0
//       operator = : System.Boolean @23
//         member use : code @19
//         literal 'official' : System.String @25
// An expression that does not compile: its error as JSON, and false.
bool Explain(std::string_view text, const definitions::Definitions& definitions, const path::CompileOptions& options,
             std::string& out);

}  // namespace throughline::answers
