#include "fhir/validate/questionnaire.h"

#include <algorithm>
#include <array>
#include <span>
#include <unordered_map>

#include "fhir/validate/context.h"

namespace throughline::validate {
namespace {

using json::Value;

constexpr std::size_t kMostDepth = 60;

std::string_view LinkOf(const Value& item) { return item.Get("linkId").text(); }

void CheckConditions(Context& context, const ItemIndex& index, const Value& parent, const Place& place,
                     std::size_t depth) {
  std::size_t number = 0;
  for (const Value& item : depth < kMostDepth ? parent.Get("item").items() : std::span<const Value>{}) {
    const Place here{&place, "item", number++};
    std::size_t condition = 0;
    for (const Value& when : item.Get("enableWhen").items()) {
      const Place at{&here, "enableWhen", condition++};
      const std::string_view question = when.Get("question").text();
      if (!question.empty() && index.Find(question) == nullptr) {
        context.findings.Add(Rule::kQuestionnaireCondition, {&at, "question"});
      }
    }
    CheckConditions(context, index, item, here, depth + 1);
  }
}

// The Questionnaire that a canonical names: contained ("#q"), or what the resolver has.
bool FindQuestionnaire(const Context& context, const Value& response, std::string_view canonical, Value& out) {
  if (canonical.starts_with('#')) {
    for (const Value& contained : response.Get("contained").items()) {
      if (contained.Get("id").text() == canonical.substr(1)) {
        out = contained;
        return true;
      }
    }
    return false;
  }
  return context.options.resolver != nullptr && context.options.resolver->Resolve(canonical, out);
}

// A response that is not finished may lack what is required.
constexpr std::array<std::string_view, 2> kFinished = {"amended", "completed"};

class Response {
 public:
  Response(Context& context, const Value& questionnaire, const Value& response)
      : context_(context),
        index_(questionnaire),
        answers_(response),
        finished_(std::ranges::find(kFinished, response.Get("status").text()) != kFinished.end()) {}

  // `given` holds items that answer those of `asked`.
  void Check(const Value& asked, const Value& given, const Place& place, std::size_t depth) {
    if (depth > kMostDepth || (asked.Get("item").size() == 0 && given.Get("item").size() == 0)) {
      return;
    }
    Level level(asked.Get("item").items());
    CheckGiven(level, given, place, depth);
    for (const Level::Row& row : level.rows) {
      CheckAsked(row, place);
    }
  }

  void Finish(const Place& place) {
    if (answers_.is_spent()) {
      context_.findings.Add(Rule::kResponseCostly, place);
    }
  }

 private:
  // The items of one level of the Questionnaire, and what the response has of each.
  struct Level {
    struct Row {
      Value item;
      std::size_t given = 0;
      bool answered = false;
    };
    explicit Level(std::span<const Value> items) {
      for (const Value& item : items) {
        by_link_id.emplace(LinkOf(item), rows.size());
        rows.push_back({item});
      }
    }
    std::vector<Row> rows;
    std::unordered_map<std::string_view, std::size_t> by_link_id;
  };

  static bool IsGroup(const Value& item) { return item.Get("type").text() == "group"; }

  void CheckGiven(Level& level, const Value& given, const Place& place, std::size_t depth) {
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
        context_.findings.Add(Rule::kResponseOrder, here);
      }
      last = std::max(last, found->second);
      Level::Row& row = level.rows[found->second];
      ++row.given;
      row.answered = row.answered || item.Get(IsGroup(row.item) ? "item" : "answer").size() > 0;
      CheckItem(row.item, item, here, depth);
    }
  }

  void CheckStranger(std::string_view link_id, const Place& place) {
    if (!link_id.empty()) {
      const bool elsewhere = index_.Find(link_id) != nullptr;
      context_.findings.Add(elsewhere ? Rule::kResponsePlace : Rule::kResponseUnknown, {&place, "linkId"});
    }
  }

  void CheckItem(const Value& asked, const Value& given, const Place& place, std::size_t depth) {
    const auto answers = given.Get("answer").items();
    if (!answers_.IsEnabled(asked)) {
      context_.findings.Add(Rule::kResponseDisabled, place);
    } else if (asked.Get("type").text() == "display") {
      context_.findings.Add(Rule::kResponseDisplay, place);
    } else if (IsGroup(asked)) {
      if (!answers.empty()) {
        context_.findings.Add(Rule::kResponseGroup, {&place, "answer"});
      }
      Check(asked, given, place, depth + 1);
    } else {
      if (answers.size() > 1 && !asked.Get("repeats").boolean()) {
        context_.findings.Add(Rule::kResponseMany, place);
      }
      CheckAnswers(asked, answers, place, depth);
    }
  }

  void CheckAnswers(const Value& asked, std::span<const Value> answers, const Place& place, std::size_t depth) {
    std::size_t number = 0;
    for (const Value& answer : answers) {
      const Place here{&place, "answer", number++};
      CheckAnswer(context_, answers_, asked, answer, here);
      if (answers.size() > 1 && IsExclusive(answers_, asked, answer)) {
        context_.findings.Add(Rule::kAnswerExclusive, here);
      }
      Check(asked, answer, here, depth + 1);
    }
  }

  void CheckAsked(const Level::Row& row, const Place& place) {
    if (row.given > 1 && !(IsGroup(row.item) && row.item.Get("repeats").boolean())) {
      context_.findings.Add(Rule::kResponseMany, place);
    }
    if (row.answered || !row.item.Get("required").boolean() || !answers_.IsEnabled(row.item)) {
      return;
    }
    if (finished_) {
      context_.findings.AddError(Rule::kResponseRequired, place);
    } else {
      context_.findings.Add(Rule::kResponseRequired, place);
    }
  }

  Context& context_;
  ItemIndex index_;
  AnswerIndex answers_;
  bool finished_;
};

}  // namespace

ItemIndex::ItemIndex(const Value& root) {
  Read(root, 0);
  std::ranges::stable_sort(rows_, {}, &Row::link_id);
}

void ItemIndex::Read(const Value& parent, std::size_t depth) {
  if (depth > kMostDepth) {
    return;
  }
  for (const Value& item : parent.Get("item").items()) {
    rows_.push_back({LinkOf(item), item});
    Read(item, depth + 1);
  }
}

const Value* ItemIndex::Find(std::string_view link_id) const {
  const auto found = std::ranges::lower_bound(rows_, link_id, {}, &Row::link_id);
  return found != rows_.end() && found->link_id == link_id ? &found->item : nullptr;
}

void CheckQuestionnaire(Context& context, const Visit& visit) {
  CheckConditions(context, ItemIndex(visit.value), visit.value, visit.place, 0);
}

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
  Response response(context, questionnaire, visit.value);
  response.Check(questionnaire, visit.value, visit.place, 0);
  response.Finish(visit.place);
}

}  // namespace throughline::validate
