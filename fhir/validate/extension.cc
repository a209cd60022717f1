#include "fhir/validate/extension.h"

#include <algorithm>
#include <string_view>

namespace throughline::validate {
namespace {

using definitions::Profile;
using json::Member;

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

void CheckUnknown(Context& context, std::string_view url, bool modifier, const Place& place) {
  constexpr std::string_view kCore = "http://hl7.org/fhir/StructureDefinition/";
  if (modifier && !context.options.unknown_modifiers) {
    context.findings.AddAs(Severity::kError, Rule::kExtensionModifierUnknown, place);
  } else if (modifier) {
    context.findings.Add(Rule::kExtensionModifierUnknown, place);
  } else if (!context.options.unknown_extensions && !IsExampleUrl(url)) {
    context.findings.Add(Rule::kExtensionUnknown, place);
  } else if (url.starts_with(kCore)) {
    context.findings.Add(Rule::kExtensionUnknownCore, place);
  }
}

// `sound`: nothing is wrong with the extension so far, so that its definition's rules say something new.
void CheckDefinition(Context& context, const Visit& visit, std::string_view url, bool sound) {
  const bool modifier = visit.element->name == "modifierExtension";
  Profile profile;
  if (!context.definitions.FindProfile(url, profile) || profile.type_id != context.plan.extension()) {
    CheckUnknown(context, url, modifier, visit.place);
    return;
  }
  const definitions::ProfileElement root = context.definitions.element(profile, 0);
  if (root.modifier != modifier) {
    context.findings.Add(Rule::kExtensionModifier, visit.place);
  }
  CheckStanding(context, profile, visit);
  const std::size_t before = context.findings.size();
  CheckParts(context, profile, root, visit.value, visit.place);
  if (sound && context.findings.size() == before) {
    CheckByDefinition(context, profile, visit);
  }
}

}  // namespace

void CheckExtension(Context& context, const Visit& visit) {
  const bool has_value = std::ranges::any_of(visit.value.members(), IsValue);
  const bool has_parts = visit.value.Find("extension") != nullptr;
  if (has_value == has_parts) {
    context.findings.Add(Rule::kExt1, visit.place);
  }
  const json::Value stated = visit.value.Get("url");
  const std::string_view url = stated.text();
  if (visit.element == nullptr || !stated.is_string() || url.empty()) {
    return;
  }
  if (IsAbsolute(url)) {
    CheckDefinition(context, visit, url, has_value != has_parts);
  } else if (visit.element->owner != context.plan.extension()) {
    context.findings.Add(Rule::kExtensionUrl, {&visit.place, "url"});
  }
}

}  // namespace throughline::validate
