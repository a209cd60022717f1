// `yes` and `no`: the words of a boolean that the record writes as text.
#include <algorithm>
#include <string>

#include "mappings/language/binder.h"
#include "mappings/plan/truth_words.h"

namespace throughline::language {
namespace {

void TakeTruths(Binding& binding, const YamlNode& value, std::string_view what, std::vector<std::string>& words) {
  const std::vector<YamlNode> one = {value};
  const bool list = value.kind == YamlNode::Kind::kList;
  for (const YamlNode& item : list ? value.items : one) {
    if (const std::string* text = TextOf(binding, item, what)) words.push_back(*text);
  }
}

// The first word that stands twice among both; null: none does.
const std::string* TwiceIn(const Field& field) {
  std::vector<std::string_view> seen;
  for (const bool truth : {true, false}) {
    for (const std::string& word : WordsFor(field, truth)) {
      if (std::ranges::find(seen, word) != seen.end()) return &word;
      seen.push_back(word);
    }
  }
  return nullptr;
}

// What is wrong with the words; empty: nothing.
std::string WrongTruths(const Plan& plan, const Field& field) {
  if (field.yes.empty() || field.no.empty()) {
    return std::string("a boolean has words for both: 'yes: Y' and 'no: N'; '") + (field.yes.empty() ? "yes" : "no") +
           "' is missing. An empty cell is a word too: ''";
  }
  if (const std::string* word = TwiceIn(field)) return "the word '" + *word + "' stands twice in 'yes' and 'no'";
  const LocalNode& node = plan.nodes[field.node];
  const bool several = node.fields.size() > 1 || field.when != kNone || !node.separator.empty();
  if (HasBlankWord(field) && (several || node.name == "*"))
    return "an empty text is no word of an item, of a part or of one of several cases";
  return {};
}

}  // namespace

void BindYes(Binding& binding, Index field, const YamlNode& value) {
  TakeTruths(binding, value, "yes", binding.plan.fields[field].yes);
}

void BindNo(Binding& binding, Index field, const YamlNode& value) {
  TakeTruths(binding, value, "no", binding.plan.fields[field].no);
}

void CheckTruths(Binding& binding) {
  for (Field& field : binding.plan.fields) {
    const bool said = !field.yes.empty() || !field.no.empty();
    if (!said || !field.dropped.empty()) continue;
    LocalNode& node = binding.plan.nodes[field.node];
    if (node.usual == Form::kWord && node.word.empty()) node.usual = Form::kEmpty;
    const std::string wrong = WrongTruths(binding.plan, field);
    if (wrong.empty()) continue;
    binding.diagnostics.Error("map-truth", field.mark, field.path.size(), wrong);
    field.yes = {"yes"};
    field.no = {"no"};
  }
}

}  // namespace throughline::language
