#include "mappings/language/load_map.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "mappings/language/binder.h"
#include "mappings/language/layers.h"
#include "mappings/plan/plan.h"

namespace throughline::language {
namespace {

bool IsName(std::string_view name) {
  const auto fits = [](char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-';
  };
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, fits);
}

void BindHead(Binding& binding, const YamlNode& root) {
  const std::pair<std::string_view, std::string*> words[] = {
      {"map", &binding.plan.name}, {"version", &binding.plan.version}, {"title", &binding.plan.title}};
  for (const auto& [key, place] : words) {
    const YamlNode* node = root.Find(key);
    if (node == nullptr) continue;
    if (const std::string* text = TextOf(binding, *node, key)) *place = *text;
  }
  const YamlNode* name = root.Find("map");
  if (name == nullptr) {
    binding.diagnostics.Error("map-missing-section", {1, 1}, 1, "a map begins with its name: 'map: some-name'");
  } else if (!IsName(binding.plan.name)) {
    binding.diagnostics.Error("map-name", name->mark, binding.plan.name.size(),
                              "a map's name stands in URLs: small letters, digits and hyphens, at most 64");
  }
}

void BindSystems(Binding& binding, const YamlNode& systems) {
  for (const auto& [key, value] : systems.pairs) {
    if (const std::string* url = TextOf(binding, value, "a code system"))
      binding.systems.push_back({key.text, *url, value.mark, false});
  }
}

// The packages that the map is made for must be at hand: its codes and profiles are checked against them.
void BindPackages(Binding& binding, const YamlNode& packages) {
  const std::vector<YamlNode> one = {packages};
  for (const YamlNode& item : packages.kind == YamlNode::Kind::kList ? packages.items : one) {
    const std::string* text = TextOf(binding, item, "packages");
    if (text == nullptr) continue;
    const std::string_view name = std::string_view(*text).substr(0, text->find('#'));
    const std::string_view version = name.size() < text->size() ? std::string_view(*text).substr(name.size() + 1) : "";
    std::vector<std::string_view> names;
    bool found = false;
    for (std::size_t layer = 1; layer < binding.definitions.layer_count(); ++layer) {
      const auto package = binding.definitions.package(layer);
      names.push_back(package.name);
      found = found || (package.name == name && (version.empty() || package.version == version));
    }
    if (found) continue;
    binding.diagnostics.Error(
        "map-package", item.mark, text->size(),
        "this package is not loaded: give its file with --package, or in the config's 'packages'" +
            DidYouMean(name, names));
  }
}

// `lossy: 0`: how many fields may have that grade.
void BindDemand(Binding& binding, const YamlNode& demand) {
  constexpr std::array kGrades = {Grade::kLossy, Grade::kOneWay, Grade::kDropped};
  for (const auto& [key, value] : demand.pairs) {
    const bool known = CheckKey(binding, key, Place::kDemand);
    const std::string* text = known ? TextOf(binding, value, key.text) : nullptr;
    if (text == nullptr) continue;
    const auto grade = std::ranges::find(kGrades, key.text, [](Grade one) { return CodeOf(one); });
    Binding::Demand made{*grade, 0, value.mark};
    const auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), made.most);
    if (code != std::errc{} || end != text->data() + text->size()) {
      binding.diagnostics.Error("map-demand", value.mark, std::max<std::size_t>(text->size(), 1),
                                "a demand is the number of fields that may have the grade: 'lossy: 0'");
    }
    binding.demands.push_back(made);
  }
}

// Places of records, counted from 0.
void BindRefused(Binding& binding, const YamlNode& value, MapTest& test) {
  const std::vector<YamlNode> one = {value};
  for (const YamlNode& item : value.kind == YamlNode::Kind::kList ? value.items : one) {
    const std::string* text = TextOf(binding, item, "refused");
    if (text == nullptr) continue;
    std::uint64_t place = 0;
    const auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), place);
    if (code != std::errc{} || end != text->data() + text->size()) {
      binding.diagnostics.Error("map-test", item.mark, text->size(), "a record's place is a number, counted from 0");
    }
    test.refused.push_back(place);
  }
}

void BindTests(Binding& binding, const YamlNode& tests) {
  for (const YamlNode& item : tests.items) {
    MapTest test;
    for (const auto& [key, value] : item.pairs) {
      if (!CheckKey(binding, key, Place::kTest)) continue;
      if (key.text == "refused") {
        BindRefused(binding, value, test);
        continue;
      }
      const std::string* text = TextOf(binding, value, key.text);
      if (text == nullptr) continue;
      if (key.text == "given") test.given = *text;
      if (GoldenKind kind{}; GoldenKindFrom(key.text, kind)) test.goldens.push_back({kind, *text});
      if (key.text == "round-trip") test.exact = WordOf(binding, value, key.text, kTripWords).value_or(0) == 0;
    }
    if (test.given.empty()) {
      binding.diagnostics.Error("map-test", item.mark, 1, "a test names the file it is given: 'given: samples/x.json'");
    }
    binding.plan.tests.push_back(std::move(test));
  }
}

// The section when it is there and of the right kind.
const YamlNode* Section(Binding& binding, const YamlNode& root, std::string_view name, YamlNode::Kind kind,
                        bool needed) {
  const YamlNode* node = root.Find(name);
  if (node == nullptr) {
    if (needed) {
      binding.diagnostics.Error("map-missing-section", {1, 1}, 1, "the section '" + std::string(name) + "' is missing");
    }
    return nullptr;
  }
  if (node->kind == kind) return node;
  binding.diagnostics.Error(
      "map-section", node->mark, 1,
      "'" + std::string(name) + "' must be a " +
          (kind == YamlNode::Kind::kList ? "list ('- given: ...')" : "group of 'key: value' lines"));
  return nullptr;
}

void BindAll(Binding& binding, const YamlNode& root) {
  for (const auto& [key, value] : root.pairs) CheckKey(binding, key, Place::kMap);
  BindHead(binding, root);
  const YamlNode* local = Section(binding, root, "local", YamlNode::Kind::kMap, true);
  const YamlNode* fields = Section(binding, root, "fields", YamlNode::Kind::kMap, true);
  const YamlNode* resources = Section(binding, root, "resources", YamlNode::Kind::kMap, true);
  if (const YamlNode* packages = root.Find("packages")) BindPackages(binding, *packages);
  if (const YamlNode* systems = Section(binding, root, "systems", YamlNode::Kind::kMap, false))
    BindSystems(binding, *systems);
  if (local != nullptr) BindLocal(binding, *local);
  if (const YamlNode* codes = Section(binding, root, "codes", YamlNode::Kind::kMap, false)) BindTables(binding, *codes);
  if (fields != nullptr) BindFields(binding, *fields);
  if (local != nullptr && fields != nullptr) {
    BindKey(binding, local->Find("key"));
    BindChoices(binding);
    BindColumns(binding);
    if (const YamlNode* withhold = Section(binding, root, "withhold", YamlNode::Kind::kMap, false))
      BindWithhold(binding, *withhold);
    if (const YamlNode* checks = Section(binding, root, "checks", YamlNode::Kind::kList, false))
      BindChecks(binding, *checks);
    BindClocks(binding);
    BindRepairs(binding);
  }
  if (resources != nullptr) {
    BindResources(binding, *resources, root.Find("main"));
    BindDerivations(binding);
    BindWheres(binding);
  }
  if (fields != nullptr) CheckRecordNames(binding);
  if (const YamlNode* tests = Section(binding, root, "tests", YamlNode::Kind::kList, false)) BindTests(binding, *tests);
  if (const YamlNode* demand = Section(binding, root, "demand", YamlNode::Kind::kMap, false))
    BindDemand(binding, *demand);
  binding.diagnostics.ok() ? FinishPlan(binding) : CheckCodes(binding);
  if (const YamlNode* accept = Section(binding, root, "accept", YamlNode::Kind::kList, false))
    AcceptWarnings(binding, *accept, root);
}

Error TooLarge(std::string_view path) {
  Diagnostics diagnostics(path, "");
  diagnostics.Error("map-yaml", {1, 1}, 1, "the map is larger than 8 MiB");
  return {ErrorKind::kInvalid, "the map cannot be used", diagnostics.TakeErrors()};
}

}  // namespace

std::string Binding::Beside(Mark mark, std::string_view file) const {
  return FolderOf(plan.files.at(mark.file)) + std::string(file);
}

Result<Map> LoadMap(std::string_view path, const FileReader& read, const definitions::Definitions& definitions,
                    const MapFinder& find) {
  auto text = read(path);
  if (!text && text.error().kind == ErrorKind::kTooLong) return TooLarge(path);
  if (!text) return std::move(text).error();
  auto plan = std::make_unique<Plan>();
  plan->path = path;
  plan->definitions = &definitions;
  Diagnostics diagnostics(plan->path, *text);
  Layers layers;
  if (ReadLayers(path, *text, read, find, diagnostics, layers)) {
    plan->files = std::move(layers.files);
    Binding binding{*plan, diagnostics, definitions, read, {}, {}, {}, {}};
    BindAll(binding, layers.root);
  }
  if (!diagnostics.ok()) {
    Error error{ErrorKind::kInvalid, "the map cannot be used", diagnostics.TakeErrors()};
    for (Issue& warning : diagnostics.TakeWarnings()) error.issues.push_back(std::move(warning));
    return error;
  }
  plan->warnings = diagnostics.TakeWarnings();
  return Map(std::move(plan));
}

}  // namespace throughline::language
