// Checks a resource against the definitions: everything that is wrong, at once, each with its FHIRPath place.
//
// One walker over rows; no resource is known by name. https://hl7.org/fhir/R4/validation.html
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "fhir/base/error.h"
#include "fhir/base/result.h"
#include "fhir/definitions/definitions.h"
#include "fhir/json/value.h"

namespace throughline::validate {

struct Options {
  bool bindings = true;                 // check required bindings whose codes are known offline
  bool conditional_references = false;  // allow "Patient?identifier=x": entries of a transaction
  std::size_t issues = 100;             // collect so many at most; one more then says so
  std::size_t contained = 1'000;        // contained resources of one resource at most (threats.md F12)
  std::size_t string_chars = 1u << 20;  // https://hl7.org/fhir/R4/datatypes.html#string
  std::size_t depth = 200;              // levels of objects at most
};

// All that is wrong with `resource`; empty when nothing is. Never fails, whatever the value is.
// `expression` of an issue: "Patient.name[0].given[1]" (a choice by its bare name: "Observation.value"); `rule` is the
// id of one of RuleRows(); `text` says what to do and holds no value of the resource. The name of an unknown member
// stands in the expression when it could be an element's name, else the expression is that of its parent. Safe from
// several threads.
Issues Check(const json::Value& resource, const definitions::Definitions& definitions, const Options& options = {});

// A datatype by itself ("Period", "code", "Patient.contact"), with `place` in front of the expressions. For maps,
// patches.
Issues CheckType(const json::Value& value, definitions::TypeId type, std::string_view place,
                 const definitions::Definitions& definitions, const Options& options = {});

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
