// Which bodies and answers a route agrees to: threats.md E14, E15, E17, A39.
#pragma once

#include <cstdint>
#include <optional>

#include "gateway/http/limits.h"
#include "gateway/http/message.h"
#include "gateway/http/refusal.h"
#include "gateway/http/router.h"

namespace throughline::http {

// Reads Content-Type into `request` and holds it against the rule (415); `announced` is the body's length if it was
// said (413, before a byte is read).
std::optional<Refusal> CheckBody(BodyRule rule, const Limits& limits, std::optional<std::uint64_t> announced,
                                 Request& request);

// The most bytes that a body of this rule may have; no limit is the largest number.
std::uint64_t MostBytes(BodyRule rule, const Limits& limits, const Request& request);

// Accept and _format (406).
std::optional<Refusal> CheckAccept(AnswerRule rule, const Request& request);

}  // namespace throughline::http
