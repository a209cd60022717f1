#include <algorithm>
#include <span>
#include <string>

#include "fhir/base/decimal.h"
#include "fhir/terminology/terminology.h"
#include "fhir/validate/validate.h"
#include "mappings/language/binder.h"
#include "mappings/language/code_table_file.h"
#include "mappings/plan/local_code.h"

namespace throughline::language {
namespace {

constexpr std::string_view kNoCode = "FHIR allows no code that begins or ends with a blank, or holds two in a row";

class Tables {
 public:
  explicit Tables(Binding& binding) : binding_(binding), plan_(binding.plan), terms_(binding.definitions) {}

  void Check(const Content& content) {
    const Leaf& leaf = content.leaf;
    CheckConstant(content);
    CheckCodedConstant(content);
    const bool derived = leaf.source == Leaf::Source::kDerived || leaf.source == Leaf::Source::kExpression;
    if (derived && leaf.table != kNone) {
      CheckRows(content, *plan_.tables[leaf.table]);
    }
    if (leaf.source == Leaf::Source::kField && plan_.fields[leaf.field].bands != kNone)
      CheckBands(plan_.fields[leaf.field]);
    if (leaf.source != Leaf::Source::kField || plan_.fields[leaf.field].table == kNone) return;
    const Field& field = plan_.fields[leaf.field];
    const CodeTable& table = *plan_.tables[field.table];
    const bool room = leaf.transform == TransformId::kConcept;
    for (const CodeRow& row : table.rows()) {
      if (row.code.empty() && !room) {
        Report(table, row, "this row needs a code: " + content.path + " has no place for a local code alone");
      }
    }
    CheckLocals(field, table, leaf.transform);
    CheckRows(content, table);
    if (room) CheckConcepts(content, table);
    if (room && field.unmatched == UnmatchedPolicy::kKeep && !content.required_set.empty()) {
      binding_.diagnostics.Error(
          "map-unmatched", field.mark, field.path.size(),
          "R4 requires a code of " + std::string(content.required_set) + " there: a local code cannot travel alone");
    }
    if (field.unmatched == UnmatchedPolicy::kKeep && !room) {
      binding_.diagnostics.Error("map-unmatched", field.mark, field.path.size(),
                                 "a code that is not in the table can be kept only in a CodeableConcept");
    }
  }

 private:
  // A local code that the field's kind cannot be is never read, and would come back as another kind.
  void CheckLocals(const Field& field, const CodeTable& table, TransformId transform) {
    const std::string_view kind = field.type == ValueType::kBoolean ? "true or false" : "a whole number";
    for (const LocalCode& local : table.locals()) {
      const CodeRow& row = table.rows()[local.first];
      if (!CodeValue(field, local.local)) {
        Report(table, row,
               "'" + field.path + "' is " + std::string(kind) + " in the record, and this local code is not");
      }
      const bool travels = transform == TransformId::kConcept || field.keep_local || !local.unique;
      if (travels && !IsCode(local.local))
        Report(table, row, "the local code travels along, and " + std::string(kNoCode));
    }
  }

  static bool IsCode(std::string_view text) { return validate::IsValidPrimitive("code", json::Value::String(text)); }

  void CheckBands(const Field& field) {
    for (const Band& band : plan_.bands[field.bands].rows) {
      if (CodeValue(field, band.code)) continue;
      binding_.diagnostics.Error("map-band", field.mark, field.path.size(),
                                 "the field is a whole number in the record, and the code " + band.code + " is not");
    }
  }

  void CheckRows(const Content& content, const CodeTable& table) {
    for (const CodeRow& row : table.rows()) CheckCode(content, table, row);
    if (table.unlisted() == Unlisted::kFixed) CheckCode(content, table, table.unlisted_row());
  }

  void Report(const CodeTable& table, const CodeRow& row, std::string text) {
    const Mark mark = MarkOf(row, table.file(), binding_.diagnostics);
    binding_.diagnostics.ErrorIn(table.file(), mark, row.place.line > 0 ? 0 : 1, "map-code-table", std::move(text));
  }

  // The last digit of a LOINC code tells a slip of the keyboard. https://loinc.org/kb/users-guide/loinc-terms/
  static bool HasSoundDigit(std::string_view code) {
    const std::size_t dash = code.rfind('-');
    if (dash == std::string_view::npos || dash + 2 != code.size() || dash == 0) return false;
    int sum = 0;
    bool twice = true;
    for (std::size_t i = dash; i-- > 0; twice = !twice) {
      if (code[i] < '0' || code[i] > '9') return false;
      const int digit = (code[i] - '0') * (twice ? 2 : 1);
      sum += digit / 10 + digit % 10;
    }
    return code.back() - '0' == (10 - sum % 10) % 10;
  }

  // Answers and parts (LA..., LP...) are numbered otherwise.
  static bool IsWrongLoinc(std::string_view system, std::string_view code) {
    return system == "http://loinc.org" && !code.starts_with('L') && !HasSoundDigit(code);
  }

  void CheckConstant(const Content& content) {
    std::string_view system;
    const Leaf* code = nullptr;
    for (const Slot& slot : content.slots) {
      const Leaf& leaf = plan_.contents[slot.alternatives.front()].leaf;
      if (leaf.source != Leaf::Source::kConstant) continue;
      if (slot.name == "system") system = leaf.constant.text();
      if (slot.name == "code") code = &leaf;
    }
    if (code == nullptr || !IsWrongLoinc(system, code->constant.text())) return;
    binding_.diagnostics.Error("map-loinc", code->mark, std::max<std::size_t>(code->constant.text().size(), 1),
                               "this is no LOINC code: its check digit is wrong");
  }

  // A code must be a value of its element, and of the value set that R4 requires there.
  void CheckCode(const Content& content, const CodeTable& table, const CodeRow& row) {
    if (row.code.empty()) return;
    if (IsWrongLoinc(row.system, row.code)) Report(table, row, "this is no LOINC code: its check digit is wrong");
    const bool whole =
        content.leaf.transform == TransformId::kCoding || content.leaf.transform == TransformId::kConcept;
    if (whole && !IsCode(row.code)) return Report(table, row, std::string(kNoCode));
    const bool primitive = content.is_leaf && !content.leaf.type_name.empty() &&
                           content.leaf.transform != TransformId::kCoding &&
                           content.leaf.transform != TransformId::kConcept;
    const std::string_view type = binding_.definitions.type(content.type).name;
    const json::Value value = content.leaf.number ? json::Value::Number(row.code) : json::Value::String(row.code);
    const bool sound = !content.leaf.number || IsJsonNumber(row.code);
    if (primitive && (!sound || !validate::IsValidPrimitive(type, value))) {
      return Report(table, row, "the code is not a " + std::string(type) + ", which stands at " + content.path);
    }
    const terminology::Coding coding{row.system, row.version, row.code};
    if (content.leaf.transform == TransformId::kConcept || !IsOutside(content.required_set, coding)) return;
    Report(table, row, NotOf(content.required_set) + ", which R4 requires at " + content.path);
  }

  static std::string NotOf(std::string_view set) { return "the code is not one of " + std::string(set); }

  // A code that its own system does not have is told by LintCodes().
  bool IsOutside(std::string_view set, const terminology::Coding& coding) const {
    if (set.empty() || terms_.MemberOf(set, coding).answer != terminology::Answer::kNo) return false;
    return coding.system.empty() || terms_.Find(coding).answer != terminology::Answer::kNo;
  }

  // Of the codings of a CodeableConcept one must be of the set, and where the set may be extended one should.
  void CheckConcepts(const Content& content, const CodeTable& table) {
    const std::string_view required = content.required_set;
    const std::string_view set = required.empty() ? content.extensible_set : required;
    if (set.empty()) return;
    for (const LocalCode& local : table.locals()) {
      const std::span<const CodeRow> rows = std::span(table.rows()).subspan(local.first, local.count);
      const bool fits = std::ranges::any_of(rows, [&](const CodeRow& row) {
        return !row.code.empty() && !IsOutside(set, {row.system, row.version, row.code});
      });
      if (fits) continue;
      const CodeRow& row = rows.front();
      if (!required.empty()) {
        Report(table, row, NotOf(set) + ", which R4 requires at " + content.path);
      } else if (!row.code.empty()) {
        const Mark mark = MarkOf(row, table.file(), binding_.diagnostics);
        binding_.diagnostics.WarningIn(table.file(), mark, row.place.line > 0 ? 0 : 1, "map-extensible",
                                       NotOf(set) + ", which R4 asks for at " + content.path + " where one of it fits");
      }
    }
  }

  // A coded constant, whole: what R4 asks of its codes.
  void CheckCodedConstant(const Content& content) {
    const std::string_view required = content.required_set;
    const std::string_view set = required.empty() ? content.extensible_set : required;
    if (content.is_leaf || set.empty() || !content.folded) return;
    if (terms_.MemberOf(set, *content.folded).answer != terminology::Answer::kNo) return;
    const Mark mark = MarkUnder(plan_, content);
    if (required.empty()) {
      binding_.diagnostics.Warning("map-extensible", mark, 1,
                                   NotOf(set) + ", which R4 asks for here where one of it fits");
    } else {
      binding_.diagnostics.Error("map-constant", mark, 1, NotOf(set) + ", which R4 requires here");
    }
  }

  Binding& binding_;
  Plan& plan_;
  terminology::Terminology terms_;
};

}  // namespace

void CheckTables(Binding& binding) {
  Tables tables(binding);
  for (const Content& content : binding.plan.contents) tables.Check(content);
}

}  // namespace throughline::language
