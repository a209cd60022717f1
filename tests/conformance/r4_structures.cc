// The compiled StructureDefinitions, search parameters and compartments against the untouched package, a case a
// resource: all that its rows hold must be what was published.
#include <array>
#include <charconv>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/write.h"
#include "tests/conformance/archives.h"
#include "tests/conformance/suite.h"

namespace throughline::conformance {
namespace {

using definitions::Definitions;
using definitions::ElementType;
using definitions::Profile;
using definitions::ProfileElement;
using definitions::ValueKind;
using json::Value;

constexpr std::string_view kMaxValueSet = "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet";

// Each enum's codes in its order.
constexpr std::array<std::string_view, 5> kStrengths = {"", "required", "extensible", "preferred", "example"};
constexpr std::array<std::string_view, 4> kSlicings = {"", "open", "closed", "openAtEnd"};
constexpr std::array<std::string_view, 5> kDiscriminators = {"value", "exists", "pattern", "type", "profile"};
constexpr std::array<std::string_view, 4> kKinds = {"primitive-type", "complex-type", "resource", "logical"};
constexpr std::array<std::string_view, 3> kDerivations = {"", "specialization", "constraint"};
constexpr std::array<std::string_view, 3> kContexts = {"fhirpath", "element", "extension"};
constexpr std::array<std::string_view, 2> kSeverities = {"error", "warning"};
constexpr std::array<std::string_view, 9> kSearchTypes = {"number",    "date",     "string", "token",  "reference",
                                                          "composite", "quantity", "uri",    "special"};

template <typename Word, std::size_t kCount>
std::string_view CodeOf(const std::array<std::string_view, kCount>& codes, Word word) {
  return codes.at(static_cast<std::size_t>(word));
}

std::string CountText(std::uint16_t count) { return count == definitions::kUnbounded ? "*" : std::to_string(count); }

std::string_view ExtensionValue(const Value& element, std::string_view url) {
  for (const Value& extension : element.Get("extension").items()) {
    if (extension.Get("url").text() == url) {
      return extension.members().back().value.text();
    }
  }
  return {};
}

// One published StructureDefinition beside its rows; the first thing that differs.
class Structure {
 public:
  Structure(const Value& definition, const Definitions& r4) : definition_(definition), r4_(r4) {}

  std::string FindDifference() {
    if (!r4_.FindProfile(definition_.Get("url").text(), profile_)) {
      return "missing";
    }
    if (!SameHead()) {
      return "url, version, name, type, base, kind, derivation, abstract or context";
    }
    const auto elements = definition_.Get("snapshot").Get("element").items();
    if (elements.size() != profile_.element_count) {
      return "other number of elements";
    }
    for (std::size_t i = 0; i < elements.size(); ++i) {
      if (!SameElement(r4_.element(profile_, i), elements[i])) {
        return std::string(elements[i].Get("id").text());
      }
    }
    return "";
  }

 private:
  bool SameHead() const {
    const auto contexts = definition_.Get("context").items();
    const auto invariants = definition_.Get("contextInvariant").items();
    bool same = profile_.version == definition_.Get("version").text() && profile_.name == Text(definition_, "name") &&
                profile_.type == Text(definition_, "type") && profile_.base == Text(definition_, "baseDefinition") &&
                CodeOf(kKinds, profile_.kind) == Text(definition_, "kind") &&
                CodeOf(kDerivations, profile_.derivation) == Text(definition_, "derivation") &&
                profile_.abstract == definition_.Get("abstract").boolean() &&
                profile_.context_count == contexts.size() && profile_.invariant_count == invariants.size();
    for (std::size_t i = 0; same && i < contexts.size(); ++i) {
      const definitions::ExtensionContext row = r4_.context(profile_, i);
      same =
          CodeOf(kContexts, row.kind) == Text(contexts[i], "type") && row.expression == Text(contexts[i], "expression");
    }
    for (std::size_t i = 0; same && i < invariants.size(); ++i) {
      same = r4_.context_invariant(profile_, i) == invariants[i].text();
    }
    return same;
  }

  bool SameElement(const ProfileElement& row, const Value& element) const {
    const Value* base = element.Find("base");
    const std::string_view reference = Text(element, "contentReference");
    return row.id == Text(element, "id") && row.path == Text(element, "path") &&
           row.slice_name == Text(element, "sliceName") &&
           row.content_reference == reference.substr(reference.empty() ? 0 : 1) &&
           CountText(row.min) == Text(element, "min") && CountText(row.max) == Text(element, "max") &&
           (base == nullptr || CountText(row.base_max) == Text(*base, "max")) &&
           row.must_support == element.Get("mustSupport").boolean() &&
           row.modifier == element.Get("isModifier").boolean() && row.summary == element.Get("isSummary").boolean() &&
           std::to_string(row.max_length) == (element.Find("maxLength") ? Text(element, "maxLength") : "0") &&
           SameBinding(row, element.Get("binding")) && SameSlicing(row, element.Get("slicing")) &&
           SameTypes(row, element) && SameValues(row, element) && SameConstraints(row, element);
  }

  static std::string_view Text(const Value& object, std::string_view name) { return object.Get(name).text(); }

  static bool SameBinding(const ProfileElement& row, const Value& binding) {
    return CodeOf(kStrengths, row.binding) == Text(binding, "strength") && row.value_set == Text(binding, "valueSet") &&
           row.max_value_set == ExtensionValue(binding, kMaxValueSet);
  }

  bool SameSlicing(const ProfileElement& row, const Value& slicing) const {
    const auto discriminators = slicing.Get("discriminator").items();
    bool same = CodeOf(kSlicings, row.slicing) == Text(slicing, "rules") &&
                row.ordered == slicing.Get("ordered").boolean() && row.discriminator_count == discriminators.size();
    for (std::size_t i = 0; same && i < discriminators.size(); ++i) {
      const definitions::Discriminator found = r4_.discriminator(row, i);
      same = CodeOf(kDiscriminators, found.type) == Text(discriminators[i], "type") &&
             found.path == Text(discriminators[i], "path");
    }
    return same;
  }

  bool SameTypes(const ProfileElement& row, const Value& element) const {
    const auto types = element.Get("type").items();
    bool same = row.type_count == types.size();
    for (std::size_t i = 0; same && i < types.size(); ++i) {
      const ElementType type = r4_.type(row, i);
      same = type.code == TypeCode(element, types[i]) && type.type_id == r4_.FindType(type.code) &&
             SameList(types[i].Get("profile"), type.profile_count,
                      [&](std::size_t at) { return r4_.type_profile(type, at); }) &&
             SameList(types[i].Get("targetProfile"), type.target_count,
                      [&](std::size_t at) { return r4_.target_profile(type, at); });
    }
    return same;
  }

  // As differences.json says: the id of a resource is an id; other System types are what they are annotated with.
  std::string_view TypeCode(const Value& element, const Value& type) const {
    const std::string_view code = Text(type, "code");
    const std::string_view path = Text(element, "path");
    if (!code.starts_with("http://hl7.org/fhirpath/")) {
      return code;
    }
    if (Text(definition_, "kind") == "resource" && path.ends_with(".id") && path.find('.') == path.size() - 3) {
      return "id";
    }
    const std::string_view named =
        ExtensionValue(type, "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type");
    return named.empty() ? code : named;
  }

  template <typename At>
  static bool SameList(const Value& list, std::size_t count, At at) {
    bool same = list.items().size() == count;
    for (std::size_t i = 0; same && i < count; ++i) {
      same = at(i) == list.items()[i].text();
    }
    return same;
  }

  bool SameValues(const ProfileElement& row, const Value& element) const {
    constexpr std::array<std::pair<std::string_view, ValueKind>, 4> kValues = {{{"fixed", ValueKind::kFixed},
                                                                                {"pattern", ValueKind::kPattern},
                                                                                {"minValue", ValueKind::kMinValue},
                                                                                {"maxValue", ValueKind::kMaxValue}}};
    bool same = true;
    for (const auto& [prefix, kind] : kValues) {
      std::string published;
      for (const json::Member& member : element.members()) {
        if (member.name.starts_with(prefix)) {
          published = json::ToString(member.value);
        }
      }
      same = same && r4_.value(row, kind).json == published;
    }
    return same;
  }

  bool SameConstraints(const ProfileElement& row, const Value& element) const {
    const auto constraints = element.Get("constraint").items();
    bool same = row.constraint_count == constraints.size();
    for (std::size_t i = 0; same && i < constraints.size(); ++i) {
      const definitions::Constraint found = r4_.constraint(row, i);
      const std::string_view source = Text(constraints[i], "source");
      same = found.key == Text(constraints[i], "key") && found.human == Text(constraints[i], "human") &&
             found.expression == Text(constraints[i], "expression") &&
             found.source == (source.empty() ? profile_.url : source) &&
             CodeOf(kSeverities, found.severity) == Text(constraints[i], "severity");
    }
    return same;
  }

  const Value& definition_;
  const Definitions& r4_;
  Profile profile_;
};

bool SameParameter(const Value& resource, const Definitions& r4) {
  const auto components = resource.Get("component").items();
  bool same = true;
  for (const Value& base : resource.Get("base").items()) {
    definitions::SearchParameter row;
    same = same && r4.FindSearchParameter(base.text(), resource.Get("code").text(), row) &&
           row.url == resource.Get("url").text() && row.base == base.text() &&
           CodeOf(kSearchTypes, row.type) == resource.Get("type").text() &&
           row.expression == resource.Get("expression").text() && row.component_count == components.size();
    for (std::size_t i = 0; same && i < components.size(); ++i) {
      const definitions::SearchComponent component = r4.component(row, i);
      same = component.definition == components[i].Get("definition").text() &&
             component.expression == components[i].Get("expression").text();
    }
  }
  return same;
}

bool SameCompartment(const Value& resource, const Definitions& r4) {
  std::set<std::pair<std::string_view, std::string_view>> published;
  for (const Value& type : resource.Get("resource").items()) {
    for (const Value& parameter : type.Get("param").items()) {
      published.emplace(type.Get("code").text(), parameter.text());
    }
  }
  std::set<std::pair<std::string_view, std::string_view>> rows;
  for (std::size_t i = 0; i < r4.compartment_row_count(); ++i) {
    if (const auto row = r4.compartment_row(i); row.compartment == resource.Get("code").text()) {
      rows.emplace(row.type, row.parameter);
    }
  }
  return rows == published;
}

}  // namespace

Score R4StructureDefinitions(Context& context) {
  Score score = EachOfCore("StructureDefinition", context, [](const Value& resource) {
    return Structure(resource, definitions::R4()).FindDifference();
  });
  if (definitions::R4().profile_count() != score.total) {
    context.Count(score, false, "other number of StructureDefinitions");
  }
  return score;
}

Score R4SearchParameters(Context& context) {
  return EachOfCore("SearchParameter", context, [](const Value& resource) {
    return SameParameter(resource, definitions::R4()) ? std::string() : "differs";
  });
}

Score R4Compartments(Context& context) {
  return EachOfCore("CompartmentDefinition", context, [](const Value& resource) {
    return SameCompartment(resource, definitions::R4()) ? std::string() : "differs";
  });
}

}  // namespace throughline::conformance
