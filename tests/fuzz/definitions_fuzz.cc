// Blobs with bytes changed are refused, or every lookup stays inside them. The input is changes of five bytes each:
// place and new byte.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/terminology/terminology.h"

extern "C" {
extern const std::byte throughline_r4_blob[];
extern const std::byte throughline_r4_blob_end[];
}

namespace {

using throughline::definitions::Definitions;
using throughline::definitions::TypeId;

std::vector<std::byte> Changed(std::span<const std::uint8_t> changes) {
  std::vector<std::byte> blob(throughline_r4_blob, throughline_r4_blob_end);
  for (; changes.size() >= 5; changes = changes.subspan(5)) {
    std::uint32_t place = 0;
    std::memcpy(&place, changes.data(), sizeof place);
    blob[place % blob.size()] = static_cast<std::byte>(changes[4]);
  }
  return blob;
}

std::size_t Touch(std::string_view text) { return text.empty() ? 0 : static_cast<unsigned char>(text.back()); }

std::size_t LookUpProfiles(const Definitions& definitions) {
  std::size_t touched = 0;
  for (std::size_t row = 0; row < definitions.profile_count(); row += 17) {
    throughline::definitions::Profile profile = definitions.profile(row);
    definitions.FindProfile(profile.url, profile);
    touched += Touch(definitions.context(profile, 0).expression) + Touch(definitions.context_invariant(profile, 0));
    for (std::size_t i = 0; i < profile.element_count; ++i) {
      const auto element = definitions.element(profile, i);
      const auto type = definitions.type(element, 0);
      touched +=
          Touch(element.id) + Touch(definitions.type_profile(type, 0)) + Touch(definitions.target_profile(type, 0));
      touched +=
          Touch(definitions.constraint(element, 0).expression) + Touch(definitions.discriminator(element, 0).path);
      touched += Touch(definitions.value(element, throughline::definitions::ValueKind::kFixed).json);
    }
  }
  return touched;
}

std::size_t LookUpCodes(const Definitions& definitions, std::string_view value_set) {
  const throughline::terminology::Terminology terminology(definitions);
  std::size_t touched = Touch(terminology.MemberOf(value_set, {{}, {}, "active"}).what);
  if (const auto expansion = terminology.Expand(value_set, {.offset = 0, .count = 4, .limit = 100})) {
    for (const auto& one : expansion->concepts) {
      touched += Touch(one.display) + Touch(terminology.MemberOf(value_set, {one.system, {}, one.code}).what);
    }
  }
  return touched;
}

std::size_t LookUp(const Definitions& definitions) {
  std::size_t touched = 0;
  for (std::size_t id = 0; id < definitions.type_count(); id += 13) {
    const auto type = static_cast<TypeId>(id);
    touched += Touch(definitions.type(type).name) + definitions.FindType(definitions.type(type).name);
    for (std::size_t i = 0; i < definitions.child_count(type); ++i) {
      throughline::definitions::Element element = definitions.child(type, i);
      definitions.FindChild(type, element.name, element);
      touched +=
          definitions.target(element, 0) + Touch(element.value_set) + definitions.FindChoice(type, "value").count;
      touched += LookUpCodes(definitions, element.value_set);
    }
  }
  for (std::size_t row = 0; row < definitions.search_parameter_count(); row += 31) {
    throughline::definitions::SearchParameter parameter = definitions.search_parameter(row);
    definitions.FindSearchParameter(parameter.base, parameter.code, parameter);
    touched += Touch(definitions.component(parameter, 0).expression) + definitions.target(parameter, 0);
  }
  for (std::size_t id = 0; id < definitions.type_count(); ++id) {
    touched += Touch(definitions.constraint(definitions.type(static_cast<TypeId>(id)), 0).key);
  }
  return touched + LookUpProfiles(definitions);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::byte> blob = Changed({data, size});
  if (const auto definitions = Definitions::Open(blob); definitions && LookUp(*definitions) == SIZE_MAX) {
    std::abort();  // never so: what was looked up must only not be left out by the compiler
  }
  return 0;
}
