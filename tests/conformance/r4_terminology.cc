// The compiled code systems and value sets against the untouched package, a case a resource: all that its rows hold
// must be what was published.
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/terminology/loaded.h"
#include "tests/conformance/archives.h"
#include "tests/conformance/suite.h"

namespace throughline::conformance {
namespace {

namespace blob = definitions::blob;
using json::Value;
using terminology::LoadedSet;
using terminology::LoadedSystem;

// In the order of the enums.
constexpr std::array<std::string_view, 5> kContents = {"not-present", "example", "fragment", "complete", "supplement"};
constexpr std::array<std::string_view, 9> kOperators = {"=",  "is-a",   "descendent-of", "is-not-a", "regex",
                                                        "in", "not-in", "generalizes",   "exists"};

std::string_view Text(const Value& object, std::string_view name) { return object.Get(name).text(); }

// One published code system beside its rows.
class System {
 public:
  System(const Value& resource, const LoadedSystem& system) : resource_(resource), system_(system) {}

  std::string FindDifference() {
    if (!system_) {
      return "missing";
    }
    if (system_.Text(system_->version) != Text(resource_, "version") ||
        system_.Text(system_->value_set) != Text(resource_, "valueSet") ||
        system_.Text(system_->supplements) != Text(resource_, "supplements") ||
        kContents.at(static_cast<std::size_t>(system_->content)) != Text(resource_, "content") ||
        ((system_->flags & blob::kAnyCase) == 0) != resource_.Get("caseSensitive").boolean() ||
        system_->declared_count != resource_.Get("property").items().size()) {
      return "version, content, value set, case or properties";
    }
    Walk(resource_.Get("concept"), blob::kNone);
    return !difference_.empty() ? difference_ : next_ == ConceptsOf(system_).size() ? "" : "too many concepts";
  }

 private:
  // A code that comes again is the same concept.
  void Walk(const Value& list, std::uint32_t parent) {
    for (const Value& published : list.items()) {
      if (!difference_.empty() || !codes_.insert(Text(published, "code")).second) {
        continue;
      }
      const auto rows = ConceptsOf(system_);
      if (next_ == rows.size() || !Same(rows[next_], published, parent)) {
        difference_ = Text(published, "code");
        return;
      }
      const auto index = static_cast<std::uint32_t>(system_->first_concept + next_++);
      Walk(published.Get("concept"), index);
    }
  }

  bool Same(const blob::ConceptRow& row, const Value& published, std::uint32_t parent) const {
    const auto designations = published.Get("designation").items();
    const auto properties = published.Get("property").items();
    bool same = system_.Text(row.code) == Text(published, "code") &&
                system_.Text(row.display) == Text(published, "display") && row.parent == parent &&
                row.designation_count == designations.size() && row.property_count == properties.size();
    const auto names =
        system_.Rows<blob::DesignationRow>(blob::kDesignations, row.first_designation, row.designation_count);
    for (std::size_t i = 0; same && i < names.size(); ++i) {
      same = system_.Text(names[i].language) == Text(designations[i], "language") &&
             system_.Text(names[i].value) == Text(designations[i], "value");
    }
    const auto facts = system_.Rows<blob::PropertyRow>(blob::kProperties, row.first_property, row.property_count);
    for (std::size_t i = 0; same && i < facts.size(); ++i) {
      same = system_.Text(facts[i].code) == Text(properties[i], "code") &&
             system_.Text(facts[i].value) == ValueOf(properties[i]);
    }
    return same;
  }

  static std::string_view ValueOf(const Value& property) {
    for (const json::Member& member : property.members()) {
      if (member.name.starts_with("value")) {
        const Value& value = member.value;
        return value.is_boolean()  ? (value.boolean() ? "true" : "false")
               : value.is_object() ? Text(value, "code")
                                   : value.text();
      }
    }
    return {};
  }

  const Value& resource_;
  LoadedSystem system_;
  std::set<std::string_view> codes_;
  std::size_t next_ = 0;
  std::string difference_;
};

bool SameConcepts(const LoadedSet& set, const blob::IncludeRow& row, const Value& include) {
  const auto concepts =
      set.Rows<blob::IncludedConceptRow>(blob::kIncludedConcepts, row.first_concept, row.concept_count);
  std::set<std::string_view> codes;
  std::size_t next = 0;
  for (const Value& published : include.Get("concept").items()) {
    if (!codes.insert(Text(published, "code")).second) {
      continue;
    }
    if (next == concepts.size() || set.Text(concepts[next].code) != Text(published, "code") ||
        set.Text(concepts[next].display) != Text(published, "display")) {
      return false;
    }
    ++next;
  }
  return next == concepts.size();
}

bool SameInclude(const LoadedSet& set, const blob::IncludeRow& row, const Value& include) {
  const auto filters = include.Get("filter").items();
  const auto sets = include.Get("valueSet").items();
  bool same = set.Text(row.system) == Text(include, "system") && set.Text(row.version) == Text(include, "version") &&
              row.filter_count == filters.size() && row.set_count == sets.size() && SameConcepts(set, row, include);
  const auto filter_rows = set.Rows<blob::FilterRow>(blob::kFilters, row.first_filter, row.filter_count);
  for (std::size_t i = 0; same && i < filters.size(); ++i) {
    same = set.Text(filter_rows[i].property) == Text(filters[i], "property") &&
           set.Text(filter_rows[i].value) == Text(filters[i], "value") &&
           kOperators.at(static_cast<std::size_t>(filter_rows[i].op)) == Text(filters[i], "op");
  }
  const auto set_rows = set.Rows<blob::Text>(blob::kIncludedSets, row.first_set, row.set_count);
  for (std::size_t i = 0; same && i < sets.size(); ++i) {
    same = set.Text(set_rows[i]) == sets[i].text();
  }
  return same;
}

std::string DifferenceOf(const Value& resource, const LoadedSet& set) {
  if (!set) {
    return "missing";
  }
  std::vector<Value> published;
  for (const std::string_view part : {"include", "exclude"}) {
    for (const Value& include : resource.Get("compose").Get(part).items()) {
      published.push_back(include);
    }
  }
  const auto rows =
      set.Rows<blob::IncludeRow>(blob::kIncludes, set->first_include, set->include_count + set->exclude_count);
  if (set.Text(set->version) != Text(resource, "version") || rows.size() != published.size() ||
      set->exclude_count != resource.Get("compose").Get("exclude").items().size()) {
    return "version or number of includes";
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!SameInclude(set, rows[i], published[i])) {
      return "include or exclude " + std::to_string(i);
    }
  }
  return "";
}

std::size_t CountRows(blob::Section section) {
  return blob::HeaderOf(definitions::R4().layers()[0]).sections[section].count;
}

}  // namespace

Score R4CodeSystems(Context& context) {
  const terminology::Layers layers = definitions::R4().layers();
  Score score = EachOfCore("CodeSystem", context, [&](const Value& resource) {
    return System(resource, terminology::FindSystem(layers, {Text(resource, "url"), {}})).FindDifference();
  });
  if (CountRows(blob::kCodeSystems) != score.total) {
    context.Count(score, false, "other number of code systems");
  }
  return score;
}

Score R4ValueSets(Context& context) {
  const terminology::Layers layers = definitions::R4().layers();
  Score score = EachOfCore("ValueSet", context, [&](const Value& resource) {
    return DifferenceOf(resource, terminology::FindSet(layers, {Text(resource, "url"), {}}));
  });
  if (CountRows(blob::kValueSets) != score.total) {
    context.Count(score, false, "other number of value sets");
  }
  return score;
}

}  // namespace throughline::conformance
