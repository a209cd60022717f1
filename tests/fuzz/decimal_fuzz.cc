// Two decimals out of one input: order is one of three, turns round with its sides, and does not look at written zeros.
#include <compare>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fhir/base/decimal.h"

using namespace throughline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const std::size_t cut = text.find(' ');
  const auto left = Decimal::Parse(text.substr(0, cut));
  const auto right = Decimal::Parse(cut == std::string_view::npos ? text : text.substr(cut + 1));
  if (left && !IsJsonNumber(left->text())) std::abort();
  if (!left || !right) return 0;

  const auto order = *left <=> *right;
  if ((*right <=> *left) != (0 <=> order)) std::abort();
  if ((order == 0) != (*left == *right)) std::abort();
  if (*left != *left) std::abort();
  if (left->text().find_first_of(".eE") == std::string::npos) {
    const auto longer = Decimal::Parse(left->text() + ".0");
    if (longer && *longer != *left) std::abort();
  }
  return 0;
}
