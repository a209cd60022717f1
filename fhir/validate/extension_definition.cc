#include <algorithm>
#include <string_view>
#include <vector>

#include "fhir/validate/extension.h"

namespace throughline::validate {
namespace {

using definitions::Element;
using definitions::kNoElement;
using definitions::Profile;
using definitions::ProfileElement;
using json::Member;
using json::Value;

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
