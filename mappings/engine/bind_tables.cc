#include <algorithm>
#include <string>

#include "fhir/base/decimal.h"
#include "fhir/terminology/terminology.h"
#include "fhir/validate/validate.h"
#include "mappings/engine/binder.h"

namespace throughline::engine {
namespace {

class Tables {
 public:
  explicit Tables(Binding& binding) : binding_(binding), plan_(binding.plan) {}

  void Check(const Content& content) {
    const Leaf& leaf = content.leaf;
    if (leaf.source == Leaf::Source::kDerived && leaf.table != kNone) {
      for (const CodeRow& row : plan_.tables[leaf.table]->rows()) CheckCode(content, *plan_.tables[leaf.table], row);
    }
    if (leaf.source != Leaf::Source::kField || plan_.fields[leaf.field].table == kNone) return;
    const Field& field = plan_.fields[leaf.field];
    const CodeTable& table = *plan_.tables[field.table];
    const bool room = leaf.transform == TransformId::kConcept;
    for (const CodeRow& row : table.rows()) {
      if (row.code.empty() && !room) {
        Report(table, row, "this row needs a code: " + content.path + " has no place for a local code alone");
      }
      CheckCode(content, table, row);
    }
    if (field.unmatched == UnmatchedPolicy::kKeep && !room) {
      binding_.diagnostics.Error("map-unmatched", field.mark, field.path.size(),
                                 "a code that is not in the table can be kept only in a CodeableConcept");
    }
  }

 private:
  void Report(const CodeTable& table, const CodeRow& row, std::string text) {
    binding_.diagnostics.ErrorIn(table.file(), row.line, "map-code-table", std::move(text));
  }

  // A code must be a value of its element, and of the value set that R4 requires there.
  void CheckCode(const Content& content, const CodeTable& table, const CodeRow& row) {
    if (row.code.empty()) return;
    const bool primitive = content.is_leaf && !content.leaf.type_name.empty() &&
                           content.leaf.transform != TransformId::kCoding &&
                           content.leaf.transform != TransformId::kConcept;
    const std::string_view type = binding_.definitions.type(content.type).name;
    const json::Value value = content.leaf.number ? json::Value::Number(row.code) : json::Value::String(row.code);
    const bool sound = !content.leaf.number || IsJsonNumber(row.code);
    if (primitive && (!sound || !validate::IsValidPrimitive(type, value))) {
      return Report(table, row, "the code is not a " + std::string(type) + ", which stands at " + content.path);
    }
    const std::string_view set = content.required_set;
    const terminology::Coding coding{primitive ? std::string_view() : row.system, {}, row.code};
    const terminology::Terminology terminology(binding_.definitions);
    if (set.empty() || terminology.MemberOf(set, coding).answer != terminology::Answer::kNo) return;
    Report(table, row, "the code is not one of " + std::string(set) + ", which R4 requires at " + content.path);
  }

  Binding& binding_;
  Plan& plan_;
};

}  // namespace

void CheckTables(Binding& binding) {
  Tables tables(binding);
  for (const Content& content : binding.plan.contents) tables.Check(content);
}

}  // namespace throughline::engine
