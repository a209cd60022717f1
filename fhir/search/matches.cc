#include <algorithm>

#include "fhir/search/query.h"
#include "fhir/search/types.h"

namespace throughline::search {
namespace {

bool AnyRowMatches(const Condition& condition, std::span<const IndexRow> rows) {
  const TypeRow* type = FindTypeRow(condition.type);
  return std::ranges::any_of(rows, [&](const IndexRow& row) {
    return row.parameter == condition.parameter &&
           std::ranges::any_of(condition.values, [&](const ConditionValue& value) {
             return type != nullptr ? type->matches(condition.modifier, value, row) : CompositeMatches(value, row);
           });
  });
}

// Does a row lead to a resource of `others` that meets one of the chained queries?
bool ChainMatches(const Condition& condition, std::span<const IndexRow> rows, std::span<const Indexed> others) {
  return std::ranges::any_of(rows, [&](const IndexRow& row) {
    const auto* reference = std::get_if<Reference>(&row.value);
    if (row.parameter != condition.parameter || reference == nullptr || !reference->url.empty()) return false;
    return std::ranges::any_of(others, [&](const Indexed& other) {
      const bool named = other.id == reference->id && (reference->type.empty() || other.type == reference->type);
      return named && std::ranges::any_of(condition.chain, [&](const Query& query) {
               return query.type == other.type && Matches(query, other, others);
             });
    });
  });
}

bool MeetsCondition(const Condition& condition, std::span<const IndexRow> rows, std::span<const Indexed> others) {
  if (!condition.chain.empty()) return ChainMatches(condition, rows, others);
  if (condition.modifier == Modifier::kMissing) {
    return condition.missing ==
           std::ranges::none_of(rows, [&](const IndexRow& row) { return row.parameter == condition.parameter; });
  }
  return AnyRowMatches(condition, rows) != (condition.modifier == Modifier::kNot);
}

}  // namespace

bool Matches(const Query& query, const Indexed& resource, std::span<const Indexed> others) {
  return query.type == resource.type && std::ranges::all_of(query.conditions, [&](const Condition& condition) {
           return MeetsCondition(condition, resource.rows, others);
         });
}

}  // namespace throughline::search
