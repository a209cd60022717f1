// The walk over a profile's plan beside the JSON. What the types of R4 ask for is checked by the walker (walker.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "fhir/path/expression.h"
#include "fhir/validate/context.h"
#include "fhir/validate/profile_plan.h"
#include "fhir/validate/profile_rules.h"

namespace throughline::validate {

class BundleIndex;

// Belongs to one check, on one thread.
class ProfileChecker final : public path::Resolver {
 public:
  explicit ProfileChecker(Context& context);

  // The profiles that a resource declares; those of the options too, for the resource that the check began with.
  void CheckResource(const json::Value& resource, definitions::TypeId type, const Place& place);

  // A value in the resource that the walk is in, by all rules of a profile.
  void CheckValue(std::uint32_t profile, const path::Item& item, const Place& place);

  bool Resolve(std::string_view reference, json::Value& out) override;

  // Does `item` keep the rules of a profile that is at hand? Nothing is reported.
  bool Conforms(std::uint32_t profile, const path::Item& item, const path::Around& around);
  // Does it belong to the slice of this name, or to that of the element of this id? Nothing: there is no such slice.
  std::optional<bool> IsInSlice(std::uint32_t profile, std::string_view name, const path::Item& item,
                                const path::Around& around);

  const Profiles& profiles() const { return profiles_; }

 private:
  // The resource around, and what references in it may name.
  struct Frame {
    path::Item container;  // %rootResource
    path::Item resource;   // %resource
    const BundleIndex* bundle = nullptr;
    std::size_t entry = Place::kSingle;
  };
  struct Found {
    path::Item item;
    std::size_t index = Place::kSingle;
    std::string_view member;
  };
  // A node of a plan, which says where a rule comes from.
  struct Spot {
    const ProfilePlan& plan;
    const ProfileNode& node;
  };
  enum class State : std::uint8_t { kRunning, kYes, kNo };
  struct Subject {
    std::uint32_t profile;
    const void* object;
    NodeIndex slice = 0;  // 0: the whole profile
    bool operator==(const Subject&) const = default;
  };
  struct SubjectHash {
    std::size_t operator()(const Subject& subject) const {
      return std::hash<const void*>{}(subject.object) ^
             ((subject.profile + (std::uint64_t{subject.slice} << 32)) * 0x9E3779B97F4A7C15u);
    }
  };

  Frame FrameOf(const json::Value& resource) const;
  Frame FrameAround(const path::Item& item, const path::Around& around) const;
  void CheckImplied(const path::Item& item, const Place& place);
  void CheckCanonical(std::string_view canonical, const path::Item& item, const Place& place, const Place& said,
                      bool asked);
  void SayUnknown(std::string_view canonical, const Place& said, bool asked);
  bool SuitsType(const definitions::Profile& profile, definitions::TypeId type) const;

  // All of a profile's rules for a value, reported.
  void CheckAgainst(std::uint32_t profile, const path::Item& item, const Place& place);
  // The same, asked: nothing is reported.
  bool Conforms(std::uint32_t profile, const path::Item& item);
  // The rules of a profile that nobody can ask, once: at the first value that it is used on.
  void SayUnread(const ProfilePlan& plan, const Place& place);
  // Is nothing broken by the rules of this element and below it? Asked once of each value.
  bool Keeps(const ProfilePlan& plan, NodeIndex node, const path::Item& item);
  template <typename Run>
  bool Probe(Run run) {
    const bool outer = std::exchange(failed_, false);
    ++probing_;
    run();
    --probing_;
    return !std::exchange(failed_, outer);
  }

  void CheckItem(const Spot& spot, const path::Item& item, const Place& place);
  void CheckInside(const Spot& spot, const path::Item& item, const Place& place);
  void CheckChild(const Spot& spot, const path::Item& parent, const Place& place);
  // `missing`: how many more there must be anyway, as is said of the slices.
  void CheckCount(const Spot& spot, std::size_t count, std::size_t missing, const Place& place);
  void Gather(const ProfileNode& node, const path::Item& parent);

  // Is a value in a slice? Not to be told where the slice asks for what a reference names, which is not at hand.
  enum class Match : std::uint8_t { kNo, kPerhaps, kYes };

  // How many values the slices lack.
  std::size_t CheckSlicing(const Spot& spot, std::size_t first, const Place& place);
  std::size_t CheckSlice(const Spot& slice, const std::vector<std::size_t>& slices, std::size_t index,
                         std::size_t first, const Place& place);
  std::size_t SliceOf(const Spot& spot, const path::Item& item, const Place& place);
  Match IsIn(const ProfilePlan& plan, const Slice& slice, const path::Item& item);
  bool IsIn(const ProfilePlan& plan, NodeIndex owner, NodeIndex slice, const path::Item& item);
  Match Meets(const Criterion& criterion, const path::Item& item);
  bool MeetsEnd(const Criterion& criterion, const path::Collection& found);
  bool Follow(const Criterion& criterion, path::Collection& found);
  bool FollowStep(const Step& step, const path::Item& item, path::Collection& next);
  bool FollowReference(const path::Item& item, bool typed, path::Collection& next);
  void ReportClosed(const Spot& spot, const path::Item& item, const Place& place);

  void CheckTypes(const Spot& spot, const path::Item& item, const Place& place);
  void CheckTypeProfiles(const Spot& spot, const TypeRule& rule, const path::Item& item, const Place& place);
  void CheckTarget(const Spot& spot, const TypeRule& rule, const path::Item& item, const Place& place);
  void ReportTarget(const RuleRow& row, const Spot& spot, const TypeRule& rule, const Place& place);
  void CheckAggregation(const Spot& spot, const TypeRule& rule, std::string_view reference, bool bundled,
                        const Place& place);
  void CheckValues(const Spot& spot, const path::Item& item, const Place& place);
  void CheckLimit(const Spot& spot, const ValueRule& limit, bool least, const path::Item& item, const Place& place);
  void CheckConstraints(const Spot& spot, const path::Item& item, const Place& place);
  Held Evaluate(const Invariant& row, const path::Item& item, const Place& place);
  void CheckBound(const Spot& spot, const path::Item& item, const Place& place);
  bool IsMember(std::string_view value_set, const path::Item& item) const;

  // What a reference names, and the frame it stands in.
  bool Enter(std::string_view reference, Frame& frame);

  bool probing() const { return probing_ > 0; }
  bool Stopped() const { return stopped_ || (probing() && failed_); }
  void Report(const RuleRow& row, const Spot& spot, const Place& place, std::string_view more = {});
  void Report(ProfileRule rule, const Spot& spot, const Place& place, std::string_view more = {}) {
    Report(RowOf(rule), spot, place, more);
  }
  bool Spend(const Place& place);

  Context& context_;
  const definitions::Definitions& definitions_;
  std::unique_ptr<const Profiles> own_;  // when the options bring none
  const Profiles& profiles_;
  path::Environment environment_;
  Frame frame_;
  std::vector<Found> found_;  // a stack
  std::unordered_map<Subject, State, SubjectHash> probed_;
  std::unordered_map<Subject, bool, SubjectHash> reported_;
  std::unordered_set<std::uint32_t> told_unread_;  // rows of profiles
  std::size_t steps_;
  int probing_ = 0;
  int depth_ = 0;
  bool failed_ = false;
  bool evaluating_ = false;
  bool stopped_ = false;
};

}  // namespace throughline::validate
