// Which item of a list each resource of a record is about, on the way back. Private to the room.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/json/value.h"
#include "mappings/engine/to_local.h"
#include "mappings/plan/plan.h"

namespace throughline::engine {

// Resources of one list that refer to each other are of the same item: the profile, the intervention and the plan of
// one row. Items stand in the order in which another resource of the record lists references to them (the diagnoses of
// a stay), else in the order in which the resources are given that each of them makes (else any). What nothing refers
// to takes the next free item.
class Alignment {
 public:
  // `kinds`: the plan's resource that each one is; kNone: none of them. All must outlive it.
  Alignment(const plan::Plan& plan, std::span<const SourceResource> resources, std::span<const plan::Index> kinds);

  // The item that the resource at this place among those given is about; 0 for one that stands once or in an
  // inner list. The first of them, of one that several items share.
  std::uint32_t ItemOf(std::size_t at) const { return items_[at]; }
  // The others.
  std::span<const std::uint32_t> MoreItemsOf(std::size_t at) const;
  // The items of the list `star` that the objects of `list` are about, by the reference in each (`content`'s
  // `item_reference`); those without one, or with one that leads nowhere, take the next free items.
  std::vector<std::uint32_t> ItemsOf(const plan::Content& content, std::span<const json::Value> objects) const;

 private:
  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
  struct Named {
    std::string_view id;
    std::size_t at = 0;
  };

  // Of an outermost list. Items of lists in lists are counted within the item around them.
  bool Repeats(std::size_t at) const;
  std::size_t Find(std::string_view reference, plan::Index kind) const;
  template <typename Each>
  void Follow(const json::Value& value, std::span<const std::string_view> path, const Each& each) const;
  void Join();
  void Rank();
  std::vector<bool> Leads() const;
  std::vector<plan::Index> Knots() const;
  std::vector<std::size_t> Positions(std::span<const std::size_t> repeating);
  void Number();
  std::size_t GroupOf(std::size_t at);
  bool Shares(std::size_t at) const { return kinds_[at] != plan::kNone && plan_.resources[kinds_[at]].distinct; }
  void Spread();

  const plan::Plan& plan_;
  std::span<const SourceResource> resources_;
  std::span<const plan::Index> kinds_;
  std::vector<Named> named_;          // resources with `each`, by id
  std::vector<std::size_t> groups_;   // union-find
  std::vector<std::size_t> mention_;  // of a group: where it is listed first; kNowhere: nowhere
  std::vector<std::uint32_t> items_;
  std::unordered_map<std::size_t, std::vector<std::uint32_t>> more_;  // of resources that several items share
};

}  // namespace throughline::engine
