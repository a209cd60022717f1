// The primitive types: one row each. https://hl7.org/fhir/R4/datatypes.html#primitive
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "fhir/json/value.h"
#include "fhir/validate/validate.h"

namespace throughline::validate {

struct PrimitiveRow {
  std::string_view name;
  json::Kind kind;                  // how JSON writes it
  bool (*check)(std::string_view);  // of the text of a string or the literal of a number
  std::string_view rule;            // empty: another rule has found what is wrong before this one is asked
  std::string_view text;
};

// True for the letters, digits, "-" and "." of an id, 1 to 64 of them.
bool IsId(std::string_view text);

namespace checks {
bool Base64Binary(std::string_view text);
bool Code(std::string_view text);
bool Date(std::string_view text);
bool DateTime(std::string_view text);
bool Decimal(std::string_view text);
bool Instant(std::string_view text);
bool Integer(std::string_view text);
bool NotEmpty(std::string_view text);
bool Oid(std::string_view text);
bool OidUrn(std::string_view text);  // by RFC 3061 alone: any numbers
bool PositiveInt(std::string_view text);
bool Time(std::string_view text);
bool UnsignedInt(std::string_view text);
bool Uri(std::string_view text);  // an RFC 3986 URI, or what other scripts make of one; "|", which canonicals have, too
bool Uuid(std::string_view text);
bool Xhtml(std::string_view text);
}  // namespace checks

inline constexpr std::size_t kPrimitiveCount = 20;
inline constexpr std::array<PrimitiveRow, kPrimitiveCount> kPrimitives = {{
    {"base64Binary", json::Kind::kString, checks::Base64Binary, "primitive-base64Binary",
     "Write bytes as base64: groups of four of A-Z a-z 0-9 + /, the last filled up with =."},
    {"boolean", json::Kind::kBoolean, checks::NotEmpty, "", ""},
    {"canonical", json::Kind::kString, checks::Uri, "primitive-canonical",
     "Write a canonical URL without blanks and <>\"{}\\^`, with |version after it if need be; % has two hexadecimal "
     "digits "
     "after it."},
    {"code", json::Kind::kString, checks::Code, "primitive-code",
     "Write a code without blanks at its ends and with single blanks inside."},
    {"date", json::Kind::kString, checks::Date, "primitive-date",
     "Write a date as YYYY, YYYY-MM or YYYY-MM-DD, a day that the calendar has."},
    {"dateTime", json::Kind::kString, checks::DateTime, "primitive-dateTime",
     "Write YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with seconds and zone (Z or +hh:mm)."},
    {"decimal", json::Kind::kNumber, checks::Decimal, "primitive-decimal",
     "Write a JSON number of at most 64 digits and an exponent within 999."},
    {"id", json::Kind::kString, IsId, "primitive-id", "Write 1 to 64 of A-Z a-z 0-9 - and the full stop."},
    {"instant", json::Kind::kString, checks::Instant, "primitive-instant",
     "Write YYYY-MM-DDThh:mm:ss with seconds and zone (Z or +hh:mm)."},
    {"integer", json::Kind::kNumber, checks::Integer, "primitive-integer",
     "Write a whole number from -2147483648 to 2147483647, without point or exponent."},
    {"markdown", json::Kind::kString, checks::NotEmpty, "", ""},
    {"oid", json::Kind::kString, checks::Oid, "primitive-oid", "Write urn:oid: and numbers with points between them."},
    {"positiveInt", json::Kind::kNumber, checks::PositiveInt, "primitive-positiveInt",
     "Write a whole number from 1 to 2147483647, without point or exponent."},
    {"string", json::Kind::kString, checks::NotEmpty, "", ""},
    {"time", json::Kind::kString, checks::Time, "primitive-time", "Write hh:mm:ss, without a zone."},
    {"unsignedInt", json::Kind::kNumber, checks::UnsignedInt, "primitive-unsignedInt",
     "Write a whole number from 0 to 2147483647, without point or exponent."},
    {"uri", json::Kind::kString, checks::Uri, "primitive-uri",
     "Write a URI without blanks and <>\"{}\\^`; % has two hexadecimal digits after it."},
    {"url", json::Kind::kString, checks::Uri, "primitive-url",
     "Write a URL without blanks and <>\"{}\\^`; % has two hexadecimal digits after it."},
    {"uuid", json::Kind::kString, checks::Uuid, "primitive-uuid",
     "Write urn:uuid: and 8-4-4-4-12 digits of 0-9 a-f in lower case."},
    {"xhtml", json::Kind::kString, checks::Xhtml, "", ""},
}};

inline constexpr auto kRuledPrimitiveCount = static_cast<std::size_t>(
    std::ranges::count_if(kPrimitives, [](const PrimitiveRow& row) { return !row.rule.empty(); }));

// Null when `name` is no primitive type.
const PrimitiveRow* FindPrimitive(std::string_view name);

// The rule that a value breaks when its check fails; its row has one.
const RuleRow& RuleOf(const PrimitiveRow& primitive);

}  // namespace throughline::validate
