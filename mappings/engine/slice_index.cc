#include "mappings/engine/slice_index.h"

#include <algorithm>

namespace throughline::engine {

using plan::Content;
using plan::Leaf;
using plan::Slot;

namespace {

constexpr std::size_t kFew = 16;  // are gone through

}  // namespace

SliceIndex::SliceIndex(const plan::Plan& plan, const Slot& slot) : plan_(plan) {
  for (std::size_t i = 0; i < slot.alternatives.size(); ++i) {
    Steps steps;
    std::string_view text;
    if (slot.alternatives.size() > kFew && FindConstant(plan_.contents[slot.alternatives[i]], steps, text)) {
      known_[steps][text].push_back(i);
    } else {
      others_.push_back(i);
    }
  }
}

// What stands only together with a field is not asked for, nor is a state.
bool SliceIndex::FindConstant(const Content& content, Steps& steps, std::string_view& text) const {
  if (content.is_leaf) {
    const bool constant = content.leaf.source == Leaf::Source::kConstant && content.leaf.constant.is_string();
    if (constant) text = content.leaf.constant.text();
    return constant;
  }
  for (const Slot& slot : content.slots) {
    if (slot.state) continue;
    steps.push_back(slot.name);
    for (const plan::Index alternative : slot.alternatives) {
      const Content& inner = plan_.contents[alternative];
      if (inner.selects && (inner.is_leaf || !inner.bears) && FindConstant(inner, steps, text)) return true;
    }
    steps.pop_back();
  }
  return false;
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

const std::vector<std::size_t>& SliceIndex::For(const json::Value& item) {
  if (known_.empty()) return others_;
  found_ = others_;
  for (const auto& [steps, texts] : known_) Collect(item, steps, 0, texts, found_);
  std::ranges::sort(found_);
  const auto twice = std::ranges::unique(found_);
  found_.erase(twice.begin(), twice.end());
  return found_;
}

}  // namespace throughline::engine
