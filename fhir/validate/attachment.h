// What an Attachment, and data of a SampledData, ask for beyond their rows.
// https://hl7.org/fhir/R4/datatypes.html#Attachment, https://hl7.org/fhir/R4/datatypes.html#SampledData
#pragma once

#include <cstdint>
#include <optional>

#include "fhir/validate/context.h"

namespace throughline::validate {

// `size` must be the number of bytes in `data`, and `hash` their SHA-1, when both are there; without `data` the length
// of `hash` is looked at.
void CheckAttachment(Context& context, const Visit& visit);

// `data` is a list of decimals and of the words E, L and U.
void CheckSampledData(Context& context, const Visit& visit);

// How many bytes base64 stands for; nothing when it is none.
std::optional<std::uint64_t> BytesIn(const json::Value& base64);

}  // namespace throughline::validate
