// Published expansions of R4's value sets: each set that can be known offline must have the same codes in the same
// order, and be said to have them one by one. Those that cannot are counted aside, with the reason.
#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/json/parse.h"
#include "fhir/terminology/terminology.h"
#include "tests/conformance/suite.h"

namespace throughline::conformance {
namespace {

using json::Value;
using terminology::Answer;
using terminology::Coding;
using terminology::Concept;
using terminology::Expansion;
using terminology::Terminology;

using Codes = std::vector<std::pair<std::string, std::string>>;  // system and code

// In the order of the list; a code that comes again is passed over.
void AddCodes(const Value& contains, Codes& codes) {
  for (const Value& item : contains.items()) {
    const std::pair<std::string, std::string> code(item.Get("system").text(), item.Get("code").text());
    if (!code.second.empty() && !item.Get("abstract").boolean() && std::ranges::find(codes, code) == codes.end()) {
      codes.push_back(code);
    }
    AddCodes(item.Get("contains"), codes);
  }
}

bool HasSameMembers(const Terminology& terminology, std::string_view url, const Codes& codes) {
  return std::ranges::all_of(codes, [&](const auto& code) {
    return terminology.MemberOf(url, Coding{code.first, {}, code.second}).answer == Answer::kYes;
  });
}

Codes CodesOf(const Expansion& expansion) {
  Codes codes;
  for (const Concept& one : expansion.concepts) {
    codes.emplace_back(one.system, one.code);
  }
  return codes;
}

class Expansions {
 public:
  Expansions(Context& context, Score& score) : context_(context), score_(score) {}

  void Judge(const Value& set) {
    const std::string url(set.Get("url").text());
    const auto expansion = terminology_.Expand(url, {.count = 100'000, .deprecated = false});
    if (!expansion) {
      Aside("unknown-value-set", url);
      return;
    }
    if (expansion->reason != terminology::Reason::kNone) {
      Aside(WordOf(expansion->reason), expansion->what);
      return;
    }
    Codes published;
    AddCodes(set.Get("expansion").Get("contains"), published);
    const Codes ours = CodesOf(*expansion);
    context_.Count(score_, ours == published && HasSameMembers(terminology_, url, published), url);
  }

  void Report() const {
    for (const auto& [reason, count] : reasons_) {
      context_.misses.push_back("aside: " + reason + ": " + std::to_string(count));
    }
  }

 private:
  void Aside(std::string_view reason, std::string_view what) {
    ++reasons_[std::string(reason) + " " + std::string(what)];
  }

  Context& context_;
  Score& score_;
  Terminology terminology_{definitions::R4()};
  std::map<std::string, std::size_t> reasons_;
};

}  // namespace

Score R4Expansions(Context& context) {
  Score score;
  Expansions suite(context, score);
  for (const auto& file : FilesIn(context.oracles / "r4-expansions", ".json")) {
    const auto document = json::ParseDocument(ReadFile(file));
    if (document) {
      suite.Judge(document->root);
    }
  }
  suite.Report();
  return score;
}

}  // namespace throughline::conformance
