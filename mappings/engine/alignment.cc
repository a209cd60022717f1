#include "mappings/engine/alignment.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "mappings/engine/select.h"

namespace throughline::engine {

Alignment::Alignment(const Plan& plan, std::span<const SourceResource> resources, std::span<const Index> kinds)
    : plan_(plan),
      resources_(resources),
      kinds_(kinds),
      groups_(resources.size()),
      mention_(resources.size(), kNowhere),
      items_(resources.size()) {
  std::iota(groups_.begin(), groups_.end(), std::size_t{0});
  for (std::size_t at = 0; at < resources.size() && !plan.links.empty(); ++at) {
    if (!Repeats(at)) continue;
    const std::string_view id = resources[at].body.Get("id").text();
    if (!id.empty()) named_.push_back({id, at});
  }
  std::ranges::stable_sort(named_, {}, &Named::id);
  if (!named_.empty()) {
    Join();
    Rank();
  }
  Number();
  if (plan.distincts) Spread();
}

bool Alignment::Repeats(std::size_t at) const {
  return kinds_[at] != kNone && plan_.resources[kinds_[at]].lists.size() == 1;
}

std::size_t Alignment::Find(std::string_view reference, Index kind) const {
  for (const Named& named : std::ranges::equal_range(named_, IdOf(reference), {}, &Named::id)) {
    if (kinds_[named.at] == kind) return named.at;
  }
  return kNowhere;
}

// Calls `each` with every reference at the end of a path; lists on the way are all their items.
template <typename Each>
void Alignment::Follow(const json::Value& value, std::span<const std::string_view> path, const Each& each) const {
  if (value.is_array()) {
    for (const json::Value& item : value.items()) Follow(item, path, each);
  } else if (path.empty()) {
    each(value.text());
  } else if (const json::Value* member = value.Find(path.front())) {
    Follow(*member, path.subspan(1), each);
  }
}

std::size_t Alignment::GroupOf(std::size_t at) {
  while (groups_[at] != at) at = groups_[at] = groups_[groups_[at]];
  return at;
}

void Alignment::Join() {
  for (const Link& link : plan_.links) {
    if (plan_.resources[link.from].lists != plan_.resources[link.to].lists) continue;
    for (std::size_t at = 0; at < resources_.size(); ++at) {
      if (kinds_[at] != link.from) continue;
      Follow(resources_[at].body, link.path, [&](std::string_view reference) {
        const std::size_t other = Find(reference, link.to);
        if (other == kNowhere || Shares(at) || Shares(other)) return;
        const std::size_t a = GroupOf(at);
        const std::size_t b = GroupOf(other);
        groups_[std::max(a, b)] = std::min(a, b);
      });
    }
  }
}

void Alignment::Rank() {
  const std::vector<bool> leads = Leads();
  const std::vector<Index> knots = Knots();
  std::vector<bool> led(plan_.resources.size());
  for (Index i = 0; i < leads.size(); ++i) led[knots[i]] = led[knots[i]] || leads[i];
  std::size_t count = 0;
  for (const Link& link : plan_.links) {
    const bool some = plan_.resources[link.to].some && led[knots[link.to]];
    if (!plan_.resources[link.from].lists.empty() || some) continue;
    for (std::size_t at = 0; at < resources_.size(); ++at) {
      if (kinds_[at] != link.from) continue;
      Follow(resources_[at].body, link.path, [&](std::string_view reference) {
        const std::size_t other = Find(reference, link.to);
        if (other == kNowhere || Shares(other)) return;
        std::size_t& mention = mention_[GroupOf(other)];
        if (mention == kNowhere) mention = count++;
      });
    }
  }
}

// Resources that each item makes, and that stand alone where the item makes none of those that are tied to them.
std::vector<bool> Alignment::Leads() const {
  std::vector<bool> leads(plan_.resources.size());
  for (const Link& link : plan_.links) {
    const ResourcePlan& from = plan_.resources[link.from];
    const ResourcePlan& to = plan_.resources[link.to];
    if (from.lists != to.lists || from.some == to.some) continue;
    leads[from.some ? link.to : link.from] = true;
  }
  return leads;
}

// Resources of the map that are tied to each other have one number: each such knot counts the items of its list.
std::vector<Index> Alignment::Knots() const {
  std::vector<Index> knots(plan_.resources.size());
  std::iota(knots.begin(), knots.end(), Index{0});
  for (bool changed = true; changed;) {
    changed = false;
    for (const Link& link : plan_.links) {
      if (plan_.resources[link.from].lists != plan_.resources[link.to].lists) continue;
      const Index least = std::min(knots[link.from], knots[link.to]);
      changed = changed || knots[link.from] != least || knots[link.to] != least;
      knots[link.from] = knots[link.to] = least;
    }
  }
  return knots;
}

// Where each group stands among the others: with what each item makes, which is given in the order of the items.
std::vector<std::size_t> Alignment::Positions(std::span<const std::size_t> repeating) {
  std::vector<std::size_t> positions(resources_.size(), kNowhere);
  for (const bool some : {false, true}) {
    for (const std::size_t at : repeating) {
      std::size_t& position = positions[GroupOf(at)];
      if (plan_.resources[kinds_[at]].some == some && position == kNowhere) position = at;
    }
  }
  return positions;
}

// Groups in their order take an item each; a resource that stands alone takes the first that its kind does not have.
void Alignment::Number() {
  std::vector<std::size_t> members(resources_.size());
  std::vector<std::size_t> order;
  for (std::size_t at = 0; at < resources_.size(); ++at) {
    if (!Repeats(at) || Shares(at)) continue;
    ++members[GroupOf(at)];
    order.push_back(at);
  }
  const std::vector<bool> leads = Leads();
  const std::vector<Index> knots = Knots();
  const std::vector<std::size_t> positions = Positions(order);
  const auto alone = [&](std::size_t at) {
    return members[GroupOf(at)] == 1 && mention_[GroupOf(at)] == kNowhere && !leads[kinds_[at]];
  };
  std::ranges::stable_sort(order, {}, [&](std::size_t at) {
    const std::size_t group = GroupOf(at);
    return std::tuple(alone(at), mention_[group], positions[group]);
  });
  std::unordered_map<Index, std::uint32_t> next_of_knot;
  std::unordered_map<std::size_t, std::uint32_t> item_of_group;
  std::set<std::pair<Index, std::uint32_t>> taken;
  std::unordered_map<Index, std::uint32_t> next_of_kind;
  std::vector<std::size_t> rest;
  for (const std::size_t at : order) {
    bool placed = false;
    if (!alone(at)) {
      const auto [place, first] = item_of_group.try_emplace(GroupOf(at), 0);
      if (first) place->second = next_of_knot[knots[kinds_[at]]]++;
      items_[at] = place->second;
      placed = taken.emplace(kinds_[at], items_[at]).second;
    }
    if (!placed) rest.push_back(at);
  }
  for (const std::size_t at : rest) {
    std::uint32_t& next = next_of_kind[kinds_[at]];
    while (!taken.emplace(kinds_[at], next).second) ++next;
    items_[at] = next;
  }
}

// What several items share is about each item that refers to it, itself or by way of another that is shared.
void Alignment::Spread() {
  std::vector<std::set<std::uint32_t>> about(resources_.size());
  for (std::size_t at = 0; at < resources_.size(); ++at) {
    if (Repeats(at) && !Shares(at)) about[at] = {items_[at]};
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (const Link& link : plan_.links) {
      if (!plan_.resources[link.to].distinct || plan_.resources[link.from].lists != plan_.resources[link.to].lists)
        continue;
      for (std::size_t at = 0; at < resources_.size(); ++at) {
        if (kinds_[at] != link.from) continue;
        Follow(resources_[at].body, link.path, [&](std::string_view reference) {
          const std::size_t other = Find(reference, link.to);
          if (other == kNowhere || other == at) return;
          const std::size_t before = about[other].size();
          about[other].insert(about[at].begin(), about[at].end());
          changed = changed || about[other].size() != before;
        });
      }
    }
  }
  std::set<std::pair<Index, std::uint32_t>> taken;
  for (std::size_t at = 0; at < resources_.size(); ++at) {
    for (const std::uint32_t item : Shares(at) ? about[at] : std::set<std::uint32_t>()) taken.emplace(kinds_[at], item);
  }
  for (std::size_t at = 0; at < resources_.size(); ++at) {
    if (!Shares(at)) continue;
    // Nothing refers to it: the first item that its kind does not have.
    for (std::uint32_t next = 0; about[at].empty(); ++next) {
      if (taken.emplace(kinds_[at], next).second) about[at].insert(next);
    }
    items_[at] = *about[at].begin();
    if (about[at].size() > 1) more_[at].assign(std::next(about[at].begin()), about[at].end());
  }
}

std::span<const std::uint32_t> Alignment::MoreItemsOf(std::size_t at) const {
  const auto found = more_.find(at);
  return found == more_.end() ? std::span<const std::uint32_t>() : found->second;
}

std::vector<std::uint32_t> Alignment::ItemsOf(const Content& content, std::span<const json::Value> objects) const {
  std::vector<std::uint32_t> items(objects.size());
  std::vector<bool> found(objects.size());
  std::set<std::uint32_t> taken;
  for (std::size_t i = 0; i < objects.size() && !content.item_reference.empty() && !named_.empty(); ++i) {
    Follow(objects[i], content.item_reference, [&](std::string_view reference) {
      const std::size_t at = found[i] ? kNowhere : Find(reference, content.item_resource);
      if (at == kNowhere || !taken.insert(items_[at]).second) return;
      items[i] = items_[at];
      found[i] = true;
    });
  }
  std::uint32_t next = 0;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    if (found[i]) continue;
    while (!taken.insert(next).second) ++next;
    items[i] = next;
  }
  return items;
}

}  // namespace throughline::engine
