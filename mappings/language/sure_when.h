// Which fields a `when` is sure to be true for.
#pragma once

#include "mappings/plan/plan.h"

namespace throughline::language {

// True: wherever the field has a value, the `when_expression` of the resource is true. That is known of a chain of `or`
// that asks for the field itself: `F.exists()`, or `F != 'NA'` where NA is how the source writes that there is nothing.
// False: it is not known. The resource has an expression.
bool IsSureWhen(const plan::Plan& plan, const plan::ResourcePlan& resource, const plan::Field& field);

}  // namespace throughline::language
