// What a requester may see or do: the answer is a predicate that the store compiles into its query, so that what is
// hidden is never counted, paged or rendered. Pure: no clock, no store.
#pragma once

#include <string_view>

#include "gateway/consent/requester.h"

namespace throughline::consent {

struct Question {
  Action action = Action::kRead;
  std::string_view type;  // resource type
};

// Which resources of the asked type are permitted. Not constructible but by Decide: no query without a decision.
class Predicate {
 public:
  enum class Reach : std::uint8_t { kNothing, kEverything };

  Reach reach() const { return reach_; }
  // Rule id of a refusal that the client may know of: "client-unknown", "scope"; empty when something is permitted.
  std::string_view refusal() const { return refusal_; }

 private:
  friend Predicate Decide(const Requester& requester, const Question& question);
  Predicate(Reach reach, std::string_view refusal) : reach_(reach), refusal_(refusal) {}

  Reach reach_;
  std::string_view refusal_;
};

// Everything of the type for registered clients whose scopes cover (type, action); nothing for anybody else.
Predicate Decide(const Requester& requester, const Question& question);

}  // namespace throughline::consent
