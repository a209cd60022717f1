// Where the rows of one parameter of one resource go: each value once.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/search/implied.h"
#include "fhir/search/index_row.h"

namespace throughline::search {

// Which of the rows that a sink has added is like another one. Short lists are compared row by row; sorted places serve
// longer ones, whose worst case nobody can choose, as they could that of a table of hashes.
class AddedRows {
 public:
  // Nothing may be added to `rows`, taken out or changed but by the sink while this is in use.
  explicit AddedRows(const std::vector<IndexRow>& rows) : rows_(rows), sorted_(ByRow{&rows}), texts_(ByText{&rows}) {}

  bool Has(const IndexRow& row) const;
  // The row at the end of the list was added.
  void Note();

  enum class Text : std::uint8_t { kNew, kKnown, kLonger };
  // Of the rows for `:text`: none is related to `folded`; one is it or goes on from it; it goes on from the one at
  // `place`.
  Text FindText(std::string_view folded, std::size_t& place) const;
  // The row at the end is such a text; and the one at `place` is about to change, or has.
  void NoteText(std::size_t place) { texts_.insert(static_cast<std::uint32_t>(place)); }
  void ForgetText(std::size_t place) { texts_.erase(static_cast<std::uint32_t>(place)); }

 private:
  struct ByRow {
    const std::vector<IndexRow>* rows;
    using is_transparent = void;
    bool operator()(std::uint32_t a, std::uint32_t b) const { return (*rows)[a] < (*rows)[b]; }
    bool operator()(std::uint32_t a, const IndexRow& b) const { return (*rows)[a] < b; }
    bool operator()(const IndexRow& a, std::uint32_t b) const { return a < (*rows)[b]; }
  };
  struct ByText {
    const std::vector<IndexRow>* rows;
    using is_transparent = void;
    std::string_view Of(std::uint32_t place) const { return std::get<String>((*rows)[place].value).folded; }
    bool operator()(std::uint32_t a, std::uint32_t b) const { return Of(a) < Of(b); }
    bool operator()(std::uint32_t a, std::string_view b) const { return Of(a) < b; }
    bool operator()(std::string_view a, std::uint32_t b) const { return a < Of(b); }
  };

  const std::vector<IndexRow>& rows_;
  std::vector<std::uint32_t> few_;         // until there are too many
  std::set<std::uint32_t, ByRow> sorted_;  // all of them from then on
  std::set<std::uint32_t, ByText> texts_;  // none is the start of another one
};

struct RowSink {
  const definitions::Definitions& definitions;
  std::string_view base_url;     // references below it are local
  std::string_view only_target;  // the one type that the parameter's references point to; empty: several
  std::string_view parameter;
  std::vector<IndexRow>& rows;
  std::span<const definitions::TypeId> targets = {};  // what the parameter is for; empty: any
  const ImpliedSystems* implied = nullptr;            // of codes; null: not known
  AddedRows added = AddedRows(rows);

  // Appends a row unless the parameter has it already.
  template <typename Row>
  void Add(Row row) {
    AddRow({std::string(parameter), std::move(row)});
  }
  // The same under "parameter:modifier".
  template <typename Row>
  void AddFor(std::string_view modifier, Row row) {
    AddRow({std::string(parameter) + ":" + std::string(modifier), std::move(row)});
  }
  // What `:text` looks at. It asks for the start of a text, so that one that goes on as a longer one does adds nothing.
  void AddText(std::string_view text);

 private:
  void AddRow(IndexRow row);
};

}  // namespace throughline::search
