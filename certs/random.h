// Random bytes nobody can guess. Safe from several threads; the process ends when the machine has no randomness to
// give.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace throughline::certs {

void FillRandom(std::span<std::uint8_t> bytes);
std::string RandomHex(std::size_t bytes);  // 2 digits a byte
std::string RandomUuid();                  // version 4, lower case: "9f4d...": 36 characters, also a valid FHIR id

}  // namespace throughline::certs
