// The slices of a list that an item may be, by a constant that each of them has.
#pragma once

#include <cstddef>
#include <map>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/json/value.h"
#include "mappings/plan/plan.h"

namespace throughline::plan {

// So that a list of many slices (extensions, each with its URL; components, each with its code) is not gone through for
// every item. Made with the plan. Immutable: safe from several threads.
class SliceIndex {
 public:
  // What they are made of must outlive it.
  SliceIndex(const Plan& plan, const Slot& slot);

  // Places among the slot's alternatives, in their order, in `out`: all that fit `item` are among them.
  void Find(const json::Value& item, std::vector<std::size_t>& out) const;

 private:
  using Steps = std::vector<std::string_view>;  // members; of a list, any of its items
  using ByText = std::unordered_map<std::string_view, std::vector<std::size_t>>;
  struct Constant {
    Steps steps;
    std::string_view text;
  };

  // The ways to constant texts without which `content` does not fit, and the texts.
  static void AddConstants(const Plan& plan, const Content& content, Steps& steps, std::vector<Constant>& out);
  static void Collect(const json::Value& value, const Steps& steps, std::size_t at, const ByText& texts,
                      std::vector<std::size_t>& out);

  std::map<Steps, ByText> known_;
  std::vector<std::size_t> others_;  // without such a constant
};

}  // namespace throughline::plan
