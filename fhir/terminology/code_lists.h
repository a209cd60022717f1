// The codes of short public lists, each sorted.
#pragma once

#include <span>
#include <string_view>

namespace throughline::terminology {

std::span<const std::string_view> Currencies();  // ISO 4217 as R4 lists it
std::span<const std::string_view> LaterCurrencies();
std::span<const std::string_view> TwoLetterCountries();  // ISO 3166-1
std::span<const std::string_view> ThreeLetterCountries();
std::span<const std::string_view> NumericCountries();
std::span<const std::string_view> TwoLetterLanguages();  // ISO 639-1
std::span<const std::string_view> TimeZones();           // https://www.iana.org/time-zones

}  // namespace throughline::terminology
