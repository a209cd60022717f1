#include "fhir/search/row_sink.h"

#include <algorithm>
#include <iterator>

#include "fhir/search/fold.h"

namespace throughline::search {
namespace {

constexpr std::size_t kMostUnsorted = 16;

}  // namespace

bool AddedRows::Has(const IndexRow& row) const {
  if (!sorted_.empty()) return sorted_.find(row) != sorted_.end();
  return std::ranges::any_of(few_, [&](std::uint32_t place) { return rows_[place] == row; });
}

void AddedRows::Note() {
  const auto place = static_cast<std::uint32_t>(rows_.size() - 1);
  if (!sorted_.empty()) {
    sorted_.insert(place);
    return;
  }
  few_.push_back(place);
  if (few_.size() > kMostUnsorted) sorted_.insert(few_.begin(), few_.end());
}

// As no text is the start of another one, those related to `folded` stand beside its place.
AddedRows::Text AddedRows::FindText(std::string_view folded, std::size_t& place) const {
  const auto from = texts_.lower_bound(folded);
  const auto of = [&](std::uint32_t row) -> std::string_view { return std::get<String>(rows_[row].value).folded; };
  if (from != texts_.end() && of(*from).starts_with(folded)) return Text::kKnown;
  if (from == texts_.begin() || !folded.starts_with(of(*std::prev(from)))) return Text::kNew;
  place = *std::prev(from);
  return Text::kLonger;
}

void RowSink::AddRow(IndexRow row) {
  if (added.Has(row)) return;
  rows.push_back(std::move(row));
  added.Note();
}

void RowSink::AddText(std::string_view text) {
  String read{std::string(text), Fold(text)};
  if (read.folded.empty()) return;
  std::size_t place = rows.size();
  switch (added.FindText(read.folded, place)) {
    case AddedRows::Text::kKnown:
      return;
    case AddedRows::Text::kLonger:
      added.ForgetText(place);
      std::get<String>(rows[place].value) = std::move(read);
      break;
    case AddedRows::Text::kNew:
      rows.push_back({std::string(parameter) + ":text", std::move(read)});
      break;
  }
  added.NoteText(place);
}

}  // namespace throughline::search
