#include "gateway/consent/decide.h"

namespace throughline::consent {

Predicate Decide(const Requester& requester, const Question& question) {
  if (requester.client_id.empty()) return {Predicate::Reach::kNothing, "client-unknown"};
  if (!requester.scopes.Cover(question.type, question.action)) return {Predicate::Reach::kNothing, "scope"};
  return {Predicate::Reach::kEverything, {}};
}

}  // namespace throughline::consent
