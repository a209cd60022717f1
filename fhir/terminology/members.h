// Is a code in a value set: by three-valued logic over what the set composes.
#pragma once

#include <cstddef>

#include "fhir/terminology/loaded.h"
#include "fhir/terminology/terminology.h"

namespace throughline::terminology {

constexpr Verdict Known(bool yes) { return {yes ? Answer::kYes : Answer::kNo, Reason::kNone, {}}; }
constexpr Verdict Unknown(Reason reason, std::string_view what) { return {Answer::kUnknown, reason, what}; }

// One "no" is enough for no, whatever else is not known.
Verdict And(const Verdict& a, const Verdict& b);
Verdict Not(const Verdict& verdict);

// The sets that are being looked at, from the inside out.
struct Nesting {
  const blob::ValueSetRow* set = nullptr;
  const Nesting* outer = nullptr;
  std::size_t depth = 0;
};

class Membership {
 public:
  // Without `groupers`, a concept that is not meant to be used as a value is no member, unless the set lists it by
  // name.
  explicit Membership(Layers layers, bool groupers) : layers_(layers), groupers_(groupers) {}

  // Is the code in the set? A code without a system: in any of the set's systems.
  Verdict InSet(const LoadedSet& set, const Coding& coding, const Nesting* outer = nullptr);
  // The same for what one include or exclude of `set` names.
  Verdict InInclude(const LoadedSet& set, const blob::IncludeRow& include, const Coding& coding,
                    const Nesting& nesting);
  // Is it in one of the set's excludes?
  Verdict IsExcluded(const LoadedSet& set, const Coding& coding, const Nesting& nesting);
  Verdict InSets(const LoadedSet& set, const blob::IncludeRow& include, const Coding& coding, const Nesting& nesting);

 private:
  Verdict InCompose(const LoadedSet& set, const Coding& coding, const Nesting& nesting);
  Verdict InListing(const LoadedSet& set, const Coding& coding) const;
  Verdict InSystem(const LoadedSet& set, const blob::IncludeRow& include, const Coding& coding) const;
  bool IsNamed(const LoadedSet& set, const blob::IncludeRow& include, std::string_view code) const;

  Layers layers_;
  bool groupers_;
  std::size_t includes_left_ = 20'000;
};

// Does an include of the layer list the code?
bool HasNamed(Bytes layer, const blob::IncludeRow& include, std::string_view code);

// False when a set is in itself or nested too deeply; `why` says which.
bool MayNest(const LoadedSet& set, const Nesting* outer, Verdict& why);

}  // namespace throughline::terminology
