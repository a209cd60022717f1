#include <algorithm>
#include <string>

#include "fhir/validate/reference.h"
#include "fhir/validate/walker.h"

namespace throughline::validate {
namespace {

using definitions::Element;
using definitions::kNoType;
using definitions::TypeId;
using json::Member;
using json::Value;

std::string_view PlainName(std::string_view name) { return name.starts_with('_') ? name.substr(1) : name; }

std::size_t CharactersOf(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r'; }

}  // namespace

// Reports the second and later types of a choice, each once.
void Walker::CheckChoice(const Value& object, const Member& member, const Element& element, const Place& place) {
  for (const Member& other : object.members()) {
    const std::string_view name = PlainName(other.name);
    if (other.name == member.name) {
      return;
    }
    if (name == element.name) {
      continue;
    }
    Element found;
    if (name.starts_with(element.choice) && definitions_.FindChild(element.owner, name, found) &&
        found.choice == element.choice) {
      findings_.Add(Rule::kChoiceMany, {&place, element.choice});
      return;
    }
  }
}

void Walker::CheckRequired(const Value& object, TypeId type, const Place& place) {
  for (std::size_t i = 0; i < definitions_.required_count(type); ++i) {
    const Element required = definitions_.required(type, i);
    const bool present = std::ranges::any_of(object.members(), [&](const Member& member) {
      const std::string_view name = PlainName(member.name);
      Element found;
      return name == required.name || (!required.choice.empty() && name.starts_with(required.choice) &&
                                       definitions_.FindChild(type, name, found) && found.choice == required.choice);
    });
    if (!present) {
      findings_.Add(Rule::kCardMin, {&place, required.choice.empty() ? required.name : required.choice});
    }
  }
}

void Walker::CheckText(std::string_view text, const Place& place) {
  if (text.size() > options_.string_chars && CharactersOf(text) > options_.string_chars) {
    findings_.Add(Rule::kStringTooLong, place);
  }
  if (std::ranges::any_of(text, IsControl)) {
    findings_.Add(Rule::kStringControl, place);
  }
}

void Walker::CheckReference(const Element& element, const Value& value, const Place& place) {
  const Value text = value.Get("reference");
  if (!text.is_string() || text.text().empty()) {
    return;
  }
  const Place here{&place, "reference"};
  ReferenceText reference = ReadReference(text.text(), definitions_);
  if (reference.form == ReferenceForm::kWrong ||
      (reference.form == ReferenceForm::kConditional && !options_.conditional_references)) {
    findings_.Add(Rule::kReferenceSyntax, here);
    return;
  }
  if (reference.form == ReferenceForm::kContained && container_.known) {
    const auto found =
        std::ranges::lower_bound(container_.contained, reference.id, {}, [](const auto& row) { return row.first; });
    if (found == container_.contained.end() || found->first != reference.id) {
      findings_.Add(Rule::kReferenceContained, here);
      return;
    }
    reference.type = found->second;
  }
  CheckTarget(element, reference.type, here);
}

void Walker::CheckTarget(const Element& element, TypeId type, const Place& place) {
  if (type == kNoType || element.target_count == 0) {
    return;
  }
  std::string allowed;
  for (std::size_t i = 0; i < element.target_count; ++i) {
    const TypeId target = definitions_.target(element, i);
    if (definitions_.Derives(type, target)) {
      return;
    }
    allowed.append(allowed.empty() ? "Allowed: " : ", ").append(definitions_.type(target).name);
  }
  findings_.Add(Rule::kReferenceTarget, place, allowed + '.');
}

bool Walker::IsBound(const Element& element, const Value& value) const {
  if (element.type == special_.code) {
    return !value.is_string() || definitions_.ValueSetContains(element.value_set, "", value.text());
  }
  const auto contains = [&](const Value& coding) {
    const std::string_view system = coding.Get("system").text();
    return !system.empty() && definitions_.ValueSetContains(element.value_set, system, coding.Get("code").text());
  };
  // What stands for a missing code is said by an extension (data-absent-reason).
  if (element.type == special_.coding) {
    return value.Find("extension") != nullptr || contains(value);
  }
  if (element.type == special_.concept_type) {
    return value.Find("extension") != nullptr || std::ranges::any_of(value.Get("coding").items(), contains);
  }
  return true;
}

void Walker::CheckBinding(const Element& element, const Value& value, const Place& place) {
  if (!options_.bindings || element.binding != definitions::BindingStrength::kRequired ||
      !definitions_.HasValueSet(element.value_set) || IsBound(element, value)) {
    return;
  }
  findings_.Add(Rule::kBindingRequired, place, std::string("Value set: ").append(element.value_set).append("."));
}

}  // namespace throughline::validate
