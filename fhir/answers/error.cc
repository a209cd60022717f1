#include "fhir/answers/error.h"

#include <charconv>

#include "fhir/json/write.h"

namespace throughline::answers {
namespace {

struct KindRow {
  std::string_view rule;
  std::string_view kind;
};
constexpr KindRow kKinds[] = {
    {"fhirpath-syntax", "syntax"},
    {"fhirpath-length", "syntax"},
    {"fhirpath-depth", "syntax"},
    {"fhirpath-semantic", "semantic"},
};

std::string_view KindOf(const Error& error) {
  for (const KindRow& row : kKinds) {
    if (!error.issues.empty() && error.issues.front().rule == row.rule) return row.kind;
  }
  return "execution";
}

}  // namespace

std::size_t OffsetOf(const Error& error) {
  constexpr std::string_view kPrefix = "offset ";
  std::size_t offset = 0;
  if (error.issues.empty() || !error.issues.front().location.starts_with(kPrefix)) return offset;
  const std::string_view digits = std::string_view(error.issues.front().location).substr(kPrefix.size());
  std::from_chars(digits.data(), digits.data() + digits.size(), offset);
  return offset;
}

bool WriteError(std::string_view kind, std::string_view message, std::size_t offset, std::string& out) {
  out += "{\"error\":{\"kind\":";
  json::WriteString(kind, out);
  out += ",\"message\":";
  json::WriteString(message, out);
  out += ",\"offset\":" + std::to_string(offset) + "}}";
  return false;
}

bool WriteError(const Error& error, std::string_view place, std::string& out) {
  return WriteError(KindOf(error), std::string(place) + error.message, OffsetOf(error), out);
}

}  // namespace throughline::answers
