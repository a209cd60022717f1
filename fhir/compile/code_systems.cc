#include <algorithm>
#include <array>
#include <cctype>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "fhir/compile/tables.h"

namespace throughline::compile {
namespace {

using json::Value;

// Steps to walk, and ancestors to keep, of one code system at most: beyond it is no hierarchy that anybody meant.
constexpr std::size_t kMostAncestors = 4'000'000;

constexpr std::array<std::string_view, 5> kContents = {"not-present", "example", "fragment", "complete", "supplement"};

struct PropertyKindRow {
  std::string_view type;  // of CodeSystem.property
  std::string_view member;
  blob::PropertyKind kind;
};
constexpr std::array<PropertyKindRow, 7> kPropertyKinds = {{
    {"code", "valueCode", blob::PropertyKind::kCode},
    {"Coding", "valueCoding", blob::PropertyKind::kCoding},
    {"string", "valueString", blob::PropertyKind::kString},
    {"integer", "valueInteger", blob::PropertyKind::kInteger},
    {"boolean", "valueBoolean", blob::PropertyKind::kBoolean},
    {"dateTime", "valueDateTime", blob::PropertyKind::kDateTime},
    {"decimal", "valueDecimal", blob::PropertyKind::kDecimal},
}};

// https://hl7.org/fhir/R4/codesystem-concept-properties.html
constexpr std::string_view kConceptProperties = "http://hl7.org/fhir/concept-properties#";

std::string SmallLetters(std::string_view text) {
  std::string small(text);
  std::ranges::transform(small, small.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  return small;
}

class SystemCompiler {
 public:
  SystemCompiler(const Value& resource, const Differences& differences, Writer& writer)
      : resource_(resource), differences_(differences), writer_(writer) {}

  Result<void> Compile() {
    row_.first_concept = writer_.CountOf(blob::kConcepts);
    system_ = writer_.CountOf(blob::kCodeSystems);
    ReadDeclared();
    ReadConcepts(resource_.Get("concept"), blob::kNone);
    ReadParents();
    if (!AddAncestors()) {
      return MakeError(ErrorKind::kInvalid, "definitions-hierarchy",
                       std::string(resource_.Get("url").text()) + ": its hierarchy is too large");
    }
    AddConcepts();
    AddSystem();
    return {};
  }

 private:
  std::uint32_t IndexOf(std::size_t local) const { return row_.first_concept + static_cast<std::uint32_t>(local); }

  void ReadDeclared() {
    row_.first_declared = writer_.CountOf(blob::kDeclaredProperties);
    for (const Value& property : resource_.Get("property").items()) {
      const auto* const kind = std::ranges::find(kPropertyKinds, property.Get("type").text(), &PropertyKindRow::type);
      writer_.Append(blob::kDeclaredProperties,
                     blob::DeclaredPropertyRow{
                         writer_.Intern(property.Get("code").text()), writer_.Intern(property.Get("uri").text()),
                         kind == kPropertyKinds.end() ? blob::PropertyKind::kString : kind->kind});
      ++row_.declared_count;
    }
  }

  // What a property means by the specification's list: its uri says so, or its code where it has no uri of its own.
  std::string_view MeaningOf(std::string_view code) const {
    for (const Value& property : resource_.Get("property").items()) {
      const std::string_view uri = property.Get("uri").text();
      if (property.Get("code").text() == code && uri.starts_with(kConceptProperties)) {
        return uri.substr(kConceptProperties.size());
      }
    }
    return code == "abstract" ? "notSelectable" : code;
  }

  void ReadConcepts(const Value& list, std::uint32_t parent) {
    for (const Value& item : list.items()) {
      const std::string_view code = item.Get("code").text();
      if (code.empty() || !locals_.try_emplace(code, concepts_.size()).second) {
        ReadConcepts(item.Get("concept"), parent);
        continue;
      }
      const std::size_t local = concepts_.size();
      blob::ConceptRow row{};
      row.code = writer_.Intern(code);
      row.display = writer_.Intern(item.Get("display").text());
      row.parent = parent;
      AddProperties(item, row);
      AddDesignations(item, row);
      concepts_.push_back(row);
      values_.push_back(item);
      ReadConcepts(item.Get("concept"), IndexOf(local));
      concepts_[local].end = IndexOf(concepts_.size());
    }
  }

  void AddProperties(const Value& item, blob::ConceptRow& row) {
    row.first_property = writer_.CountOf(blob::kProperties);
    for (const Value& property : item.Get("property").items()) {
      const std::string_view code = property.Get("code").text();
      for (const auto& [type, member, kind] : kPropertyKinds) {
        const Value value = property.Get(member);
        if (value.is_null()) {
          continue;
        }
        const std::string_view text = value.is_boolean()  ? (value.boolean() ? "true" : "false")
                                      : value.is_object() ? value.Get("code").text()
                                                          : value.text();
        writer_.Append(blob::kProperties, blob::PropertyRow{writer_.Intern(code), writer_.Intern(text), kind});
        ++row.property_count;
        row.flags |= FlagsOf(MeaningOf(code), text);
      }
    }
  }

  static std::uint32_t FlagsOf(std::string_view meaning, std::string_view value) {
    if (meaning == "notSelectable") {
      return value == "true" ? blob::kNotSelectable : 0;
    }
    if (meaning == "inactive") {
      return value == "true" ? blob::kInactive : 0;
    }
    if (meaning == "deprecated" || (meaning == "status" && value == "deprecated")) {
      return blob::kDeprecated;
    }
    return meaning == "status" && (value == "retired" || value == "inactive") ? blob::kInactive : 0;
  }

  void AddDesignations(const Value& item, blob::ConceptRow& row) {
    row.first_designation = writer_.CountOf(blob::kDesignations);
    for (const Value& designation : item.Get("designation").items()) {
      const std::string_view language = designation.Get("language").text();
      const auto corrected =
          differences_.designations.find({resource_.Get("url").text(), item.Get("code").text(), language});
      const std::string_view value =
          corrected == differences_.designations.end() ? designation.Get("value").text() : corrected->second;
      writer_.Append(blob::kDesignations, blob::DesignationRow{writer_.Intern(language), writer_.Intern(value)});
      ++row.designation_count;
    }
  }

  // Parents that properties name; a code that the system lacks is passed over.
  void ReadParents() {
    parents_.resize(concepts_.size());
    for (std::size_t local = 0; local < concepts_.size(); ++local) {
      for (const Value& property : values_[local].Get("property").items()) {
        const std::string_view meaning = MeaningOf(property.Get("code").text());
        const auto other = locals_.find(property.Get("valueCode").text());
        if (other == locals_.end() || (meaning != "parent" && meaning != "child")) {
          continue;
        }
        const bool up = meaning == "parent";
        parents_[up ? local : other->second].push_back(up ? other->second : local);
        crossed_ = true;
      }
    }
  }

  bool IsNested(std::size_t local, std::size_t in) const { return in <= local && IndexOf(local) < concepts_[in].end; }

  bool AddAncestors() {
    std::vector<std::size_t> seen(concepts_.size(), concepts_.size());
    std::size_t steps = 0;
    for (std::size_t local = 0; crossed_ && local < concepts_.size(); ++local) {
      std::vector<std::size_t> open{local};
      std::vector<std::uint32_t> found;
      seen[local] = local;
      while (!open.empty()) {
        const std::size_t one = open.back();
        open.pop_back();
        std::vector<std::size_t> up = parents_[one];
        if (concepts_[one].parent != blob::kNone) {
          up.push_back(concepts_[one].parent - row_.first_concept);
        }
        for (const std::size_t parent : up) {
          if (std::exchange(seen[parent], local) == local) {
            continue;
          }
          open.push_back(parent);
          if (!IsNested(local, parent)) {
            found.push_back(IndexOf(parent));
          }
          if (++steps > kMostAncestors) {
            return false;
          }
        }
      }
      std::ranges::sort(found);
      concepts_[local].ancestor_count = static_cast<std::uint32_t>(found.size());
      concepts_[local].first_ancestor = writer_.AppendRun(blob::kAncestors, std::span<const std::uint32_t>(found));
    }
    return true;
  }

  bool IsAnyCase() const { return !resource_.Get("caseSensitive").boolean(); }

  void AddConcepts() {
    std::unordered_set<std::string> small;
    for (const blob::ConceptRow& row : concepts_) {
      const std::string_view code = values_[row_.concept_count++].Get("code").text();
      const std::uint32_t index = writer_.Append(blob::kConcepts, row);
      writer_.AddKey(blob::kConceptSeeds, blob::CodeKey(code, system_), index);
      if (auto folded = SmallLetters(code); IsAnyCase() && small.insert(folded).second) {
        writer_.AddKey(blob::kConceptSeeds, blob::AnyCaseKey(folded, system_), index);
      }
    }
  }

  void AddSystem() {
    const std::string_view url = resource_.Get("url").text();
    const std::string_view meaning = resource_.Get("hierarchyMeaning").text();
    const auto* const content = std::ranges::find(kContents, resource_.Get("content").text());
    row_.url = writer_.Intern(url);
    row_.version = writer_.Intern(resource_.Get("version").text());
    row_.value_set = writer_.Intern(resource_.Get("valueSet").text());
    row_.supplements = writer_.Intern(resource_.Get("supplements").text());
    row_.content = content == kContents.end() ? blob::Content::kNotPresent
                                              : static_cast<blob::Content>(content - kContents.begin());
    row_.flags = (IsAnyCase() ? blob::kAnyCase : 0) | (meaning.empty() || meaning == "is-a" ? blob::kNestedIsA : 0);
    writer_.AddKey(blob::kCodeSystemSeeds, blob::Hash(url, 0), writer_.Append(blob::kCodeSystems, row_));
  }

  const Value& resource_;
  const Differences& differences_;
  Writer& writer_;
  blob::CodeSystemRow row_{};
  std::uint32_t system_ = 0;
  std::vector<blob::ConceptRow> concepts_;
  std::vector<Value> values_;
  std::unordered_map<std::string_view, std::size_t> locals_;
  std::vector<std::vector<std::size_t>> parents_;
  bool crossed_ = false;
};

}  // namespace

Result<void> CompileCodeSystems(const Input& input, Tables& /*tables*/, Writer& writer) {
  for (const Value& resource : input.ResourcesOf("CodeSystem")) {
    if (resource.Get("url").text().empty()) {
      continue;
    }
    if (auto compiled = SystemCompiler(resource, input.differences, writer).Compile(); !compiled) {
      return compiled;
    }
  }
  return {};
}

}  // namespace throughline::compile
