// How much of a code table has a code in FHIR, and how much of FHIR's value set leads back.
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/terminology/terminology.h"
#include "mappings/language/binder.h"
#include "mappings/plan/absence.h"

namespace throughline::language {
namespace {

constexpr std::size_t kMostSetCodes = 500;  // of a value set that is looked through

// The codes that the field is declared to have and its table does not know.
void CheckValues(Binding& binding, const Field& field) {
  if (field.values.empty()) return;
  if (field.table == kNone) {
    return binding.diagnostics.Error("map-values", field.values_mark, 1,
                                     "'values' are the local codes of a field with 'codes'");
  }
  const CodeTable& table = *binding.plan.tables[field.table];
  if (table.unlisted() != Unlisted::kNone) return;
  std::size_t missing = 0;
  std::string names;
  for (const std::string& value : field.values) {
    const bool token =
        std::ranges::any_of(field.absent, [&](const AbsentToken& absent) { return absent.token == value; });
    if (token || table.FindLocal(value) != nullptr) continue;
    ++missing;
    names.append(names.empty() ? "" : ", ").append(value);
  }
  if (missing == 0) return;
  std::string text = "the table '" + table.name() + "' has no row for " + std::to_string(missing) + " of the " +
                     std::to_string(field.values.size()) + " codes that the field can have: " + names;
  if (field.unmatched == UnmatchedPolicy::kKeep) {
    binding.diagnostics.Warning("map-coverage", field.values_mark, 1, std::move(text));
  } else {
    binding.diagnostics.Error("map-coverage", field.values_mark, 1, std::move(text));
  }
}

// Counts the codes of the value set where the table is used, when they can be listed.
void CountBack(const Binding& binding, const Content& content, const CodeTable& table, TableCoverage& coverage) {
  const std::string_view set = content.required_set.empty() ? content.extensible_set : content.required_set;
  if (set.empty() || !coverage.set.empty()) return;
  terminology::ExpandOptions options;
  options.count = kMostSetCodes;
  options.limit = 10 * kMostSetCodes;
  const auto expansion = terminology::Terminology(binding.definitions).Expand(set, options);
  if (!expansion || expansion->reason != terminology::Reason::kNone || expansion->total > kMostSetCodes) return;
  coverage.set = set;
  coverage.set_codes = expansion->total;
  const bool plain = content.leaf.transform == TransformId::kCodePrimitive;
  for (const terminology::Concept& code : expansion->concepts) {
    bool known = false;
    if (table.FindCode(plain ? std::string_view() : code.system, code.code, known) != nullptr) ++coverage.back;
  }
}

// How many rows say what of their codes, in the order of first appearance.
std::string KindsOf(const CodeTable& table) {
  std::vector<std::pair<std::string_view, std::size_t>> kinds;
  for (const CodeRow& row : table.rows()) {
    const auto found = std::ranges::find(kinds, std::string_view(row.equivalence), &decltype(kinds)::value_type::first);
    if (found == kinds.end()) {
      kinds.emplace_back(row.equivalence, 1);
    } else {
      ++found->second;
    }
  }
  std::string text;
  for (const auto& [kind, count] : kinds)
    text.append(text.empty() ? "" : ", ").append(std::to_string(count)).append(" ").append(kind);
  return text;
}

}  // namespace

void CoverTables(Binding& binding) {
  Plan& plan = binding.plan;
  for (const Field& field : plan.fields) CheckValues(binding, field);
  for (Index i = 0; i < plan.tables.size(); ++i) {
    const CodeTable& table = *plan.tables[i];
    TableCoverage coverage{.table = table.name(), .codes = table.locals().size()};
    coverage.standard = static_cast<std::size_t>(
        std::ranges::count_if(table.locals(), [](const LocalCode& code) { return !code.coding.is_null(); }));
    coverage.kinds = KindsOf(table);
    for (const Content& content : plan.contents) {
      const Leaf& leaf = content.leaf;
      const bool here = leaf.source == Leaf::Source::kField && plan.fields[leaf.field].table == i;
      if (here) CountBack(binding, content, table, coverage);
    }
    plan.coverage.push_back(std::move(coverage));
  }
}

}  // namespace throughline::language
