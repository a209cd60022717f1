// Filtering, projection, subsetting, combining. https://hl7.org/fhirpath/N1/#filtering-and-projection
#include <algorithm>
#include <utility>

#include "fhir/path/functions.h"
#include "fhir/path/item_index.h"

namespace throughline::path {
namespace {

// The items from `first` up to `last`.
void AddRange(const Collection& input, std::size_t first, std::size_t last, Collection& out) {
  for (std::size_t i = first; i < std::min(last, input.size()); ++i) out.Add(input[i]);
}

// Items that are (or are not) in the other list.
bool AddIfFound(Invocation& call, bool wanted, Collection& out) {
  Lookup other(call.run());
  if (!call.ListArgument(0, other)) return false;
  for (const Item& item : call.input()) {
    bool found = false;
    if (!other.Has(item, found)) return false;
    if (found == wanted) out.Add(item);
  }
  return true;
}

}  // namespace

bool Where(Invocation& call, Collection& out) {
  for (std::size_t i = 0; i < call.input().size(); ++i) {
    bool holds = false;
    if (!call.Holds(0, call.input()[i], static_cast<std::int64_t>(i), holds)) return false;
    if (holds) out.Add(call.input()[i]);
  }
  return true;
}

bool Select(Invocation& call, Collection& out) {
  for (std::size_t i = 0; i < call.input().size(); ++i) {
    if (!call.ArgumentFor(0, call.input()[i], static_cast<std::int64_t>(i), out)) return false;
  }
  return true;
}

bool Repeat(Invocation& call, Collection& out) {
  ItemIndex seen(call.run(), out.size());
  Collection round = call.input().Copy();
  while (!round.empty()) {
    Collection results(call.run().pool());
    for (std::size_t i = 0; i < round.size(); ++i) {
      if (!call.ArgumentFor(0, round[i], static_cast<std::int64_t>(i), results)) return false;
    }
    const std::size_t before = out.size();
    if (!AddDistinct(seen, results, out)) return false;
    round.Clear();
    AddRange(out, before, out.size(), round);
  }
  return true;
}

bool RepeatAll(Invocation& call, Collection& out) {
  Collection round = call.input().Copy();
  while (!round.empty()) {
    Collection results(call.run().pool());
    for (const Item& item : round) {
      if (!call.ArgumentFor(0, item, -1, results)) return false;
    }
    out.Append(results);
    if (!call.run().Charge(results.size())) return false;
    round = std::move(results);
  }
  return true;
}

bool Coalesce(Invocation& call, Collection& out) {
  const std::size_t before = out.size();
  for (std::size_t i = 0; i < call.argument_count() && out.size() == before; ++i) {
    if (!call.Argument(i, out)) return false;
  }
  return true;
}

bool Aggregate(Invocation& call, Collection& out) {
  Collection total(call.run().pool());
  if (call.argument_count() == 2 && !call.Argument(1, total)) return false;
  for (std::size_t i = 0; i < call.input().size(); ++i) {
    Collection next(call.run().pool());
    if (!call.ArgumentFor(0, call.input()[i], static_cast<std::int64_t>(i), next, &total)) return false;
    total = std::move(next);
  }
  out.Append(total);
  return true;
}

bool First(Invocation& call, Collection& out) {
  AddRange(call.input(), 0, 1, out);
  return true;
}

bool Last(Invocation& call, Collection& out) {
  if (!call.input().empty()) out.Add(call.input()[call.input().size() - 1]);
  return true;
}

bool Tail(Invocation& call, Collection& out) {
  AddRange(call.input(), 1, call.input().size(), out);
  return true;
}

bool SingleItem(Invocation& call, Collection& out) {
  if (call.input().size() > 1) return call.Fail("one item is expected, there are several");
  out.Append(call.input());
  return true;
}

bool Skip(Invocation& call, Collection& out) {
  std::optional<std::int64_t> count;
  if (!call.IntegerArgument(0, count)) return false;
  if (!count) return true;
  AddRange(call.input(), static_cast<std::size_t>(std::max<std::int64_t>(*count, 0)), call.input().size(), out);
  return true;
}

bool Take(Invocation& call, Collection& out) {
  std::optional<std::int64_t> count;
  if (!call.IntegerArgument(0, count)) return false;
  if (!count) return true;
  AddRange(call.input(), 0, static_cast<std::size_t>(std::max<std::int64_t>(*count, 0)), out);
  return true;
}

bool Combine(Invocation& call, Collection& out) {
  out.Append(call.input());
  return call.Argument(0, out);
}

bool Union(Invocation& call, Collection& out) {
  Lookup other(call.run());
  ItemIndex seen(call.run(), out.size());
  return call.ListArgument(0, other) && AddDistinct(seen, call.input(), out) && AddDistinct(seen, *other.list, out);
}

bool Intersect(Invocation& call, Collection& out) {
  Collection both(call.run().pool());
  ItemIndex seen(call.run(), out.size());
  return AddIfFound(call, true, both) && AddDistinct(seen, both, out);
}

bool Exclude(Invocation& call, Collection& out) { return AddIfFound(call, false, out); }

}  // namespace throughline::path
