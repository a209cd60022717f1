#include <algorithm>
#include <array>
#include <utility>

#include "fhir/definitions/compiler/tables.h"

namespace throughline::definitions::compiler {
namespace {

// In the order of SearchType.
constexpr std::array<std::string_view, 9> kSearchTypes = {"number",    "date",     "string", "token",  "reference",
                                                          "composite", "quantity", "uri",    "special"};

SearchParameterDraft ToParameter(const json::Value& resource, SearchType type, const Tables& tables) {
  SearchParameterDraft draft;
  draft.row.code = resource.Get("code").text();
  draft.row.url = resource.Get("url").text();
  draft.row.expression = resource.Get("expression").text();
  draft.row.type = type;
  for (const json::Value& target : resource.Get("target").items()) {
    const TypeId id = tables.IdOf(target.text());
    if (id == kNoType || tables.types[id].abstract) {
      draft.targets.clear();
      break;
    }
    draft.targets.push_back(id);
  }
  for (const json::Value& component : resource.Get("component").items()) {
    draft.components.push_back({component.Get("definition").text(), component.Get("expression").text()});
  }
  return draft;
}

Result<void> CompileParameters(const Package& package, Tables& tables) {
  for (const json::Value& resource : package.ResourcesOf("SearchParameter")) {
    const std::string_view url = resource.Get("url").text();
    if (package.differences().dropped_search_parameters.contains(url)) {
      continue;
    }
    const auto* const type = std::ranges::find(kSearchTypes, resource.Get("type").text());
    if (type == kSearchTypes.end()) {
      return MakeError(ErrorKind::kInvalid, "definitions-search", std::string(url) + ": unknown type of parameter");
    }
    SearchParameterDraft draft = ToParameter(resource, static_cast<SearchType>(type - kSearchTypes.begin()), tables);
    for (const json::Value& base : resource.Get("base").items()) {
      if (tables.IdOf(base.text()) == kNoType) {
        return MakeError(ErrorKind::kInvalid, "definitions-search", std::string(url) + ": its base is not defined");
      }
      draft.row.base = base.text();
      tables.search_parameters.push_back(draft);
    }
  }
  std::ranges::stable_sort(tables.search_parameters, {},
                           [](const SearchParameterDraft& draft) { return std::pair(draft.row.base, draft.row.code); });
  return {};
}

void CompileCompartments(const Package& package, Tables& tables) {
  for (const json::Value& compartment : package.ResourcesOf("CompartmentDefinition")) {
    for (const json::Value& row : compartment.Get("resource").items()) {
      for (const json::Value& parameter : row.Get("param").items()) {
        tables.compartments.push_back({compartment.Get("code").text(), row.Get("code").text(), parameter.text()});
      }
    }
  }
}

}  // namespace

Result<void> CompileSearch(const Package& package, Tables& tables) {
  CompileCompartments(package, tables);
  return CompileParameters(package, tables);
}

}  // namespace throughline::definitions::compiler
