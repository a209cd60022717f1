#include "mappings/engine/table_transforms.h"

#include <algorithm>
#include <string>

#include "fhir/json/build.h"
#include "fhir/terminology/terminology.h"
#include "fhir/validate/validate.h"
#include "mappings/plan/local_code.h"

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

// The row of a local value; null after a finding, or, with `kept`, when the map keeps what the table does not have.
const LocalCode* Look(const Conversion& at, const json::Value& local, std::string_view& kept) {
  const auto code = LocalCodeOf(at, local);
  if (!code) return nullptr;
  if (const LocalCode* found = TableOf(at).FindLocal(*code)) return found;
  const LocalCode* made = TableOf(at).TakeLocal(*code, at.arena);
  if (made != nullptr && MayStand(at, *made)) {
    at.Loss(LedgerKind::kUnmapped, "the code is not in the table '" + TableOf(at).name() +
                                       "'; it travels beside what the table says of such codes");
    return made;
  }
  if (at.field.unmatched == UnmatchedPolicy::kKeep && validate::IsValidPrimitive("code", json::Value::String(*code))) {
    kept = *code;
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

// How far a code of FHIR led on the way back; what went farthest is told.
enum class Way : std::uint8_t { kNowhere, kOtherKind, kSeveral, kBack };

Way Write(const Conversion& at, std::string_view code, json::Value& out) {
  const auto value = CodeValue(at.field, at.arena.Copy(code));
  if (value) out = *value;
  return value ? Way::kBack : Way::kOtherKind;
}

// A code of the local system says it itself.
Way FromLocalCoding(const Conversion& at, const json::Value& coding, json::Value& out) {
  if (coding.Get("system").text() != TableOf(at).local_system()) return Way::kNowhere;
  const std::string_view code = coding.Get("code").text();
  const LocalCode* known = TableOf(at).FindLocal(code);
  const bool any = at.field.unmatched == UnmatchedPolicy::kKeep || TableOf(at).unlisted() != Unlisted::kNone;
  if (known == nullptr && (!any || code.empty())) return Way::kNowhere;
  return Write(at, known != nullptr ? known->local : code, out);
}

Way FromStandard(const Conversion& at, std::string_view system, std::string_view code, json::Value& out) {
  bool known = false;
  const LocalCode* found = TableOf(at).FindCode(system, code, known);
  if (found != nullptr) return Write(at, found->local, out);
  const CodeTable& table = TableOf(at);
  const bool same = system.empty() || system == table.unlisted_row().system;
  if (!known && table.unlisted() == Unlisted::kProvided && same && !code.empty() && table.FindLocal(code) == nullptr) {
    return Write(at, code, out);
  }
  return known ? Way::kSeveral : Way::kNowhere;
}

// True: the way led back; else it is told why not, once.
bool Tell(const Conversion& at, Way way, std::string_view nowhere) {
  if (way == Way::kSeveral)
    at.Loss(LedgerKind::kCoarsened, "no one local code means the same as this code, and none is preferred");
  if (way == Way::kOtherKind)
    at.Loss(LedgerKind::kCoarsened, "the local code cannot be written in the kind that the field has");
  if (way == Way::kNowhere) at.Loss(LedgerKind::kUnmapped, nowhere);
  return way == Way::kBack;
}

bool TellCode(const Conversion& at, Way way) {
  return Tell(at, way, "the code is not in the table '" + TableOf(at).name() + "'");
}

}  // namespace

std::optional<std::string_view> LocalCodeOf(const Conversion& at, const json::Value& local) {
  const auto code = CodeIn(at.field, local);
  if (code) return code;
  const bool number = at.field.type == ValueType::kInteger && !at.field.textual;
  const bool truth = at.field.type == ValueType::kBoolean && !at.field.textual;
  at.Problem("map-kind", number  ? "the map expects a whole number here"
                         : truth ? "the map expects true or false here"
                         : local.is_number() && !at.field.textual
                             ? "the map expects a text here; of codes that are numbers it says 'type: integer'"
                         : local.is_boolean() && !at.field.textual
                             ? "the map expects a text here; of codes that are true and false it says 'type: boolean'"
                             : "the map expects a text here");
  return std::nullopt;
}

bool CodeToFhir(const Conversion& at, const json::Value& local, FhirValue& out) {
  std::string_view kept;
  const LocalCode* found = Look(at, local, kept);
  if (found == nullptr) return false;
  out.value = found->coding.Get("code");
  if (MustKeep(at, *found)) out.extension = LocalExtension(*found, at.arena);
  return true;
}

bool CodeToLocal(const Conversion& at, const json::Value& value, const json::Value& sibling, json::Value& out) {
  const Way local = FromLocalCoding(at, ExtensionValue(sibling, kLocalCodeUrl), out);
  return local == Way::kBack || TellCode(at, std::max(local, FromStandard(at, "", value.text(), out)));
}

bool CodingToFhir(const Conversion& at, const json::Value& local, FhirValue& out) {
  std::string_view kept;
  const LocalCode* found = Look(at, local, kept);
  if (found == nullptr) return false;
  out.value = found->coding;
  if (!MustKeep(at, *found)) return true;
  json::ArrayBuilder extensions(at.arena);
  extensions.Add(LocalExtension(*found, at.arena));
  out.value = json::With(found->coding, "extension", extensions.Build(), at.arena);
  return true;
}

bool CodingToLocal(const Conversion& at, const json::Value& value, const json::Value&, json::Value& out) {
  const Way local = FromLocalCoding(at, ExtensionValue(value, kLocalCodeUrl), out);
  if (local == Way::kBack) return true;
  return TellCode(at, std::max(local, FromStandard(at, value.Get("system").text(), value.Get("code").text(), out)));
}

bool ConceptToFhir(const Conversion& at, const json::Value& local, FhirValue& out) {
  std::string_view kept;
  const LocalCode* found = Look(at, local, kept);
  if (found != nullptr) {
    out.value = found->concept_kept;
    return true;
  }
  if (kept.empty()) return false;
  json::ObjectBuilder coding(at.arena);
  coding.Add("system", json::Value::String(TableOf(at).local_system()));
  coding.AddString("code", kept);
  json::ArrayBuilder codings(at.arena);
  codings.Add(coding.Build());
  json::ObjectBuilder concept_value(at.arena);
  concept_value.Add("coding", codings.Build());
  out.value = concept_value.Build();
  return true;
}

bool ConceptToLocal(const Conversion& at, const json::Value& value, const json::Value&, json::Value& out) {
  const auto codings = value.Get("coding").items();
  Way way = Way::kNowhere;
  for (const json::Value& coding : codings) {
    way = std::max(way, FromLocalCoding(at, coding, out));
    if (way == Way::kBack) return true;
  }
  for (const json::Value& coding : codings) {
    way = std::max(way, FromStandard(at, coding.Get("system").text(), coding.Get("code").text(), out));
    if (way == Way::kBack) return true;
  }
  return Tell(at, way, "no code of the table '" + TableOf(at).name() + "' stands there");
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
