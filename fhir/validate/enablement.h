// Which items of a Questionnaire a response is asked: `enableWhen` by the nearest occurrence of its question.
// https://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableWhen.question
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/json/value.h"

namespace throughline::validate {

enum class Truth : std::uint8_t { kNo, kUnclear, kYes };

// Where an item stands in its document, with what is below it: [begin, end), counted in the order of the document.
struct Stretch {
  std::size_t begin = 0;
  std::size_t end = 0;

  bool Contains(Stretch other) const { return begin <= other.begin && other.end <= end; }
};

// The items of a Questionnaire, or of a response: by linkId, and where each stands.
class ItemTree {
 public:
  struct Row {
    std::string_view link_id;
    Stretch stretch;
    json::Value item;
  };

  // Reads the items of `root`, and those below them.
  explicit ItemTree(const json::Value& root);

  // As they stand.
  std::span<const Row> Find(std::string_view link_id) const;
  // Of an item or an answer.
  Stretch Of(const json::Value& object) const;
  Stretch whole() const { return {0, next_}; }

 private:
  void Read(const json::Value& parent, std::size_t depth);

  std::vector<Row> rows_;  // sorted by linkId, then as they stand
  std::unordered_map<const void*, Stretch> stretches_;
  std::size_t next_ = 0;
};

// The items that the walk is in, from the inside out.
struct Enclosing {
  const Enclosing* outer = nullptr;
  json::Value asked;   // the Questionnaire's item; the Questionnaire itself at the outermost
  json::Value given;   // the response's; null where it has none
  json::Value answer;  // of a question: the answer that the walk is in; null in a group
  Stretch stretch;
};

// Asks the conditions of items, and limits how much is compared: both sides come from outside, so that their product
// must be limited.
class Enablement {
 public:
  Enablement(const json::Value& questionnaire, const json::Value& response) : asked_(questionnaire), given_(response) {}

  const ItemTree& asked() const { return asked_; }
  const ItemTree& given() const { return given_; }

  // Do the conditions of `item` hold where it stands, or would stand? The nearest occurrence is found by the axes of
  // the document, as R4 says, and within the innermost item that both have around them; where the two answer
  // differently, it is unclear, and so it is once the budget is spent.
  // https://hl7.org/fhir/R4/questionnaire.html#enableWhen
  Truth IsEnabled(const json::Value& item, const Enclosing& around, Stretch at);

  // False when the budget does not cover so many comparisons.
  bool Charge(std::size_t comparisons);
  bool is_spent() const { return budget_ == 0; }

 private:
  using Answers = std::span<const json::Value>;

  Truth IsMet(const json::Value& when, const Enclosing& around, Stretch at);
  Truth Holds(const json::Value& when, Answers answers);
  Answers NearestByAxes(std::string_view link_id, const Enclosing& around, Stretch at) const;
  Answers NearestWithin(const ItemTree::Row& question, const Enclosing& around, Stretch at) const;
  Answers Nearest(std::string_view link_id, Stretch within, Stretch at) const;

  const ItemTree asked_;
  const ItemTree given_;
  std::size_t budget_ = 2'000'000;
};

}  // namespace throughline::validate
