#include "mappings/engine/select.h"

#include <algorithm>
#include <numeric>

#include "mappings/engine/table_transforms.h"
#include "mappings/engine/where.h"
#include "mappings/plan/slice_index.h"

namespace throughline::engine {
namespace {

// In an optional object of a slice: a code that the map has otherwise. (What stands plainly in it says how the value is
// to be read: the unit of a number.)
bool IsAnother(const Plan& plan, const Content& content, const json::Value& value) {
  return std::ranges::any_of(content.slots, [&](const Slot& slot) {
    const Content& inner = plan.contents[slot.alternatives.front()];
    const json::Value* member = slot.is_array ? nullptr : value.Find(slot.name);
    if (member == nullptr || inner.is_leaf || !inner.selects || slot.state) return false;
    return inner.folded ? Fit(plan, inner, *member, {}, true) < 0 : IsAnother(plan, inner, *member);
  });
}

// A reason stands there for a value that is missing.
bool IsAbsent(const Leaf& leaf, const json::Value& value, const json::Value& sibling) {
  return !ExtensionValue(leaf.transform < TransformId::kCoding ? sibling : value, kAbsentUrl).is_null();
}

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
  if (!nothing && IsAbsent(leaf, value, sibling)) return 0;
  if (!nothing && TableKnows(*plan.tables[field.table], leaf.transform, value, sibling)) return 1;
  const bool foreign = strict && !nothing && field.unmatched != UnmatchedPolicy::kKeep;
  return IsAlwaysThere(plan, field) || foreign ? -1 : 0;
}

// A constant that says what state something is in, and not which it is: others may change it.
bool IsState(const Slot& slot, const Content& content) { return slot.state && !slot.is_array && content.folded; }

int FitSlot(const Plan& plan, const Slot& slot, const json::Value& value, bool strict) {
  const json::Value* member = value.Find(slot.name);
  const json::Value nothing;
  if (!slot.is_array) {
    const Content& content = plan.contents[slot.alternatives.front()];
    if (!content.selects) return 0;
    const json::Value* sibling = slot.sibling.empty() ? nullptr : value.Find(slot.sibling);
    if (content.bears && !content.is_leaf && member == nullptr) return 0;
    const int fit = Fit(plan, content, member ? *member : nothing, sibling ? *sibling : nothing, strict);
    if (fit >= 0 || content.is_leaf || !content.bears) return IsState(slot, content) ? std::max(fit, 0) : fit;
    return strict && IsAnother(plan, content, *member) ? -1 : 0;
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

std::string_view WithoutVersion(std::string_view reference) {
  return reference.substr(0, reference.find("/_history/"));
}

std::string_view IdOf(std::string_view reference) {
  reference = WithoutVersion(reference);
  const std::size_t cut = reference.find_last_of("/:");
  return cut == std::string_view::npos ? reference : reference.substr(cut + 1);
}

namespace {

// A reference of the template leads to another resource than the map's.
bool RefersElsewhere(const Plan& plan, const Content& content, const json::Value& value, const OwnIds& own) {
  if (!content.refers) return false;
  if (content.is_leaf) {
    if (value.text().empty()) return false;
    const auto [first, last] = own.equal_range(IdOf(value.text()));
    return std::none_of(first, last, [&](const auto& one) { return one.second == content.leaf.resource; });
  }
  return std::ranges::any_of(content.slots, [&](const Slot& slot) {
    const json::Value* member = slot.is_array ? nullptr : value.Find(slot.name);
    return member != nullptr && RefersElsewhere(plan, plan.contents[slot.alternatives.front()], *member, own);
  });
}

bool LeafSpeaks(const Plan& plan, const Leaf& leaf, const json::Value& value, const json::Value& sibling,
                const OwnIds* own) {
  if (leaf.source == Leaf::Source::kReference) return own != nullptr && own->contains(IdOf(value.text()));
  if (leaf.source == Leaf::Source::kForeign || leaf.source == Leaf::Source::kExpression) return !value.is_null();
  if (leaf.source != Leaf::Source::kField || (value.is_null() && sibling.is_null())) return false;
  const Index table = plan.fields[leaf.field].table;
  return table == kNone || IsAbsent(leaf, value, sibling) ||
         TableKnows(*plan.tables[table], leaf.transform, value, sibling);
}

// Members that the map never writes there; anybody may add an extension.
bool HoldsMore(const Content& content, const json::Value& value) {
  return !content.is_leaf && std::ranges::any_of(value.members(), [&](const json::Member& member) {
    return member.name != "id" && member.name != "extension" &&
           std::ranges::none_of(content.slots, [&](const Slot& slot) {
             return slot.name == member.name || slot.sibling == member.name;
           });
  });
}

// Twice the constants and codes that agree, and one where the item holds nothing else; -1: it is not it.
int FitItem(const Plan& plan, const Content& content, const json::Value& value, const json::Value& sibling,
            const Sought& sought) {
  const int fit = Fit(plan, content, value, sibling, true);
  if (fit < 0 || (sought.own != nullptr && RefersElsewhere(plan, content, value, *sought.own))) return -1;
  const bool known = fit > 0 && content.star == kNone;
  if (sought.speaks && !known && !Speaks(plan, content, value, sibling, sought.own)) return -1;
  const bool more = HoldsMore(content, value);
  const bool unsure = fit == 0 && content.star == kNone && !content.refers;
  return sought.plain && unsure && more ? -1 : 2 * fit + (more ? 0 : 1);
}

}  // namespace

bool Contradicts(const Plan& plan, const Content& content, const json::Value& value) {
  return std::ranges::any_of(content.slots, [&](const Slot& slot) {
    const Content& inner = plan.contents[slot.alternatives.front()];
    const json::Value* member = value.Find(slot.name);
    return !slot.is_array && !slot.state && inner.is_leaf && inner.folded && inner.selects && member != nullptr &&
           !json::Equal(*member, *inner.folded);
  });
}

bool Speaks(const Plan& plan, const Content& content, const json::Value& value, const json::Value& sibling,
            const OwnIds* own) {
  if (content.is_leaf && LeafSpeaks(plan, content.leaf, value, sibling, own)) return true;
  if (!content.is_leaf && Contradicts(plan, content, value)) return false;
  const json::Value& object = content.is_leaf ? sibling : value;
  return std::ranges::any_of(content.slots, [&](const Slot& slot) {
    const json::Value member = object.Get(slot.name);
    const json::Value beside = slot.sibling.empty() ? json::Value() : object.Get(slot.sibling);
    return std::ranges::any_of(slot.alternatives, [&](Index alternative) {
      const Content& inner = plan.contents[alternative];
      if (!inner.bears) return false;
      if (!slot.is_array) {
        const bool reason = inner.absent_beside && inner.reads && !object.Get(kAbsentElement).is_null();
        return reason || Speaks(plan, inner, member, beside, own);
      }
      const std::size_t count = std::max(member.items().size(), beside.items().size());
      for (std::size_t i = 0; i < count; ++i) {
        const json::Value item = i < member.items().size() ? member.items()[i] : json::Value();
        const json::Value hung = i < beside.items().size() ? beside.items()[i] : json::Value();
        if (Fit(plan, inner, item, hung, true) >= 0 && Speaks(plan, inner, item, hung, own)) return true;
      }
      return false;
    });
  });
}

std::vector<Index> SelectSlices(const Plan& plan, const Slot& slot, std::span<const json::Value> items,
                                std::span<const json::Value> siblings, const Sought& sought) {
  constexpr std::size_t kNobody = static_cast<std::size_t>(-1);
  struct Holder {
    std::size_t item = kNobody;
    int fit = -1;
  };
  std::vector<Index> chosen(items.size(), kNone);
  std::vector<Holder> holders(slot.alternatives.size());
  std::vector<std::size_t> candidates(slot.index ? 0 : slot.alternatives.size());
  std::iota(candidates.begin(), candidates.end(), std::size_t{0});
  for (std::size_t i = 0; i < items.size(); ++i) {
    int best = -1;
    std::size_t which = 0;
    if (slot.index) slot.index->Find(items[i], candidates);
    for (const std::size_t j : candidates) {
      const json::Value sibling = i < siblings.size() ? siblings[i] : json::Value();
      const int fit = FitItem(plan, plan.contents[slot.alternatives[j]], items[i], sibling, sought);
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
