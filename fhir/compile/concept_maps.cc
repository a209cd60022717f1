#include <algorithm>
#include <array>
#include <string>

#include "fhir/compile/tables.h"

namespace throughline::compile {
namespace {

using json::Value;

// In the order of the specification's value sets.
constexpr std::array<std::string_view, 10> kEquivalences = {
    "relatedto", "equivalent",  "equal",   "wider",     "subsumes",
    "narrower",  "specializes", "inexact", "unmatched", "disjoint",
};
constexpr std::array<std::string_view, 4> kUnmapped = {"", "provided", "fixed", "other-map"};

template <std::size_t N>
std::size_t PlaceIn(const std::array<std::string_view, N>& words, std::string_view word) {
  const auto found = static_cast<std::size_t>(std::ranges::find(words, word) - words.begin());
  return found < N ? found : 0;
}

// "url|version" as "url", and what the map says of the version elsewhere.
std::string_view UriOrCanonical(const Value& resource, std::string_view uri, std::string_view canonical) {
  const std::string_view text = resource.Get(uri).text();
  return text.empty() ? resource.Get(canonical).text() : text;
}

class MapCompiler {
 public:
  MapCompiler(const Value& resource, Writer& writer) : resource_(resource), writer_(writer) {}

  void Compile() {
    const std::string_view url = resource_.Get("url").text();
    blob::ConceptMapRow row{};
    row.url = writer_.Intern(url);
    row.version = writer_.Intern(resource_.Get("version").text());
    row.source = writer_.Intern(UriOrCanonical(resource_, "sourceUri", "sourceCanonical"));
    row.target = writer_.Intern(UriOrCanonical(resource_, "targetUri", "targetCanonical"));
    row.first_group = writer_.CountOf(blob::kMapGroups);
    for (const Value& group : resource_.Get("group").items()) {
      AddGroup(group);
      ++row.group_count;
    }
    writer_.AddKey(blob::kConceptMapSeeds, blob::Hash(url, 0), writer_.Append(blob::kConceptMaps, row));
  }

 private:
  void AddGroup(const Value& group) {
    const Value unmapped = group.Get("unmapped");
    blob::MapGroupRow row{};
    row.source = writer_.Intern(group.Get("source").text());
    row.source_version = writer_.Intern(group.Get("sourceVersion").text());
    row.target = writer_.Intern(group.Get("target").text());
    row.target_version = writer_.Intern(group.Get("targetVersion").text());
    row.unmapped_code = writer_.Intern(unmapped.Get("code").text());
    row.unmapped_display = writer_.Intern(unmapped.Get("display").text());
    row.unmapped_url = writer_.Intern(unmapped.Get("url").text());
    row.unmapped = static_cast<blob::Unmapped>(PlaceIn(kUnmapped, unmapped.Get("mode").text()));
    row.first_element = writer_.CountOf(blob::kMapElements);
    AddElements(group.Get("element"), row);
    writer_.Append(blob::kMapGroups, row);
  }

  void AddElements(const Value& list, blob::MapGroupRow& row) {
    std::vector<Value> elements(list.items().begin(), list.items().end());
    std::ranges::stable_sort(elements, {}, [](const Value& element) { return element.Get("code").text(); });
    std::vector<std::pair<std::string_view, std::uint32_t>> reverse;
    for (const Value& element : elements) {
      blob::MapElementRow out{};
      out.code = writer_.Intern(element.Get("code").text());
      out.display = writer_.Intern(element.Get("display").text());
      out.first_target = writer_.CountOf(blob::kMapTargets);
      for (const Value& target : element.Get("target").items()) {
        const std::string_view code = target.Get("code").text();
        const std::uint32_t index = AddTarget(target, writer_.CountOf(blob::kMapElements));
        ++out.target_count;
        if (!code.empty()) {
          reverse.emplace_back(code, index);
        }
      }
      writer_.Append(blob::kMapElements, out);
      ++row.element_count;
    }
    std::ranges::stable_sort(reverse, {}, [](const auto& pair) { return pair.first; });
    row.first_reverse = writer_.CountOf(blob::kMapReverse);
    row.reverse_count = static_cast<std::uint32_t>(reverse.size());
    for (const auto& [code, index] : reverse) {
      writer_.Append(blob::kMapReverse, index);
    }
  }

  std::uint32_t AddTarget(const Value& target, std::uint32_t element) {
    blob::MapTargetRow row{};
    row.code = writer_.Intern(target.Get("code").text());
    row.display = writer_.Intern(target.Get("display").text());
    row.element = element;
    row.equivalence = static_cast<std::uint16_t>(PlaceIn(kEquivalences, target.Get("equivalence").text()));
    row.conditional = target.Find("dependsOn") != nullptr ? 1 : 0;
    return writer_.Append(blob::kMapTargets, row);
  }

  const Value& resource_;
  Writer& writer_;
};

}  // namespace

Result<void> CompileConceptMaps(const Input& input, Tables& /*tables*/, Writer& writer) {
  for (const Value& resource : input.ResourcesOf("ConceptMap")) {
    if (!resource.Get("url").text().empty()) {
      MapCompiler(resource, writer).Compile();
    }
  }
  return {};
}

}  // namespace throughline::compile
