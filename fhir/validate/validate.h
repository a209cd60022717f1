// Checks a resource against the definitions: everything that is wrong, at once, each with its FHIRPath place.
//
// One walker over rows; no resource is known by name. https://hl7.org/fhir/R4/validation.html
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "fhir/base/clock.h"
#include "fhir/base/error.h"
#include "fhir/base/result.h"
#include "fhir/definitions/definitions.h"
#include "fhir/json/value.h"
#include "fhir/path/expression.h"

namespace throughline::validate {

class Profiles;

inline constexpr std::size_t kStepsOfAValue = 20;

struct Options {
  bool bindings = true;                 // check codes, and the value sets that they are bound to
  bool invariants = true;               // evaluate the constraints of the definitions
  bool best_practice = false;           // also warn of what only should be: a narrative (dom-6) and its kin
  bool conditional_references = false;  // allow "Patient?identifier=x": entries of a transaction
  std::size_t issues = 100;             // collect so many errors, and so many others, at most; one more then says so
  std::size_t contained = 1'000;        // contained resources of one resource at most (threats.md F12)
  std::size_t string_chars = 1u << 20;  // https://hl7.org/fhir/R4/datatypes.html#string
  std::size_t depth = 200;              // levels of objects at most
  bool contained_checks = true;         // false: contained resources are not looked into
  bool unknown_extensions = true;       // false: an extension whose definition is not known is an error
  bool unknown_modifiers = true;        // false: a modifier extension whose definition is not known is an error
  bool example_urls = true;             // false: URLs of example.org and its kin are an error
  bool markup = true;                   // false: a string that looks like HTML is an error
  bool existing_references = false;     // true: a relative reference or URN that nothing at hand answers to is an error
  // What may be looked up: resources by reference, Questionnaires and their kin by canonical URL (with "|version" where
  // it was written). Null: only the resource itself.
  path::Resolver* resolver = nullptr;
  // Canonicals that the resource must conform to, besides those that it declares in meta.profile.
  std::span<const std::string> profiles = {};
  bool declared_profiles = true;          // false: what meta.profile declares is not asked for
  bool implied_profiles = true;           // false: what a code alone asks for is not asked for: see implied.h
  std::size_t profile_steps = 5'000'000;  // values looked at by the rules of profiles and of extensions at most
  std::size_t rule_steps = 1'000'000;     // FHIRPath steps of one rule at one place at most
  std::size_t check_steps = 10'000'000;   // of all rules together at most, and kStepsOfAValue more for each value
  Instant now = {};  // of now() and today() in constraints; not given: those that ask are not asked
  // Made once for the definitions of the check, and shared by many: see profiles.h. Null: each check that meets a
  // profile compiles it for itself.
  const Profiles* profile_plans = nullptr;
};

// All that is wrong with `resource`; empty when nothing is. Never fails, whatever the value is.
// `expression` of an issue: "Patient.name[0].given[1]" (a choice by its bare name: "Observation.value"); `rule` is the
// id of one of RuleRows(), or the key of a constraint of the definitions ("obs-6"), and then of type kInvariant;
// `location` is a JSON pointer ("/name/0/given/1"): see AddLines(). `text` says what to do and holds no value of the
// resource. The name of an unknown member
// stands in the expression when it could be an element's name, else the expression is that of its parent. Safe from
// several threads.
Issues Check(const json::Value& resource, const definitions::Definitions& definitions, const Options& options = {});

// A datatype by itself ("Period", "code", "Patient.contact"), with `place` in front of the expressions. For maps,
// patches.
Issues CheckType(const json::Value& value, definitions::TypeId type, std::string_view place,
                 const definitions::Definitions& definitions, const Options& options = {});

// Turns the `location` of issues of Check() into "line:column" of `text`, which the resource was read from and which
// starts in line `first_line` of its file. Reads `text` once; costs nothing without issues.
void AddLines(Issues& issues, std::string_view text, std::size_t first_line = 1);

// What the issues mean for the request: kInvalid (400) when one of the errors is about structure, presence or the form
// of a value, else kUnprocessable (422: codes, invariants, business rules). kInvalid when there is no error.
ErrorKind KindOf(const Issues& issues);

// One rule: its stable id, and how it is reported.
struct RuleRow {
  std::string_view id;  // "card-min"
  IssueType type;
  Severity severity;
  std::string_view text;  // what is wrong and what to do
};
std::span<const RuleRow> RuleRows();

// True when `value` is a valid `primitive` ("date", "positiveInt") as JSON gives it; false for unknown primitives.
bool IsValidPrimitive(std::string_view primitive, const json::Value& value);

}  // namespace throughline::validate
