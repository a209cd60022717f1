// Existence. https://hl7.org/fhirpath/N1/#existence
#include "fhir/path/functions.h"
#include "fhir/path/item_index.h"

namespace throughline::path {
namespace {

// Reads every item as boolean and says whether one is `wanted`.
bool AnyIs(Invocation& call, bool wanted, bool& found) {
  found = false;
  for (const Item& node : call.input()) {
    Item item;
    if (!call.run().System(node, item) || item.kind() != ItemKind::kBoolean) return call.Fail("booleans are expected");
    found = found || item.boolean() == wanted;
  }
  return true;
}

bool Answered(Invocation& call, bool wanted, bool answer_if_found, Collection& out) {
  bool found = false;
  if (!AnyIs(call, wanted, found)) return false;
  out.Add(Item::Boolean(found == answer_if_found));
  return true;
}

}  // namespace

bool Empty(Invocation& call, Collection& out) {
  out.Add(Item::Boolean(call.input().empty()));
  return true;
}

bool Exists(Invocation& call, Collection& out) {
  bool found = call.argument_count() == 0 && !call.input().empty();
  for (std::size_t i = 0; call.argument_count() == 1 && !found && i < call.input().size(); ++i) {
    if (!call.Holds(0, call.input()[i], static_cast<std::int64_t>(i), found)) return false;
  }
  out.Add(Item::Boolean(found));
  return true;
}

bool All(Invocation& call, Collection& out) {
  bool holds = true;
  for (std::size_t i = 0; holds && i < call.input().size(); ++i) {
    if (!call.Holds(0, call.input()[i], static_cast<std::int64_t>(i), holds)) return false;
  }
  out.Add(Item::Boolean(holds));
  return true;
}

bool AllTrue(Invocation& call, Collection& out) { return Answered(call, false, false, out); }
bool AnyTrue(Invocation& call, Collection& out) { return Answered(call, true, true, out); }
bool AllFalse(Invocation& call, Collection& out) { return Answered(call, true, false, out); }
bool AnyFalse(Invocation& call, Collection& out) { return Answered(call, false, true, out); }

bool Count(Invocation& call, Collection& out) {
  out.Add(Item::Integer(static_cast<std::int64_t>(call.input().size())));
  return true;
}

bool Distinct(Invocation& call, Collection& out) {
  ItemIndex seen(call.run(), out.size());
  return AddDistinct(seen, call.input(), out);
}

bool IsDistinct(Invocation& call, Collection& out) {
  Collection distinct(call.run().pool());
  ItemIndex seen(call.run());
  std::size_t done = 0;
  while (done < call.input().size() && distinct.size() == done) {
    if (!seen.Add(call.input()[done++], distinct)) return false;
  }
  out.Add(Item::Boolean(distinct.size() == done));
  return true;
}

bool SubsetOf(Invocation& call, Collection& out) {
  Lookup other(call.run());
  if (!call.ListArgument(0, other)) return false;
  bool found = true;
  for (std::size_t i = 0; found && i < call.input().size(); ++i) {
    if (!other.Has(call.input()[i], found)) return false;
  }
  out.Add(Item::Boolean(found));
  return true;
}

bool SupersetOf(Invocation& call, Collection& out) {
  Lookup other(call.run());
  if (!call.ListArgument(0, other)) return false;
  ItemIndex own(call.run());
  bool found = true;
  for (std::size_t i = 0; found && i < other.list->size(); ++i) {
    if (!own.Has(call.input(), (*other.list)[i], found)) return false;
  }
  out.Add(Item::Boolean(found));
  return true;
}

bool Not(Invocation& call, Collection& out) {
  Truth truth = Truth::kEmpty;
  if (!ToTruth(call.run(), call.offset(), call.input(), truth)) return false;
  if (truth != Truth::kEmpty) out.Add(Item::Boolean(truth == Truth::kFalse));
  return true;
}

}  // namespace throughline::path
