#include "fhir/validate/questionnaire.h"

#include <algorithm>
#include <array>
#include <string>

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
        response_(response),
        finished_(std::ranges::find(kFinished, response.Get("status").text()) != kFinished.end()) {}

  // `given` holds items that answer those of `asked`.
  void Check(const Value& asked, const Value& given, const Place& place, std::size_t depth) {
    if (depth > kMostDepth) {
      return;
    }
    CheckGiven(asked, given, place, depth);
    for (const Value& item : asked.Get("item").items()) {
      CheckAsked(item, given, place);
    }
  }

 private:
  using Items = std::span<const Value>;

  static std::size_t Find(const Items items, std::string_view link_id) {
    const auto found = std::ranges::find(items, link_id, LinkOf);
    return static_cast<std::size_t>(found - items.begin());
  }

  void CheckGiven(const Value& asked, const Value& given, const Place& place, std::size_t depth) {
    const Items items = asked.Get("item").items();
    std::size_t last = 0;
    std::size_t number = 0;
    for (const Value& item : given.Get("item").items()) {
      const Place here{&place, "item", number++};
      const std::size_t at = Find(items, LinkOf(item));
      if (at == items.size()) {
        const bool elsewhere = index_.Find(LinkOf(item)) != nullptr;
        context_.findings.Add(elsewhere ? Rule::kResponsePlace : Rule::kResponseUnknown, {&here, "linkId"});
        continue;
      }
      if (at < last) {
        context_.findings.Add(Rule::kResponseOrder, here);
      }
      last = std::max(last, at);
      CheckItem(items[at], item, here, depth);
    }
  }

  void CheckItem(const Value& asked, const Value& given, const Place& place, std::size_t depth) {
    const std::string_view type = asked.Get("type").text();
    const Items answers = given.Get("answer").items();
    if (!IsEnabled(asked, response_)) {
      context_.findings.Add(Rule::kResponseDisabled, place);
      return;
    }
    if (type == "display") {
      context_.findings.Add(Rule::kResponseDisplay, place);
      return;
    }
    if (type == "group") {
      if (!answers.empty()) {
        context_.findings.Add(Rule::kResponseGroup, {&place, "answer"});
      }
      Check(asked, given, place, depth + 1);
      return;
    }
    if (answers.size() > 1 && !asked.Get("repeats").boolean()) {
      context_.findings.Add(Rule::kResponseMany, place);
    }
    CheckAnswers(asked, answers, place, depth);
  }

  void CheckAnswers(const Value& asked, const Items answers, const Place& place, std::size_t depth) {
    std::size_t number = 0;
    for (const Value& answer : answers) {
      const Place here{&place, "answer", number++};
      CheckAnswer(context_, asked, answer, here);
      if (answers.size() > 1 && IsExclusive(asked, answer)) {
        context_.findings.Add(Rule::kAnswerExclusive, here);
      }
      Check(asked, answer, here, depth + 1);
    }
  }

  void CheckAsked(const Value& asked, const Value& given, const Place& place) {
    const Items items = given.Get("item").items();
    const std::string_view link_id = LinkOf(asked);
    const auto count = std::ranges::count(items, link_id, LinkOf);
    const bool group = asked.Get("type").text() == "group";
    if (count > 1 && !(group && asked.Get("repeats").boolean())) {
      context_.findings.Add(Rule::kResponseMany, place);
    }
    if (!asked.Get("required").boolean() || !IsEnabled(asked, response_)) {
      return;
    }
    const std::string_view content = group ? "item" : "answer";
    const bool answered = std::ranges::any_of(
        items, [&](const Value& item) { return LinkOf(item) == link_id && item.Get(content).size() > 0; });
    if (!answered && finished_) {
      context_.findings.AddError(Rule::kResponseRequired, place);
    } else if (!answered) {
      context_.findings.Add(Rule::kResponseRequired, place);
    }
  }

  Context& context_;
  ItemIndex index_;
  Value response_;
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
  Response(context, questionnaire, visit.value).Check(questionnaire, visit.value, visit.place, 0);
}

}  // namespace throughline::validate
