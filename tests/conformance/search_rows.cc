// What is indexed: the rows of every official example against FHIRPath's own answer to each search expression, turned
// into values here a second time, and the hand-made cases of tests/cases/search.
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "fhir/path/expression.h"
#include "fhir/search/indexer.h"
#include "fhir/search/row_json.h"
#include "tests/conformance/suite.h"

namespace throughline::conformance {
namespace {

using definitions::R4;
using definitions::SearchType;
using Values = std::set<std::string>;

std::string Text(const json::Value& value) { return std::string(value.text()); }

// Microseconds from 1970 that a date covers, "start..end"; empty where it is none.
struct Span {
  std::int64_t start = INT64_MIN;
  std::int64_t end = INT64_MAX;
  bool known = false;
};

int Digits(std::string_view text, std::size_t at, std::size_t count) {
  int number = -1;
  if (at + count <= text.size()) std::from_chars(text.data() + at, text.data() + at + count, number);
  return number;
}

Span DateSpan(std::string_view text) {
  using namespace std::chrono;
  if (text.size() < 4) return {};
  const int months = text.size() >= 7 ? Digits(text, 5, 2) : 0;
  const int days = text.size() >= 10 ? Digits(text, 8, 2) : 0;
  const year_month_day first{year{Digits(text, 0, 4)}, month(static_cast<unsigned>(months > 0 ? months : 1)),
                             day(static_cast<unsigned>(days > 0 ? days : 1))};
  const auto of = [](sys_days day) { return duration_cast<microseconds>(day.time_since_epoch()).count(); };
  const std::int64_t start = of(sys_days(first));
  if (months == 0) return {start, of(sys_days(first + years{1})), true};
  if (days == 0) return {start, of(sys_days(first + std::chrono::months{1})), true};
  if (text.size() == 10) return {start, of(sys_days(first) + std::chrono::days{1}), true};
  std::int64_t time = ((Digits(text, 11, 2) * 60 + Digits(text, 14, 2)) * 60LL + Digits(text, 17, 2)) * 1'000'000;
  std::size_t zone = text.find_first_of("Z+-", 19);
  std::int64_t width = 1'000'000;
  if (text[19] == '.') {
    std::string fraction(text.substr(20, zone - 20));
    fraction.resize(6, '0');
    time += Digits(fraction, 0, 6);
    width = 1;
  }
  if (zone != std::string_view::npos && text[zone] != 'Z') {
    const std::int64_t offset = (Digits(text, zone + 1, 2) * 60 + Digits(text, zone + 4, 2)) * 60LL * 1'000'000;
    time -= text[zone] == '-' ? -offset : offset;
  }
  return {start + time, start + time + width, true};
}

std::string Written(const Span& span) { return std::to_string(span.start) + ".." + std::to_string(span.end); }

void AddDate(std::string_view type, const json::Value& value, Values& out) {
  Span all;
  if (type == "Period") {
    const Span start = DateSpan(value.Get("start").text());
    const Span end = DateSpan(value.Get("end").text());
    all.known = start.known || end.known;
    if (start.known) all.start = start.start;
    if (end.known) all.end = end.end;
  } else if (type == "Timing") {
    Values outer;
    AddDate("Period", value.Get("repeat").Get("boundsPeriod"), outer);
    for (const json::Value& event : value.Get("event").items()) {
      const Span one = DateSpan(event.text());
      all.start = all.known ? std::min(all.start, one.start) : one.start;
      all.end = all.known ? std::max(all.end, one.end) : one.end;
      all.known = true;
    }
    if (!all.known) return out.merge(outer);
  } else if (type == "date" || type == "dateTime" || type == "instant") {
    all = DateSpan(value.text());
  }
  if (all.known) out.insert(Written(all));
}

void AddToken(std::string_view type, const json::Value& value, Values& out) {
  const auto pair = [&](const json::Value& system, const json::Value& code) {
    if (!system.text().empty() || !code.text().empty()) out.insert(Text(system) + "|" + Text(code));
  };
  if (type == "Coding") pair(value.Get("system"), value.Get("code"));
  if (type == "CodeableConcept") {
    for (const json::Value& coding : value.Get("coding").items()) pair(coding.Get("system"), coding.Get("code"));
  }
  if (type == "Identifier") pair(value.Get("system"), value.Get("value"));
  if (type == "ContactPoint") pair({}, value.Get("value"));
  if (value.is_string()) pair({}, value);
  if (value.is_boolean()) out.insert(value.boolean() ? "|true" : "|false");
}

void AddString(std::string_view type, const json::Value& value, Values& out) {
  constexpr std::array<std::string_view, 12> kParts = {"text", "family",   "given", "prefix",     "suffix",  "line",
                                                       "city", "district", "state", "postalCode", "country", ""};
  if (value.is_string()) out.insert(Text(value));
  if (type != "HumanName" && type != "Address") return;
  for (const std::string_view part : kParts) {
    const json::Value held = value.Get(part);
    if (held.is_string()) out.insert(Text(held));
    for (const json::Value& one : held.items()) out.insert(Text(one));
  }
}

void AddReference(std::string_view type, const json::Value& value, Values& out) {
  if (value.is_object() && value.Find("resourceType") != nullptr) {
    if (!value.Get("id").text().empty()) out.insert(std::string(type) + "/" + Text(value.Get("id")));
    return;
  }
  std::string text = value.is_string() ? Text(value) : Text(value.Get("reference"));
  if (text.empty() || text[0] == '#') return;
  text = text.substr(0, text.find("/_history/"));
  if (text.find(':') != std::string::npos) text = text.substr(0, text.find('|'));
  out.insert(text);
}

void AddQuantity(std::string_view type, const json::Value& value, Values& out) {
  const auto add = [&](const std::string& number, const json::Value& unit) {
    out.insert(number + "|" + Text(unit.Get("system")) + "|" + Text(unit.Get("code")));
  };
  if (type == "Range") {
    const json::Value low = value.Get("low");
    const json::Value high = value.Get("high");
    if (low.is_object() || high.is_object()) add("range", low.is_object() ? low : high);
  } else if (type == "Money") {
    out.insert(Text(value.Get("value")) + "|urn:iso:std:iso:4217|" + Text(value.Get("currency")));
  } else if (type == "SampledData") {
    if (value.Find("lowerLimit") != nullptr || value.Find("upperLimit") != nullptr) add("range", value.Get("origin"));
  } else if (value.Get("value").is_number()) {
    add(Text(value.Get("value")), value);
  }
}

// The values that one item stands for.
void AddItem(SearchType search_type, const path::Item& item, Values& out) {
  json::Value value = item.value();
  if (item.kind() == path::ItemKind::kInteger) {
    out.insert(std::to_string(item.integer()));
    return;
  }
  const std::string_view type = path::TypeName(R4(), item);
  switch (search_type) {
    case SearchType::kToken:
      return AddToken(type, value, out);
    case SearchType::kString:
      return AddString(type, value, out);
    case SearchType::kReference:
      return AddReference(type, value, out);
    case SearchType::kDate:
      return AddDate(type, value, out);
    case SearchType::kQuantity:
      return AddQuantity(type, value, out);
    case SearchType::kNumber:
      if (type == "Range") {
        out.insert("range");
      } else if (value.is_number()) {
        out.insert(Text(value));
      }
      return;
    case SearchType::kUri:
      if (value.is_string()) out.insert(Text(value));
      return;
    default:
      return;
  }
}

// Evaluates an expression of the definitions.
path::Collection Ask(std::string_view expression, std::string_view context, const path::Item& focus,
                     path::Environment& environment) {
  const auto compiled = path::Compile(expression, R4(), {.context_type = context, .published = true});
  if (!compiled) return {};
  // What an expression computes lives in it: only nodes and numbers are looked at after it is gone, and booleans.
  auto found = path::Evaluate(*compiled, focus, environment);
  return found ? *std::move(found) : path::Collection();
}

SearchType TypeOfParameter(std::string_view url) {
  for (std::size_t row = 0; row < R4().search_parameter_count(); ++row) {
    const definitions::SearchParameter parameter = R4().search_parameter(row);
    if (parameter.url == url) return parameter.type;
  }
  return SearchType::kSpecial;
}

void AddTuples(const definitions::SearchParameter& parameter, const path::Item& item, path::Environment& environment,
               Values& out) {
  Values tuples{""};
  for (std::size_t i = 0; i < parameter.component_count; ++i) {
    const definitions::SearchComponent component = R4().component(parameter, i);
    Values values;
    std::string expression(component.expression);
    if (const std::size_t at = expression.find("DateTime"); at != std::string::npos) expression[at] = 'd';
    for (const path::Item& one : Ask(expression, {}, item, environment)) {
      // The components of `relationship` have each other's definition in R4 4.0.1.
      const std::string_view type = path::TypeName(R4(), one);
      AddItem(type == "Reference" ? SearchType::kReference
              : type == "code"    ? SearchType::kToken
                                  : TypeOfParameter(component.definition),
              one, values);
    }
    Values longer;
    for (const std::string& start : tuples) {
      for (const std::string& value : values) longer.insert(start + "$" + value);
    }
    tuples = std::move(longer);
  }
  out.merge(tuples);
}

// A resource itself is what a reference parameter means only when it is for that type.
bool IsTarget(const definitions::SearchParameter& parameter, const path::Item& item) {
  bool any = item.value().Find("resourceType") == nullptr || parameter.target_count == 0;
  for (std::size_t i = 0; i < parameter.target_count; ++i) any = any || R4().target(parameter, i) == item.type();
  return any;
}

Values Expected(const definitions::SearchParameter& parameter, const json::Value& resource) {
  Values values;
  const path::Item focus = path::ResourceItem(R4(), resource);
  path::Environment environment;
  environment.resource = focus;
  for (const path::Item& item : Ask(parameter.expression, parameter.base, focus, environment)) {
    if (parameter.type == SearchType::kComposite) {
      AddTuples(parameter, item, environment, values);
    } else if (IsTarget(parameter, item)) {
      AddItem(parameter.type, item, values);
    }
  }
  return values;
}

struct Shown {
  std::string operator()(const search::Token& t) const { return (t.implied ? "" : t.system) + "|" + t.code; }
  std::string operator()(const search::Reference& r) const {
    return !r.url.empty() ? r.url : r.type.empty() ? r.id : r.type + "/" + r.id;
  }
  std::string operator()(const search::DateSpan& d) const {
    return Written({d.start.time_since_epoch().count(), d.end.time_since_epoch().count(), true});
  }
  std::string operator()(const search::String& s) const { return s.value; }
  std::string operator()(const search::Uri& u) const { return u.value; }
  std::string operator()(const search::Number& n) const { return n.value.empty() ? "range" : n.value; }
  std::string operator()(const search::Quantity& q) const { return (*this)(q.number) + "|" + q.system + "|" + q.code; }
  std::string operator()(const search::Composite& c) const {
    std::string text;
    for (const search::IndexRow& part : c.parts) text += "$" + std::visit(*this, part.value);
    return text;
  }
};

// Rows in base units are made, not read.
bool IsCanonical(const search::IndexRow& row) {
  const auto* quantity = std::get_if<search::Quantity>(&row.value);
  const auto* composite = std::get_if<search::Composite>(&row.value);
  return (quantity != nullptr && quantity->canonical) ||
         (composite != nullptr && std::ranges::any_of(composite->parts, IsCanonical));
}

void JudgeExample(Context& context, const search::Indexer& indexer, const std::filesystem::path& path, Score& score) {
  const auto document = json::ParseDocument(ReadFile(path));
  if (!document) return context.Count(score, false, path.filename().string() + ": cannot be read");
  std::vector<search::IndexRow> rows;
  indexer.Rows(document->root, rows);
  const definitions::TypeId type = R4().FindType(document->root.Get("resourceType").text());
  for (std::size_t at = 0; at < R4().search_parameter_count(); ++at) {
    const definitions::SearchParameter parameter = R4().search_parameter(at);
    if (!R4().Derives(type, R4().FindType(parameter.base)) || parameter.expression.empty()) continue;
    const Values expected = Expected(parameter, document->root);
    Values found;
    for (const search::IndexRow& row : rows) {
      if (row.parameter == parameter.code && !IsCanonical(row)) found.insert(std::visit(Shown{}, row.value));
    }
    if (expected.empty() && found.empty()) continue;
    context.Count(score, found == expected, path.filename().string() + " " + std::string(parameter.code));
  }
}

// {"name", "resource", "rows": [...], "none": ["parameters without rows"]}: the rows of the parameters that are named.
void JudgeCase(Context& context, const search::Indexer& indexer, const json::Value& test, Score& score) {
  std::vector<search::IndexRow> rows;
  indexer.Rows(test.Get("resource"), rows);
  std::set<std::string> parameters;
  Values expected;
  for (const json::Value& row : test.Get("rows").items()) {
    parameters.insert(Text(row.Get("param")));
    expected.insert(json::ToString(row));
  }
  for (const json::Value& none : test.Get("none").items()) parameters.insert(Text(none));
  Values found;
  for (const search::IndexRow& row : rows) {
    if (!parameters.contains(row.parameter)) continue;
    std::string line;
    search::WriteRow(row, {}, line);
    found.insert(line);
  }
  std::string what = Text(test.Get("name"));
  for (const std::string& line : found) what += expected.contains(line) ? "" : "\n    too much: " + line;
  for (const std::string& line : expected) what += found.contains(line) ? "" : "\n    missing: " + line;
  context.Count(score, found == expected, what);
}

}  // namespace

Score SearchRows(Context& context) {
  Score score;
  const search::Indexer indexer = search::Indexer::Make(R4());
  for (const auto& path : FilesIn(context.oracles / "r4-examples", ".json")) {
    JudgeExample(context, indexer, path, score);
  }
  const search::Indexer own = search::Indexer::Make(R4(), "https://gateway.example/fhir");
  for (const auto& path : FilesIn(std::filesystem::path(THROUGHLINE_SOURCE_DIR) / "tests/cases/search", ".json")) {
    const auto cases = json::ParseDocument(ReadFile(path));
    if (!cases) context.Count(score, false, path.filename().string() + ": cannot be read");
    if (!cases) continue;
    for (const json::Value& test : cases->root.items()) JudgeCase(context, own, test, score);
  }
  return score;
}

}  // namespace throughline::conformance
