// Where an extension may stand. https://hl7.org/fhir/R4/defining-extensions.html#context
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "fhir/validate/extension.h"
#include "fhir/validate/invariants.h"
#include "fhir/validate/profile_checker.h"
#include "fhir/validate/profile_plan.h"

namespace throughline::validate {
namespace {

using definitions::ContextKind;
using definitions::Element;
using definitions::ExtensionContext;
using definitions::kNoType;
using definitions::Profile;
using definitions::TypeId;
using json::Value;
using path::Item;

// Where R4 itself and the guides built on it use an extension beyond the contexts that its definition of 4.0.1 lists;
// later definitions list them.
struct AlsoRow {
  std::string_view url;
  std::string_view context;
};
constexpr std::array kAlsoAllowed = {
    AlsoRow{"http://hl7.org/fhir/StructureDefinition/capabilitystatement-expectation", "Element"},
    AlsoRow{"http://hl7.org/fhir/StructureDefinition/regex", "ElementDefinition.type"},
    AlsoRow{"http://hl7.org/fhir/StructureDefinition/regex", "ElementDefinition.type.code"},
    AlsoRow{"http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type", "ElementDefinition.type"},
    AlsoRow{"http://hl7.org/fhir/StructureDefinition/structuredefinition-normative-version", "Element"},
    AlsoRow{"http://hl7.org/fhir/StructureDefinition/valueset-concept-comments", "CodeSystem.concept"},
};

// "Element" is said of what may stand anywhere, on resources too: R4 has such extensions on most of its own.
constexpr std::string_view kAnywhere = "Element";

std::string_view WithoutChoice(std::string_view path) {
  return path.ends_with("[x]") ? path.substr(0, path.size() - 3) : path;
}

// "Patient.text" is what "DomainResource.text" says, and "Observation.value" what "Observation.value[x]" says.
bool Names(const Context& context, const Element& element, std::string_view expression) {
  const std::string_view path = WithoutChoice(element.path);
  expression = WithoutChoice(expression);
  if (path == expression) {
    return true;
  }
  const std::size_t dot = expression.find('.');
  const std::size_t own = path.find('.');
  if (dot == std::string_view::npos || own == std::string_view::npos || path.substr(own) != expression.substr(dot)) {
    return false;
  }
  const TypeId named = context.definitions.FindType(expression.substr(0, dot));
  const TypeId type = context.definitions.FindType(path.substr(0, own));
  return named != kNoType && type != kNoType && context.definitions.Derives(type, named);
}

// "Patient.name.given" where the walk is in the given name of a Patient: paths go through datatypes in profiles.
bool IsReachedBy(const Context& context, const Place* place, std::string_view expression) {
  std::string path;
  for (; place != nullptr && place->element != nullptr && !context.definitions.IsResource(place->element->type);
       place = place->parent) {
    path = std::string(".").append(place->name).append(path);
  }
  const TypeId resource = context.environment.resource.type();
  std::string wanted(expression);
  for (std::size_t at = wanted.find("[x]"); at != std::string::npos; at = wanted.find("[x]")) {
    wanted.erase(at, 3);
  }
  return resource != kNoType && wanted == std::string(context.definitions.type(resource).name).append(path);
}

bool AllowsElement(const Context& context, std::string_view expression, TypeId holder, const Element* element) {
  const TypeId type = context.definitions.FindType(expression);
  return expression == kAnywhere || (type != kNoType && context.definitions.Derives(holder, type)) ||
         (element != nullptr && Names(context, *element, expression));
}

// "http://x/outer", or "http://x/outer#part" for a part of it.
bool NamesExtension(std::string_view expression, std::string_view url) {
  const std::size_t part = expression.find('#');
  return url == expression || (part != std::string_view::npos && url == expression.substr(part + 1));
}

// "Patient.name" of the id "Patient.name:official".
std::string WithoutSlices(std::string_view id) {
  std::string path;
  while (!id.empty()) {
    const std::size_t end = std::min(id.find('.'), id.size());
    const std::string_view step = id.substr(0, end);
    path.append(path.empty() ? "" : ".").append(step.substr(0, step.find(':')));
    id.remove_prefix(std::min(end + 1, id.size()));
  }
  return path;
}

// What stands at a place, by the members' names.
Value ValueAt(const Context& context, const Place& place) {
  if (place.parent == nullptr) {
    return context.root;
  }
  const Value parent = ValueAt(context, *place.parent);
  const std::string_view step = place.member.empty() ? place.name : place.member;
  const Value value = step.empty() ? parent : parent.Get(step);
  const auto items = value.items();
  return place.index == Place::kSingle ? value : place.index < items.size() ? items[place.index] : Value{};
}

bool IsSameNode(const Item& a, const Item& b) {
  const auto node = [](const Item& item) {
    return item.sibling().is_null() ? item.value().members().data() : item.sibling().members().data();
  };
  return node(a) != nullptr && node(a) == node(b);
}

// One extension where it stands.
class Standing {
 public:
  Standing(Context& context, const Profile& extension, const Visit& visit)
      : context_(context),
        profile_(extension),
        visit_(visit),
        place_(visit.place.parent),
        element_(place_ == nullptr ? nullptr : place_->element) {}

  bool IsAllowed() {
    bool allowed = profile_.context_count == 0;
    for (std::size_t i = 0; i < profile_.context_count && !allowed; ++i) {
      allowed = Allows(i);
    }
    return allowed || std::ranges::any_of(kAlsoAllowed, [&](const AlsoRow& row) {
             return row.url == profile_.url && AllowsElement(context_, row.context, holder_type(), element_);
           });
  }

  void CheckInvariants() {
    const ProfilePlan* const plan = PlanOf();
    if (plan == nullptr || plan->context_invariants.empty()) {
      return;
    }
    const Item holder = Holder();
    if (holder.value().is_null() && holder.sibling().is_null()) {
      return;
    }
    path::Environment& environment = context_.environment;
    environment.variables.push_back({"extension", path::Collection(Item::Node(profile_.type_id, visit_.value))});
    for (const Invariant& row : plan->context_invariants) {
      const Held held = Holds(context_, row, holder, visit_.place, environment);
      if (const auto unanswered = UnansweredOf(held, row)) {
        context_.findings.AddAs(unanswered->severity, unanswered->rule, visit_.place, row.human);
      } else if (held != Held::kYes && held != Held::kUnasked) {
        context_.findings.Add(Rule::kExtensionInvariant, visit_.place, row.human);
      }
    }
    environment.variables.pop_back();
  }

 private:
  TypeId holder_type() const { return visit_.element->owner; }

  const ProfilePlan* PlanOf() { return CheckerOf(context_).profiles().Get(profile_.row); }

  bool Allows(std::size_t index) {
    const ExtensionContext allowed = context_.definitions.context(profile_, index);
    switch (allowed.kind) {
      case ContextKind::kFhirpath:
        return IsFoundBy(index);
      case ContextKind::kExtension:
        return holder_type() == context_.plan.extension() && NamesExtension(allowed.expression, context_.extension);
      case ContextKind::kElement:
        break;
    }
    return allowed.expression.find(':') == std::string_view::npos ? AllowsPath(allowed.expression)
                                                                  : AllowsId(allowed.expression);
  }

  bool AllowsPath(std::string_view path) const {
    return AllowsElement(context_, path, holder_type(), element_) ||
           (std::ranges::count(path, '.') > 1 && IsReachedBy(context_, place_, path));
  }

  // "http://x/profile#Patient.name:official", "Patient.name:official", or a profile's root by its URL alone.
  bool AllowsId(std::string_view expression) {
    const std::size_t mark = expression.find('#');
    const bool by_url = mark != std::string_view::npos || expression.find("//") != std::string_view::npos;
    if (!by_url) {
      return AllowsPath(WithoutSlices(expression));
    }
    Profile structure;
    if (!context_.definitions.FindProfile(expression.substr(0, mark), structure)) {
      return true;  // not at hand
    }
    const std::string_view id = mark == std::string_view::npos ? structure.type : expression.substr(mark + 1);
    if (!AllowsPath(WithoutSlices(id))) {
      return false;
    }
    const bool slice = id.rfind(':') != std::string_view::npos && id.find('.', id.rfind(':')) == std::string_view::npos;
    const path::Environment& environment = context_.environment;
    return !slice || CheckerOf(context_)
                         .IsInSlice(structure.row, id, Holder(), {environment.resource, environment.root_resource})
                         .value_or(true);
  }

  // Is the holder among what the expression finds in the resource?
  bool IsFoundBy(std::size_t index) {
    const ProfilePlan* const plan = PlanOf();
    const Item holder = Holder();
    if (plan == nullptr || (holder.value().is_null() && holder.sibling().is_null())) {
      return true;
    }
    const auto& expression = plan->contexts[index];
    const auto found = expression ? path::Evaluate(*expression, context_.environment.resource, context_.environment)
                                  : Result<path::Collection>(Error{});
    if (!found) {
      context_.findings.Add(Rule::kInvariantUnknown, visit_.place,
                            context_.definitions.context(profile_, index).expression);
      return true;
    }
    return std::ranges::any_of(*found, [&](const Item& item) { return IsSameNode(item, holder); });
  }

  // The element that the extension stands in; empty when the check did not begin with a whole.
  Item Holder() const {
    if (place_ == nullptr) {
      return {};
    }
    const Value value = ValueAt(context_, *place_);
    const std::string_view step = place_->member.empty() ? place_->name : place_->member;
    if (const std::string_view name = value.Get("resourceType").text(); !name.empty()) {
      return Item::Node(context_.definitions.FindType(name), value);
    }
    const TypeId type = element_ == nullptr ? kNoType : element_->type;
    if (!step.starts_with('_')) {
      return Item::Node(type, value);
    }
    Place beside = *place_;
    beside.member = step.substr(1);
    return Item::Node(type, ValueAt(context_, beside), value);
  }

  Context& context_;
  const Profile& profile_;
  const Visit& visit_;
  const Place* place_;
  const Element* element_;
};

}  // namespace

void CheckStanding(Context& context, const Profile& extension, const Visit& visit) {
  Standing standing(context, extension, visit);
  if (!standing.IsAllowed()) {
    context.findings.Add(Rule::kExtensionContext, visit.place);
  } else if (extension.invariant_count > 0 && context.options.invariants) {
    standing.CheckInvariants();
  }
}

}  // namespace throughline::validate
