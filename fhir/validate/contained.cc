#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "fhir/validate/context.h"

namespace throughline::validate {
namespace {

using json::Value;

constexpr std::string_view kContained = "contained";

void ReportRepeatedIds(Context& context, const Place& place) {
  const auto& rows = context.scope.contained;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].id == rows[i - 1].id && !rows[i].id.empty()) {
      const Place item{&place, kContained, rows[i].index};
      context.findings.Add(Rule::kContainedIdRepeated, {&item, "id"});
    }
  }
}

struct ForbiddenMeta {
  std::string_view name;
  Rule rule;
};
constexpr std::array kForbiddenMeta = {
    ForbiddenMeta{"lastUpdated", Rule::kDom4},
    ForbiddenMeta{"security", Rule::kDom5},
    ForbiddenMeta{"versionId", Rule::kDom4},
};

}  // namespace

void EnterContainer(Context& context, const Value& resource, const Place& place) {
  const Value* const list = resource.Find(kContained);
  if (list == nullptr) {
    return;
  }
  const bool many = list->size() > context.options.contained;
  if (many) {
    context.findings.Add(Rule::kContainedMany, {&place, kContained});
  }
  auto& rows = context.scope.contained;
  const bool settled = many || !context.options.contained_checks;
  for (const Value& item : list->items().first(std::min(list->items().size(), context.options.contained))) {
    rows.push_back(
        {item.Get("id").text(), context.definitions.FindType(item.Get("resourceType").text()), rows.size(), settled});
  }
  std::ranges::sort(rows, {}, [](const Contained& row) { return std::pair(row.id, row.index); });
  ReportRepeatedIds(context, place);
}

void LeaveContainer(Context& context, const Place& place) {
  for (const Contained& row : context.scope.contained) {
    if (!row.referenced) {
      context.findings.Add(Rule::kDom3, {&place, kContained, row.index});
    }
  }
}

void CheckContained(Context& context, const Value& resource, const Place& place) {
  if (resource.Find(kContained) != nullptr) {
    context.findings.Add(Rule::kDom2, place);
  }
  const Place meta{&place, "meta"};
  for (const ForbiddenMeta& row : kForbiddenMeta) {
    if (resource.Get("meta").Find(row.name) != nullptr) {
      context.findings.Add(row.rule, {&meta, row.name});
    }
  }
}

const Contained* ReferTo(Context& context, std::string_view id) {
  const auto [first, last] = std::ranges::equal_range(context.scope.contained, id, {}, &Contained::id);
  for (Contained& row : std::ranges::subrange(first, last)) {
    row.referenced = true;
  }
  return first == last ? nullptr : &*first;
}

void ReferToContainer(Context& context) {
  for (Contained& row : context.scope.contained) {
    row.referenced = row.referenced || row.index == context.scope.inside;
  }
}

void CheckFragment(Context& context, std::string_view text) {
  if (!text.starts_with('#') || context.scope.contained.empty()) {
    return;
  }
  if (text.size() == 1) {
    ReferToContainer(context);
  } else {
    ReferTo(context, text.substr(1));
  }
}

}  // namespace throughline::validate
