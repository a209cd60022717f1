// Trees and types. https://hl7.org/fhirpath/N1/#tree-navigation, https://hl7.org/fhirpath/N1/#types
#include "fhir/path/functions.h"
#include "fhir/path/navigate.h"
#include "fhir/path/operators.h"

namespace throughline::path {

bool Children(Invocation& call, Collection& out) {
  std::size_t paid = out.size();
  for (const Item& item : call.input()) {
    AddAllChildren(call.run().definitions(), item, out);
    if (!call.run().ChargeGrowth(out, paid)) return false;
  }
  return true;
}

bool Descendants(Invocation& call, Collection& out) {
  const std::size_t first = out.size();
  if (!Children(call, out)) return false;
  std::size_t paid = first;
  for (std::size_t next = first; next < out.size(); ++next) {
    const Item item = out[next];
    AddAllChildren(call.run().definitions(), item, out);
    if (!call.run().ChargeGrowth(out, paid)) return false;
  }
  return true;
}

bool Is(Invocation& call, Collection& out) {
  return TestType(call.run(), call.offset(), call.input(), call.call().type, false, out);
}

bool As(Invocation& call, Collection& out) {
  return TestType(call.run(), call.offset(), call.input(), call.call().type, true, out);
}

bool OfType(Invocation& call, Collection& out) {
  for (const Item& item : call.input()) {
    if (IsOfType(call.run().definitions(), item, call.call().type)) out.Add(item);
  }
  return true;
}

bool TypeOf(Invocation& call, Collection& out) {
  constexpr std::string_view kSystemNames[] = {"",         "Boolean", "Integer",  "Decimal",  "String", "Date",
                                               "DateTime", "Time",    "Quantity", "TypeInfo", "Long"};
  for (const Item& item : call.input()) {
    if (!item.is_node()) {
      out.Add(Item::Type("System", kSystemNames[static_cast<std::size_t>(item.kind())]));
    } else {
      out.Add(Item::Type("FHIR", TypeName(call.run().definitions(), item)));
    }
  }
  return true;
}

}  // namespace throughline::path
