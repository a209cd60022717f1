// A value set as it is written, for those that stand in a resource and are compiled by nobody.
#include <algorithm>
#include <string>

#include "fhir/terminology/members.h"
#include "fhir/terminology/terminology.h"

namespace throughline::terminology {
namespace {

using json::Value;

constexpr std::size_t kMostNested = 64;

class Written {
 public:
  Written(const Terminology& terminology, const Coding& coding) : terminology_(terminology), coding_(coding) {}

  Verdict InCompose(const Value& compose) const {
    Verdict verdict = AnyInclude(compose.Get("include"));
    if (verdict.answer != Answer::kNo && compose.Find("exclude") != nullptr) {
      verdict = And(verdict, Not(AnyInclude(compose.Get("exclude"))));
    }
    return verdict;
  }

  // `count` grows by the codes that are listed up to this one.
  bool InListing(const Value& parent, std::size_t depth, std::size_t& count) const {
    return depth < kMostNested && std::ranges::any_of(parent.Get("contains").items(), [&](const Value& item) {
             ++count;
             return (item.Get("system").text() == coding_.system && item.Get("code").text() == coding_.code &&
                     !item.Get("abstract").boolean()) ||
                    InListing(item, depth + 1, count);
           });
  }

 private:
  Verdict AnyInclude(const Value& includes) const {
    Verdict verdict = Known(false);
    for (const Value& include : includes.items()) {
      const Verdict one = InInclude(include);
      if (one.answer == Answer::kYes) {
        return one;
      }
      verdict = one.answer == Answer::kUnknown ? one : verdict;
    }
    return verdict;
  }

  Verdict InInclude(const Value& include) const {
    const bool by_system = include.Find("system") != nullptr;
    Verdict verdict = by_system ? InSystem(include) : Known(include.Get("valueSet").size() > 0);
    for (const Value& set : include.Get("valueSet").items()) {
      verdict = And(verdict, set.text().starts_with('#') ? Unknown(Reason::kValueSet, set.text())
                                                         : terminology_.Offers(set.text(), coding_));
    }
    return verdict;
  }

  Verdict InSystem(const Value& include) const {
    if (include.Get("system").text() != coding_.system) {
      return Known(false);
    }
    if (const Value* const listed = include.Find("concept")) {
      return Known(std::ranges::any_of(listed->items(),
                                       [&](const Value& row) { return row.Get("code").text() == coding_.code; }));
    }
    const std::string_view version = include.Get("version").text();
    const CodeVerdict found =
        terminology_.Find({coding_.system, version.empty() ? coding_.version : version, coding_.code});
    const Verdict verdict = found.answer == Answer::kYes && !found.found.selectable
                                ? Known(false)
                                : Verdict{found.answer, found.reason, coding_.system};
    return include.Find("filter") == nullptr ? verdict : And(verdict, Unknown(Reason::kFilter, coding_.system));
  }

  const Terminology& terminology_;
  const Coding& coding_;
};

}  // namespace

Verdict Terminology::Offers(const Value& value_set, const Coding& coding) const {
  const Written written(*this, coding);
  const Value expansion = value_set.Get("expansion");
  std::size_t count = 0;
  if (written.InListing(expansion, 0, count)) {
    return Known(true);
  }
  if (value_set.Find("compose") != nullptr) {
    return written.InCompose(value_set.Get("compose"));
  }
  const std::string_view total = expansion.Get("total").text();
  const bool whole =
      expansion.is_object() && expansion.Find("offset") == nullptr && (total.empty() || total == std::to_string(count));
  return whole ? Known(false) : Unknown(Reason::kNoContent, {});
}

}  // namespace throughline::terminology
