// The slices of a list that an item may be, by a constant that each of them has. Private to the room.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/json/value.h"
#include "mappings/plan/plan.h"

namespace throughline::engine {

// A list of thousands of slices (extensions, each with its URL) is not gone through for every item.
class SliceIndex {
 public:
  // Both must outlive it.
  SliceIndex(const plan::Plan& plan, const plan::Slot& slot);

  // Places among the slot's alternatives, in their order: all that fit `item` are among them (select.h, Fit). Until it
  // is asked again.
  const std::vector<std::size_t>& For(const json::Value& item);

 private:
  using Steps = std::vector<std::string_view>;  // members; of a list, any of its items
  using ByText = std::unordered_map<std::string_view, std::vector<std::size_t>>;

  // The way to a constant text without which `content` does not fit, and the text; false: there is none.
  bool FindConstant(const plan::Content& content, Steps& steps, std::string_view& text) const;
  static void Collect(const json::Value& value, const Steps& steps, std::size_t at, const ByText& texts,
                      std::vector<std::size_t>& out);

  const plan::Plan& plan_;
  std::map<Steps, ByText> known_;
  std::vector<std::size_t> others_;  // without such a constant
  std::vector<std::size_t> found_;
};

}  // namespace throughline::engine
