// What is odd in a code table as a whole: nothing in it, rows that say the same or nothing, codes without one way back.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "mappings/language/binder.h"
#include "mappings/language/code_table_file.h"

namespace throughline::language {
namespace {

class TableLinter {
 public:
  explicit TableLinter(Binding& binding) : binding_(binding), plan_(binding.plan) {}

  void Run() {
    for (Index table = 0; table < plan_.tables.size(); ++table) {
      const CodeTable& at = *plan_.tables[table];
      LintEmpty(at);
      LintTwice(at);
      const auto reads = [&](const Content& content) {
        return content.leaf.source == Leaf::Source::kField && plan_.fields[content.leaf.field].table == table;
      };
      if (std::ranges::any_of(plan_.contents, reads)) LintBack(at);
      const auto takes = [&](const Content& content) { return content.leaf.table == table || reads(content); };
      const auto takes_one = [&](const Content& content) {
        return !takes(content) || (reads(content) && content.leaf.transform != TransformId::kConcept);
      };
      if (std::ranges::any_of(plan_.contents, takes) && std::ranges::all_of(plan_.contents, takes_one)) LintOthers(at);
    }
  }

 private:
  void Say(const CodeTable& table, const CodeRow& row, std::string_view rule, std::string text) {
    const Mark mark = MarkOf(row, table.file(), binding_.diagnostics);
    binding_.diagnostics.WarningIn(table.file(), mark, row.place.line > 0 ? 0 : 1, rule, std::move(text));
  }

  void LintEmpty(const CodeTable& table) {
    if (!table.rows().empty() || table.unlisted() != Unlisted::kNone) return;
    binding_.diagnostics.WarningIn(table.file(), {1, 1}, 0, "map-no-effect", "the table has no rows: no code is in it");
  }

  void LintTwice(const CodeTable& table) {
    std::set<std::tuple<std::string_view, std::string_view, std::string_view>> seen;
    std::set<std::string_view> told;
    for (const CodeRow& row : table.rows()) {
      if (seen.emplace(row.local, row.system, row.code).second || !told.insert(row.local).second) continue;
      Say(table, row, "map-no-effect", "the code '" + row.local + "' has this row already");
    }
  }

  // Several local codes that mean the same code: it leads back to none of them.
  void LintBack(const CodeTable& table) {
    std::map<std::pair<std::string_view, std::string_view>, std::size_t> seen;
    for (const LocalCode& local : table.locals()) {
      const CodeRow& row = table.rows()[local.first];
      const bool leads =
          !row.code.empty() &&
          (row.preferred || (!row.one_way && (row.equivalence == "equal" || row.equivalence == "equivalent")));
      bool known = false;
      if (!leads || table.FindCode(row.system, row.code, known) != nullptr) continue;
      if (++seen[{row.system, row.code}] != 2) continue;
      Say(table, row, "map-ambiguous",
          "'" + row.code +
              "' stands for several local codes and leads back to none: mark one row as 'preferred', or say of the "
              "others how they differ ('wider', 'narrower')");
    }
  }

  // An element that takes one code is given the first row's.
  void LintOthers(const CodeTable& table) {
    for (const LocalCode& local : table.locals()) {
      if (local.count < 2) continue;
      Say(table, table.rows()[local.first + 1], "map-no-effect",
          "the element takes one code: of the rows of a local code only the first is written");
    }
  }

  Binding& binding_;
  const Plan& plan_;
};

}  // namespace

void LintTables(Binding& binding) { TableLinter(binding).Run(); }

}  // namespace throughline::language
