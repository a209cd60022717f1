#include "gateway/store/search_sql.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "gateway/store/composite.h"
#include "gateway/store/index_table.h"
#include "gateway/store/row_test.h"

namespace throughline::store {
namespace {

constexpr std::string_view kLastUpdated = "_lastUpdated";

// Which table the rows of a parameter stand in, and how many rows a value of it is likely to leave (0: few).
struct TypeRow {
  definitions::SearchType type;
  std::string_view table;
  int rank;
};
constexpr std::array kTypes = {
    TypeRow{definitions::SearchType::kToken, "index_token", 2},
    TypeRow{definitions::SearchType::kReference, "index_reference", 1},
    TypeRow{definitions::SearchType::kDate, "index_date", 4},
    TypeRow{definitions::SearchType::kString, "index_string", 2},
    TypeRow{definitions::SearchType::kUri, "index_uri", 2},
    TypeRow{definitions::SearchType::kNumber, "index_number", 4},
    TypeRow{definitions::SearchType::kQuantity, "index_quantity", 4},
    TypeRow{definitions::SearchType::kComposite, {}, 3},
};

class Maker {
 public:
  explicit Maker(SqlText& out) : binder_(out) {}

  std::string FromWhere(const search::Query& query, const std::string& r);
  bool failed() const { return failed_; }

 private:
  using Condition = search::Condition;

  std::string_view TableOfCondition(const Condition& condition);
  std::string Parameter(std::string_view type, std::string_view code);
  std::string Parameters(std::string_view type, const std::string& test);
  std::string OfParameter(const search::Query& query, const Condition& condition, const std::string& t);
  std::string OneValue(const search::Query& query, const Condition& condition, const std::string& t, std::size_t at);
  std::string AnyValue(const search::Query& query, const Condition& condition, const std::string& t, std::size_t first,
                       std::size_t count);
  std::string OnResource(const search::Query& query, const std::string& r, const Condition* without);
  std::string Holds(const search::Query& query, const Condition& condition, const std::string& r);
  std::string TimeHolds(const Condition& condition, const std::string& r);
  std::string RowExists(const search::Query& query, const Condition& condition, const std::string& r);
  std::string ChainHolds(const search::Query& query, const Condition& condition, const std::string& r);
  std::string Hits(const search::Query& query, const Condition& condition);
  const Condition* Driver(const search::Query& query) const;
  std::string Fresh(const char* letter) { return letter + std::to_string(names_++); }

  Binder binder_;
  int names_ = 0;
  bool failed_ = false;
};

bool IsTime(const search::Condition& condition) { return condition.parameter == kLastUpdated; }

bool CanDrive(const search::Condition& condition) {
  return !IsTime(condition) && condition.modifier != search::Modifier::kNot &&
         condition.modifier != search::Modifier::kMissing && (!condition.values.empty() || !condition.chain.empty());
}

bool IsComposite(const search::Condition& condition) { return condition.type == definitions::SearchType::kComposite; }

const std::vector<search::ConditionValue>& PartsOf(const search::ConditionValue& value) {
  return std::get_if<search::CompositeValue>(&value)->parts;
}

int RankOf(const search::Condition& condition) {
  const auto row = std::ranges::find(kTypes, condition.type, &TypeRow::type);
  int rank = row == kTypes.end() ? 5 : row->rank;
  if (!condition.chain.empty()) rank = 3;
  if (condition.parameter == "_id") rank = 0;
  if (condition.parameter == "identifier") rank = 0;
  return rank;
}

std::string_view Maker::TableOfCondition(const Condition& condition) {
  if (IsComposite(condition)) {
    failed_ = failed_ || condition.values.empty() || !std::ranges::all_of(condition.values, IsPair);
    return failed_ ? std::string_view() : IndexTables()[PartsOf(condition.values.front())[1].index()].name;
  }
  if (!condition.values.empty()) return IndexTables()[condition.values.front().index()].name;
  const auto row = std::ranges::find(kTypes, condition.type, &TypeRow::type);
  failed_ = failed_ || row == kTypes.end();
  return row == kTypes.end() ? std::string_view() : row->table;
}

std::string Maker::Parameter(std::string_view type, std::string_view code) {
  return "(SELECT parameter FROM search_parameter WHERE type = " + binder_.Bind(type) +
         " AND code = " + binder_.Bind(code) + ")";
}

// The rows under the parameter; of a composite one that name the token of one of its values.
std::string Maker::OfParameter(const search::Query& query, const Condition& condition, const std::string& t) {
  if (!IsComposite(condition)) return t + ".parameter = " + Parameter(query.type, condition.parameter);
  std::string any = "1 = 0";
  for (const search::ConditionValue& value : condition.values) {
    if (failed_) return any;
    any +=
        " OR " + PairParameterTest(condition.parameter, *std::get_if<search::TokenValue>(&PartsOf(value)[0]), binder_);
  }
  return t + ".parameter IN (" + Parameters(query.type, any) + ")";
}

std::string Maker::Parameters(std::string_view type, const std::string& test) {
  return "SELECT parameter FROM search_parameter WHERE type = " + binder_.Bind(type) + " AND (" + test + ")";
}

std::string Maker::OneValue(const search::Query& query, const Condition& condition, const std::string& t,
                            std::size_t at) {
  const search::ConditionValue& value = condition.values[at];
  if (!IsComposite(condition)) return RowTest(condition, value, t, binder_);
  if (failed_) return "1 = 0";
  const std::vector<search::ConditionValue>& parts = PartsOf(value);
  const std::string token =
      PairParameterTest(condition.parameter, *std::get_if<search::TokenValue>(&parts[0]), binder_);
  return "(" + t + ".parameter IN (" + Parameters(query.type, token) + ") AND " +
         RowTest(condition, parts[1], t, binder_) + ")";
}

// Halved again and again: a long row of ORs would nest deeper than the engine takes.
std::string Maker::AnyValue(const search::Query& query, const Condition& condition, const std::string& t,
                            std::size_t first, std::size_t count) {
  if (count == 0) return "1 = 0";
  if (count == 1) return OneValue(query, condition, t, first);
  const std::size_t half = count / 2;
  return "(" + AnyValue(query, condition, t, first, half) + " OR " +
         AnyValue(query, condition, t, first + half, count - half) + ")";
}

std::string Maker::TimeHolds(const Condition& condition, const std::string& r) {
  if (condition.modifier == search::Modifier::kMissing) return condition.missing ? "1 = 0" : "1 = 1";
  std::string any = "1 = 0";
  for (const search::ConditionValue& value : condition.values) {
    const auto* date = std::get_if<search::DateValue>(&value);
    if (date == nullptr) {
      failed_ = true;
      continue;
    }
    // Written to the millisecond, so it covers one.
    any += " OR " + DateTest(*date, r + ".last_updated", "(" + r + ".last_updated + 1000)", binder_);
  }
  return "(" + any + ")";
}

std::string Maker::RowExists(const search::Query& query, const Condition& condition, const std::string& r) {
  const std::string t = Fresh("t");
  std::string text = "EXISTS (SELECT 1 FROM " + std::string(TableOfCondition(condition)) + " " + t + " WHERE " + t +
                     ".rid = " + r + ".rid AND " + OfParameter(query, condition, t);
  if (condition.modifier != search::Modifier::kMissing) {
    text += " AND " + AnyValue(query, condition, t, 0, condition.values.size());
  }
  return text + ")";
}

std::string Maker::ChainHolds(const search::Query& query, const Condition& condition, const std::string& r) {
  std::string any;
  for (const search::Query& link : condition.chain) {
    const std::string t = Fresh("t");
    const std::string target = Fresh("r");
    if (!any.empty()) any += " OR ";
    any += "EXISTS (SELECT 1 FROM index_reference " + t + " CROSS JOIN resource " + target + " WHERE " + t +
           ".rid = " + r + ".rid AND " + t + ".parameter = " + Parameter(query.type, condition.parameter) + " AND " +
           t + ".url = '' AND " + target + ".id = " + t + ".target_id AND " + t +
           ".target_type = " + binder_.Bind(link.type) + " AND " + OnResource(link, target, nullptr) + ")";
  }
  return "(" + any + ")";
}

std::string Maker::Holds(const search::Query& query, const Condition& condition, const std::string& r) {
  if (IsTime(condition)) return TimeHolds(condition, r);
  if (!condition.chain.empty()) return ChainHolds(query, condition, r);
  const bool negated = condition.modifier == search::Modifier::kNot ||
                       (condition.modifier == search::Modifier::kMissing && condition.missing);
  return (negated ? "NOT " : "") + RowExists(query, condition, r);
}

std::string Maker::OnResource(const search::Query& query, const std::string& r, const Condition* without) {
  std::string text = r + ".type = " + binder_.Bind(query.type) + " AND " + r + ".deleted = 0";
  for (const Condition& condition : query.conditions) {
    if (&condition != without) text += " AND " + Holds(query, condition, r);
  }
  return text;
}

// A query for the rids of `query.type` that meet the one condition.
std::string Maker::Hits(const search::Query& query, const Condition& condition) {
  if (condition.chain.empty()) {
    const std::string t = Fresh("t");
    return "SELECT DISTINCT " + t + ".rid AS rid FROM " + std::string(TableOfCondition(condition)) + " " + t +
           " WHERE " + OfParameter(query, condition, t) + " AND " +
           AnyValue(query, condition, t, 0, condition.values.size());
  }
  std::string text;
  for (const search::Query& link : condition.chain) {
    const std::string t = Fresh("t");
    const std::string target = Fresh("r");
    const std::string found = Fresh("c");
    if (!text.empty()) text += " UNION ";
    text += "SELECT DISTINCT " + t + ".rid AS rid FROM (SELECT " + target + ".id AS id, " + target + ".type AS type " +
            FromWhere(link, target) + ") " + found + " CROSS JOIN index_reference " + t + " WHERE " + t +
            ".parameter = " + Parameter(query.type, condition.parameter) + " AND " + t + ".target_id = " + found +
            ".id AND " + t + ".url = '' AND " + t + ".target_type = " + found + ".type";
  }
  return text;
}

const search::Condition* Maker::Driver(const search::Query& query) const {
  const Condition* best = nullptr;
  for (const Condition& condition : query.conditions) {
    if (CanDrive(condition) && (best == nullptr || RankOf(condition) < RankOf(*best))) best = &condition;
  }
  return best;
}

std::string Maker::FromWhere(const search::Query& query, const std::string& r) {
  const Condition* driver = Driver(query);
  if (driver == nullptr) return "FROM resource " + r + " WHERE " + OnResource(query, r, nullptr);
  const std::string hits = Fresh("m");
  const std::string inner = Hits(query, *driver);
  return "FROM (" + inner + ") " + hits + " CROSS JOIN resource " + r + " WHERE " + r + ".rid = " + hits + ".rid AND " +
         OnResource(query, r, driver);
}

}  // namespace

void SqlText::BindTo(sql::Statement& statement) const {
  for (const auto& [name, value] : values) {
    std::visit([&](const auto& held) { statement.Bind(name.c_str(), held); }, value);
  }
}

Result<SqlText> FromWhere(const search::Query& query) {
  SqlText out;
  Maker maker(out);
  out.text = maker.FromWhere(query, "r");
  if (maker.failed()) {
    return MakeError(ErrorKind::kNotSupported, "search-parameter",
                     "searching by a parameter of this kind is not supported");
  }
  return out;
}

}  // namespace throughline::store
