#include "fhir/answers/reference.h"

#include <algorithm>
#include <array>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/path/functions.h"
#include "fhir/path/operators.h"

namespace throughline::answers {
namespace {

constexpr std::string_view kBegin = R"(# FHIRPath

The whole of [FHIRPath](https://hl7.org/fhirpath/N1/) with the [additions of R4](https://hl7.org/fhir/R4/fhirpath.html), and the functions that later drafts call STU. This page is made from the tables of
`fhir/path/functions.cc` and `fhir/path/operators.cc`; a test holds the two together.

```
throughline fhirpath "Patient.name.where(use = 'official').given" patient.json
throughline fhirpath --explain "Patient.name.where(use = 'official').given"
throughline fhirpath --batch questions.ndjson
```

An answer is a line of JSON: `{"result":[{"type":"string","value":"Ann"}],"trace":[]}`, or `{"error":{"kind":"syntax","message":"...","offset":3}}` where the kind is one of `syntax` (the text is no expression), `semantic` (it
cannot mean anything: no such element, function or type) and `execution` (it went wrong on this resource). Offsets count bytes from 0. A line of a batch is
`{"expression":"...","resource":{...},"file":"...","model":"r4","context":"Patient.name[0]","variables":{},"now":"..."}`; all but `expression` may be missing, and a `model` of `null` means plain property names.

Limits: an expression has at most 4,096 bytes and 64 nested parts; an evaluation takes at most 1,000,000 steps. `matches()`, `matchesFull()` and `replaceMatches()` use RE2, which has no backreferences and no look-around, and whose time is
linear.

## Variables
`%resource`, `%rootResource`, `%context`, `%ucum`, `%sct`, `%loinc`, `` %`vs-[name]` ``, `` %`ext-[name]` `` and those that are given or made by `defineVariable()`; `$this`, `$index` and `$total` inside functions that take an expression for each item.

## Operators
From those that bind closest. `is` and `as` bind closer than `|` and less close than `+`; `-` before a number binds closer than `*`; `.` and `[]` closest of all.

| precedence | operator | what it does |
|---|---|---|
)";

// The order of the specification.
constexpr std::array kOrder = {
    std::string_view("Existence"),  std::string_view("Filtering and projection"),
    std::string_view("Subsetting"), std::string_view("Combining"),
    std::string_view("Conversion"), std::string_view("Strings"),
    std::string_view("Math"),       std::string_view("Tree navigation"),
    std::string_view("Utility"),
};

std::size_t RankOf(std::string_view title) {
  const auto found = std::ranges::find_if(kOrder, [&](std::string_view start) { return title.starts_with(start); });
  return static_cast<std::size_t>(found - kOrder.begin());
}

// "a | b" would end a cell.
std::string Cell(std::string_view text) {
  std::string cell;
  for (const char c : text) cell += c == '|' ? "\\|" : std::string(1, c);
  return cell;
}

std::string OperatorTable() {
  std::vector<const path::OperatorRow*> rows;
  for (const path::OperatorRow& row : path::Operators()) rows.push_back(&row);
  std::ranges::stable_sort(rows, std::greater<>(), [](const path::OperatorRow* row) { return row->precedence; });
  std::string table;
  for (const path::OperatorRow* row : rows) {
    table += "| " + std::to_string(row->precedence) + " | `" + Cell(row->symbol) + "` | " + Cell(row->summary) + " |\n";
  }
  return table;
}

std::string Line(const path::FunctionRow& row) {
  return "| `" + std::string(row.name) + "(" + Cell(row.parameters) + ")` | " + Cell(row.input.words) + " | " +
         Cell(row.result.words) + " | " + Cell(row.summary) + " |\n";
}

}  // namespace

std::string Reference() {
  std::vector<const path::FunctionRow*> rows;
  for (const path::FunctionRow& row : path::Functions()) rows.push_back(&row);
  std::ranges::stable_sort(
      rows, {}, [](const path::FunctionRow* row) { return std::pair(RankOf(row->section.title), row->section.title); });
  std::string page = std::string(kBegin) + OperatorTable() + "\n## Functions\n";
  std::string_view section;
  for (const path::FunctionRow* row : rows) {
    if (row->section.title != section) {
      section = row->section.title;
      page += "\n### [" + std::string(section) + "](" + std::string(row->section.url) +
              ")\n\n| function | asked of | gives | what it does |\n|---|---|---|---|\n";
    }
    page += Line(*row);
  }
  return page;
}

}  // namespace throughline::answers
