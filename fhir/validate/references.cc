#include <algorithm>
#include <string>

#include "fhir/validate/bundle.h"
#include "fhir/validate/context.h"
#include "fhir/validate/reference_text.h"

namespace throughline::validate {
namespace {

using definitions::Element;
using definitions::kNoType;
using definitions::TypeId;
using json::Value;

// The resource type that `Reference.type` names: by its name, or by the URL of its definition.
TypeId NamedType(const Context& context, std::string_view text) {
  TypeId type = context.definitions.FindType(text);
  type = type == kNoType ? context.definitions.FindTypeByUrl(text) : type;
  return context.definitions.IsResource(type) ? type : kNoType;
}

// In a resource that comes with others: anywhere in what the check began with.
bool IsWithin(const Value& value, std::string_view type, std::string_view id) {
  if (value.Get("resourceType").text() == type && value.Get("id").text() == id) {
    return true;
  }
  const auto found = [&](const Value& part) { return IsWithin(part, type, id); };
  return std::ranges::any_of(value.items(), found) || std::ranges::any_of(value.members(), found, &json::Member::value);
}

void CheckExists(Context& context, std::string_view text, const ReferenceText& reference, const Place& place) {
  Value resource;
  const std::string_view type = reference.type == kNoType ? "" : context.definitions.type(reference.type).name;
  const bool found = (context.bundle != nullptr && context.bundle->Find(text, context.entry).count > 0) ||
                     (context.options.resolver != nullptr && context.options.resolver->Resolve(text, resource)) ||
                     (reference.form == ReferenceForm::kRelative && IsWithin(context.document, type, reference.id));
  if (!found) {
    context.findings.Add(Rule::kReferenceUnknown, place);
  }
}

// "Patient?identifier=x" is resolved when a transaction is carried out. https://hl7.org/fhir/R4/http.html#trules
bool MayAsk(const Context& context) {
  return context.options.conditional_references ||
         (context.bundle != nullptr && context.bundle->type() == "transaction");
}

// What `reference` says about the type; false when it is wrong in itself.
bool CheckLiteral(Context& context, const Visit& visit, const Value& text, const Place& place, TypeId& type) {
  const ReferenceText reference = ReadReference(text.text(), context.definitions);
  type = reference.type;
  if (reference.form == ReferenceForm::kWrong || (reference.form == ReferenceForm::kConditional && !MayAsk(context))) {
    context.findings.Add(Rule::kReferenceSyntax, place);
    return false;
  }
  if (reference.form == ReferenceForm::kUrn) {
    CheckUrn(context, text.text(), Rule::kUrnUnknown, place);
  }
  if (reference.form == ReferenceForm::kContainer) {
    ReferToContainer(context);
  }
  if (reference.form == ReferenceForm::kContained && context.scope.known) {
    const Contained* const found = ReferTo(context, reference.id);
    if (found == nullptr) {
      context.findings.Add(Rule::kRef1, place);
      return false;
    }
    type = found->type;
    return true;
  }
  if (context.bundle != nullptr) {
    CheckReferenceInBundle(context, visit, text.text());
  }
  const bool outside = reference.form == ReferenceForm::kRelative || reference.form == ReferenceForm::kUrn;
  if (context.options.existing_references && outside) {
    CheckExists(context, text.text(), reference, place);
  }
  return true;
}

}  // namespace

void CheckTarget(Context& context, const Element& element, TypeId type, const Place& place) {
  if (type == kNoType || element.target_count == 0) {
    return;
  }
  std::string allowed;
  for (std::size_t i = 0; i < element.target_count; ++i) {
    const TypeId target = context.definitions.target(element, i);
    if (context.definitions.Derives(type, target)) {
      return;
    }
  }
  for (std::size_t i = 0; i < element.target_count; ++i) {
    const TypeId target = context.definitions.target(element, i);
    allowed.append(allowed.empty() ? "Allowed: " : ", ").append(context.definitions.type(target).name);
  }
  context.findings.Add(Rule::kReferenceTarget, place, allowed + '.');
}

void CheckReference(Context& context, const Visit& visit) {
  const Value named = visit.value.Get("type");
  TypeId type = named.is_string() ? NamedType(context, named.text()) : kNoType;
  const Value text = visit.value.Get("reference");
  const Place here{&visit.place, "reference"};
  if (text.is_string() && !text.text().empty()) {
    TypeId literal = kNoType;
    if (!CheckLiteral(context, visit, text, here, literal)) {
      return;
    }
    if (type != kNoType && literal != kNoType && type != literal) {
      context.findings.Add(Rule::kReferenceType, {&visit.place, "type"});
    }
    type = literal == kNoType ? type : literal;
  }
  if (visit.element != nullptr) {
    CheckTarget(context, *visit.element, type, text.is_string() ? here : Place{&visit.place, "type"});
  }
}

}  // namespace throughline::validate
