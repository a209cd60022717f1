#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "fhir/compile/tables.h"

namespace throughline::compile {
namespace {

struct CodeDraft {
  std::string_view code;
  std::string_view system;
  friend auto operator<=>(const CodeDraft&, const CodeDraft&) = default;
};

using Codes = std::vector<CodeDraft>;

std::string_view WithoutVersion(std::string_view canonical) { return canonical.substr(0, canonical.find('|')); }

void SortOnce(Codes& codes) {
  std::ranges::sort(codes);
  codes.erase(std::ranges::unique(codes).begin(), codes.end());
}

void AddConcepts(const json::Value& concepts, std::string_view system, Codes& codes) {
  for (const json::Value& row : concepts.items()) {
    codes.push_back({row.Get("code").text(), system});
    AddConcepts(row.Get("concept"), system, codes);
  }
}

// Value sets by include and exclude of whole code systems, lists and other value sets. A set with a filter, or with a
// system whose codes the package does not hold, is not enumerated.
class Enumerator {
 public:
  explicit Enumerator(const Input& input) {
    for (const json::Value& set : input.ResourcesOf("ValueSet")) {
      sets_.emplace(set.Get("url").text(), set);
    }
    for (const json::Value& system : input.ResourcesOf("CodeSystem")) {
      systems_.emplace(system.Get("url").text(), system);
    }
  }

  std::optional<Codes> CodesOf(std::string_view canonical) {
    const std::string_view url = WithoutVersion(canonical);
    const auto set = sets_.find(url);
    if (set == sets_.end() || !open_.insert(url).second) {
      return std::nullopt;
    }
    auto codes = Compose(set->second.Get("compose"));
    open_.erase(url);
    return codes;
  }

 private:
  std::optional<Codes> Compose(const json::Value& compose) {
    Codes codes;
    for (const json::Value& include : compose.Get("include").items()) {
      auto part = Part(include);
      if (!part) {
        return std::nullopt;
      }
      codes.insert(codes.end(), part->begin(), part->end());
    }
    SortOnce(codes);
    for (const json::Value& exclude : compose.Get("exclude").items()) {
      auto part = Part(exclude);
      if (!part) {
        return std::nullopt;
      }
      std::erase_if(codes, [&](const CodeDraft& code) { return std::ranges::binary_search(*part, code); });
    }
    return codes.empty() ? std::nullopt : std::optional(std::move(codes));
  }

  // Everything that one include names together must hold.
  std::optional<Codes> Part(const json::Value& include) {
    std::optional<Codes> codes;
    if (!include.Get("system").text().empty()) {
      codes = SystemPart(include);
      if (!codes) {
        return std::nullopt;
      }
      SortOnce(*codes);
    }
    for (const json::Value& set : include.Get("valueSet").items()) {
      auto other = CodesOf(set.text());
      if (!other) {
        return std::nullopt;
      }
      if (!codes) {
        codes = std::move(other);
        continue;
      }
      std::erase_if(*codes, [&](const CodeDraft& code) { return !std::ranges::binary_search(*other, code); });
    }
    return codes;
  }

  std::optional<Codes> SystemPart(const json::Value& include) const {
    const std::string_view url = include.Get("system").text();
    Codes codes;
    if (include.Find("filter") != nullptr) {
      return std::nullopt;
    }
    if (include.Find("concept") != nullptr) {
      AddConcepts(include.Get("concept"), url, codes);
      return codes;
    }
    const auto system = systems_.find(url);
    if (system == systems_.end() || system->second.Get("content").text() != "complete") {
      return std::nullopt;
    }
    AddConcepts(system->second.Get("concept"), url, codes);
    return codes;
  }

  std::map<std::string_view, json::Value> sets_;
  std::map<std::string_view, json::Value> systems_;
  std::set<std::string_view> open_;
};

std::set<std::string_view> RequiredSets(const Tables& tables) {
  std::set<std::string_view> urls;
  for (const TypeDraft& type : tables.types) {
    for (const ElementDraft& element : type.children) {
      if (element.binding == BindingStrength::kRequired) {
        urls.insert(WithoutVersion(element.value_set));
      }
    }
  }
  return urls;
}

}  // namespace

Result<void> CompileValueSets(const Input& input, Tables& tables, Writer& writer) {
  Enumerator enumerator(input);
  for (const std::string_view url : RequiredSets(tables)) {
    const auto codes = enumerator.CodesOf(url);
    if (!codes) {
      continue;
    }
    const blob::ValueSetRow row{writer.Intern(url), writer.CountOf(blob::kCodes),
                                static_cast<std::uint32_t>(codes->size())};
    writer.AddKey(blob::kValueSetSeeds, blob::Hash(url, 0), writer.Append(blob::kValueSets, row));
    for (const CodeDraft& code : *codes) {
      writer.Append(blob::kCodes, blob::CodeRow{writer.Intern(code.code), writer.Intern(code.system)});
    }
  }
  return {};
}

}  // namespace throughline::compile
