// The compiled tables against the untouched package hl7.fhir.r4.core 4.0.1: each type, each element row and each search
// parameter is a case, and so is each that the tables have too many.
#include <array>
#include <cctype>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/parse.h"
#include "tests/conformance/archives.h"
#include "tests/conformance/suite.h"

namespace throughline::conformance {
namespace {

using definitions::BindingStrength;
using definitions::Definitions;
using definitions::Element;
using definitions::kNoType;
using definitions::TypeId;
using json::Value;

std::uint16_t CountOf(const Value& value) {
  return value.text() == "*" ? definitions::kUnbounded : static_cast<std::uint16_t>(value.text()[0] - '0');
}

std::string_view StrengthOf(BindingStrength strength) {
  constexpr std::array<std::string_view, 5> kCodes = {"", "required", "extensible", "preferred", "example"};
  return kCodes.at(static_cast<std::size_t>(strength));
}

// One definition beside the rows of its type.
class Structure {
 public:
  Structure(const Value& definition, Context& context, Score& score)
      : definition_(definition), r4_(definitions::R4()), context_(context), score_(score) {
    for (const Value& element : Elements()) {
      const std::string_view path = element.Get("path").text();
      parents_.insert(path.substr(0, path.rfind('.')));
    }
  }

  void Compare() {
    CompareType();
    for (const Value& element : Elements()) {
      const std::string_view path = element.Get("path").text();
      const bool own_value = definition_.Get("kind").text() == "primitive-type" && path.ends_with(".value");
      if (path.find('.') != std::string_view::npos && !own_value) {
        CompareElement(path, element);
      }
    }
    for (const auto& [owner, count] : rows_) {
      context_.Count(score_, r4_.child_count(owner) == count,
                     std::string(r4_.type(owner).name) + ": other number of children");
    }
  }

 private:
  std::span<const Value> Elements() const { return definition_.Get("snapshot").Get("element").items(); }

  void CompareType() {
    const TypeId id = r4_.FindType(definition_.Get("type").text());
    const definitions::Type type = r4_.type(id);
    const std::string_view base = definition_.Get("baseDefinition").text();
    const std::string_view base_url = type.base == kNoType ? std::string_view() : r4_.type(type.base).url;
    context_.Count(score_,
                   id != kNoType && type.url == definition_.Get("url").text() && base == base_url &&
                       type.abstract == definition_.Get("abstract").boolean(),
                   std::string(definition_.Get("type").text()) + ": type");
  }

  void CompareElement(std::string_view path, const Value& element) {
    const std::size_t point = path.rfind('.');
    const TypeId owner = r4_.FindType(path.substr(0, point));
    const std::string_view name = path.substr(point + 1);
    if (const std::string_view reference = element.Get("contentReference").text(); !reference.empty()) {
      CompareRow(owner, name, reference.substr(1), element, {});
    } else if (parents_.contains(path)) {
      CompareRow(owner, name, path, element, {});
    } else {
      for (const Value& type : element.Get("type").items()) {
        CompareTyped(owner, name, element, type);
      }
    }
  }

  void CompareTyped(TypeId owner, std::string_view name, const Value& element, const Value& type) {
    std::string type_name(type.Get("code").text());
    if (type_name.starts_with("http://hl7.org/fhirpath/")) {
      const bool url = element.Get("path").text() == "Extension.url";
      const bool resource = definition_.Get("kind").text() == "resource" && r4_.IsResource(owner);
      type_name = url ? "uri" : resource ? "id" : "string";
    }
    std::string json_name(name);
    if (name.ends_with("[x]")) {
      json_name.resize(name.size() - 3);
      json_name += type_name;
      json_name[name.size() - 3] = static_cast<char>(std::toupper(json_name[name.size() - 3]));
    }
    CompareRow(owner, json_name, type_name, element, type);
  }

  void CompareRow(TypeId owner, std::string_view name, std::string_view type, const Value& element,
                  const Value& type_row) {
    ++rows_[owner];
    const std::string_view path = element.Get("path").text();
    Element row;
    const bool found = r4_.FindChild(owner, name, row);
    const Value binding = element.Get("binding");
    const bool same =
        found && row.path == path && r4_.type(row.type).name == type && row.min == CountOf(element.Get("min")) &&
        row.max == CountOf(element.Get("max")) && row.is_array == (element.Get("base").Get("max").text() != "1") &&
        row.modifier == element.Get("isModifier").boolean() && row.summary == element.Get("isSummary").boolean() &&
        StrengthOf(row.binding) == binding.Get("strength").text() && row.value_set == binding.Get("valueSet").text() &&
        row.choice.empty() != path.ends_with("[x]") && SameTargets(row, type_row);
    context_.Count(score_, same, std::string(path) + " as " + std::string(name));
  }

  bool SameTargets(const Element& row, const Value& type) const {
    std::set<std::string_view> wanted;
    for (const Value& target : type.Get("targetProfile").items()) {
      const TypeId id = r4_.FindTypeByUrl(target.text());
      if (id == kNoType || r4_.type(id).abstract) {
        return row.target_count == 0;
      }
      wanted.insert(r4_.type(id).name);
    }
    std::set<std::string_view> found;
    for (std::size_t i = 0; i < row.target_count; ++i) {
      found.insert(r4_.type(r4_.target(row, i)).name);
    }
    return found == wanted;
  }

  const Value& definition_;
  const Definitions& r4_;
  Context& context_;
  Score& score_;
  std::set<std::string_view> parents_;
  std::map<TypeId, std::size_t> rows_;
};

bool IsType(const Value& resource) {
  return resource.Get("resourceType").text() == "StructureDefinition" && resource.Get("kind").text() != "logical" &&
         resource.Get("derivation").text() != "constraint";
}

void CompareParameter(const Value& resource, Context& context, Score& score) {
  constexpr std::array<std::string_view, 9> kTypes = {"number",    "date",     "string", "token",  "reference",
                                                      "composite", "quantity", "uri",    "special"};
  const std::string_view url = resource.Get("url").text();
  for (const Value& base : resource.Get("base").items()) {
    definitions::SearchParameter row;
    const bool same = definitions::R4().FindSearchParameter(base.text(), resource.Get("code").text(), row) &&
                      row.url == url && row.base == base.text() &&
                      kTypes.at(static_cast<std::size_t>(row.type)) == resource.Get("type").text() &&
                      row.expression == resource.Get("expression").text() &&
                      row.component_count == resource.Get("component").items().size();
    context.Count(score, same, std::string(url) + " for " + std::string(base.text()));
  }
}

void CompareCompartment(const Value& resource, Context& context, Score& score) {
  const Definitions& r4 = definitions::R4();
  std::set<std::pair<std::string_view, std::string_view>> rows;
  for (std::size_t i = 0; i < r4.compartment_row_count(); ++i) {
    if (const auto row = r4.compartment_row(i); row.compartment == resource.Get("code").text()) {
      rows.emplace(row.type, row.parameter);
    }
  }
  for (const Value& type : resource.Get("resource").items()) {
    for (const Value& parameter : type.Get("param").items()) {
      context.Count(score, rows.erase({type.Get("code").text(), parameter.text()}) == 1,
                    std::string(resource.Get("url").text()) + ": " + std::string(type.Get("code").text()));
    }
  }
  context.Count(score, rows.empty(), std::string(resource.Get("url").text()) + ": more rows");
}

void CountLeftOver(std::size_t types, std::size_t parameters, Context& context, Score& score) {
  const Definitions& r4 = definitions::R4();
  std::size_t defined = 0;
  for (std::size_t id = 0; id < r4.type_count(); ++id) {
    defined += r4.type(static_cast<TypeId>(id)).kind == definitions::TypeKind::kBackbone ? 0 : 1;
  }
  std::set<std::string_view> urls;
  for (std::size_t row = 0; row < r4.search_parameter_count(); ++row) {
    urls.insert(r4.search_parameter(row).url);
  }
  context.Count(score, defined == types, "other number of types");
  context.Count(score, urls.size() == parameters, "other number of search parameters");
}

}  // namespace

Score R4Definitions(Context& context) {
  Score score;
  const Documents documents = ReadArchive(context.oracles / "r4-definitions/hl7.fhir.r4.core-4.0.1.tar.xz",
                                          {"StructureDefinition", "SearchParameter", "CompartmentDefinition"});
  const std::set<std::string> no_parameters = LackingInNpm("SearchParameter");
  const std::set<std::string> no_compartments = LackingInNpm("CompartmentDefinition");
  std::size_t types = 0;
  std::size_t parameters = 0;
  for (const auto& document : documents) {
    const Value& resource = document->root;
    const std::string url(resource.Get("url").text());
    const std::string_view type = resource.Get("resourceType").text();
    if (IsType(resource)) {
      Structure(resource, context, score).Compare();
      ++types;
    } else if (type == "SearchParameter" && !no_parameters.contains(url)) {
      CompareParameter(resource, context, score);
      ++parameters;
    } else if (type == "CompartmentDefinition" && !no_compartments.contains(url)) {
      CompareCompartment(resource, context, score);
    }
  }
  CountLeftOver(types, parameters, context, score);
  return score;
}

}  // namespace throughline::conformance
