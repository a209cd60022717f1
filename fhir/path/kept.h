// What is the same for every item that a condition or projection is asked of: "%resource.code.coding" in
// "component.code.where(coding.intersect(%resource.code.coding).exists())". It is evaluated once, when first needed,
// and kept for the evaluation with its index.
#pragma once

#include "fhir/path/ast.h"

namespace throughline::path {

// Fills Node::kept and Program::kept_count.
void MarkKept(Program& program);

}  // namespace throughline::path
