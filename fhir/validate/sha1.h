// SHA-1, which FHIR asks for to notice changes; it keeps no secret. https://www.rfc-editor.org/rfc/rfc3174
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace throughline::validate {

using Sha1Digest = std::array<std::uint8_t, 20>;

Sha1Digest Sha1(std::string_view bytes);

}  // namespace throughline::validate
