#include "fhir/validate/enablement.h"

#include <algorithm>
#include <array>
#include <utility>

#include "fhir/validate/answer_value.h"

namespace throughline::validate {
namespace {

using json::Member;
using json::Value;

constexpr std::size_t kMostItemDepth = 60;

// What an operator says of one answer, in the order of Relation.
// https://hl7.org/fhir/R4/valueset-questionnaire-enable-operator.html
struct OperatorRow {
  std::string_view code;
  std::array<Truth, 5> holds;
  bool of_each = false;  // no answer may break it; else one must keep it
};
constexpr Truth kNo = Truth::kNo;
constexpr Truth kYes = Truth::kYes;
constexpr Truth kUnclear = Truth::kUnclear;
constexpr std::array kOperators = {
    OperatorRow{"!=", {kYes, kNo, kYes, kYes, kUnclear}, true},
    OperatorRow{"<", {kYes, kNo, kNo, kUnclear, kUnclear}},
    OperatorRow{"<=", {kYes, kYes, kNo, kUnclear, kUnclear}},
    OperatorRow{"=", {kNo, kYes, kNo, kNo, kUnclear}},
    OperatorRow{">", {kNo, kNo, kYes, kUnclear, kUnclear}},
    OperatorRow{">=", {kNo, kYes, kYes, kUnclear, kUnclear}},
};

// The best of them for `any`, else the worst.
template <typename Range, typename Ask>
Truth Join(const Range& range, bool any, Ask ask) {
  Truth joined = any ? kNo : kYes;
  for (const auto& each : range) {
    joined = any ? std::max(joined, ask(each)) : std::min(joined, ask(each));
  }
  return joined;
}

// What tells one object of a document from the others.
const void* AddressOf(const Value& object) { return object.members().data(); }

bool IsAnswered(const Value& answer) { return ChoiceOf(answer, "value") != nullptr; }

}  // namespace

ItemTree::ItemTree(const Value& root) {
  Read(root, 0);
  std::ranges::sort(rows_, {}, [](const Row& row) { return std::pair(row.link_id, row.stretch.begin); });
}

void ItemTree::Read(const Value& parent, std::size_t depth) {
  for (const Value& item : depth < kMostItemDepth ? parent.Get("item").items() : std::span<const Value>{}) {
    Stretch whole{next_++, 0};
    for (const Value& answer : item.Get("answer").items()) {
      const std::size_t begin = next_++;
      Read(answer, depth + 1);
      stretches_[AddressOf(answer)] = {begin, next_};
    }
    Read(item, depth + 1);
    whole.end = next_;
    stretches_[AddressOf(item)] = whole;
    rows_.push_back({item.Get("linkId").text(), whole, item});
  }
}

std::span<const ItemTree::Row> ItemTree::Find(std::string_view link_id) const {
  return std::ranges::equal_range(rows_, link_id, {}, &Row::link_id);
}

Stretch ItemTree::Of(const Value& object) const {
  const auto found = stretches_.find(AddressOf(object));
  return found == stretches_.end() ? Stretch{} : found->second;
}

bool Enablement::Charge(std::size_t comparisons) {
  const bool covered = comparisons <= budget_;
  budget_ = covered ? budget_ - comparisons : 0;
  return covered && budget_ > 0;
}

Truth Enablement::IsEnabled(const Value& item, const Enclosing& around, Stretch at) {
  const auto conditions = item.Get("enableWhen").items();
  const auto met = [&](const Value& when) { return IsMet(when, around, at); };
  if (conditions.size() <= 1) {
    return conditions.empty() ? kYes : met(conditions.front());
  }
  const std::string_view behavior = item.Get("enableBehavior").text();
  const Truth any = Join(conditions, true, met);
  const Truth all = Join(conditions, false, met);
  return behavior == "any" || any == all ? any : behavior == "all" ? all : kUnclear;
}

Truth Enablement::IsMet(const Value& when, const Enclosing& around, Stretch at) {
  const std::string_view question = when.Get("question").text();
  const auto asked = asked_.Find(question);
  if (asked.empty()) {
    return kUnclear;  // the Questionnaire is wrong, which is said of it
  }
  const Answers by_axes = NearestByAxes(question, around, at);
  const Answers within = NearestWithin(asked.front(), around, at);
  const Truth holds = Holds(when, within);
  const bool same = by_axes.data() == within.data() && by_axes.size() == within.size();
  return same || Holds(when, by_axes) == holds ? holds : kUnclear;
}

Truth Enablement::Holds(const Value& when, Answers answers) {
  const Member* const wanted = ChoiceOf(when, "answer");
  const std::string_view code = when.Get("operator").text();
  if (wanted == nullptr || !Charge(answers.size() + 1)) {
    return kUnclear;
  }
  if (code == "exists") {
    return std::ranges::any_of(answers, IsAnswered) == wanted->value.boolean() ? kYes : kNo;
  }
  const auto* const row = std::ranges::find(kOperators, code, &OperatorRow::code);
  return row == kOperators.end() ? kUnclear : Join(answers, !row->of_each, [&](const Value& answer) {
    const Member* const given = ChoiceOf(answer, "value");
    return given == nullptr ? (row->of_each ? kYes : kNo)
                            : row->holds[static_cast<std::size_t>(Compare(wanted->name, given->value, wanted->value))];
  });
}

// "tracing first the "ancestor" axis and then the "preceding" axis and then the "following" axis".
Enablement::Answers Enablement::NearestByAxes(std::string_view link_id, const Enclosing& around, Stretch at) const {
  for (const Enclosing* each = &around; each->outer != nullptr; each = each->outer) {
    if (each->asked.Get("linkId").text() == link_id) {
      return each->given.Get("answer").items();
    }
  }
  return Nearest(link_id, given_.whole(), at);
}

// Where one item around both is the question itself, the answer that the walk is in counts.
Enablement::Answers Enablement::NearestWithin(const ItemTree::Row& question, const Enclosing& around,
                                              Stretch at) const {
  for (const Enclosing* each = &around; each->outer != nullptr; each = each->outer) {
    if (AddressOf(each->asked) == AddressOf(question.item)) {
      return each->answer.is_null() ? Answers{} : Answers(&each->answer, 1);
    }
    if (asked_.Of(each->asked).Contains(question.stretch)) {
      return Nearest(question.link_id, each->stretch, at);
    }
  }
  return Nearest(question.link_id, given_.whole(), at);
}

Enablement::Answers Enablement::Nearest(std::string_view link_id, Stretch within, Stretch at) const {
  const auto of_link = given_.Find(link_id);
  const auto begin = [](const ItemTree::Row& row) { return row.stretch.begin; };
  const auto after = std::ranges::lower_bound(of_link, at.begin, {}, begin);
  if (after != of_link.begin() && begin(*std::prev(after)) >= within.begin) {
    return std::prev(after)->item.Get("answer").items();
  }
  const auto next = std::ranges::lower_bound(of_link, at.end, {}, begin);
  return next != of_link.end() && begin(*next) < within.end ? next->item.Get("answer").items() : Answers{};
}

}  // namespace throughline::validate
