#include "tests/conformance/broken_instance.h"

#include <algorithm>
#include <span>
#include <utility>

#include "fhir/json/build.h"
#include "fhir/json/parse.h"
#include "fhir/terminology/terminology.h"
#include "fhir/validate/profile_rows.h"

namespace throughline::conformance {
namespace {

using definitions::Definitions;
using definitions::Element;
using definitions::ElementType;
using definitions::Profile;
using definitions::ProfileElement;
using definitions::TypeId;
using definitions::ValueKind;
using json::Value;
using validate::ForEachChild;
using validate::LastName;
using validate::PlainName;

using Steps = std::vector<std::pair<std::string_view, std::size_t>>;  // member, and index in its array or kAlone
constexpr std::size_t kAlone = static_cast<std::size_t>(-1);

// `value` with what stands at `steps` replaced; a null replacement takes the whole member out.
Value Replace(const Value& value, std::span<const std::pair<std::string_view, std::size_t>> steps,
              const Value& replacement, json::Arena& arena) {
  const auto [name, index] = steps.front();
  const Value member = value.Get(name);
  if (steps.size() == 1 && replacement.is_null()) {
    return json::Without(value, name, arena);
  }
  if (index == kAlone) {
    const Value inner = steps.size() == 1 ? replacement : Replace(member, steps.subspan(1), replacement, arena);
    return json::With(value, name, inner, arena);
  }
  json::ArrayBuilder list(arena);
  for (std::size_t i = 0; i < member.size(); ++i) {
    const Value& item = member.items()[i];
    const bool here = i == index;
    list.Add(!here ? item : steps.size() == 1 ? replacement : Replace(item, steps.subspan(1), replacement, arena));
  }
  return json::With(value, name, list.Build(), arena);
}

// An element of the profile that the walk is in, and its value.
struct Around {
  ProfileElement element;
  std::string place;       // "Observation.category[0]"
  std::size_t steps = 0;   // those that lead to it
  std::string list_place;  // "Observation.category"
  ProfileElement sliced;   // what the element is a slice of; without path: of nothing
};

class Breaker {
 public:
  Breaker(const Definitions& definitions, const Profile& profile, const Value& instance, json::Arena& arena)
      : definitions_(definitions), profile_(profile), instance_(instance), arena_(arena) {}

  std::vector<BrokenInstance> Break() {
    Visit(definitions_.element(profile_, 0), profile_.type_id, instance_, std::string(profile_.type));
    return std::move(broken_);
  }

 private:
  using Errors = std::vector<std::string>;

  void Keep(const Value& replacement, Errors errors, const ProfileElement& element, std::string_view how) {
    std::ranges::sort(errors);
    errors.erase(std::ranges::unique(errors).begin(), errors.end());
    if (!errors.empty()) {
      broken_.push_back({Replace(instance_, steps_, replacement, arena_), std::move(errors), std::string(element.id),
                         std::string(how)});
    }
  }

  // The names of the members from an element around to where the walk is: "coding.code".
  std::string PathFrom(const Around& around) const {
    std::string path;
    for (std::size_t i = around.steps; i < steps_.size(); ++i) {
      path.append(path.empty() ? "" : ".").append(steps_[i].first);
    }
    return path;
  }

  static bool Meet(std::string_view a, std::string_view b) {
    const auto leads = [](std::string_view to, std::string_view from) {
      return from.starts_with(to) && (from.size() == to.size() || to.empty() || from[to.size()] == '.');
    };
    return leads(a, b) || leads(b, a);
  }

  // Does what changes here decide whether the item is in its slice?
  bool Decides(const Around& around) const {
    if (around.sliced.path.empty()) {
      return false;
    }
    const std::string path = PathFrom(around);
    bool decides =
        around.sliced.discriminator_count == 0 && LastName(around.sliced.path) == "extension" && path == "url";
    for (std::size_t i = 0; i < around.sliced.discriminator_count; ++i) {
      const definitions::Discriminator row = definitions_.discriminator(around.sliced, i);
      const bool by_value =
          row.type == definitions::DiscriminatorType::kValue || row.type == definitions::DiscriminatorType::kPattern;
      decides = decides || (by_value && Meet(row.path == "$this" ? "" : row.path, path));
    }
    return decides;
  }

  // What is wrong when what stands here changes, `own` being what the element's own rule says.
  Errors ErrorsOf(const std::string& own) const {
    for (const Around& around : around_) {
      if (Decides(around)) {
        Errors errors;
        if (around.element.min > 0) {
          errors.push_back("slice-min " + around.list_place);
        }
        if (around.sliced.slicing == definitions::SlicingRules::kClosed) {
          errors.push_back("slice-closed " + around.place);
        }
        return errors;
      }
    }
    Errors errors = {own};
    for (const Around& around : around_) {
      const std::string path = PathFrom(around);
      for (const auto& [kind, rule] :
           {std::pair(ValueKind::kFixed, "fixed-value "), std::pair(ValueKind::kPattern, "pattern-value ")}) {
        const auto value = definitions_.value(around.element, kind);
        if (!value.json.empty() && !path.empty() && Holds(*json::Parse(value.json, arena_), path)) {
          errors.push_back(rule + around.place);
        }
      }
    }
    return errors;
  }

  static bool Holds(const Value& value, std::string_view path) {
    const std::string_view name = path.substr(0, path.find('.'));
    const Value member = value.Get(name).is_array() ? value.Get(name).items()[0] : value.Get(name);
    return !member.is_null() && (name.size() == path.size() || Holds(member, path.substr(name.size() + 1)));
  }

  // Is it a reference, and not one to anything?
  bool PointsSomewhere(const ProfileElement& child, const Element& row) const {
    const ElementType type = child.type_count > 0 ? definitions_.type(child, 0) : ElementType{};
    const bool any = type.target_count > 0 && definitions_.target_profile(type, 0).ends_with("/Resource");
    return type.code == "Reference" && !any && (type.target_count > 0 || row.target_count > 0);
  }

  void Visit(const ProfileElement& element, TypeId type, const Value& object, const std::string& place) {
    ForEachChild(definitions_, profile_, element, [&](const ProfileElement& child) {
      const std::string_view name = PlainName(LastName(child.path));
      const bool choice = LastName(child.path).ends_with("[x]");
      for (const json::Member& member : object.members()) {
        Element row;
        if (!(choice ? member.name.starts_with(name) : member.name == name) ||
            !definitions_.FindChild(type, member.name, row)) {
          continue;
        }
        VisitMember(element, child, row, object, member, place, place + "." + std::string(name));
      }
    });
  }

  // The element of the path of `slice` that is cut into slices.
  ProfileElement SlicedBy(const ProfileElement& parent, const ProfileElement& slice) const {
    ProfileElement found;
    ForEachChild(definitions_, profile_, parent, [&](const ProfileElement& child) {
      found = child.path == slice.path && child.slice_name.empty() ? child : found;
    });
    return found;
  }

  void TakeOut(const ProfileElement& parent, const ProfileElement& child, const Element& row, const Value& object,
               const std::string& place, const std::string& here) {
    Errors errors = ErrorsOf("card-min " + here);
    const bool counted = std::ranges::find(errors, "card-min " + here) != errors.end();
    std::size_t of_slices = 0;
    ForEachChild(definitions_, profile_, parent, [&](const ProfileElement& slice) {
      if (counted && slice.path == child.path && !slice.slice_name.empty() && slice.min > 0) {
        errors.push_back("slice-min " + here);
        of_slices += slice.min;
      }
    });
    // What is said of the slices is not said again of the element.
    if (counted && row.min == 0 && of_slices >= child.min) {
      std::erase(errors, "card-min " + here);
    }
    if (!counted && row.min > 0) {
      errors.push_back("card-min " + here);
    }
    // Of an empty object the types ask for nothing more: it is wrong itself.
    if (object.members().size() == 1) {
      std::erase_if(errors,
                    [&](const std::string& error) { return row.min >= child.min && error == "card-min " + here; });
      errors.push_back("ele-1 " + place);
    }
    Keep({}, std::move(errors), child, "taken out");
  }

  // Another type of the choice than the profile allows.
  void Retype(const ProfileElement& parent, const ProfileElement& child, const Element& row, const Value& object,
              std::string_view name, const std::string& here) {
    const auto allowed = [&](TypeId type) {
      for (std::size_t i = 0; i < child.type_count; ++i) {
        if (definitions_.type(child, i).type_id == type) {
          return true;
        }
      }
      return false;
    };
    const auto range = definitions_.FindChoice(row.owner, row.choice);
    for (std::size_t i = 0; i < range.count; ++i) {
      const Element other = definitions_.child(row.owner, range.first + i);
      if (!allowed(other.type) && definitions_.type(other.type).name == "string") {
        std::vector<std::string> errors = {"type-not-allowed " + here};
        AddSlices(parent, child, here, errors);
        std::ranges::sort(errors);
        const Value without = json::Without(object, name, arena_);
        broken_.push_back({json::With(without, other.name, Value::String("x"), arena_), std::move(errors),
                           std::string(child.id), "given another type"});
      }
    }
  }

  // Of slices by type: the value is in none of them.
  void AddSlices(const ProfileElement& parent, const ProfileElement& child, const std::string& here,
                 std::vector<std::string>& errors) const {
    ForEachChild(definitions_, profile_, parent, [&](const ProfileElement& slice) {
      if (slice.path == child.path && !slice.slice_name.empty() && slice.min > 0) {
        errors.push_back("slice-min " + here);
      }
    });
  }

  void VisitMember(const ProfileElement& parent, const ProfileElement& child, const Element& row, const Value& object,
                   const json::Member& member, const std::string& place, const std::string& here) {
    steps_.emplace_back(member.name, kAlone);
    const bool slice = !child.slice_name.empty();
    const bool choice = LastName(child.path).ends_with("[x]");
    if (child.min > 0 && !slice) {
      TakeOut(parent, child, row, object, place, here);
    }
    if (row.is_array && !slice && child.max == 1) {
      json::ArrayBuilder twice(arena_);
      twice.Add(member.value.items()[0]);
      twice.Add(member.value.items()[0]);
      Keep(twice.Build(), {"card-max " + here}, child, "given twice");
    }
    if (slice && member.value.size() > 1 && row.is_array) {
      steps_.pop_back();
      return;  // which of the items is in the slice is not for this to say
    }
    if (choice && !slice && steps_.size() == 1) {
      Retype(parent, child, row, object, member.name, here);
    }
    const std::size_t index = row.is_array ? 0 : kAlone;
    steps_.back().second = index;
    const Value value = row.is_array ? member.value.items()[0] : member.value;
    const std::string item = row.is_array ? here + "[0]" : here;
    around_.push_back({child, item, steps_.size(), here, slice ? SlicedBy(parent, child) : ProfileElement{}});
    VisitValue(child, row, value, item);
    around_.pop_back();
    steps_.pop_back();
  }

  void VisitValue(const ProfileElement& child, const Element& row, const Value& value, const std::string& place) {
    if (!definitions_.value(child, ValueKind::kFixed).json.empty() && value.is_string()) {
      Keep(Value::String("broken:value"), ErrorsOf("fixed-value " + place), child, "given another value");
    }
    if (child.binding == definitions::BindingStrength::kRequired && value.is_string() &&
        terminology::Terminology(definitions_).HasValueSet(child.value_set)) {
      Keep(Value::String("no-such-code"), ErrorsOf("binding-required " + place), child, "given another code");
    }
    if (PointsSomewhere(child, row) && value.Find("reference") != nullptr) {
      steps_.emplace_back("reference", kAlone);
      Keep(Value::String("Linkage/1"), ErrorsOf("reference-target " + place + ".reference"), child,
           "pointed elsewhere");
      steps_.pop_back();
    }
    if (value.is_object()) {
      Visit(child, row.type, value, place);
    }
  }

  const Definitions& definitions_;
  const Profile& profile_;
  const Value& instance_;
  json::Arena& arena_;
  Steps steps_;
  std::vector<Around> around_;  // outermost first
  std::vector<BrokenInstance> broken_;
};

}  // namespace

std::vector<BrokenInstance> BreakInstance(const Definitions& definitions, const Profile& profile, const Value& instance,
                                          json::Arena& arena) {
  return Breaker(definitions, profile, instance, arena).Break();
}

}  // namespace throughline::conformance
