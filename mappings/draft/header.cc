#include "mappings/draft/header.h"

#include <algorithm>

namespace throughline::draft {
namespace {

constexpr std::size_t kLongName = 5;  // digits; "1" and "2019" name a question and a year

// A date with its day; "2025-01" may name the column of a month.
bool IsDay(std::string_view text) {
  return std::ranges::any_of(kDateForms, [&](std::string_view form) {
    return form.find('d') != std::string_view::npos && plan::TimeFormat::Parse(form)->Read(text);
  });
}

}  // namespace

std::vector<std::size_t> NamesLikeValues(const std::vector<std::string>& columns, const Profile& profile) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string& name = columns[i];
    const bool number =
        !name.empty() && std::ranges::all_of(name, [](char byte) { return byte >= '0' && byte <= '9'; });
    const auto place = profile.root.places.find(name);
    // A box that is ticked may hold its own name, and nothing else.
    const bool among = place != profile.root.places.end() && [&] {
      const auto& distinct = profile.root.children[place->second].values.distinct;
      return distinct.size() > 1 && distinct.contains(name);
    }();
    if ((among && !number) || IsDay(name) || (number && (i == 0 || name.size() >= kLongName))) found.push_back(i);
  }
  return found;
}

}  // namespace throughline::draft
