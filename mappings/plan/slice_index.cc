#include "mappings/plan/slice_index.h"

#include <algorithm>
#include <utility>

namespace throughline::plan {

// Of several constants, the one that the fewest slices have: a code, rather than its system.
SliceIndex::SliceIndex(const Plan& plan, const Slot& slot) {
  std::vector<std::vector<Constant>> constants(slot.alternatives.size());
  std::map<std::pair<Steps, std::string_view>, std::size_t> counts;
  for (std::size_t i = 0; i < constants.size(); ++i) {
    Steps steps;
    AddConstants(plan, plan.contents[slot.alternatives[i]], steps, constants[i]);
    for (const Constant& constant : constants[i]) ++counts[{constant.steps, constant.text}];
  }
  for (std::size_t i = 0; i < constants.size(); ++i) {
    const auto rarest = std::ranges::min_element(constants[i], {}, [&](const Constant& constant) {
      return counts.at({constant.steps, constant.text});
    });
    if (rarest == constants[i].end()) {
      others_.push_back(i);
    } else {
      known_[rarest->steps][rarest->text].push_back(i);
    }
  }
}

// What stands only together with a field is not asked for, nor is a state. Of a list, which has all of its slices.
void SliceIndex::AddConstants(const Plan& plan, const Content& content, Steps& steps, std::vector<Constant>& out) {
  if (content.is_leaf) {
    const bool constant = content.leaf.source == Leaf::Source::kConstant && content.leaf.constant.is_string();
    if (constant) out.push_back({steps, content.leaf.constant.text()});
    return;
  }
  for (const Slot& slot : content.slots) {
    if (slot.state) continue;
    steps.push_back(slot.name);
    for (const Index alternative : slot.alternatives) {
      const Content& inner = plan.contents[alternative];
      if (inner.selects && (inner.is_leaf || !inner.bears)) AddConstants(plan, inner, steps, out);
    }
    steps.pop_back();
  }
}

void SliceIndex::Collect(const json::Value& value, const Steps& steps, std::size_t at, const ByText& texts,
                         std::vector<std::size_t>& out) {
  for (const json::Value& item : value.items()) Collect(item, steps, at, texts, out);
  if (value.is_array()) return;
  if (at < steps.size()) {
    if (const json::Value* member = value.Find(steps[at])) Collect(*member, steps, at + 1, texts, out);
    return;
  }
  const auto found = value.is_string() ? texts.find(value.text()) : texts.end();
  if (found != texts.end()) out.insert(out.end(), found->second.begin(), found->second.end());
}

void SliceIndex::Find(const json::Value& item, std::vector<std::size_t>& out) const {
  out = others_;
  for (const auto& [steps, texts] : known_) Collect(item, steps, 0, texts, out);
  std::ranges::sort(out);
  const auto twice = std::ranges::unique(out);
  out.erase(twice.begin(), twice.end());
}

}  // namespace throughline::plan
