#include "mappings/review/unfilled.h"

#include <algorithm>

namespace throughline::review {
namespace {

using plan::Content;
using plan::Index;
using plan::kNone;
using plan::Leaf;
using plan::Plan;
using plan::ResourcePlan;
using plan::Slot;

const Leaf* FirstLeaf(const Plan& plan, const Content& content) {
  using Source = Leaf::Source;
  const Source source = content.leaf.source;
  if (source == Source::kField || source == Source::kDerived || source == Source::kReference) return &content.leaf;
  for (const Slot& slot : content.slots) {
    for (const Index alternative : slot.alternatives) {
      if (const Leaf* leaf = FirstLeaf(plan, plan.contents[alternative])) return leaf;
    }
  }
  return nullptr;
}

// The first content of `content` that fills the element `name`; of a choice ("value"), any of its types.
const Content* Below(const Plan& plan, const Content& content, std::string_view name) {
  const auto slot = std::ranges::find_if(content.slots, [&](const Slot& one) {
    const bool choice = one.name.starts_with(name) && one.name.size() > name.size() && one.name[name.size()] >= 'A' &&
                        one.name[name.size()] <= 'Z';
    return one.name == name || choice;
  });
  return slot == content.slots.end() ? nullptr : &plan.contents[slot->alternatives.front()];
}

}  // namespace

std::string WhyUnfilled(const plan::Plan& plan, std::string_view resource, std::string_view expression) {
  const auto found = std::ranges::find(plan.resources, resource, &ResourcePlan::name);
  if (found == plan.resources.end()) return {};
  const Content* at = &plan.contents[found->content];
  for (std::size_t dot = expression.find('.'); dot != std::string_view::npos && at != nullptr;) {
    const std::size_t end = expression.find('.', dot + 1);
    const std::string_view step = expression.substr(dot + 1, end == std::string_view::npos ? end : end - dot - 1);
    at = Below(plan, *at, step.substr(0, step.find('[')));
    dot = end;
  }
  const Leaf* leaf = at == nullptr ? nullptr : FirstLeaf(plan, *at);
  if (leaf == nullptr) return {};
  if (leaf->source == Leaf::Source::kReference) {
    const ResourcePlan& target = plan.resources[leaf->resource];
    std::string text = "; it refers to '" + target.name + "', which is not made of this record";
    if (!target.lists.empty() || target.when != kNone || target.when_expression) return text;
    return text + ": 'when: " + plan.fields[plan.key.front()].path + "' there makes it of every one";
  }
  const std::string& path = plan.fields[leaf->field].path;
  const std::string what = leaf->source == Leaf::Source::kField ? "make that 'required: true'" : "add 'otherwise'";
  return "; the map fills it from '" + path + "', which gives nothing here: " + what;
}

}  // namespace throughline::review
