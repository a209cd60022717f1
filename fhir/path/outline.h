// Names in an expression over plain JSON, held against what is known of that JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "fhir/path/expression.h"

namespace throughline::path {

// What stands where in plain JSON. Its places are numbered by whoever knows them.
class Outline {
 public:
  using Place = std::uint32_t;
  static constexpr Place kNowhere = 0xFFFFFFFF;

  virtual ~Outline() = default;
  // Appends where the values of the member `name` of `place` stand: of a list, those of its items. False: there is no
  // such member.
  virtual bool Below(Place place, std::string_view name, std::vector<Place>& out) const = 0;
  // What a value there may be; kAnyKind: not known, and anything may stand below it.
  virtual Kinds KindsAt(Place place) const = 0;
  // Some value stands there whenever what is around it does, if only an empty text.
  virtual bool IsAlwaysThere(Place place) const = 0;
};

struct PlainVariable {
  std::string_view name;  // without "%"
  Outline::Place place;   // kNowhere: it may be anything
};

struct PlainFinding {
  enum class Kind : std::uint8_t {
    kMember,         // `text`: a name that `place` does not have
    kVariable,       // `text`: a variable that nobody will give
    kOther,          // `text`: what is wrong
    kAlwaysAnswers,  // `text`: a function that asks whether something is there that always is
  };
  Kind kind = Kind::kOther;
  std::size_t offset = 0;
  std::string_view text;
  Outline::Place place = Outline::kNowhere;
};

// Everything in an expression (Expression::program(), compiled without a model) that cannot be as `outline` is.
// `focus`: what it is asked of. %context, %resource and %rootResource are variables like others. Views live as long as
// the expression.
std::vector<PlainFinding> CheckPlain(const Program& program, const Outline& outline, Outline::Place focus,
                                     std::span<const PlainVariable> variables);

}  // namespace throughline::path
