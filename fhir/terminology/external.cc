#include "fhir/terminology/external.h"

#include <algorithm>

#include "fhir/terminology/code_lists.h"
#include "fhir/units/units.h"

namespace throughline::terminology {
namespace {

Answer ToAnswer(bool yes) { return yes ? Answer::kYes : Answer::kNo; }

bool IsIn(std::span<const std::string_view> list, std::string_view code) {
  return std::ranges::binary_search(list, code);
}

Answer IsCurrency(std::string_view code) { return ToAnswer(IsIn(Currencies(), code) || IsIn(LaterCurrencies(), code)); }

Answer IsCountry(std::string_view code) {
  return ToAnswer(IsIn(TwoLetterCountries(), code) || IsIn(ThreeLetterCountries(), code) ||
                  IsIn(NumericCountries(), code));
}

// ISO 3166-2: a country, and up to three letters or digits that are not looked up.
Answer IsSubdivision(std::string_view code) {
  const std::string_view part = code.size() > 3 ? code.substr(3) : std::string_view();
  const bool formed = part.size() <= 3 && !part.empty() && code[2] == '-' && std::ranges::all_of(part, [](char c) {
                        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
                      });
  return formed && IsIn(TwoLetterCountries(), code.substr(0, 2)) ? Answer::kUnknown : Answer::kNo;
}

constexpr std::array<ExternalSystem, 7> kSystems = {{
    {kUcum, [](std::string_view code) { return ToAnswer(units::IsUnit(code)); }, {}},
    {"https://www.iana.org/time-zones",
     [](std::string_view code) { return ToAnswer(IsIn(TimeZones(), code)); },
     {TimeZones}},
    {"urn:ietf:bcp:13", [](std::string_view code) { return ToAnswer(IsMimeType(code)); }, {}},
    {"urn:ietf:bcp:47", [](std::string_view code) { return ToAnswer(IsLanguageTag(code)); }, {}},
    {"urn:iso:std:iso:3166", IsCountry, {TwoLetterCountries, ThreeLetterCountries, NumericCountries}},
    {"urn:iso:std:iso:3166:-2", IsSubdivision, {}},
    {"urn:iso:std:iso:4217", IsCurrency, {Currencies}},
}};
static_assert(std::ranges::is_sorted(kSystems, {}, &ExternalSystem::url));

}  // namespace

const ExternalSystem* FindExternal(std::string_view system) {
  const auto* const found = std::ranges::lower_bound(kSystems, system, {}, &ExternalSystem::url);
  return found != kSystems.end() && found->url == system ? found : nullptr;
}

}  // namespace throughline::terminology
