// Three-valued logic, membership and type tests.
#include "fhir/path/operators.h"

namespace throughline::path {
namespace {

struct Truths {
  Truth left = Truth::kEmpty;
  Truth right = Truth::kEmpty;
};

bool ToTruths(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Truths& out) {
  return ToTruth(run, offset, left, out.left) && ToTruth(run, offset, right, out.right);
}

}  // namespace

bool And(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out) {
  Truths truths;
  if (!ToTruths(run, offset, left, right, truths)) return false;
  if (truths.left == Truth::kFalse || truths.right == Truth::kFalse) {
    out.Add(Item::Boolean(false));
  } else if (truths.left == Truth::kTrue && truths.right == Truth::kTrue) {
    out.Add(Item::Boolean(true));
  }
  return true;
}

bool Or(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out) {
  Truths truths;
  if (!ToTruths(run, offset, left, right, truths)) return false;
  if (truths.left == Truth::kTrue || truths.right == Truth::kTrue) {
    out.Add(Item::Boolean(true));
  } else if (truths.left == Truth::kFalse && truths.right == Truth::kFalse) {
    out.Add(Item::Boolean(false));
  }
  return true;
}

bool Xor(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out) {
  Truths truths;
  if (!ToTruths(run, offset, left, right, truths)) return false;
  if (truths.left != Truth::kEmpty && truths.right != Truth::kEmpty) {
    out.Add(Item::Boolean(truths.left != truths.right));
  }
  return true;
}

bool Implies(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out) {
  Truths truths;
  if (!ToTruths(run, offset, left, right, truths)) return false;
  if (truths.left == Truth::kFalse || truths.right == Truth::kTrue) {
    out.Add(Item::Boolean(true));
  } else if (truths.left == Truth::kTrue && truths.right == Truth::kFalse) {
    out.Add(Item::Boolean(false));
  }
  return true;
}

bool In(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out) {
  if (left.empty()) return true;
  if (left.size() > 1) return run.Fail(offset, "one item is expected on the left of 'in'");
  bool found = false;
  if (!Has(run, right, left[0], found)) return false;
  out.Add(Item::Boolean(found));
  return true;
}

bool ContainsItem(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right,
                  Collection& out) {
  if (right.size() > 1) return run.Fail(offset, "one item is expected on the right of 'contains'");
  return In(run, offset, right, left, out);
}

bool Unite(Evaluator& run, std::size_t, const Collection& left, const Collection& right, Collection& out) {
  const std::size_t first = out.size();
  return AddDistinct(run, left, first, out) && AddDistinct(run, right, first, out);
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
