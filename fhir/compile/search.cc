#include <algorithm>
#include <array>
#include <utility>

#include "fhir/compile/tables.h"

namespace throughline::compile {
namespace {

struct SearchParameterDraft {
  SearchParameter row;
  std::vector<TypeId> targets;
  std::vector<SearchComponent> components;
};

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
    if (id == kNoType || tables.IsAbstract(id)) {
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

void Add(const SearchParameterDraft& draft, Writer& writer) {
  blob::SearchParameterRow row{};
  row.code = writer.Intern(draft.row.code);
  row.url = writer.Intern(draft.row.url);
  row.base = writer.Intern(draft.row.base);
  row.expression = writer.Intern(draft.row.expression);
  row.first_target = writer.AppendRun(blob::kTargets, std::span(draft.targets));
  row.target_count = static_cast<std::uint16_t>(draft.targets.size());
  row.first_component = writer.CountOf(blob::kComponents);
  row.component_count = static_cast<std::uint16_t>(draft.components.size());
  row.type = static_cast<std::uint8_t>(draft.row.type);
  writer.AddKey(blob::kSearchParameterSeeds, blob::Hash(draft.row.code, blob::Hash(draft.row.base, 0)),
                writer.Append(blob::kSearchParameters, row));
  for (const SearchComponent& component : draft.components) {
    writer.Append(blob::kComponents,
                  blob::ComponentRow{writer.Intern(component.definition), writer.Intern(component.expression)});
  }
}

// A package does not replace a parameter of the layers below.
bool IsTaken(std::string_view base, std::string_view code, const Input& input) {
  SearchParameter below;
  return input.below != nullptr && input.below->FindSearchParameter(base, code, below);
}

Result<void> CompileParameters(const Input& input, const Tables& tables, Writer& writer) {
  std::vector<SearchParameterDraft> drafts;
  for (const json::Value& resource : input.ResourcesOf("SearchParameter")) {
    const std::string_view url = resource.Get("url").text();
    if (input.differences.dropped_search_parameters.contains(url)) {
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
      if (!IsTaken(base.text(), draft.row.code, input)) {
        draft.row.base = base.text();
        drafts.push_back(draft);
      }
    }
  }
  std::ranges::stable_sort(drafts, {},
                           [](const SearchParameterDraft& draft) { return std::pair(draft.row.base, draft.row.code); });
  for (const SearchParameterDraft& draft : drafts) {
    Add(draft, writer);
  }
  return {};
}

void CompileCompartments(const Input& input, Writer& writer) {
  for (const json::Value& compartment : input.ResourcesOf("CompartmentDefinition")) {
    for (const json::Value& row : compartment.Get("resource").items()) {
      for (const json::Value& parameter : row.Get("param").items()) {
        writer.Append(blob::kCompartments,
                      blob::CompartmentRow{writer.Intern(compartment.Get("code").text()),
                                           writer.Intern(row.Get("code").text()), writer.Intern(parameter.text())});
      }
    }
  }
}

}  // namespace

Result<void> CompileSearch(const Input& input, Tables& tables, Writer& writer) {
  CompileCompartments(input, writer);
  return CompileParameters(input, tables, writer);
}

}  // namespace throughline::compile
