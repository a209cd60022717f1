#include "fhir/validate/discriminator.h"

#include <algorithm>
#include <span>
#include <utility>

#include "fhir/json/parse.h"
#include "fhir/path/navigate.h"
#include "fhir/validate/profile_rows.h"
#include "fhir/validate/profiles.h"

namespace throughline::validate {
namespace {

using definitions::BindingStrength;
using definitions::Definitions;
using definitions::DiscriminatorType;
using definitions::ElementType;
using definitions::ElementValue;
using definitions::Profile;
using definitions::ProfileElement;
using definitions::ValueKind;
using json::Value;

constexpr std::string_view kThis = "$this";
constexpr std::string_view kUrlName = "url";
constexpr int kTypeDepth = 16;  // of profiles on types within each other

// The next part of a path up to a point outside of parentheses and quotes.
std::string_view TakePart(std::string_view& path) {
  bool quoted = false;
  int open = 0;
  std::size_t end = 0;
  for (; end < path.size(); ++end) {
    const char c = path[end];
    quoted = c == '\'' ? !quoted : quoted;
    if (!quoted) {
      open += c == '(' ? 1 : (c == ')' ? -1 : 0);
    }
    if (c == '.' && !quoted && open == 0) {
      break;
    }
  }
  const std::string_view part = path.substr(0, end);
  path.remove_prefix(std::min(end + 1, path.size()));
  return part;
}

bool IsName(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// The argument of "name(...)"; false when `part` is no call of it.
bool IsCall(std::string_view part, std::string_view name, std::string_view& argument) {
  if (!part.starts_with(name) || !part.substr(name.size()).starts_with('(') || !part.ends_with(')')) {
    return false;
  }
  argument = part.substr(name.size() + 1, part.size() - name.size() - 2);
  return true;
}

bool ReadStep(std::string_view part, const Definitions& definitions, Step& step) {
  std::string_view argument;
  if (IsCall(part, "resolve", argument)) {
    step = {StepKind::kResolve, {}};
    return argument.empty();
  }
  if (IsCall(part, "extension", argument)) {
    const bool quoted = argument.size() > 2 && argument.front() == '\'' && argument.back() == '\'';
    step = {StepKind::kExtension, quoted ? argument.substr(1, argument.size() - 2) : std::string_view{}};
    return quoted;
  }
  if (IsCall(part, "ofType", argument) || IsCall(part, "as", argument)) {
    argument.remove_prefix(argument.starts_with("FHIR.") ? 5 : 0);
    step = {StepKind::kType, argument, definitions.FindType(argument)};
    return step.type != definitions::kNoType;
  }
  step = {StepKind::kElement, PlainName(part)};
  return IsName(step.text);
}

// An element of a snapshot, and the snapshot it stands in.
struct Cursor {
  Profile profile;
  ProfileElement element;
};

// Looks along a path through the rows for what the slice says of its end.
class Finder {
 public:
  Finder(const Profiles& profiles, json::Arena& arena, Criterion& criterion)
      : profiles_(profiles), definitions_(profiles.definitions()), arena_(arena), criterion_(criterion) {}

  void Look(const Cursor& at, std::span<const Step> steps, int depth = 0) {
    if (depth > kTypeDepth) {
      return;
    }
    if (IsAboutValues() && (TakeValue(at, ValueKind::kFixed, steps) || TakeValue(at, ValueKind::kPattern, steps))) {
      return;
    }
    if (at.element.max == 0 && depth > 0) {
      Forbid();
    } else if (steps.empty()) {
      TakeEnd(at, depth);
    } else {
      Go(at, steps, depth);
    }
  }

 private:
  bool IsAboutValues() const {
    return criterion_.type == DiscriminatorType::kValue || criterion_.type == DiscriminatorType::kPattern;
  }

  void Forbid() {
    if (criterion_.type == DiscriminatorType::kExists) {
      criterion_.presence = Presence::kMustNot;
    }
  }

  bool TakeValue(const Cursor& at, ValueKind kind, std::span<const Step> steps) {
    const ElementValue value = definitions_.value(at.element, kind);
    if (value.json.empty()) {
      return false;
    }
    const auto parsed = json::Parse(value.json, arena_);
    if (!parsed) {
      return false;
    }
    path::Collection found(path::Item::Node(definitions_.FindType(value.type), *parsed));
    for (const Step& step : steps) {
      path::Collection next;
      for (const path::Item& item : found) {
        path::AddChildren(definitions_, item, step.kind == StepKind::kElement ? step.text : "", next);
      }
      found = std::move(next);
    }
    for (const path::Item& item : found) {
      criterion_.values.push_back({item.value(), kind == ValueKind::kFixed});
    }
    return !found.empty();
  }

  // Where the path ends.
  void TakeEnd(const Cursor& at, int depth) {
    const bool root = at.element.parent == definitions::kNoElement;
    switch (criterion_.type) {
      case DiscriminatorType::kValue:
      case DiscriminatorType::kPattern:
        if (at.element.binding == BindingStrength::kRequired && !at.element.value_set.empty()) {
          criterion_.value_sets.push_back(at.element.value_set);
        }
        EnterTypeProfile(at, {}, depth);
        break;
      case DiscriminatorType::kExists:
        criterion_.presence = at.element.max == 0   ? Presence::kMustNot
                              : at.element.min >= 1 ? Presence::kMust
                                                    : criterion_.presence;
        break;
      case DiscriminatorType::kType:
        TakeTypes(at, root);
        break;
      case DiscriminatorType::kProfile:
        TakeProfiles(at, root);
        break;
    }
  }

  void TakeTypes(const Cursor& at, bool root) {
    if (root && at.profile.type_id != definitions::kNoType) {
      criterion_.types.push_back(at.profile.type_id);
    }
    for (std::size_t i = 0; i < at.element.type_count && !root; ++i) {
      if (const ElementType type = definitions_.type(at.element, i); type.type_id != definitions::kNoType) {
        criterion_.types.push_back(type.type_id);
      }
    }
  }

  void TakeProfiles(const Cursor& at, bool root) {
    if (root) {
      criterion_.profiles.push_back(at.profile.row);
    }
    for (std::size_t i = 0; i < at.element.type_count && !root; ++i) {
      const ElementType type = definitions_.type(at.element, i);
      for (std::size_t k = 0; k < type.profile_count; ++k) {
        criterion_.profiles.push_back(profiles_.Find(definitions_.type_profile(type, k)));
      }
    }
  }

  void Go(const Cursor& at, std::span<const Step> steps, int depth) {
    const Step& step = steps.front();
    if (step.kind == StepKind::kResolve) {
      EnterTargets(at, steps.subspan(1), depth);
      return;
    }
    if (step.kind == StepKind::kType) {
      Look(at, steps.subspan(1), depth + 1);
      return;
    }
    bool met = false;
    ForEachChild(definitions_, at.profile, at.element, [&](const ProfileElement& child) {
      const std::string_view name = step.kind == StepKind::kExtension ? "extension" : step.text;
      const bool asked = child.slice_name.empty() || child.min > 0 || step.kind == StepKind::kExtension;
      if (PlainName(LastName(child.path)) == name && asked &&
          (step.kind != StepKind::kExtension || IsExtension({at.profile, child}, step.text))) {
        met = true;
        Look({at.profile, child}, steps.subspan(1), depth + 1);
      }
    });
    if (!met || criterion_.empty()) {
      EnterTypeProfile(at, steps, depth);
    }
  }

  // Does this slice of `extension` hold the extension `url`?
  bool IsExtension(const Cursor& at, std::string_view url) const {
    for (std::size_t i = 0; i < at.element.type_count; ++i) {
      const ElementType type = definitions_.type(at.element, i);
      if (type.profile_count == 1 && UrlOf(definitions_.type_profile(type, 0)) == url) {
        return true;
      }
    }
    bool found = false;
    ForEachChild(definitions_, at.profile, at.element, [&](const ProfileElement& child) {
      const std::string_view fixed = definitions_.value(child, ValueKind::kFixed).json;
      found = found || (LastName(child.path) == kUrlName && fixed.size() == url.size() + 2 &&
                        fixed.substr(1, url.size()) == url);
    });
    return found;
  }

  // What a type's profile says holds for the element too, when there is but one.
  void EnterTypeProfile(const Cursor& at, std::span<const Step> steps, int depth) {
    if (at.element.type_count != 1) {
      return;
    }
    const ElementType type = definitions_.type(at.element, 0);
    if (type.profile_count != 1) {
      return;
    }
    const std::string_view canonical = definitions_.type_profile(type, 0);
    Profile profile;
    if (definitions_.FindProfile(canonical, profile)) {
      Look({profile, definitions_.element(profile, 0)}, steps, depth + 1);
    } else if (IsAboutValues() && steps.size() == 1 && steps[0].text == kUrlName) {
      criterion_.values.push_back({Value::String(UrlOf(canonical)), true});
    }
  }

  void EnterTargets(const Cursor& at, std::span<const Step> steps, int depth) {
    for (std::size_t i = 0; i < at.element.type_count; ++i) {
      const ElementType type = definitions_.type(at.element, i);
      for (std::size_t k = 0; k < type.target_count; ++k) {
        Profile profile;
        if (definitions_.FindProfile(definitions_.target_profile(type, k), profile)) {
          Look({profile, definitions_.element(profile, 0)}, steps, depth + 1);
        }
      }
    }
  }

  const Profiles& profiles_;
  const Definitions& definitions_;
  json::Arena& arena_;
  Criterion& criterion_;
};

}  // namespace

bool ReadSteps(std::string_view path, const Definitions& definitions, std::vector<Step>& steps) {
  while (!path.empty()) {
    const std::string_view part = TakePart(path);
    if (part == kThis) {
      continue;
    }
    Step step;
    if (!ReadStep(part, definitions, step)) {
      return false;
    }
    steps.push_back(step);
  }
  return true;
}

Criterion ReadCriterion(const Profiles& profiles, const Profile& profile, const ProfileElement& slice,
                        const definitions::Discriminator& discriminator, json::Arena& arena) {
  Criterion criterion;
  criterion.type = discriminator.type;
  criterion.path = discriminator.path;
  if (ReadSteps(discriminator.path, profiles.definitions(), criterion.steps)) {
    Finder(profiles, arena, criterion).Look({profile, slice}, criterion.steps);
  }
  return criterion;
}

}  // namespace throughline::validate
