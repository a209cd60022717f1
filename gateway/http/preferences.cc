#include "gateway/http/preferences.h"

#include "gateway/http/text.h"

namespace throughline::http {
namespace {

std::string_view WithoutQuotes(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

}  // namespace

std::string Preference(const Headers& headers, std::string_view name) {
  for (const Headers::Field& field : headers.fields()) {
    if (!SameWithoutCase(field.name, "Prefer")) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const std::size_t end = rest.find_first_of(",;");
      const std::string_view part = Trim(rest.substr(0, end));
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
      const std::size_t equals = part.find('=');
      if (equals == std::string_view::npos || !SameWithoutCase(Trim(part.substr(0, equals)), name)) continue;
      return LowerOf(WithoutQuotes(Trim(part.substr(equals + 1))));
    }
  }
  return {};
}

}  // namespace throughline::http
