#include "fhir/validate/implied.h"

#include <algorithm>
#include <array>
#include <utility>

namespace throughline::validate {
namespace {

using definitions::Definitions;
using definitions::Profile;
using definitions::ProfileElement;
using definitions::ValueKind;
using json::Value;

// The profiles below these are asked for wherever their code is used.
constexpr std::array<std::string_view, 1> kFamilies = {"http://hl7.org/fhir/StructureDefinition/vitalsigns"};

constexpr std::string_view kElement = "code";  // says what a resource is about; others, as `category`, only sort it
constexpr std::string_view kCode = ".coding.code";
constexpr std::string_view kSystem = ".coding.system";

// The text of a fixed string; empty when there is none.
std::string_view Fixed(const Definitions& r4, const ProfileElement& element) {
  const std::string_view json = r4.value(element, ValueKind::kFixed).json;
  return json.size() > 2 && json.front() == '"' ? json.substr(1, json.size() - 2) : std::string_view{};
}

// The system that stands beside a fixed code.
std::string_view SystemBeside(const Definitions& r4, const Profile& profile, const ProfileElement& code) {
  for (std::uint16_t i = r4.element(profile, code.parent).first_child; i != definitions::kNoElement;) {
    const ProfileElement child = r4.element(profile, i);
    if (child.path.ends_with(kSystem)) {
      return Fixed(r4, child);
    }
    i = child.next_sibling;
  }
  return {};
}

void ReadProfile(const Definitions& r4, const Profile& profile, std::vector<ImpliedRow>& rows) {
  for (std::size_t i = 0; i < profile.element_count; ++i) {
    const ProfileElement element = r4.element(profile, i);
    const std::size_t point = element.path.find('.');
    if (point == std::string_view::npos || !element.path.ends_with(kCode) || Fixed(r4, element).empty()) {
      continue;
    }
    const std::string_view name = element.path.substr(point + 1, element.path.size() - point - 1 - kCode.size());
    const std::string_view system = SystemBeside(r4, profile, element);
    if (name == kElement && !system.empty()) {
      rows.push_back({profile.type_id, system, Fixed(r4, element), profile.row});
    }
  }
}

}  // namespace

Implied::Implied(const Definitions& r4) {
  for (std::size_t row = 0; row < r4.profile_count(); ++row) {
    const Profile profile = r4.profile(row);
    if (profile.type_id != definitions::kNoType && std::ranges::find(kFamilies, profile.base) != kFamilies.end()) {
      ReadProfile(r4, profile, rows_);
    }
  }
  std::ranges::sort(rows_, {}, &ImpliedRow::code);
  for (const ImpliedRow& row : rows_) {
    types_.push_back(row.type);
  }
  std::ranges::sort(types_);
  types_.erase(std::ranges::unique(types_).begin(), types_.end());
}

std::vector<std::uint32_t> Implied::Find(definitions::TypeId type, const Value& resource) const {
  std::vector<std::uint32_t> found;
  if (!std::ranges::binary_search(types_, type)) {
    return found;
  }
  for (const Value& coding : resource.Get(kElement).Get("coding").items()) {
    for (const ImpliedRow& row : std::ranges::equal_range(rows_, coding.Get("code").text(), {}, &ImpliedRow::code)) {
      if (row.type == type && row.system == coding.Get("system").text() &&
          std::ranges::find(found, row.profile) == found.end()) {
        found.push_back(row.profile);
      }
    }
  }
  return found;
}

}  // namespace throughline::validate
