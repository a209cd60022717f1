#include "fhir/validate/bindings.h"

#include <algorithm>
#include <array>
#include <string>

#include "fhir/terminology/terminology.h"
#include "fhir/validate/context.h"

namespace throughline::validate {
namespace {

using definitions::BindingStrength;
using definitions::Element;
using definitions::TypeId;
using json::Value;
using terminology::Answer;
using terminology::Coding;
using terminology::Reason;
using terminology::Verdict;

// False where a part is of the wrong kind, which is said where it stands.
bool IsReadable(const Value& coding) {
  constexpr std::array<std::string_view, 3> kParts = {"code", "system", "version"};
  return std::ranges::all_of(kParts, [&](std::string_view part) {
    const Value* const found = coding.Find(part);
    return found == nullptr || found->is_string();
  });
}

Coding ToCoding(const Value& value) {
  return {value.Get("system").text(), value.Get("version").text(), value.Get("code").text()};
}

std::string SetOf(std::string_view value_set) { return std::string("Value set: ").append(value_set).append("."); }

// What is known about the codes of a value.
struct Codes {
  bool any = false;      // there is a code at all
  bool unread = false;   // a part of one is of the wrong kind
  bool strange = false;  // a complete code system lacks one of them, which is said where it stands
  Verdict verdict = {};  // of the best one
};

// One coding that is in the set is enough; one that is not known may be.
int RankOf(const Verdict& verdict) {
  return verdict.answer == Answer::kYes ? 2 : verdict.answer == Answer::kUnknown ? 1 : 0;
}

class Asker {
 public:
  Asker(const Context& context, std::string_view value_set) : terminology_(context.terminology), set_(value_set) {}

  // A code by itself: the value set implies the system.
  Codes AboutText(const Value& value) const {
    return {.any = true, .verdict = terminology_.Offers(set_, Coding{{}, {}, value.text()})};
  }

  // A code in a Coding or Quantity means nothing without its system.
  Codes AboutCoding(const Value& value) const {
    const Coding coding = ToCoding(value);
    if (coding.code.empty() || !IsReadable(value)) {
      return {.unread = !IsReadable(value)};
    }
    const Verdict verdict =
        coding.system.empty() ? Verdict{Answer::kNo, Reason::kNone, {}} : terminology_.Offers(set_, coding);
    const bool strange = verdict.answer == Answer::kNo && terminology_.Find(coding).answer == Answer::kNo;
    return {.any = true, .strange = strange && !coding.system.empty(), .verdict = verdict};
  }

  Codes AboutConcept(const Value& value) const {
    const Value* const coding = value.Find("coding");
    Codes codes{.unread = coding != nullptr && !coding->is_array()};
    for (const Value& item : value.Get("coding").items()) {
      const Codes one = AboutCoding(item);
      if (one.any && (!codes.any || RankOf(one.verdict) > RankOf(codes.verdict))) {
        codes.verdict = one.verdict;
      }
      codes.any = codes.any || one.any;
      codes.unread = codes.unread || one.unread;
      codes.strange = codes.strange || one.strange;
    }
    return codes;
  }

 private:
  const terminology::Terminology& terminology_;
  std::string_view set_;
};

// The codes of a value of `type`; false for types without codes.
bool AskAbout(const Context& context, TypeId type, std::string_view value_set, const Value& value, Codes& codes) {
  const Plan& plan = context.plan;
  const Asker asker(context, value_set);
  if (type == plan.code() || type == plan.uri() || type == plan.string()) {
    codes = value.is_string() ? asker.AboutText(value) : Codes{};
    return value.is_string();
  }
  if (type == plan.codeable_concept()) {
    codes = asker.AboutConcept(value);
    return true;
  }
  codes =
      type == plan.coding() || context.definitions.Derives(type, plan.quantity()) ? asker.AboutCoding(value) : codes;
  return type == plan.coding() || context.definitions.Derives(type, plan.quantity());
}

void SayUnchecked(Context& context, std::string_view value_set, Reason reason, const Place& place) {
  if (std::ranges::find(context.unchecked_sets, value_set) == context.unchecked_sets.end()) {
    context.unchecked_sets.push_back(value_set);
    context.findings.Add(Rule::kBindingUnchecked, place,
                         SetOf(value_set).append(" Reason: ").append(WordOf(reason)).append("."));
  }
}

// Was it said of one of the codes that its system lacks it?
bool SaidStrange(const Context& context, const Value& value, const Place& place) {
  bool said = context.findings.Said(RowOf(Rule::kCodeUnknown), place);
  for (std::size_t i = 0; i < value.Get("coding").size() && !said; ++i) {
    said = context.findings.Said(RowOf(Rule::kCodeUnknown), {&place, "coding", i});
  }
  return said;
}

void CheckSet(Context& context, const Value& value, const Codes& codes, BindingStrength strength,
              std::string_view value_set, const Place& place) {
  const bool required = strength == BindingStrength::kRequired;
  if (codes.unread && codes.verdict.answer != Answer::kYes) {
    return;
  }
  if (codes.any && codes.verdict.answer == Answer::kUnknown) {
    SayUnchecked(context, value_set, codes.verdict.reason, place);
  } else if (required && (codes.any ? codes.verdict.answer == Answer::kNo : value.Find("extension") == nullptr)) {
    // What stands for a missing code is said by an extension (data-absent-reason).
    const bool known = codes.any || context.terminology.HasValueSet(value_set);
    if (codes.strange && SaidStrange(context, value, place)) {
      return;
    }
    known ? context.findings.Add(Rule::kBindingRequired, place, SetOf(value_set))
          : SayUnchecked(context, value_set, Reason::kValueSet, place);
  } else if (!required && codes.any && codes.verdict.answer == Answer::kNo && !codes.strange) {
    context.findings.Add(Rule::kBindingExtensible, place, SetOf(value_set));
  }
}

// Is the Coding part of a concept whose required or maximal value set says already that it is wrong?
bool IsJudgedAbove(const Context& context, const Element& element, const Place& place) {
  const Place* above = place.parent;
  while (above != nullptr && above->name.empty()) {
    above = above->parent;
  }
  return element.owner == context.plan.codeable_concept() && above != nullptr && above->element != nullptr &&
         (above->element->binding == BindingStrength::kRequired || !above->element->max_value_set.empty());
}

void CheckKnown(Context& context, const Value& value, Rule rule, const Place& place) {
  const Coding coding = ToCoding(value);
  if (IsReadable(value) && !coding.system.empty() && !coding.code.empty() &&
      context.terminology.Find(coding).answer == Answer::kNo) {
    context.findings.Add(rule, place);
  }
}

// `system` is the URL of a code system, which is absolute (CodeSystem.url), and not that of a value set.
void CheckSystem(Context& context, const Value& value, const Place& place) {
  const Value stated = value.Get("system");
  const std::string_view system = stated.text();
  if (!stated.is_string() || system.empty()) {
    return;
  }
  if (system.find(':') == std::string_view::npos) {
    context.findings.Add(Rule::kSystemRelative, {&place, "system"});
  } else if (context.terminology.HasValueSet(system) && !context.terminology.HasCodeSystem(system)) {
    context.findings.Add(Rule::kSystemValueSet, {&place, "system"});
  }
}

}  // namespace

void CheckBinding(Context& context, TypeId type, const Binding& binding, const Value& value, const Place& place) {
  Codes codes;
  const bool checked =
      binding.strength == BindingStrength::kRequired || binding.strength == BindingStrength::kExtensible;
  if (!context.options.bindings) {
    return;
  }
  if (checked && !binding.value_set.empty() && AskAbout(context, type, binding.value_set, value, codes)) {
    CheckSet(context, value, codes, binding.strength, binding.value_set, place);
  }
  if (!binding.max_value_set.empty() && AskAbout(context, type, binding.max_value_set, value, codes) && codes.any) {
    CheckSet(context, value, codes, BindingStrength::kRequired, binding.max_value_set, place);
  }
}

void CheckBinding(Context& context, const Element& element, const Value& value, const Place& place) {
  if (!context.options.bindings) {
    return;
  }
  const bool required = element.binding == BindingStrength::kRequired;
  if (element.type == context.plan.coding()) {
    CheckSystem(context, value, place);
  }
  if (element.type == context.plan.coding() && !required && !IsJudgedAbove(context, element, place)) {
    CheckKnown(context, value, Rule::kCodeUnknown, place);
  } else if (element.type == context.plan.quantity() && !required) {
    CheckKnown(context, value, Rule::kUnitUnknown, place);
  }
  if (required || element.binding == BindingStrength::kExtensible || !element.max_value_set.empty()) {
    CheckBinding(context, element.type, Binding{element.binding, element.value_set, element.max_value_set}, value,
                 place);
  }
}

}  // namespace throughline::validate
