#include "mappings/engine/first_field.h"

namespace throughline::engine {

json::Value FirstField(const plan::Plan& plan, const plan::Content& content, const json::Value& value,
                       const plan::Content*& leaf) {
  if (!content.reads || value.is_null()) return {};
  if (content.is_leaf) {
    if (content.leaf.source != plan::Leaf::Source::kField) return {};
    leaf = &content;
    return value;
  }
  json::Value first;
  for (const plan::Slot& slot : content.slots) {
    const plan::Content* found = nullptr;
    if (slot.is_array) continue;
    const json::Value one = FirstField(plan, plan.contents[slot.alternatives.front()], value.Get(slot.name), found);
    if (found == nullptr || (leaf != nullptr && leaf->leaf.field < found->leaf.field)) continue;
    leaf = found;
    first = one;
  }
  return first;
}

}  // namespace throughline::engine
