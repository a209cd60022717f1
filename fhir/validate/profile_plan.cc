#include "fhir/validate/profile_plan.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include "fhir/json/parse.h"
#include "fhir/validate/profile_rows.h"

namespace throughline::validate {
namespace {

using definitions::BindingStrength;
using definitions::Definitions;
using definitions::Discriminator;
using definitions::DiscriminatorType;
using definitions::Element;
using definitions::ElementType;
using definitions::kNoType;
using definitions::Profile;
using definitions::ProfileElement;
using definitions::SlicingRules;
using definitions::TypeId;
using definitions::ValueKind;

constexpr std::string_view kDefaultSlice = "@default";

bool IsExtensionName(std::string_view name) { return name == "extension" || name == "modifierExtension"; }

// "b" of the re-slice "a/b" when `within` is "a"; the whole name when `within` is empty. Empty: no slice of that level.
std::string_view SliceWithin(std::string_view name, std::string_view within) {
  if (!within.empty()) {
    if (!name.starts_with(within) || !name.substr(within.size()).starts_with('/')) {
      return {};
    }
    name.remove_prefix(within.size() + 1);
  }
  return name.find('/') == std::string_view::npos ? name : std::string_view{};
}

class Maker {
 public:
  Maker(const Profiles& profiles, ProfilePlan& plan)
      : profiles_(profiles), definitions_(profiles.definitions()), plan_(plan) {}

  void Make() {
    MakeContexts();
    for (std::size_t i = 0; i < plan_.profile.element_count; ++i) {
      plan_.nodes.emplace_back().row = definitions_.element(plan_.profile, i);
    }
    types_.assign(plan_.nodes.size(), kNoType);
    for (ProfileNode& node : plan_.nodes) {
      MakeNode(node);
    }
    for (ProfileNode& node : plan_.nodes) {
      MakeSlicing(node);
    }
    FindBusy();
    for (ProfileNode& node : plan_.nodes) {
      node.children.clear();
      ForEach(node, [&](ProfileNode& child) {
        if (child.busy && !IsSlice(child)) {
          node.children.push_back(child.row.index);
        }
      });
    }
  }

 private:
  void MakeContexts() {
    for (std::size_t i = 0; i < plan_.profile.context_count; ++i) {
      const definitions::ExtensionContext context = definitions_.context(plan_.profile, i);
      auto& expression = plan_.contexts.emplace_back();
      if (context.kind == definitions::ContextKind::kFhirpath) {
        auto compiled = path::Compile(context.expression, definitions_, {.published = true});
        expression = compiled ? std::optional(*std::move(compiled)) : std::nullopt;
      }
    }
    for (std::size_t i = 0; i < plan_.profile.invariant_count; ++i) {
      definitions::Constraint constraint;
      constraint.expression = constraint.human = definitions_.context_invariant(plan_.profile, i);
      constraint.source = plan_.profile.url;
      CompileConstraint(definitions_, constraint, {}, plan_.context_invariants);
    }
  }

  // What R4 says of the element; false when its owner's type is not known.
  bool BaseOf(const ProfileNode& node, Element& base) const {
    const TypeId owner = OwnerOf(node);
    if (owner == kNoType) {
      return false;
    }
    if (!node.choice) {
      return definitions_.FindChild(owner, node.name, base);
    }
    const auto range = definitions_.FindChoice(owner, node.name);
    if (range.count == 0) {
      return definitions_.FindChild(owner, node.name, base);
    }
    base = definitions_.child(owner, range.first);
    return true;
  }

  TypeId OwnerOf(const ProfileNode& node) const {
    return node.row.parent == kNoNode ? kNoType : types_[node.row.parent];
  }

  void MakeNode(ProfileNode& node) {
    const ProfileElement& row = node.row;
    const std::string_view last = LastName(row.path);
    node.choice = last.ends_with(kChoiceSuffix);
    node.name = PlainName(last);
    Element base;
    const bool known = BaseOf(node, base);
    types_[row.index] = TypeOf(node, known, base);
    node.counted = row.parent != kNoNode && (!known || row.min > base.min || row.max < base.max);
    const bool bound = row.binding == BindingStrength::kRequired || row.binding == BindingStrength::kExtensible;
    node.bound = !row.value_set.empty() && bound &&
                 !(known && base.binding == row.binding && UrlOf(base.value_set) == UrlOf(row.value_set));
    node.fixed = ReadValue(row, ValueKind::kFixed);
    node.pattern = ReadValue(row, ValueKind::kPattern);
    node.least = ReadValue(row, ValueKind::kMinValue);
    node.most = ReadValue(row, ValueKind::kMaxValue);
    ReadTypes(node, known, base);
    ReadConstraints(node, known, base);
  }

  TypeId TypeOf(const ProfileNode& node, bool known, const Element& base) const {
    if (node.row.parent == kNoNode) {
      return plan_.profile.type_id;
    }
    const TypeId only = node.row.type_count == 1 ? definitions_.type(node.row, 0).type_id : kNoType;
    if (!known || node.choice || (definitions_.IsResource(base.type) && only != kNoType)) {
      return only;
    }
    return base.type;
  }

  ValueRule ReadValue(const ProfileElement& row, ValueKind kind) {
    const definitions::ElementValue value = definitions_.value(row, kind);
    if (value.json.empty()) {
      return {};
    }
    auto parsed = json::Parse(value.json, plan_.arena);
    return parsed ? ValueRule{*parsed, value.type} : ValueRule{};
  }

  void ReadTypes(ProfileNode& node, bool known, const Element& base) {
    if (node.row.parent == kNoNode) {
      return;
    }
    for (std::size_t i = 0; i < node.row.type_count; ++i) {
      AddType(node, definitions_.type(node.row, i), known, base);
    }
    if (node.choice) {
      const std::size_t all = known ? definitions_.FindChoice(base.owner, node.name).count : 0;
      node.typed = node.row.type_count > 0 && (!known || node.row.type_count < all);
    } else if (known && definitions_.IsResource(base.type)) {
      node.typed = std::ranges::any_of(node.types, [&](const TypeRule& rule) { return rule.type != base.type; });
    }
    const bool said = std::ranges::any_of(
        node.types, [](const TypeRule& rule) { return !rule.profiles.empty() || !rule.targets.empty(); });
    if (!node.typed && !said) {
      node.types.clear();
    }
  }

  void AddType(ProfileNode& node, const ElementType& type, bool known, const Element& base) const {
    TypeRule rule;
    rule.type = type.type_id;
    rule.code = type.code;
    rule.aggregation = type.aggregation;
    for (std::size_t i = 0; i < type.profile_count; ++i) {
      const std::string_view canonical = definitions_.type_profile(type, i);
      rule.canonicals.push_back(canonical);
      rule.profiles.push_back(profiles_.Find(canonical));
    }
    Element of_type = base;
    if (known && node.choice) {
      const auto range = definitions_.FindChoice(base.owner, node.name);
      for (std::size_t i = 0; i < range.count; ++i) {
        const Element row = definitions_.child(base.owner, range.first + i);
        of_type = row.type == type.type_id ? row : of_type;
      }
    }
    ReadTargets(rule, type, known ? &of_type : nullptr);
    node.types.push_back(std::move(rule));
  }

  // Targets that are those of R4 are left out: the walk over the types has checked them.
  void ReadTargets(TypeRule& rule, const ElementType& type, const Element* base) const {
    bool plain = true;
    for (std::size_t i = 0; i < type.target_count; ++i) {
      TargetRule& target = rule.targets.emplace_back();
      target.canonical = definitions_.target_profile(type, i);
      Profile profile;
      if (definitions_.FindProfile(target.canonical, profile)) {
        target.profile = profile.row;
        target.type = profile.type_id;
        target.plain = profile.derivation != definitions::Derivation::kConstraint;
      }
      plain = plain && target.plain;
    }
    const bool same = base != nullptr && plain && rule.aggregation == 0 &&
                      (base->target_count == type.target_count || base->target_count == 0);
    const bool any = plain && std::ranges::any_of(rule.targets, [&](const TargetRule& target) {
                       return target.type != kNoType && definitions_.type(target.type).base == kNoType;
                     });
    if (same || (any && rule.aggregation == 0)) {
      rule.targets.clear();
    }
  }

  // R4 spells some of its expressions differently from type to type: the key decides.
  bool IsOfR4(std::string_view key, TypeId type, bool known, const Element& base) const {
    bool stated = false;
    for (const TypeId id : {type, known ? base.type : kNoType}) {
      const definitions::Type row = id == kNoType ? definitions::Type{} : definitions_.type(id);
      for (std::size_t i = 0; i < row.constraint_count && !stated; ++i) {
        stated = definitions_.constraint(row, i).key == key;
      }
    }
    for (std::size_t i = 0; known && i < base.constraint_count && !stated; ++i) {
      stated = definitions_.constraint(base, i).key == key;
    }
    return stated;
  }

  void ReadConstraints(ProfileNode& node, bool known, const Element& base) {
    const TypeId type = types_[node.row.index];
    for (std::size_t i = 0; i < node.row.constraint_count; ++i) {
      const definitions::Constraint constraint = definitions_.constraint(node.row, i);
      if (constraint.inherited || constraint.expression.empty() || IsOfR4(constraint.key, type, known, base)) {
        continue;
      }
      const std::string_view focus = type == kNoType ? std::string_view{} : definitions_.type(type).name;
      if (CompileConstraint(definitions_, constraint, focus, node.constraints) || IsWalked(constraint.key)) continue;
      if (std::ranges::find(plan_.unread, constraint.key) == plan_.unread.end()) plan_.unread.push_back(constraint.key);
    }
  }

  template <typename Visit>
  void ForEach(const ProfileNode& parent, Visit visit) {
    for (NodeIndex next = parent.row.first_child; next != kNoNode; next = plan_.nodes[next].row.next_sibling) {
      visit(plan_.nodes[next]);
    }
  }

  // The element beside `node` that has its path and no slice name; null when there is none.
  const ProfileNode* SlicedBy(const ProfileNode& node) {
    const ProfileNode* found = nullptr;
    if (node.row.parent != kNoNode) {
      ForEach(plan_.nodes[node.row.parent], [&](const ProfileNode& other) {
        if (other.row.path == node.row.path && other.row.slice_name.empty()) {
          found = &other;
        }
      });
    }
    return found;
  }

  bool IsSlice(const ProfileNode& node) { return !node.row.slice_name.empty() && SlicedBy(node) != nullptr; }

  void MakeSlicing(ProfileNode& node) {
    if (node.row.parent == kNoNode || (!node.row.slice_name.empty() && SlicedBy(node) == nullptr)) {
      return;
    }
    auto slicing = std::make_unique<Slicing>();
    const auto discriminators = DiscriminatorsOf(node);
    ForEach(plan_.nodes[node.row.parent], [&](const ProfileNode& other) {
      const std::string_view name = SliceWithin(other.row.slice_name, node.row.slice_name);
      if (other.row.path != node.row.path || name.empty() || other.row.index == node.row.index) {
        return;
      }
      if (name == kDefaultSlice) {
        slicing->others = other.row.index;
        return;
      }
      slicing->slices.push_back(MakeSlice(other, discriminators));
    });
    slicing->rules = node.row.slicing == SlicingRules::kNone ? SlicingRules::kOpen : node.row.slicing;
    slicing->ordered = node.row.ordered;
    // A definition that asks for more slices than it allows elements contradicts itself: what it spells out counts.
    std::size_t asked = 0;
    for (const Slice& slice : slicing->slices) {
      asked += plan_.nodes[slice.node].row.min;
    }
    node.row.max = asked > node.row.max ? definitions::kUnbounded : node.row.max;
    if (!slicing->slices.empty() || slicing->others != kNoNode) {
      node.slicing = std::move(slicing);
    }
  }

  // Those that are written, and those that go without saying.
  std::vector<Discriminator> DiscriminatorsOf(const ProfileNode& node) const {
    std::vector<Discriminator> discriminators;
    for (std::size_t i = 0; i < node.row.discriminator_count; ++i) {
      discriminators.push_back(definitions_.discriminator(node.row, i));
    }
    if (discriminators.empty() && IsExtensionName(node.name)) {
      discriminators.push_back({DiscriminatorType::kValue, "url"});
    } else if (discriminators.empty() && node.choice) {
      discriminators.push_back({DiscriminatorType::kType, "$this"});
    }
    return discriminators;
  }

  Slice MakeSlice(const ProfileNode& node, std::span<const Discriminator> discriminators) {
    Slice slice{node.row.index, {}};
    for (const Discriminator& discriminator : discriminators) {
      Criterion criterion = ReadCriterion(profiles_, plan_.profile, node.row, discriminator, plan_.arena);
      if (!criterion.empty()) {
        slice.criteria.push_back(std::move(criterion));
      }
    }
    return slice;
  }

  bool HasRules(const ProfileNode& node) const {
    return node.counted || node.typed || node.bound || !node.fixed.value.is_null() || !node.pattern.value.is_null() ||
           !node.least.value.is_null() || !node.most.value.is_null() || node.row.max_length > 0 ||
           !node.types.empty() || !node.constraints.empty();
  }

  bool IsBusy(const ProfileNode& node) {
    bool busy = node.busy || HasRules(node);
    if (node.row.content != kNoNode) {
      busy = busy || plan_.nodes[node.row.content].busy;
    }
    if (node.slicing != nullptr) {
      busy = busy || node.slicing->ordered || node.slicing->rules != SlicingRules::kOpen;
      const auto counts = [&](NodeIndex slice) {
        const ProfileNode& other = plan_.nodes[slice];
        return other.busy || other.row.min > 0 || other.row.max < node.row.max;
      };
      busy = busy || std::ranges::any_of(node.slicing->slices, counts, &Slice::node) ||
             (node.slicing->others != kNoNode && counts(node.slicing->others));
    }
    ForEach(node, [&](const ProfileNode& child) { busy = busy || (child.busy && !IsSlice(child)); });
    return busy;
  }

  void FindBusy() {
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t i = plan_.nodes.size(); i-- > 0;) {
        ProfileNode& node = plan_.nodes[i];
        const bool busy = IsBusy(node);
        changed = changed || busy != node.busy;
        node.busy = busy;
      }
    }
  }

  const Profiles& profiles_;
  const Definitions& definitions_;
  ProfilePlan& plan_;
  std::vector<TypeId> types_;  // of the nodes; kNoType: several, or not known
};

}  // namespace

std::unique_ptr<ProfilePlan> MakePlan(const Profiles& profiles, std::uint32_t row) {
  auto plan = std::make_unique<ProfilePlan>();
  plan->profile = profiles.definitions().profile(row);
  Maker(profiles, *plan).Make();
  return plan;
}

}  // namespace throughline::validate
