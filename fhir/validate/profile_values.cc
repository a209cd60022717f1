// What a profile says of one value: type, fixed and pattern values, limits, codes, invariants.
#include <algorithm>
#include <string>
#include <utility>

#include "fhir/path/letters.h"
#include "fhir/path/operators.h"
#include "fhir/terminology/terminology.h"
#include "fhir/validate/bindings.h"
#include "fhir/validate/profile_checker.h"
#include "fhir/validate/same.h"

namespace throughline::validate {
namespace {

using definitions::kNoType;
using path::Item;

}  // namespace

void ProfileChecker::CheckTypes(const Spot& spot, const Item& item, const Place& place) {
  if (spot.node.types.empty()) {
    return;
  }
  const auto rule = std::ranges::find_if(spot.node.types, [&](const TypeRule& type) {
    return type.type == kNoType || item.type() == type.type || definitions_.Derives(item.type(), type.type);
  });
  if (rule == spot.node.types.end()) {
    std::string allowed;
    for (const TypeRule& type : spot.node.types) {
      allowed.append(allowed.empty() ? "Allowed: " : ", ").append(type.code);
    }
    Report(ProfileRule::kTypeNotAllowed, spot, place, allowed + '.');
    return;
  }
  CheckTypeProfiles(spot, *rule, item, place);
  if (!rule->targets.empty() || rule->aggregation != 0) {
    CheckTarget(spot, *rule, item, place);
  }
}

void ProfileChecker::CheckTypeProfiles(const Spot& spot, const TypeRule& rule, const Item& item, const Place& place) {
  if (rule.profiles.empty()) {
    return;
  }
  if (std::ranges::find(rule.profiles, kUnknownProfile) != rule.profiles.end()) {
    const auto at = std::ranges::find(rule.profiles, kUnknownProfile) - rule.profiles.begin();
    Report(ProfileRule::kProfileUnknown, spot, place,
           std::string("Profile: ").append(rule.canonicals[static_cast<std::size_t>(at)]).append("."));
    return;
  }
  const bool extension = item.type() == context_.plan.extension();
  if (!probing() && extension && profiles_.Find(item.value().Get("url").text()) == rule.profiles[0]) {
    return;  // the definition that its url names was asked where it stands
  }
  if (rule.profiles.size() == 1) {
    CheckAgainst(rule.profiles[0], item, place);
    return;
  }
  if (std::ranges::none_of(rule.profiles, [&](std::uint32_t profile) { return Conforms(profile, item); })) {
    Report(ProfileRule::kTypeProfile, spot, place);
  }
}

void ProfileChecker::CheckValues(const Spot& spot, const Item& item, const Place& place) {
  const ProfileNode& node = spot.node;
  if (!node.fixed.value.is_null() && !Same(item.value(), node.fixed.value)) {
    Report(ProfileRule::kFixedValue, spot, place);
  }
  if (!node.pattern.value.is_null() && !Covers(item.value(), node.pattern.value)) {
    Report(ProfileRule::kPatternValue, spot, place);
  }
  if (!node.least.value.is_null()) {
    CheckLimit(spot, node.least, true, item, place);
  }
  if (!node.most.value.is_null()) {
    CheckLimit(spot, node.most, false, item, place);
  }
  if (node.row.max_length > 0 && item.value().is_string() &&
      path::CharacterCount(item.value().text()) > node.row.max_length) {
    Report(ProfileRule::kMaxLength, spot, place, "At most " + std::to_string(node.row.max_length) + " characters.");
  }
}

// What cannot be compared (other units, dates of other precision) is let through.
void ProfileChecker::CheckLimit(const Spot& spot, const ValueRule& limit, bool least, const Item& item,
                                const Place& place) {
  Item bound;
  Item value;
  if (!path::ToSystem(definitions_, Item::Node(definitions_.FindType(limit.type), limit.value), bound) ||
      !path::ToSystem(definitions_, item, value)) {
    return;
  }
  const path::Order order = path::CompareItems(value, bound);
  if (order == (least ? path::Order::kLess : path::Order::kGreater)) {
    Report(least ? ProfileRule::kMinValue : ProfileRule::kMaxValue, spot, place);
  }
}

// What cannot be known counts as a member.
bool ProfileChecker::IsMember(std::string_view value_set, const Item& item) const {
  return terminology::Terminology(definitions_).MemberOf(value_set, item.value()).answer != terminology::Answer::kNo;
}

// By the function that checks the bindings of R4: this row is one like theirs.
void ProfileChecker::CheckBound(const Spot& spot, const Item& item, const Place& place) {
  if (!spot.node.bound || item.value().is_null()) {
    return;
  }
  const Binding binding{spot.node.row.binding, spot.node.row.value_set, spot.node.row.max_value_set};
  if (!probing()) {
    CheckBinding(context_, item.type(), binding, item.value(), place);
    return;
  }
  Findings outer = std::exchange(context_.findings, Findings(4));
  const std::size_t unchecked = context_.unchecked_sets.size();
  CheckBinding(context_, item.type(), binding, item.value(), place);
  failed_ = failed_ || HasErrors(context_.findings.Take());
  context_.findings = std::move(outer);
  context_.unchecked_sets.resize(unchecked);
}

void ProfileChecker::CheckConstraints(const Spot& spot, const Item& item, const Place& place) {
  for (const Invariant& row : spot.node.constraints) {
    if (Stopped() || !context_.options.invariants || (probing() && row.severity != Severity::kError)) {
      continue;
    }
    const Held held = Evaluate(row, item, place);
    if (const auto unanswered = UnansweredOf(held, row)) {
      RuleRow said = RowOf(unanswered->rule);
      said.severity = unanswered->severity;
      Report(said, spot, place, row.key);
    } else if (held == Held::kYes || held == Held::kUnasked) {
      continue;
    } else if (probing()) {
      failed_ = true;
    } else {
      context_.findings.AddConstraint(row.key, row.severity, row.human, place);
    }
  }
}

Held ProfileChecker::Evaluate(const Invariant& row, const Item& item, const Place& place) {
  // conformsTo() leads back here: the environment of the outer evaluation must not be touched.
  path::Environment inner;
  path::Environment& environment = evaluating_ ? inner : environment_;
  environment.resolver = this;
  environment.conformance = &context_.conformance;
  environment.terminology = &context_.terminology;
  environment.now = context_.options.now;
  environment.resource = frame_.resource;
  environment.root_resource = frame_.container;
  const bool outer = std::exchange(evaluating_, true);
  const Held held = Holds(context_, row, item, place, environment);
  evaluating_ = outer;
  return held;
}

}  // namespace throughline::validate
