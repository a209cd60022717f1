// What code systems and value sets say, as far as it can be known offline: from the definitions' rows and
// from the few code systems that are grammars or short lists (MIME types, languages, UCUM, currencies, countries, time
// zones). https://hl7.org/fhir/R4/terminology-module.html
//
// Three answers, not two: what is not known is never said to be wrong. Canonicals may carry "|version": that version
// where it is loaded, else the one that is. No I/O, immutable, safe from several threads; the definitions must outlive
// it, and views in answers live as long as they (or as the question's text). Looking up allocates nothing
// (but for a filter by regular expression, and for lists of answers).
#pragma once

#include <cstdint>
#include <string_view>

#include "fhir/definitions/definitions.h"
#include "fhir/json/value.h"

namespace throughline::terminology {

enum class Answer : std::uint8_t { kNo, kYes, kUnknown };

// Why something cannot be known offline.
enum class Reason : std::uint8_t {
  kNone,
  kValueSet,     // the value set is not loaded
  kCodeSystem,   // the code system's codes are not loaded (SNOMED CT, LOINC, ...)
  kIncomplete,   // some of the code system's codes are loaded: a fragment or an example
  kFilter,       // the value set asks for a filter or property that the code system's rows cannot answer
  kNoContent,    // the value set says neither what it composes nor what it expands to
  kCycle,        // the value set includes itself
  kTooCostly,    // the value set is nested too deeply or too often
  kNotListable,  // the codes can be checked but not listed: a grammar, such as MIME types
  kNotCode,      // the value has no code
};
// A word for people and programs: "unknown-code-system"; empty for kNone.
std::string_view WordOf(Reason reason);

struct Coding {
  std::string_view system;   // empty: none
  std::string_view version;  // empty: any
  std::string_view code;
};

struct Verdict {
  Answer answer = Answer::kUnknown;
  Reason reason = Reason::kNone;  // when it is not known
  std::string_view what;          // the canonical of the system or value set at fault, or the filter's property
};

enum class Subsumption : std::uint8_t { kEquivalent, kSubsumes, kSubsumedBy, kNotSubsumed, kUnknown };
std::string_view CodeOf(Subsumption subsumption);  // "subsumed-by"; empty for kUnknown

class Terminology {
 public:
  // A view: costs nothing to make or copy.
  explicit Terminology(const definitions::Definitions& definitions) : definitions_(&definitions) {}

  bool HasValueSet(std::string_view value_set) const;

  // Is the code in the value set? Without a system the value set implies it: in any of its systems.
  Verdict MemberOf(std::string_view value_set, const Coding& coding) const;
  // A value of FHIR: code, string or uri (JSON string), Coding, Quantity (its code and system), CodeableConcept (any of
  // its codings). A JSON string asks as a code without a system does.
  Verdict MemberOf(std::string_view value_set, const json::Value& value) const;

  // How `a` stands to `b`: kSubsumes when `a` is the wider one. kUnknown when one of them or the hierarchy is unknown.
  Subsumption Subsumes(std::string_view system, std::string_view a, std::string_view b) const;

 private:
  const definitions::Definitions* definitions_;
};

}  // namespace throughline::terminology
