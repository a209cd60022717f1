#include "fhir/terminology/terminology.h"

#include <algorithm>

namespace throughline::terminology {
namespace {

Verdict AnyOf(const Terminology& terminology, std::string_view value_set, const json::Value& codings) {
  Verdict verdict{Answer::kUnknown, Reason::kNotCode, {}};
  for (const json::Value& coding : codings.items()) {
    const Verdict one = terminology.MemberOf(value_set, coding);
    if (one.answer == Answer::kYes) {
      return one;
    }
    if (verdict.reason == Reason::kNotCode || (verdict.answer == Answer::kNo && one.answer == Answer::kUnknown)) {
      verdict = one;
    }
  }
  return verdict;
}

}  // namespace

bool Terminology::HasValueSet(std::string_view value_set) const { return definitions_->HasValueSet(value_set); }

Verdict Terminology::MemberOf(std::string_view value_set, const Coding& coding) const {
  if (!HasValueSet(value_set)) {
    return {Answer::kUnknown, Reason::kValueSet, value_set};
  }
  return {definitions_->ValueSetContains(value_set, coding.system, coding.code) ? Answer::kYes : Answer::kNo,
          Reason::kNone,
          {}};
}

Verdict Terminology::MemberOf(std::string_view value_set, const json::Value& value) const {
  if (value.is_string()) {
    return MemberOf(value_set, Coding{{}, {}, value.text()});
  }
  if (value.Find("coding") != nullptr) {
    return AnyOf(*this, value_set, value.Get("coding"));
  }
  const std::string_view code = value.Get("code").text();
  if (code.empty()) {
    return {Answer::kUnknown, Reason::kNotCode, {}};
  }
  return MemberOf(value_set, Coding{value.Get("system").text(), value.Get("version").text(), code});
}

Subsumption Terminology::Subsumes(std::string_view system, std::string_view a, std::string_view b) const {
  return !system.empty() && a == b ? Subsumption::kEquivalent : Subsumption::kUnknown;
}

}  // namespace throughline::terminology
