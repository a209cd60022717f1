// What a snapshot says when it is written to: a bug of ours, the types do not keep the two apart.
#pragma once

#include "fhir/base/error.h"

namespace throughline::store {

inline Error ReadOnly() { return MakeError(ErrorKind::kInternal, "store-write", "a snapshot cannot be written to"); }

}  // namespace throughline::store
