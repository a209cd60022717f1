// What references may point to by a profile, and what they do point to where it is at hand.
#include <algorithm>
#include <string>

#include "fhir/validate/bundle.h"
#include "fhir/validate/profile_checker.h"
#include "fhir/validate/reference_text.h"

namespace throughline::validate {
namespace {

using definitions::kNoType;
using definitions::TypeId;
using json::Value;
using path::Item;

Value ContainedIn(const Value& container, std::string_view id) {
  for (const Value& resource : container.Get("contained").items()) {
    if (resource.Get("id").text() == id) {
      return resource;
    }
  }
  return {};
}

}  // namespace

// How the resource comes that a reference names.
bool ProfileChecker::Enter(std::string_view reference, Frame& frame) {
  if (reference.empty()) {
    return false;
  }
  if (reference == "#") {
    frame.resource = frame.container;
    return !frame.container.value().is_null();
  }
  if (reference.starts_with('#')) {
    const Value resource = ContainedIn(frame.container.value(), reference.substr(1));
    frame.resource = resource.is_null() ? frame.resource : path::ResourceItem(definitions_, resource);
    return !resource.is_null();
  }
  Value resource;
  if (frame.bundle != nullptr) {
    const BundleIndex::Answer answer = frame.bundle->Find(reference, frame.entry);
    if (answer.count == 1) {
      resource = frame.bundle->resource(answer.entry);
      frame.entry = answer.entry;
    }
  }
  if (resource.is_null() && context_.options.resolver != nullptr) {
    context_.options.resolver->Resolve(reference, resource);
  }
  if (!resource.is_object()) {
    return false;
  }
  frame.resource = path::ResourceItem(definitions_, resource);
  frame.container = frame.resource;
  return true;
}

bool ProfileChecker::Resolve(std::string_view reference, Value& out) {
  Frame frame = frame_;
  if (!Enter(reference, frame)) {
    return false;
  }
  out = frame.resource.value();
  return true;
}

void ProfileChecker::CheckTarget(const Spot& spot, const TypeRule& rule, const Item& item, const Place& place) {
  const Value text = item.value().is_string() ? item.value() : item.value().Get("reference");
  const Value named = item.value().Get("type");
  Frame target = frame_;
  const bool at_hand = Enter(text.text(), target);
  TypeId type = at_hand ? target.resource.type() : ReadReference(text.text(), definitions_).type;
  type = type == kNoType && named.is_string() ? definitions_.FindType(named.text()) : type;
  if (rule.aggregation != 0 && !text.text().empty()) {
    CheckAggregation(spot, rule, text.text(), at_hand && target.entry != frame_.entry, place);
  }
  if (type == kNoType || rule.targets.empty()) {
    return;
  }
  const auto suits = [&](const TargetRule& row) { return row.type != kNoType && definitions_.Derives(type, row.type); };
  const auto unknown = [](const TargetRule& row) { return row.profile == kUnknownProfile; };
  if (std::ranges::none_of(rule.targets, suits)) {
    if (std::ranges::none_of(rule.targets, unknown)) {
      ReportTarget(RowOf(Rule::kReferenceTarget), spot, rule, place);
    }
    return;
  }
  if (!at_hand) {
    return;
  }
  const Frame outer = frame_;
  frame_ = target;
  const bool fits = std::ranges::any_of(rule.targets, [&](const TargetRule& row) {
    return unknown(row) || (suits(row) && (row.plain || Conforms(row.profile, target.resource)));
  });
  frame_ = outer;
  if (!fits) {
    ReportTarget(RowOf(ProfileRule::kReferenceProfile), spot, rule, place);
  }
}

void ProfileChecker::ReportTarget(const RuleRow& row, const Spot& spot, const TypeRule& rule, const Place& place) {
  if (!probing() && context_.findings.Said(row, {&place, "reference"})) {
    return;  // the types of R4 do not allow it either
  }
  std::string allowed;
  for (const TargetRule& target : rule.targets) {
    allowed.append(allowed.empty() ? "Allowed: " : ", ").append(target.canonical);
  }
  Report(row, spot, {&place, "reference"}, allowed.append("."));
}

// https://hl7.org/fhir/R4/valueset-resource-aggregation-mode.html
void ProfileChecker::CheckAggregation(const Spot& spot, const TypeRule& rule, std::string_view reference, bool bundled,
                                      const Place& place) {
  const bool contained = reference.starts_with('#');
  const std::uint8_t referenced = definitions::kReferenced;
  const auto allowed = static_cast<std::uint8_t>(contained ? definitions::kContained
                                                 : bundled ? (definitions::kBundled | referenced)
                                                           : referenced);
  if ((rule.aggregation & allowed) == 0) {
    Report(ProfileRule::kReferenceAggregation, spot, {&place, "reference"});
  }
}

}  // namespace throughline::validate
