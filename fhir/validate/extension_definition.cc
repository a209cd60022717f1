#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/validate/extension.h"

namespace throughline::validate {
namespace {

using definitions::ContextKind;
using definitions::Element;
using definitions::ExtensionContext;
using definitions::kNoElement;
using definitions::kNoType;
using definitions::Profile;
using definitions::ProfileElement;
using definitions::TypeId;
using json::Member;
using json::Value;

// Where R4 itself and the guides built on it use an extension beyond the contexts that its definition of 4.0.1 lists;
// later definitions list them.
struct AlsoRow {
  std::string_view url;
  std::string_view context;
};
constexpr std::array kAlsoAllowed = {
    AlsoRow{"http://hl7.org/fhir/StructureDefinition/capabilitystatement-expectation", "Element"},
    AlsoRow{"http://hl7.org/fhir/StructureDefinition/regex", "ElementDefinition.type"},
    AlsoRow{"http://hl7.org/fhir/StructureDefinition/regex", "ElementDefinition.type.code"},
    AlsoRow{"http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type", "ElementDefinition.type"},
    AlsoRow{"http://hl7.org/fhir/StructureDefinition/structuredefinition-normative-version", "Element"},
    AlsoRow{"http://hl7.org/fhir/StructureDefinition/valueset-concept-comments", "CodeSystem.concept"},
};

// "Element" is said of what may stand anywhere, on resources too: R4 has such extensions on most of its own.
constexpr std::string_view kAnywhere = "Element";

std::string_view WithoutChoice(std::string_view path) {
  return path.ends_with("[x]") ? path.substr(0, path.size() - 3) : path;
}

// "Patient.text" is what "DomainResource.text" says, and "Observation.value" what "Observation.value[x]" says.
bool Names(const Context& context, const Element& element, std::string_view expression) {
  const std::string_view path = WithoutChoice(element.path);
  expression = WithoutChoice(expression);
  if (path == expression) {
    return true;
  }
  const std::size_t dot = expression.find('.');
  const std::size_t own = path.find('.');
  if (dot == std::string_view::npos || own == std::string_view::npos || path.substr(own) != expression.substr(dot)) {
    return false;
  }
  const TypeId named = context.definitions.FindType(expression.substr(0, dot));
  const TypeId type = context.definitions.FindType(path.substr(0, own));
  return named != kNoType && type != kNoType && context.definitions.Derives(type, named);
}

bool AllowsElement(const Context& context, std::string_view expression, TypeId holder, const Element* element) {
  const TypeId type = context.definitions.FindType(expression);
  return expression == kAnywhere || (type != kNoType && context.definitions.Derives(holder, type)) ||
         (element != nullptr && Names(context, *element, expression));
}

// "http://x/outer", or "http://x/outer#part" for a part of it.
bool NamesExtension(std::string_view expression, std::string_view url) {
  const std::size_t part = expression.find('#');
  return url == expression || (part != std::string_view::npos && url == expression.substr(part + 1));
}

bool Allows(const Context& context, const ExtensionContext& allowed, TypeId holder, const Element* element) {
  if (allowed.kind == ContextKind::kFhirpath) {
    return true;
  }
  if (allowed.kind == ContextKind::kExtension) {
    return holder == context.plan.extension() && NamesExtension(allowed.expression, context.extension);
  }
  return AllowsElement(context, allowed.expression, holder, element);
}

const Member* ValueOf(const Value& extension) {
  const auto found = std::ranges::find_if(extension.members(), [](const Member& member) {
    return member.name.starts_with("value") || member.name.starts_with("_value");
  });
  return found == extension.members().end() ? nullptr : &*found;
}

// False when the extension has a value, and the definition allows none of its type.
bool CheckValueType(Context& context, const ProfileElement& element, const Value& extension, const Place& place) {
  const Member* const value = ValueOf(extension);
  if (value == nullptr) {
    return true;
  }
  const std::string_view name = value->name.substr(value->name.starts_with('_') ? 1 : 0);
  Element given;
  if (!context.definitions.FindChild(context.plan.extension(), name, given)) {
    return true;
  }
  bool allowed = element.max > 0 && element.type_count == 0;
  for (std::size_t i = 0; i < element.type_count && element.max > 0; ++i) {
    allowed = allowed || context.definitions.type(element, i).type_id == given.type;
  }
  if (!allowed) {
    context.findings.Add(Rule::kExtensionValue, {&place, "value", Place::kSingle, value->name});
  }
  return allowed;
}

// The url that the parts of a slice have: fixed on its child `url`.
std::string_view UrlOfSlice(const Context& context, const Profile& profile, const ProfileElement& slice) {
  for (std::uint16_t i = slice.first_child; i != kNoElement;) {
    const ProfileElement child = context.definitions.element(profile, i);
    if (child.path.ends_with(".url")) {
      std::string_view json = context.definitions.value(child, definitions::ValueKind::kFixed).json;
      return json.size() > 2 ? json.substr(1, json.size() - 2) : std::string_view{};
    }
    i = child.next_sibling;
  }
  return {};
}

void CheckSlice(Context& context, const Profile& profile, const ProfileElement& slice, const Value& extension,
                const Place& place) {
  const std::string_view url = UrlOfSlice(context, profile, slice);
  if (url.empty()) {
    return;
  }
  std::size_t count = 0;
  std::size_t index = 0;
  for (const Value& part : extension.Get("extension").items()) {
    if (part.Get("url").text() == url) {
      ++count;
      CheckParts(context, profile, slice, part, {&place, "extension", index});
    }
    ++index;
  }
  if (count < slice.min) {
    context.findings.Add(Rule::kExtensionPartMissing, place);
  } else if (slice.max != definitions::kUnbounded && count > slice.max) {
    context.findings.Add(Rule::kExtensionPartMany, {&place, "extension"});
  }
}

// A part's relative url means what the definition says of it, and nothing else.
void CheckPartsAreKnown(Context& context, const Profile& profile, const std::vector<ProfileElement>& slices,
                        const Value& extension, const Place& place) {
  std::size_t index = 0;
  for (const Value& part : extension.Get("extension").items()) {
    const std::string_view url = part.Get("url").text();
    const bool known = url.empty() || url.find(':') != std::string_view::npos ||
                       std::ranges::any_of(slices, [&](const ProfileElement& slice) {
                         return UrlOfSlice(context, profile, slice) == url;
                       });
    if (!known) {
      context.findings.Add(Rule::kExtensionPartUnknown, {&place, "extension", index});
    }
    ++index;
  }
}

}  // namespace

bool IsAllowedAt(const Context& context, const Profile& extension, const Visit& visit) {
  const Place* const holder = visit.place.parent;
  const Element* const element = holder == nullptr ? nullptr : holder->element;
  bool allowed = extension.context_count == 0;
  for (std::size_t i = 0; i < extension.context_count && !allowed; ++i) {
    allowed = Allows(context, context.definitions.context(extension, i), visit.element->owner, element);
  }
  return allowed || std::ranges::any_of(kAlsoAllowed, [&](const AlsoRow& row) {
           return row.url == extension.url && AllowsElement(context, row.context, visit.element->owner, element);
         });
}

void CheckParts(Context& context, const Profile& profile, const ProfileElement& element, const Value& extension,
                const Place& place) {
  std::vector<ProfileElement> slices;
  bool sound = true;
  for (std::uint16_t i = element.first_child; i != kNoElement;) {
    const ProfileElement child = context.definitions.element(profile, i);
    if (child.path.ends_with(".value[x]") && child.slice_name.empty()) {
      sound = CheckValueType(context, child, extension, place) && sound;
    } else if (child.path.ends_with(".extension") && !child.slice_name.empty()) {
      slices.push_back(child);
    }
    i = child.next_sibling;
  }
  if (!sound) {
    return;  // a value where there should be parts: what they lack is no news
  }
  for (const ProfileElement& slice : slices) {
    CheckSlice(context, profile, slice, extension, place);
  }
  if (!slices.empty()) {
    CheckPartsAreKnown(context, profile, slices, extension, place);
  }
}

}  // namespace throughline::validate
