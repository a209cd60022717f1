#include "mappings/engine/table_transforms.h"

#include <algorithm>
#include <string>

#include "fhir/base/decimal.h"
#include "fhir/json/build.h"
#include "fhir/terminology/terminology.h"
#include "fhir/validate/validate.h"

namespace throughline::engine {
namespace {

const CodeTable& TableOf(const Conversion& at) {
  const Index table = at.leaf.table != kNone ? at.leaf.table : at.field.table;
  return *at.findings.plan.tables[table];
}

// A code that `unmapped` speaks of may stand where it is to be written.
bool MayStand(const Conversion& at, const LocalCode& code) {
  if (!validate::IsValidPrimitive("code", json::Value::String(code.local))) return false;
  const terminology::Terminology terminology(*at.findings.plan.definitions);
  const std::string_view set = at.leaf.required_set;
  return set.empty() || terminology.MemberOf(set, code.coding).answer != terminology::Answer::kNo;
}

// The row of a local value; null after a finding, or when the map keeps what the table does not have.
const LocalCode* Look(const Conversion& at, const json::Value& local, bool& keep) {
  const LocalCode* found = TableOf(at).FindLocal(local.text());
  const bool scalar = local.is_string() || local.is_number();
  keep = false;
  if (found != nullptr && scalar) return found;
  const LocalCode* made = scalar ? TableOf(at).TakeLocal(local.text(), at.arena) : nullptr;
  if (made != nullptr && MayStand(at, *made)) {
    at.Loss(LedgerKind::kUnmapped, "the code is not in the table '" + TableOf(at).name() +
                                       "'; it travels beside what the table says of such codes");
    return made;
  }
  if (scalar && at.field.unmatched == UnmatchedPolicy::kKeep &&
      validate::IsValidPrimitive("code", json::Value::String(local.text()))) {
    keep = true;
    at.Loss(LedgerKind::kUnmapped,
            "the code is not in the table '" + TableOf(at).name() + "'; it travels as a local code alone");
    return nullptr;
  }
  at.Problem("map-code", "the code is not in the table '" + TableOf(at).name() + "'");
  return nullptr;
}

json::Value LocalExtension(const LocalCode& code, json::Arena& arena) {
  json::ObjectBuilder extension(arena);
  extension.Add("url", json::Value::String(kLocalCodeUrl));
  extension.Add("valueCoding", code.local_coding);
  return extension.Build();
}

bool MustKeep(const Conversion& at, const LocalCode& code) { return at.field.keep_local || !code.unique; }

json::Value LocalText(const Conversion& at, std::string_view code) {
  const bool number = at.field.type == ValueType::kInteger && !at.field.textual && IsJsonNumber(code);
  return number ? json::Value::Number(code) : json::Value::String(code);
}

// A code of the local system says it itself. False: it is none, or one that the table does not have.
bool FromLocalCoding(const Conversion& at, const json::Value& coding, json::Value& out) {
  if (coding.Get("system").text() != TableOf(at).local_system()) return false;
  const std::string_view code = coding.Get("code").text();
  const LocalCode* known = TableOf(at).FindLocal(code);
  const bool any = at.field.unmatched == UnmatchedPolicy::kKeep || TableOf(at).unlisted() != Unlisted::kNone;
  if (known == nullptr && (!any || code.empty())) return false;
  out = LocalText(at, known != nullptr ? known->local : code);
  return true;
}

bool FromStandard(const Conversion& at, std::string_view system, std::string_view code, json::Value& out) {
  bool known = false;
  const LocalCode* found = TableOf(at).FindCode(system, code, known);
  if (found != nullptr) {
    out = LocalText(at, found->local);
    return true;
  }
  const CodeTable& table = TableOf(at);
  const bool same = system.empty() || system == table.unlisted_row().system;
  if (!known && table.unlisted() == Unlisted::kProvided && same && !code.empty() && table.FindLocal(code) == nullptr) {
    out = LocalText(at, code);
    return true;
  }
  if (known) at.Loss(LedgerKind::kCoarsened, "no one local code means the same as this code, and none is preferred");
  return false;
}

}  // namespace

bool CodeToFhir(const Conversion& at, const json::Value& local, FhirValue& out) {
  bool keep = false;
  const LocalCode* found = Look(at, local, keep);
  if (found == nullptr) return false;
  out.value = found->coding.Get("code");
  if (MustKeep(at, *found)) out.extension = LocalExtension(*found, at.arena);
  return true;
}

bool CodeToLocal(const Conversion& at, const json::Value& value, const json::Value& sibling, json::Value& out) {
  if (FromLocalCoding(at, ExtensionValue(sibling, kLocalCodeUrl), out)) return true;
  if (FromStandard(at, "", value.text(), out)) return true;
  at.Loss(LedgerKind::kUnmapped, "the code is not in the table '" + TableOf(at).name() + "'");
  return false;
}

bool CodingToFhir(const Conversion& at, const json::Value& local, FhirValue& out) {
  bool keep = false;
  const LocalCode* found = Look(at, local, keep);
  if (found == nullptr) return false;
  out.value = found->coding;
  if (!MustKeep(at, *found)) return true;
  json::ArrayBuilder extensions(at.arena);
  extensions.Add(LocalExtension(*found, at.arena));
  out.value = json::With(found->coding, "extension", extensions.Build(), at.arena);
  return true;
}

bool CodingToLocal(const Conversion& at, const json::Value& value, const json::Value&, json::Value& out) {
  if (FromLocalCoding(at, ExtensionValue(value, kLocalCodeUrl), out)) return true;
  if (FromStandard(at, value.Get("system").text(), value.Get("code").text(), out)) return true;
  at.Loss(LedgerKind::kUnmapped, "the code is not in the table '" + TableOf(at).name() + "'");
  return false;
}

bool ConceptToFhir(const Conversion& at, const json::Value& local, FhirValue& out) {
  bool keep = false;
  const LocalCode* found = Look(at, local, keep);
  if (found != nullptr) {
    out.value = found->concept_kept;
    return true;
  }
  if (!keep) return false;
  json::ObjectBuilder coding(at.arena);
  coding.Add("system", json::Value::String(TableOf(at).local_system()));
  coding.AddString("code", local.text());
  json::ArrayBuilder codings(at.arena);
  codings.Add(coding.Build());
  json::ObjectBuilder concept_value(at.arena);
  concept_value.Add("coding", codings.Build());
  out.value = concept_value.Build();
  return true;
}

bool ConceptToLocal(const Conversion& at, const json::Value& value, const json::Value&, json::Value& out) {
  const auto codings = value.Get("coding").items();
  for (const json::Value& coding : codings) {
    if (FromLocalCoding(at, coding, out)) return true;
  }
  for (const json::Value& coding : codings) {
    if (FromStandard(at, coding.Get("system").text(), coding.Get("code").text(), out)) return true;
  }
  at.Loss(LedgerKind::kUnmapped, "no code of the table '" + TableOf(at).name() + "' stands there");
  return false;
}

bool TableKnows(const CodeTable& table, TransformId transform, const json::Value& value, const json::Value& sibling) {
  const auto knows = [&](const json::Value& coding) {
    const std::string_view system = coding.Get("system").text();
    return !coding.is_null() && (system == table.local_system() || table.HasCode(system, coding.Get("code").text()));
  };
  if (transform == TransformId::kConcept) {
    const auto codings = value.Get("coding").items();
    return std::ranges::any_of(codings, knows);
  }
  if (transform == TransformId::kCoding) return knows(value) || knows(ExtensionValue(value, kLocalCodeUrl));
  return table.HasCode("", value.text()) || knows(ExtensionValue(sibling, kLocalCodeUrl));
}

}  // namespace throughline::engine
