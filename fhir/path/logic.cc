// Three-valued logic, membership and type tests.
#include "fhir/path/item_index.h"
#include "fhir/path/operators.h"

namespace throughline::path {

Truth And(Truth left, Truth right) {
  if (left == Truth::kFalse || right == Truth::kFalse) return Truth::kFalse;
  return left == Truth::kTrue && right == Truth::kTrue ? Truth::kTrue : Truth::kEmpty;
}

Truth Or(Truth left, Truth right) {
  if (left == Truth::kTrue || right == Truth::kTrue) return Truth::kTrue;
  return left == Truth::kFalse && right == Truth::kFalse ? Truth::kFalse : Truth::kEmpty;
}

Truth Xor(Truth left, Truth right) {
  if (left == Truth::kEmpty || right == Truth::kEmpty) return Truth::kEmpty;
  return left != right ? Truth::kTrue : Truth::kFalse;
}

Truth Implies(Truth left, Truth right) {
  if (left == Truth::kFalse || right == Truth::kTrue) return Truth::kTrue;
  return left == Truth::kTrue && right == Truth::kFalse ? Truth::kFalse : Truth::kEmpty;
}

bool Unite(Evaluator& run, std::size_t, const Collection& left, const Collection& right, Collection& out) {
  ItemIndex seen(run, out.size());
  return AddDistinct(seen, left, out) && AddDistinct(seen, right, out);
}

bool TestType(Evaluator& run, std::size_t offset, const Collection& items, const TypeSpecifier& type, bool as,
              Collection& out) {
  if (items.size() > 1 && !(as && run.program().published)) {
    return run.Fail(offset, "the type of one item is asked for, there are several");
  }
  for (const Item& item : items) {
    const bool holds = IsOfType(run.definitions(), item, type);
    if (!as) {
      out.Add(Item::Boolean(holds));
    } else if (holds) {
      out.Add(item);
    }
  }
  return true;
}

}  // namespace throughline::path
