// What code systems, value sets and concept maps say, as far as it can be known offline: from the definitions' rows and
// from the few code systems that are grammars or short lists (MIME types, languages, UCUM, currencies, countries, time
// zones). https://hl7.org/fhir/R4/terminology-module.html
//
// Three answers, not two: what is not known is never said to be wrong. Canonicals may carry "|version": that version
// where it is loaded, else the one that is. No I/O, immutable, safe from several threads; the definitions must outlive
// it, and views in answers live as long as they (or as the question's text). Looking up allocates nothing
// (but for a filter by regular expression, and for lists of answers).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
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

// A concept as its code system writes it (which may differ from what was asked in case).
struct Concept {
  std::string_view system;
  std::string_view version;
  std::string_view code;
  std::string_view display;  // may be empty
  bool selectable = true;    // false: a grouper, not meant to be used as a value
  bool active = true;        // false: retired, not for use any more
  bool deprecated = false;   // may be used, but should not be
};

struct CodeVerdict {
  Answer answer = Answer::kUnknown;
  Reason reason = Reason::kNone;
  Concept found;  // when the answer is yes
};

enum class Subsumption : std::uint8_t { kEquivalent, kSubsumes, kSubsumedBy, kNotSubsumed, kUnknown };
std::string_view CodeOf(Subsumption subsumption);  // "subsumed-by"; empty for kUnknown

// https://hl7.org/fhir/R4/valueset-concept-map-equivalence.html, in its order
enum class Equivalence : std::uint8_t {
  kRelatedTo,
  kEquivalent,
  kEqual,
  kWider,
  kSubsumes,
  kNarrower,
  kSpecializes,
  kInexact,
  kUnmatched,
  kDisjoint,
};
std::string_view CodeOf(Equivalence equivalence);

struct Translation {
  Equivalence equivalence = Equivalence::kRelatedTo;  // read from source to target, also when asked in reverse
  Concept target;                                     // no code: the map says that there is none
  std::string_view map;                               // canonical of the concept map
  bool conditional = false;                           // the map makes it depend on other elements
};

enum class Direction : std::uint8_t { kForward, kReverse };

struct ExpandOptions {
  std::size_t offset = 0;
  std::size_t count = 1'000;    // concepts at most
  bool active_only = false;     // leave out inactive concepts
  bool deprecated = true;       // keep deprecated ones
  bool selectable_only = true;  // leave out groupers
  std::size_t limit = 100'000;  // concepts looked at; more is kTooCostly
};

struct Expansion {
  std::vector<Concept> concepts;  // in the order of the value set and of its code systems, each once
  std::size_t total = 0;          // without paging
  Reason reason = Reason::kNone;  // not kNone: something is missing, `concepts` are those that are known to belong
  std::string_view what;
};

class Terminology {
 public:
  // A view: costs nothing to make or copy.
  explicit Terminology(const definitions::Definitions& definitions) : definitions_(&definitions) {}

  bool HasValueSet(std::string_view value_set) const;
  bool HasCodeSystem(std::string_view system) const;

  // Is the code in the value set? Without a system the value set implies it: in any of its systems.
  Verdict MemberOf(std::string_view value_set, const Coding& coding) const;
  // A value of FHIR: code, string or uri (JSON string), Coding, Quantity (its code and system), CodeableConcept (any of
  // its codings). A JSON string asks as a code without a system does.
  Verdict MemberOf(std::string_view value_set, const json::Value& value) const;
  // May the code be used as a value where the set is asked for? As MemberOf(), but for concepts that are not meant to
  // be used so (groupers), unless the set lists them by name.
  // https://hl7.org/fhir/R4/codesystem-concept-properties.html
  Verdict Offers(std::string_view value_set, const Coding& coding) const;
  // The same for a value set that is no part of the definitions: a ValueSet as JSON. Its filters are not known. The
  // views of the answer live as long as both.
  Verdict Offers(const json::Value& value_set, const Coding& coding) const;
  // Does the set take all its codes from one code system? kNo when it has several, kUnknown when it is not loaded.
  Answer HasOneSystem(std::string_view value_set) const;

  // Is it a code of its system? No: the system's codes are all known, and this is none of them.
  CodeVerdict Find(const Coding& coding) const;
  // Empty when it is not known.
  std::string_view DisplayOf(std::string_view system, std::string_view code) const;
  // Is `display` a name of the concept (its display or a designation)? Case and runs of white space do not count.
  Answer IsDisplayOf(const Coding& coding, std::string_view display) const;

  // How `a` stands to `b`: kSubsumes when `a` is the wider one. kUnknown when one of them or the hierarchy is unknown.
  Subsumption Subsumes(std::string_view system, std::string_view a, std::string_view b) const;

  // What `coding` becomes by a concept map; nothing when the map says nothing of it. kNotFound: no such map.
  Result<std::vector<Translation>> Translate(std::string_view map, const Coding& coding,
                                             Direction direction = Direction::kForward) const;

  // kNotFound: no such value set.
  Result<Expansion> Expand(std::string_view value_set, const ExpandOptions& options = {}) const;

 private:
  const definitions::Definitions* definitions_;
};

}  // namespace throughline::terminology
