#include "fhir/validate/extension.h"

#include <algorithm>

namespace throughline::validate {
namespace {

using json::Member;
using json::Value;

// "valueString", "_valueString"; "value" alone is no element.
bool IsValue(const Member& member) { return member.name.starts_with("value") || member.name.starts_with("_value"); }

// RFC 3986: a scheme and a colon.
bool IsAbsolute(std::string_view url) {
  const auto colon = std::ranges::find_if_not(url, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '-' ||
           c == '.';
  });
  return colon != url.end() && colon != url.begin() && *colon == ':';
}

}  // namespace

void CheckExtension(Context& context, const Visit& visit) {
  const bool has_value = std::ranges::any_of(visit.value.members(), IsValue);
  const bool has_parts = visit.value.Find("extension") != nullptr;
  if (has_value == has_parts) {
    context.findings.Add(Rule::kExt1, visit.place);
  }
  const bool part = visit.element != nullptr && visit.element->owner == context.plan.extension();
  const Value url = visit.value.Get("url");
  if (visit.element != nullptr && !part && !url.text().empty() && !IsAbsolute(url.text())) {
    context.findings.Add(Rule::kExtensionUrl, {&visit.place, "url"});
  }
}

}  // namespace throughline::validate
