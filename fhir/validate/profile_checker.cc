#include "fhir/validate/profile_checker.h"

#include <algorithm>
#include <utility>

#include "fhir/path/navigate.h"
#include "fhir/validate/bundle.h"
#include "fhir/validate/profile_rows.h"

namespace throughline::validate {
namespace {

using definitions::Element;
using definitions::kNoType;
using definitions::TypeId;
using json::Member;
using json::Value;
using path::Item;

constexpr int kDepth = 64;  // profiles within profiles

// R4's alone are shared by all checks; what packages add is compiled for this one, unless the options bring it.
const Profiles& Choose(const Context& context, std::unique_ptr<const Profiles>& own) {
  if (context.options.profile_plans != nullptr) {
    return *context.options.profile_plans;
  }
  if (context.definitions.layer_count() == 1) {
    return context.plan.profiles();
  }
  own = std::make_unique<const Profiles>(context.definitions);
  return *own;
}

// What tells one object of a document from all others; null for values that are none.
const void* IdentityOf(const Item& item) {
  return item.value().size() > 0 && item.value().is_object() ? item.value().members().data() : nullptr;
}

// Only what came from us may be repeated: a declared profile is the sender's text.
std::string WordsOf(std::string_view canonical, bool asked) {
  return asked ? std::string("Profile: ").append(canonical) : std::string();
}

std::string_view WithoutMark(std::string_view name) { return name.starts_with('_') ? name.substr(1) : name; }

}  // namespace

ProfileChecker::ProfileChecker(Context& context)
    : context_(context),
      definitions_(context.definitions),
      profiles_(Choose(context, own_)),
      steps_(context.options.profile_steps) {
  environment_.resolver = this;
  environment_.conformance = &context.conformance;
  environment_.terminology = &context.terminology;
  environment_.now = context.options.now;
}

ProfileChecker::Frame ProfileChecker::FrameOf(const Value& resource) const {
  return {context_.environment.root_resource, path::ResourceItem(definitions_, resource), context_.bundle,
          context_.entry};
}

void ProfileChecker::CheckResource(const Value& resource, TypeId type, const Place& place) {
  frame_ = FrameOf(resource);
  const Item item = Item::Node(type, resource);
  const Place meta{&place, "meta"};
  std::size_t index = 0;
  for (const Value& canonical : resource.Get("meta").Get("profile").items()) {
    if (context_.options.declared_profiles && canonical.is_string() && !canonical.text().empty()) {
      CheckCanonical(canonical.text(), item, place, {&meta, "profile", index}, false);
    }
    ++index;
  }
  if (place.parent == nullptr) {
    for (const std::string& canonical : context_.options.profiles) {
      CheckCanonical(canonical, item, place, place, true);
    }
  }
  CheckImplied(item, place);
}

// Nobody named these, and HL7 has examples that do not keep them: docs/decisions/0026-implied-profiles-warn.md.
void ProfileChecker::CheckImplied(const Item& item, const Place& place) {
  if (!context_.options.implied_profiles) {
    return;
  }
  const Findings::Mark before = context_.findings.mark();
  for (const std::uint32_t profile : context_.plan.implied().Find(item.type(), item.value())) {
    CheckAgainst(profile, item, place);
  }
  context_.findings.Soften(before);
}

void ProfileChecker::CheckValue(std::uint32_t profile, const Item& item, const Place& place) {
  frame_ = {context_.environment.root_resource, context_.environment.resource, context_.bundle, context_.entry};
  CheckAgainst(profile, item, place);
}

bool ProfileChecker::SuitsType(const definitions::Profile& profile, TypeId type) const {
  return profile.type_id != kNoType && definitions_.Derives(type, profile.type_id);
}

// Once a profile: hundreds of entries of a Bundle may declare it.
void ProfileChecker::SayUnknown(std::string_view canonical, const Place& said, bool asked) {
  auto& known = context_.unknown_profiles;
  if (asked) {
    context_.findings.Add(RowOf(ProfileRule::kProfileMissing), said, WordsOf(canonical, asked));
  } else if (std::ranges::find(known, canonical) == known.end()) {
    known.push_back(canonical);
    context_.findings.Add(RowOf(ProfileRule::kProfileUnknown), said);
  }
}

// `said` is where the profile is named.
void ProfileChecker::CheckCanonical(std::string_view canonical, const Item& item, const Place& place, const Place& said,
                                    bool asked) {
  const ProfilePlan* const plan = profiles_.Get(profiles_.Find(canonical));
  if (plan == nullptr) {
    SayUnknown(canonical, said, asked);
    return;
  }
  if (!SuitsType(plan->profile, item.type())) {
    context_.findings.Add(RowOf(ProfileRule::kProfileType), said, std::string("It is for ").append(plan->profile.type));
    return;
  }
  const bool constrains = plan->profile.derivation == definitions::Derivation::kConstraint;
  if (plan->profile.abstract && constrains) {
    context_.findings.Add(RowOf(ProfileRule::kProfileAbstract), said, WordsOf(canonical, asked));
  }
  CheckAgainst(plan->profile.row, item, place);
}

void ProfileChecker::CheckAgainst(std::uint32_t profile, const Item& item, const Place& place) {
  if (probing()) {
    failed_ = !Conforms(profile, item) || failed_;
    return;
  }
  const void* const object = IdentityOf(item);
  const ProfilePlan* const plan = profiles_.Get(profile);
  const bool again = object != nullptr && !reported_.try_emplace({profile, object}, true).second;
  if (plan == nullptr || again || depth_ > kDepth || plan->nodes.empty()) {
    return;
  }
  SayUnread(*plan, place);
  ++depth_;
  CheckItem({*plan, plan->root()}, item, place);
  --depth_;
}

void ProfileChecker::SayUnread(const ProfilePlan& plan, const Place& place) {
  if (plan.unread.empty() || !told_unread_.insert(plan.profile.row).second) {
    return;
  }
  for (const std::string_view key : plan.unread) {
    context_.findings.AddAs(Severity::kWarning, Rule::kInvariantUnknown, place,
                            std::string(key).append(" of profile ").append(plan.profile.url));
  }
}

bool ProfileChecker::Conforms(std::uint32_t profile, const Item& item) {
  const ProfilePlan* const plan = profiles_.Get(profile);
  if (plan == nullptr || depth_ > kDepth || plan->nodes.empty()) {
    return true;
  }
  if (!SuitsType(plan->profile, item.type())) {
    return false;
  }
  return Keeps(*plan, 0, item);
}

bool ProfileChecker::Keeps(const ProfilePlan& plan, NodeIndex node, const Item& item) {
  if (depth_ > kDepth) {
    return true;
  }
  const Subject subject{plan.profile.row, IdentityOf(item), node};
  if (subject.object != nullptr) {
    const auto [known, added] = probed_.try_emplace(subject, State::kRunning);
    if (!added) {
      return known->second != State::kNo;  // within itself: what is asked is taken for true
    }
  }
  ++depth_;
  const bool holds = Probe([&] { CheckItem({plan, plan.nodes[node]}, item, {}); });
  --depth_;
  if (subject.object != nullptr) {
    probed_[subject] = holds ? State::kYes : State::kNo;
  }
  return holds;
}

bool ProfileChecker::Spend(const Place& place) {
  if (stopped_) {
    return false;
  }
  if (steps_ == 0) {
    stopped_ = true;
    context_.findings.Add(RowOf(ProfileRule::kProfileCostly), place);
    return false;
  }
  --steps_;
  return true;
}

void ProfileChecker::Report(const RuleRow& row, const Spot& spot, const Place& place, std::string_view more) {
  if (probing()) {
    failed_ = failed_ || row.severity == Severity::kError;
    return;
  }
  std::string detail(more);
  detail.append(detail.empty() ? "" : " ").append("Asked for by ").append(spot.node.row.id);
  detail.append(" of profile ").append(spot.plan.profile.url).append(".");
  context_.findings.Add(row, place, detail);
}

void ProfileChecker::CheckItem(const Spot& spot, const Item& item, const Place& place) {
  if (!spot.node.busy || Stopped() || !Spend(place)) {
    return;
  }
  const bool root = spot.node.row.parent == kNoNode;
  const bool resource = definitions_.IsResource(item.type());
  if (!resource || item.value().members().data() == frame_.resource.value().members().data()) {
    CheckInside(spot, item, place);
    return;
  }
  const Frame outer = frame_;
  frame_.resource = item;
  if (place.name != "contained" && !root) {
    frame_.container = item;
    frame_.entry = place.parent != nullptr && place.parent->name == "entry" ? place.parent->index : frame_.entry;
  }
  CheckInside(spot, item, place);
  frame_ = outer;
}

void ProfileChecker::CheckInside(const Spot& spot, const Item& item, const Place& place) {
  CheckTypes(spot, item, place);
  CheckValues(spot, item, place);
  CheckBound(spot, item, place);
  CheckConstraints(spot, item, place);
  const ProfileNode& node = spot.node;
  const bool refers = node.children.empty() && node.row.content != kNoNode;
  const ProfileNode& owner = refers ? spot.plan.nodes[node.row.content] : node;
  for (const NodeIndex child : owner.children) {
    if (Stopped()) {
      return;
    }
    CheckChild({spot.plan, spot.plan.nodes[child]}, item, place);
  }
}

void ProfileChecker::CheckChild(const Spot& spot, const Item& parent, const Place& place) {
  const std::size_t first = found_.size();
  Gather(spot.node, parent);
  const std::size_t count = found_.size() - first;
  for (std::size_t i = first; i < found_.size(); ++i) {
    const Found found = found_[i];
    CheckItem(spot, found.item, {&place, spot.node.name, found.index, found.member});
  }
  const std::size_t missing = spot.node.slicing == nullptr ? 0 : CheckSlicing(spot, first, place);
  if (spot.node.counted) {
    CheckCount(spot, count, missing, place);
  }
  found_.resize(first);
}

void ProfileChecker::CheckCount(const Spot& spot, std::size_t count, std::size_t missing, const Place& place) {
  const definitions::ProfileElement& row = spot.node.row;
  if (count + missing < row.min) {
    Report(RowOf(Rule::kCardMin), spot, {&place, spot.node.name}, "At least " + std::to_string(row.min) + ".");
  }
  if (row.max != definitions::kUnbounded && count > row.max) {
    Report(RowOf(Rule::kCardMax), spot, {&place, spot.node.name},
           row.max == 0 ? "None is allowed." : "At most " + std::to_string(row.max) + ".");
  }
}

// Pushes the values of `node` in `parent`.
void ProfileChecker::Gather(const ProfileNode& node, const Item& parent) {
  const Value& object = parent.value().is_object() ? parent.value() : parent.sibling();
  const Value* value = nullptr;
  const Value* sibling = nullptr;
  Element element;
  for (const Member& member : object.members()) {
    const std::string_view name = WithoutMark(member.name);
    const bool named = node.choice ? name.starts_with(node.name) : name == node.name;
    if (!named || !definitions_.FindChild(parent.type(), name, element) ||
        (node.choice && element.choice != node.name && element.name != node.name)) {
      continue;
    }
    (name.size() == member.name.size() ? value : sibling) = &member.value;
  }
  if (value == nullptr && sibling == nullptr) {
    return;
  }
  const Value none;
  const Value& values = value == nullptr ? none : *value;
  const Value& siblings = sibling == nullptr ? none : *sibling;
  if (!values.is_array() && !siblings.is_array()) {
    found_.push_back({path::TypedNode(definitions_, element.type, values, siblings), Place::kSingle, element.name});
    return;
  }
  const std::size_t count = std::max(values.items().size(), siblings.items().size());
  for (std::size_t i = 0; i < count; ++i) {
    const Value& item = i < values.items().size() ? values.items()[i] : none;
    const Value& beside = i < siblings.items().size() ? siblings.items()[i] : none;
    found_.push_back({path::TypedNode(definitions_, element.type, item, beside), i, element.name});
  }
}

}  // namespace throughline::validate
