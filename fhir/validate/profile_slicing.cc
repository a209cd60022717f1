// Which slice a value is in. https://hl7.org/fhir/R4/profiling.html#slicing
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fhir/path/navigate.h"
#include "fhir/validate/profile_checker.h"
#include "fhir/validate/reference_text.h"
#include "fhir/validate/same.h"

namespace throughline::validate {
namespace {

using definitions::DiscriminatorType;
using definitions::SlicingRules;
using json::Value;
using path::Collection;
using path::Item;

constexpr std::size_t kNoSlice = static_cast<std::size_t>(-1);
constexpr std::size_t kSomeSlice = static_cast<std::size_t>(-2);  // which one is not at hand
constexpr std::string_view kUrl = "url";

std::string_view WordOf(DiscriminatorType type) {
  constexpr std::array<std::string_view, 5> kWords = {"value", "exists", "pattern", "type", "profile"};
  return kWords[static_cast<std::size_t>(type)];
}

bool Has(const Collection& found, const Expected& expected) {
  return std::ranges::any_of(found, [&](const Item& item) {
    return expected.exact ? Same(item.value(), expected.value) : Covers(item.value(), expected.value);
  });
}

}  // namespace

// The values are found_[first...].
std::size_t ProfileChecker::CheckSlicing(const Spot& spot, std::size_t first, const Place& place) {
  const Slicing& slicing = *spot.node.slicing;
  const std::size_t count = found_.size() - first;
  std::vector<std::size_t> slices(count, kNoSlice);
  std::size_t latest = 0;
  bool others = false;
  for (std::size_t i = 0; i < count && !Stopped(); ++i) {
    const Found found = found_[first + i];
    const Place here{&place, spot.node.name, found.index, found.member};
    slices[i] = SliceOf(spot, found.item, here);
    if (slices[i] == kNoSlice || slices[i] == kSomeSlice) {
      others = others || slices[i] == kNoSlice;
      continue;
    }
    const ProfileNode& slice = spot.plan.nodes[slicing.slices[slices[i]].node];
    if (slicing.ordered && slices[i] < latest) {
      Report(ProfileRule::kSliceOrder, {spot.plan, slice}, here);
    }
    latest = std::max(latest, slices[i]);
    if (others && slicing.rules == SlicingRules::kOpenAtEnd) {
      Report(ProfileRule::kSliceAtEnd, {spot.plan, slice}, here);
    }
    CheckItem({spot.plan, slice}, found.item, here);
  }
  std::size_t missing = 0;
  for (std::size_t i = 0; i < slicing.slices.size() && !Stopped(); ++i) {
    missing += CheckSlice({spot.plan, spot.plan.nodes[slicing.slices[i].node]}, slices, i, first, place);
  }
  if (slicing.others != kNoNode && !Stopped()) {
    missing += CheckSlice({spot.plan, spot.plan.nodes[slicing.others]}, slices, kNoSlice, first, place);
  }
  return missing;
}

// How many there are of a slice, and the slices within it; how many it lacks.
std::size_t ProfileChecker::CheckSlice(const Spot& slice, const std::vector<std::size_t>& slices, std::size_t index,
                                       std::size_t first, const Place& place) {
  const auto count = static_cast<std::size_t>(std::ranges::count(slices, index));
  const definitions::ProfileElement& row = slice.node.row;
  const std::string name = std::string("Slice ").append(row.slice_name).append(": ");
  const auto perhaps = static_cast<std::size_t>(std::ranges::count(slices, kSomeSlice));
  const std::size_t missing = count + perhaps < row.min ? row.min - count - perhaps : 0;
  if (missing > 0) {
    Report(ProfileRule::kSliceMin, slice, {&place, slice.node.name},
           name + "at least " + std::to_string(row.min) + '.');
  }
  if (row.max != definitions::kUnbounded && count > row.max) {
    Report(ProfileRule::kSliceMax, slice, {&place, slice.node.name},
           name + (row.max == 0 ? "none is allowed." : "at most " + std::to_string(row.max) + '.'));
  }
  if (slice.node.slicing == nullptr) {
    return missing;
  }
  const std::size_t start = found_.size();
  for (std::size_t i = 0; i < slices.size(); ++i) {
    if (slices[i] == index) {
      const Found found = found_[first + i];
      found_.push_back(found);
    }
  }
  CheckSlicing(slice, start, place);
  found_.resize(start);
  return missing;
}

// The first slice that the value is in; what is in none is checked against the rest's rules.
std::size_t ProfileChecker::SliceOf(const Spot& spot, const Item& item, const Place& place) {
  const Slicing& slicing = *spot.node.slicing;
  bool perhaps = false;
  for (std::size_t i = 0; i < slicing.slices.size(); ++i) {
    const Match match = IsIn(spot.plan, slicing.slices[i], item);
    if (match == Match::kYes) {
      return i;
    }
    perhaps = perhaps || match == Match::kPerhaps;
  }
  if (perhaps) {
    return kSomeSlice;
  }
  if (slicing.others != kNoNode) {
    CheckItem({spot.plan, spot.plan.nodes[slicing.others]}, item, place);
  } else if (slicing.rules == SlicingRules::kClosed) {
    ReportClosed(spot, item, place);
  }
  return kNoSlice;
}

ProfileChecker::Match ProfileChecker::IsIn(const ProfilePlan& plan, const Slice& slice, const Item& item) {
  if (slice.criteria.empty()) {
    return Keeps(plan, slice.node, item) ? Match::kYes : Match::kNo;
  }
  Match match = Match::kYes;
  for (const Criterion& criterion : slice.criteria) {
    match = std::min(match, Meets(criterion, item));
  }
  return match;
}

ProfileChecker::Match ProfileChecker::Meets(const Criterion& criterion, const Item& item) {
  // Most slices are extensions.
  if (criterion.steps.size() == 1 && criterion.steps[0].text == kUrl && criterion.values.size() == 1) {
    return criterion.values[0].value.text() == item.value().Get(kUrl).text() ? Match::kYes : Match::kNo;
  }
  Collection found(item);
  const Frame outer = frame_;
  const bool at_hand = Follow(criterion, found);
  const bool meets = MeetsEnd(criterion, found);
  frame_ = outer;
  return meets ? Match::kYes : at_hand ? Match::kNo : Match::kPerhaps;
}

// Replaces the items by what the path finds from them; the frame follows the references. False: not all of them are at
// hand.
bool ProfileChecker::Follow(const Criterion& criterion, Collection& found) {
  bool at_hand = true;
  for (const Step& step : criterion.steps) {
    Collection next;
    const bool typed = criterion.type == DiscriminatorType::kType && &step == &criterion.steps.back();
    for (const Item& item : found) {
      at_hand = (step.kind == StepKind::kResolve ? FollowReference(item, typed, next) : FollowStep(step, item, next)) &&
                at_hand;
    }
    found = std::move(next);
  }
  return at_hand;
}

// `typed`: the type alone is asked for, which the reference itself may say.
bool ProfileChecker::FollowReference(const Item& item, bool typed, Collection& next) {
  const Value reference = item.value().is_string() ? item.value() : item.value().Get("reference");
  if (Frame target = frame_; Enter(reference.text(), target)) {
    frame_ = target;
    next.Add(target.resource);
    return true;
  }
  definitions::TypeId type = ReadReference(reference.text(), definitions_).type;
  if (const Value named = item.value().Get("type"); type == definitions::kNoType && named.is_string()) {
    type = definitions_.FindType(named.text());
  }
  if (typed && type != definitions::kNoType) {
    next.Add(Item::Node(type, Value{}));
    return true;
  }
  return false;
}

bool ProfileChecker::FollowStep(const Step& step, const Item& item, Collection& next) {
  switch (step.kind) {
    case StepKind::kElement:
      path::AddChildren(definitions_, item, step.text, next);
      break;
    case StepKind::kExtension: {
      Collection extensions;
      path::AddChildren(definitions_, item, "extension", extensions);
      for (const Item& extension : extensions) {
        if (extension.value().Get(kUrl).text() == step.text) {
          next.Add(extension);
        }
      }
      break;
    }
    case StepKind::kResolve:
      break;  // FollowReference()
    case StepKind::kType:
      if (definitions_.Derives(item.type(), step.type)) {
        next.Add(item);
      }
      break;
  }
  return true;
}

bool ProfileChecker::MeetsEnd(const Criterion& criterion, const Collection& found) {
  if (criterion.type == DiscriminatorType::kExists) {
    return found.empty() == (criterion.presence == Presence::kMustNot);
  }
  if (found.empty()) {
    return false;
  }
  const auto in_value_set = [&](std::string_view value_set) {
    return std::ranges::any_of(found, [&](const Item& item) { return IsMember(value_set, item); });
  };
  const auto of_type = [&](definitions::TypeId type) {
    return std::ranges::any_of(found, [&](const Item& item) { return definitions_.Derives(item.type(), type); });
  };
  const auto conforms = [&](std::uint32_t profile) {
    return std::ranges::any_of(found, [&](const Item& item) { return Conforms(profile, item); });
  };
  return std::ranges::all_of(criterion.values, [&](const Expected& expected) { return Has(found, expected); }) &&
         std::ranges::all_of(criterion.value_sets, in_value_set) &&
         (criterion.types.empty() || std::ranges::any_of(criterion.types, of_type)) &&
         (criterion.profiles.empty() || std::ranges::any_of(criterion.profiles, conforms));
}

// Says for each slice which of its discriminators the value misses.
void ProfileChecker::ReportClosed(const Spot& spot, const Item& item, const Place& place) {
  if (!probing() && context_.findings.Said(RowOf(ProfileRule::kTypeNotAllowed), place)) {
    return;
  }
  std::string misses;
  for (const Slice& slice : spot.node.slicing->slices) {
    if (probing()) {
      break;
    }
    misses.append(misses.empty() ? "Not in " : "; not in ").append(spot.plan.nodes[slice.node].row.slice_name);
    for (const Criterion& criterion : slice.criteria) {
      if (Meets(criterion, item) != Match::kYes) {
        misses.append(" by ").append(WordOf(criterion.type)).append(" of ").append(criterion.path);
        break;
      }
    }
  }
  Report(ProfileRule::kSliceClosed, spot, place, misses.append(misses.empty() ? "" : "."));
}

}  // namespace throughline::validate
