#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "fhir/validate/answer_value.h"
#include "fhir/validate/bundle.h"
#include "fhir/validate/questionnaire.h"

namespace throughline::validate {
namespace {

using json::Value;

constexpr std::size_t kMostLevels = 60;

// A response that is not finished may lack what is required.
constexpr std::array<std::string_view, 2> kFinished = {"amended", "completed"};

std::string_view LinkOf(const Value& item) { return item.Get("linkId").text(); }

bool IsOfType(const Value& item, std::string_view type) { return item.Get("type").text() == type; }
bool IsGroup(const Value& item) { return IsOfType(item, "group"); }
bool IsDisplay(const Value& item) { return IsOfType(item, "display"); }

std::size_t CountOf(const Value& item, std::string_view extension, std::size_t otherwise) {
  const Value value = ExtensionOf(item, extension);
  std::size_t number = otherwise;
  if (value.is_number()) {
    std::from_chars(value.text().data(), value.text().data() + value.text().size(), number);
  }
  return number;
}

// The Questionnaire that a canonical names: contained ("#q"), in the same Bundle, or what the resolver has.
bool FindQuestionnaire(const Context& context, const Value& response, std::string_view canonical, Value& out) {
  if (canonical.starts_with('#')) {
    const auto contained = response.Get("contained").items();
    const auto found = std::ranges::find_if(
        contained, [&](const Value& each) { return each.Get("id").text() == canonical.substr(1); });
    out = found == contained.end() ? out : *found;
    return found != contained.end();
  }
  for (const std::size_t entry :
       context.bundle == nullptr ? std::vector<std::size_t>{} : context.bundle->FindCanonical(canonical)) {
    out = context.bundle->resource(entry);
    const definitions::TypeId type = context.definitions.FindType(out.Get("resourceType").text());
    if (context.plan.of(type).check == CheckQuestionnaire) {
      return true;
    }
  }
  return context.options.resolver != nullptr && context.options.resolver->Resolve(canonical, out);
}

class Response {
 public:
  explicit Response(Asking& asking)
      : asking_(asking),
        enablement_(asking.enablement),
        findings_(asking.context.findings),
        finished_(std::ranges::find(kFinished, asking.response.Get("status").text()) != kFinished.end()) {}

  void Check(const Place& place) {
    CheckLevel({nullptr, asking_.questionnaire, asking_.response, {}, enablement_.given().whole()}, asking_.response,
               place, 0);
    if (enablement_.is_spent()) {
      findings_.Add(Rule::kResponseCostly, place);
    }
  }

 private:
  // The items of one level of the Questionnaire, and what the response has of each.
  struct Row {
    Value item;
    std::size_t given = 0;
    std::size_t answers = 0;
    bool answered = false;
    Stretch at = {};  // the first of them, or where one would stand
  };
  struct Level {
    explicit Level(std::span<const Value> items) {
      for (const Value& item : items) {
        by_link_id.emplace(LinkOf(item), rows.size());
        rows.push_back({item});
      }
    }
    std::vector<Row> rows;
    std::unordered_map<std::string_view, std::size_t> by_link_id;
  };

  // `given` holds items that answer those of `around.asked`.
  void CheckLevel(const Enclosing& around, const Value& given, const Place& place, std::size_t depth) {
    const Value items = around.asked.Get("item");
    if (depth > kMostLevels || (items.size() == 0 && given.Get("item").size() == 0) ||
        !enablement_.Charge(items.size())) {
      return;
    }
    Level level(items.items());
    CheckGiven(level, around, given, place, depth);
    std::size_t next = around.stretch.end;
    for (auto row = level.rows.rbegin(); row != level.rows.rend(); ++row) {
      row->at = row->given == 0 ? Stretch{next, next} : row->at;
      next = row->at.begin;
    }
    for (const Row& row : level.rows) {
      CheckAsked(row, around, place);
    }
  }

  void CheckGiven(Level& level, const Enclosing& around, const Value& given, const Place& place, std::size_t depth) {
    std::size_t last = 0;
    std::size_t number = 0;
    for (const Value& item : given.Get("item").items()) {
      const Place here{&place, "item", number++};
      const auto found = level.by_link_id.find(LinkOf(item));
      if (found == level.by_link_id.end()) {
        CheckStranger(LinkOf(item), here);
        continue;
      }
      if (found->second < last) {
        findings_.Add(Rule::kResponseOrder, here);
      }
      last = std::max(last, found->second);
      Row& row = level.rows[found->second];
      row.at = row.given == 0 ? enablement_.given().Of(item) : row.at;
      ++row.given;
      row.answers += item.Get("answer").size();
      row.answered =
          row.answered || item.Get("answer").size() > 0 || (IsGroup(row.item) && item.Get("item").size() > 0);
      CheckItem(row.item, around, item, here, depth);
    }
  }

  void CheckStranger(std::string_view link_id, const Place& place) {
    if (!link_id.empty()) {
      const bool elsewhere = !enablement_.asked().Find(link_id).empty();
      findings_.Add(elsewhere ? Rule::kResponsePlace : Rule::kResponseUnknown, {&place, "linkId"});
    }
  }

  void CheckItem(const Value& asked, const Enclosing& around, const Value& given, const Place& place,
                 std::size_t depth) {
    const auto answers = given.Get("answer").items();
    const Stretch at = enablement_.given().Of(given);
    if (enablement_.IsEnabled(asked, around, at) == Truth::kNo) {
      findings_.Add(Rule::kResponseDisabled, place);
    } else if (IsDisplay(asked)) {
      if (!answers.empty() || given.Get("item").size() > 0) {
        findings_.Add(Rule::kResponseDisplay, place);
      }
    } else if (IsGroup(asked)) {
      if (!answers.empty()) {
        findings_.Add(Rule::kResponseGroup, {&place, "answer"});
      }
      CheckLevel({&around, asked, given, {}, at}, given, place, depth + 1);
    } else {
      if (given.Get("item").size() > 0) {
        findings_.Add(Rule::kResponseNesting, {&place, "item"});
      }
      if (answers.size() > MostOf(asked)) {
        findings_.Add(Rule::kResponseMany, place);
      }
      CheckAnswers(asked, around, given, place, depth);
    }
  }

  void CheckAnswers(const Value& asked, const Enclosing& around, const Value& given, const Place& place,
                    std::size_t depth) {
    const auto answers = given.Get("answer").items();
    std::size_t number = 0;
    for (const Value& answer : answers) {
      const Place here{&place, "answer", number++};
      CheckAnswer(asking_, asked, answer, here);
      if (answers.size() > 1 && IsExclusive(asking_, asked, answer)) {
        findings_.Add(Rule::kAnswerExclusive, here);
      }
      CheckLevel({&around, asked, given, answer, enablement_.given().Of(answer)}, answer, here, depth + 1);
    }
  }

  static std::size_t MostOf(const Value& asked) {
    return asked.Get("repeats").boolean() ? CountOf(asked, "questionnaire-maxOccurs", SIZE_MAX) : 1;
  }

  void CheckAsked(const Row& row, const Enclosing& around, const Place& place) {
    if (row.given > (IsGroup(row.item) ? MostOf(row.item) : 1)) {
      findings_.Add(Rule::kResponseMany, place);
    }
    const bool required = row.item.Get("required").boolean();
    const std::size_t count = IsGroup(row.item) ? row.given : row.answers;
    const bool few = row.answered && count < CountOf(row.item, "questionnaire-minOccurs", 0);
    if (!few && (row.answered || !required)) {
      return;
    }
    if (MayBeAnswered(row.item, around, row.at, 0)) {
      const Rule rule = few ? Rule::kResponseFew : Rule::kResponseRequired;
      finished_ ? findings_.AddAs(Severity::kError, rule, place) : findings_.Add(rule, place);
    }
  }

  // Is it asked, and for a group: is there a question in it that is?
  bool MayBeAnswered(const Value& asked, const Enclosing& around, Stretch at, std::size_t depth) {
    if (depth > kMostLevels || IsDisplay(asked) || !enablement_.Charge(1) ||
        enablement_.IsEnabled(asked, around, at) != Truth::kYes) {
      return false;
    }
    const Enclosing inner{&around, asked, {}, {}, at};
    return !IsGroup(asked) || std::ranges::any_of(asked.Get("item").items(), [&](const Value& item) {
      return MayBeAnswered(item, inner, {at.end, at.end}, depth + 1);
    });
  }

  Asking& asking_;
  Enablement& enablement_;
  Findings& findings_;
  bool finished_;
};

}  // namespace

void CheckQuestionnaireResponse(Context& context, const Visit& visit) {
  const std::string_view canonical = visit.value.Get("questionnaire").text();
  Value questionnaire;
  if (canonical.empty()) {
    return;
  }
  if (!FindQuestionnaire(context, visit.value, canonical, questionnaire)) {
    context.findings.Add(Rule::kResponseUnchecked, {&visit.place, "questionnaire"});
    return;
  }
  Asking asking{context, questionnaire, visit.value};
  Response(asking).Check(visit.place);
}

}  // namespace throughline::validate
