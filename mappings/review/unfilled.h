// Why an element that R4 requires is missing in a resource. Private to the room.
#pragma once

#include <string>
#include <string_view>

#include "mappings/plan/plan.h"

namespace throughline::review {

// What the map fills "Condition.subject" of one of its resources from, and what to do where that says nothing: "; the
// map fills it from 'status', ...". Empty: nothing of the map goes there.
std::string WhyUnfilled(const plan::Plan& plan, std::string_view resource, std::string_view expression);

}  // namespace throughline::review
