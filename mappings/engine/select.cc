#include "mappings/engine/select.h"

#include <algorithm>

#include "mappings/engine/table_transforms.h"
#include "mappings/engine/where.h"

namespace throughline::engine {
namespace {

int FitLeaf(const Plan& plan, const Content& content, const json::Value& value, const json::Value& sibling,
            bool strict) {
  const Leaf& leaf = content.leaf;
  if (leaf.source == Leaf::Source::kConstant) return json::Equal(leaf.constant, value) ? 1 : -1;
  if (leaf.source == Leaf::Source::kDerived && leaf.table != kNone) {
    const bool known = TableKnows(*plan.tables[leaf.table], leaf.transform, value, sibling);
    return known ? 1 : strict ? -1 : 0;
  }
  if (leaf.source != Leaf::Source::kField || plan.fields[leaf.field].table == kNone) return 0;
  const Field& field = plan.fields[leaf.field];
  const bool nothing = value.is_null() && sibling.is_null();
  if (!nothing && TableKnows(*plan.tables[field.table], leaf.transform, value, sibling)) return 1;
  const bool foreign = strict && !nothing && field.unmatched != UnmatchedPolicy::kKeep;
  return IsAlwaysThere(plan, field) || foreign ? -1 : 0;
}

int FitSlot(const Plan& plan, const Slot& slot, const json::Value& value, bool strict) {
  const json::Value* member = value.Find(slot.name);
  const json::Value nothing;
  if (!slot.is_array) {
    const Content& content = plan.contents[slot.alternatives.front()];
    if (!content.selects) return 0;
    const json::Value* sibling = slot.sibling.empty() ? nullptr : value.Find(slot.sibling);
    if (content.is_leaf)
      return FitLeaf(plan, content, member ? *member : nothing, sibling ? *sibling : nothing, strict);
    if (content.bears && member == nullptr) return 0;
    const int fit = Fit(plan, content, member ? *member : nothing, sibling ? *sibling : nothing, strict);
    return content.bears ? std::max(fit, 0) : fit;
  }
  int fit = 0;
  for (const Index alternative : slot.alternatives) {
    const Content& content = plan.contents[alternative];
    if (!content.selects || content.bears) continue;
    int best = -1;
    for (const json::Value& item : (member ? *member : nothing).items()) {
      best = std::max(best, Fit(plan, content, item, nothing, strict));
    }
    if (best < 0) return -1;
    fit += best;
  }
  return fit;
}

}  // namespace

int Fit(const Plan& plan, const Content& content, const json::Value& value, const json::Value& sibling, bool strict) {
  if (content.is_leaf) return FitLeaf(plan, content, value, sibling, strict);
  int fit = 0;
  for (const Slot& slot : content.slots) {
    const int one = FitSlot(plan, slot, value, strict);
    if (one < 0) return -1;
    fit += one;
  }
  return fit;
}

namespace {

// Without `where`.
int FitTemplate(const Plan& plan, const ResourcePlan& resource, const json::Value& body) {
  if (body.Get("resourceType").text() != resource.type_name) return -1;
  int fit = 0;
  for (const Slot& slot : plan.contents[resource.content].slots) {
    const Content& content = plan.contents[slot.alternatives.front()];
    const bool weak = !slot.is_array && content.is_leaf && content.leaf.source == Leaf::Source::kConstant;
    const int one = FitSlot(plan, slot, body, false);
    if (one < 0 && !weak) return -1;
    fit += std::max(one, 0);
  }
  return fit;
}

using FitOf = int (*)(const Plan& plan, const ResourcePlan& resource, const json::Value& body);

// A resource that is called by its name is that one, whatever its constants have become.
Index BestResource(const Plan& plan, std::string_view place, const json::Value& body, FitOf fit_of, bool asks) {
  Index best = kNone;
  int best_fit = -1;
  const std::string_view name = place.substr(0, place.find('['));
  for (Index i = 0; i < plan.resources.size(); ++i) {
    const ResourcePlan& resource = plan.resources[i];
    if (!name.empty()) {
      const bool is = resource.name == name && resource.type_name == body.Get("resourceType").text();
      if (is && (!asks || Meets(plan, resource.where, body))) return i;
      continue;
    }
    const int fit = fit_of(plan, resource, body);
    if (fit > best_fit) {
      best_fit = fit;
      best = i;
    }
  }
  return best;
}

}  // namespace

int FitResource(const Plan& plan, const ResourcePlan& resource, const json::Value& body) {
  const int fit = FitTemplate(plan, resource, body);
  if (fit < 0 || resource.where == kNone) return fit;
  return Meets(plan, resource.where, body) ? fit + 1 : -1;
}

Index SelectResource(const Plan& plan, std::string_view place, const json::Value& body) {
  return BestResource(plan, place, body, FitResource, true);
}

Index LeftByWhere(const Plan& plan, std::string_view place, const json::Value& body) {
  if (plan.wheres.empty()) return kNone;
  const Index left = BestResource(plan, place, body, FitTemplate, false);
  return left != kNone && plan.resources[left].where != kNone ? left : kNone;
}

std::string_view IdOf(std::string_view reference) {
  const std::size_t cut = reference.find_last_of("/:");
  return cut == std::string_view::npos ? reference : reference.substr(cut + 1);
}

std::vector<Index> SelectSlices(const Plan& plan, const Slot& slot, std::span<const json::Value> items,
                                std::span<const json::Value> siblings) {
  constexpr std::size_t kNobody = static_cast<std::size_t>(-1);
  struct Holder {
    std::size_t item = kNobody;
    int fit = -1;
  };
  std::vector<Index> chosen(items.size(), kNone);
  std::vector<Holder> holders(slot.alternatives.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    int best = -1;
    std::size_t which = 0;
    for (std::size_t j = 0; j < slot.alternatives.size(); ++j) {
      const json::Value sibling = i < siblings.size() ? siblings[i] : json::Value();
      const int fit = Fit(plan, plan.contents[slot.alternatives[j]], items[i], sibling, true);
      if (fit <= best) continue;
      best = fit;
      which = j;
    }
    if (best < 0) continue;
    const Index alternative = slot.alternatives[which];
    Holder& holder = holders[which];
    const Leaf& leaf = plan.contents[alternative].leaf;
    const bool several = leaf.source == Leaf::Source::kDerived && leaf.transform == TransformId::kCoding;
    const bool repeats = plan.contents[alternative].star != kNone || several;
    if (!repeats && best <= holder.fit) continue;
    if (!repeats && holder.item != kNobody) chosen[holder.item] = kNone;
    holder = {i, best};
    chosen[i] = alternative;
  }
  return chosen;
}

}  // namespace throughline::engine
