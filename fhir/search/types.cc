#include "fhir/search/types.h"

#include <algorithm>
#include <array>

namespace throughline::search {
namespace {

using definitions::SearchType;

// In the order of the alternatives of ConditionValue.
constexpr std::array kTypes = {
    TypeRow{SearchType::kToken, AddTokenRows, ReadTokenValue, TokenMatches},
    TypeRow{SearchType::kReference, AddReferenceRows, ReadReferenceValue, ReferenceMatches},
    TypeRow{SearchType::kDate, AddDateRows, ReadDateValue, DateMatches},
    TypeRow{SearchType::kString, AddStringRows, ReadStringValue, StringMatches},
    TypeRow{SearchType::kUri, AddUriRows, ReadUriValue, UriMatches},
    TypeRow{SearchType::kNumber, AddNumberRows, ReadNumberValue, NumberMatches},
    TypeRow{SearchType::kQuantity, AddQuantityRows, ReadQuantityValue, QuantityMatches},
};

struct PrefixRow {
  std::string_view text;
  Prefix prefix;
};
constexpr std::array<PrefixRow, 9> kPrefixes = {{{"eq", Prefix::kEq},
                                                 {"ne", Prefix::kNe},
                                                 {"gt", Prefix::kGt},
                                                 {"lt", Prefix::kLt},
                                                 {"ge", Prefix::kGe},
                                                 {"le", Prefix::kLe},
                                                 {"sa", Prefix::kSa},
                                                 {"eb", Prefix::kEb},
                                                 {"ap", Prefix::kAp}}};

}  // namespace

const TypeRow* FindTypeRow(SearchType type) {
  const auto row = std::ranges::find(kTypes, type, &TypeRow::type);
  return row == kTypes.end() ? nullptr : &*row;
}

const TypeRow* FindTypeRow(const ConditionValue& value) {
  return value.index() < kTypes.size() ? &kTypes[value.index()] : nullptr;
}

std::string_view TypeOf(const definitions::Definitions& definitions, const path::Item& item) {
  return item.is_node() && item.type() != definitions::kNoType ? definitions.type(item.type()).name
                                                               : std::string_view{};
}

Prefix TakePrefix(std::string_view& text) {
  const auto row = std::ranges::find(kPrefixes, text.substr(0, 2), &PrefixRow::text);
  if (row == kPrefixes.end()) return Prefix::kEq;
  text.remove_prefix(2);
  return row->prefix;
}

std::vector<std::string_view> SplitEscaped(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == separator) {
      parts.push_back(text.substr(start, i - start));
      start = i + 1;
    }
  }
  parts.push_back(text.substr(start));
  return parts;
}

bool Unescaped(std::string_view text, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
      if (i == text.size() || std::string_view(",|$\\").find(text[i]) == std::string_view::npos) return false;
    }
    out += text[i];
  }
  return true;
}

}  // namespace throughline::search
