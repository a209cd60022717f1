#include <algorithm>
#include <array>
#include <unordered_set>

#include "fhir/compile/tables.h"

namespace throughline::compile {
namespace {

using json::Value;

// In the order of FilterOperator.
constexpr std::array<std::string_view, 9> kOperators = {"=",  "is-a",   "descendent-of", "is-not-a", "regex",
                                                        "in", "not-in", "generalizes",   "exists"};

blob::FilterOperator OperatorOf(std::string_view code) {
  return static_cast<blob::FilterOperator>(std::ranges::find(kOperators, code) - kOperators.begin());
}
static_assert(kOperators.size() == static_cast<std::size_t>(blob::FilterOperator::kOther));

void AddInclude(const Value& include, Writer& writer) {
  blob::IncludeRow row{};
  row.system = writer.Intern(include.Get("system").text());
  row.version = writer.Intern(include.Get("version").text());
  row.first_concept = writer.CountOf(blob::kIncludedConcepts);
  const std::uint32_t index = writer.CountOf(blob::kIncludes);
  std::unordered_set<std::string_view> codes;
  for (const Value& item : include.Get("concept").items()) {
    const std::string_view code = item.Get("code").text();
    if (!codes.insert(code).second) {
      continue;
    }
    const blob::IncludedConceptRow listed{writer.Intern(code), writer.Intern(item.Get("display").text())};
    writer.AddKey(blob::kIncludedConceptSeeds, blob::CodeKey(code, index),
                  writer.Append(blob::kIncludedConcepts, listed));
    ++row.concept_count;
  }
  row.first_filter = writer.CountOf(blob::kFilters);
  for (const Value& filter : include.Get("filter").items()) {
    writer.Append(blob::kFilters,
                  blob::FilterRow{writer.Intern(filter.Get("property").text()),
                                  writer.Intern(filter.Get("value").text()), OperatorOf(filter.Get("op").text())});
    ++row.filter_count;
  }
  row.first_set = writer.CountOf(blob::kIncludedSets);
  for (const Value& set : include.Get("valueSet").items()) {
    writer.Append(blob::kIncludedSets, writer.Intern(set.text()));
    ++row.set_count;
  }
  writer.Append(blob::kIncludes, row);
}

// A published expansion, groupers without a code passed over.
class Listing {
 public:
  Listing(std::uint32_t owner, Writer& writer) : owner_(owner), writer_(writer) {}

  void Add(const Value& contains) {
    for (const Value& item : contains.items()) {
      AddOne(item);
      Add(item.Get("contains"));
    }
  }

 private:
  void AddOne(const Value& item) {
    const std::string_view code = item.Get("code").text();
    const std::uint64_t key = blob::ListedKey(item.Get("system").text(), code, owner_);
    if (code.empty() || !keys_.insert(key).second) {
      return;
    }
    const std::uint32_t flags = (item.Get("abstract").boolean() ? blob::kNotSelectable : 0) |
                                (item.Get("inactive").boolean() ? blob::kInactive : 0);
    const blob::ListedConceptRow row{writer_.Intern(item.Get("system").text()),
                                     writer_.Intern(item.Get("version").text()), writer_.Intern(code),
                                     writer_.Intern(item.Get("display").text()), flags};
    writer_.AddKey(blob::kListedConceptSeeds, key, writer_.Append(blob::kListedConcepts, row));
  }

  std::uint32_t owner_;
  Writer& writer_;
  std::unordered_set<std::uint64_t> keys_;
};

// Does the expansion hold all there is, and not a page of it?
bool IsWhole(const Value& expansion, std::uint32_t listed) {
  const std::string_view offset = expansion.Get("offset").text();
  const std::string_view total = expansion.Get("total").text();
  const bool cut = std::ranges::any_of(expansion.Get("extension").items(), [](const Value& extension) {
    return extension.Get("url").text().ends_with("valueset-toocostly");
  });
  return expansion.is_object() && !cut && (offset.empty() || offset == "0") &&
         (total.empty() || total == std::to_string(listed));
}

void AddValueSet(const Value& resource, Writer& writer) {
  const std::string_view url = resource.Get("url").text();
  const Value compose = resource.Get("compose");
  const Value expansion = resource.Get("expansion");
  blob::ValueSetRow row{};
  row.url = writer.Intern(url);
  row.version = writer.Intern(resource.Get("version").text());
  row.first_include = writer.CountOf(blob::kIncludes);
  row.include_count = static_cast<std::uint32_t>(compose.Get("include").items().size());
  row.exclude_count = static_cast<std::uint32_t>(compose.Get("exclude").items().size());
  for (const std::string_view part : {"include", "exclude"}) {
    for (const Value& include : compose.Get(part).items()) {
      AddInclude(include, writer);
    }
  }
  row.first_listed = writer.CountOf(blob::kListedConcepts);
  Listing(writer.CountOf(blob::kValueSets), writer).Add(expansion.Get("contains"));
  row.listed_count = writer.CountOf(blob::kListedConcepts) - row.first_listed;
  const Value inactive = compose.Get("inactive");
  row.flags = (row.include_count > 0 ? blob::kComposed : 0) |
              (IsWhole(expansion, row.listed_count) ? blob::kListed : 0) |
              (inactive.is_boolean() && !inactive.boolean() ? blob::kWithoutInactive : 0);
  writer.AddKey(blob::kValueSetSeeds, blob::Hash(url, 0), writer.Append(blob::kValueSets, row));
}

}  // namespace

Result<void> CompileValueSets(const Input& input, Tables& /*tables*/, Writer& writer) {
  for (const Value& resource : input.ResourcesOf("ValueSet")) {
    if (!resource.Get("url").text().empty()) {
      AddValueSet(resource, writer);
    }
  }
  return {};
}

}  // namespace throughline::compile
