// What stands in a map and does nothing: names that nobody uses, words that change nothing, headers that are two.
#include <algorithm>
#include <string>
#include <string_view>

#include "mappings/language/binder.h"
#include "mappings/language/code_table_file.h"
#include "mappings/plan/truth_words.h"

namespace throughline::language {
namespace {

class UnusedLinter {
 public:
  explicit UnusedLinter(Binding& binding) : binding_(binding), plan_(binding.plan) {}

  void Run() {
    for (Index table = 0; table < plan_.tables.size(); ++table) LintTable(table);
    for (const Binding::System& system : binding_.systems) {
      if (!system.used && IsOwn(system.mark)) {
        Say("map-unused", system.mark, system.url.size(), "no constant uses the short name '" + system.name + "'");
      }
    }
    const auto is_time = [](const Field& field) { return field.type == ValueType::kDateTime || field.clock != kNone; };
    if (IsOwn(binding_.zone_mark) && std::ranges::none_of(plan_.fields, is_time)) {
      Say("map-unused", binding_.zone_mark, 1, "no field is a dateTime: the zone changes nothing");
    }
    for (const Binding::TimeWordMark& word : binding_.time_word_marks) {
      if (word.used || !IsOwn(word.mark)) continue;
      Say("map-unused", word.mark, 1, "no form of a date needs '" + word.word + "': it changes nothing");
    }
    for (const Field& field : plan_.fields) LintField(field);
    for (const LocalNode& node : plan_.nodes) {
      if (!node.path.empty() && node.name != "*") LintName(node.name, node.mark, node.path.size());
    }
  }

 private:
  void Say(std::string_view rule, Mark mark, std::size_t width, std::string text) {
    binding_.diagnostics.Warning(rule, mark, std::max<std::size_t>(width, 1), std::move(text));
  }

  // What a map takes from another may be there for others.
  static bool IsOwn(Mark mark) { return mark.line > 0 && mark.file == 0; }

  void LintTable(Index table) {
    const bool used =
        std::ranges::any_of(plan_.fields, [&](const Field& field) { return field.table == table; }) ||
        std::ranges::any_of(plan_.contents, [&](const Content& content) { return content.leaf.table == table; });
    for (const CodeRow& row : plan_.tables[table]->rows()) LintRow(*plan_.tables[table], row);
    const Mark mark = table < binding_.table_marks.size() ? binding_.table_marks[table] : Mark{};
    if (used || !IsOwn(mark)) return;
    const std::string& name = plan_.tables[table]->name();
    Say("map-unused", mark, name.size(), "no field and no element uses the code table '" + name + "'");
  }

  void LintRow(const CodeTable& table, const CodeRow& row) {
    if (!row.code.empty() || (row.system.empty() && !row.preferred)) return;
    const Mark mark = MarkOf(row, table.file(), binding_.diagnostics);
    binding_.diagnostics.WarningIn(table.file(), mark, 0, "map-no-effect",
                                   row.preferred
                                       ? "a row without a code leads back from nothing: 'preferred' changes nothing"
                                       : "a row without a code needs no 'system'");
  }

  void NoEffect(const Field& field, std::string text) {
    Say("map-no-effect", field.mark, field.path.size(), std::move(text));
  }

  void LintField(const Field& field) {
    if (!IsOwn(field.mark) || !field.dropped.empty()) return;
    const bool number = field.type == ValueType::kInteger || field.type == ValueType::kDecimal;
    const bool time =
        field.type == ValueType::kDate || field.type == ValueType::kDateTime || field.type == ValueType::kTime;
    if (field.table == kNone && field.unmatched == UnmatchedPolicy::kKeep)
      NoEffect(field, "'unmatched' is said of a field with 'codes'; here it changes nothing");
    if (field.table == kNone && field.keep_local)
      NoEffect(field, "'keep' is said of a field with 'codes'; here it changes nothing");
    if ((field.low || field.high) && (!number || field.table != kNone))
      NoEffect(field, "'range' is said of a number; here it changes nothing");
    if (field.format && !time) NoEffect(field, "'format' is said of a date or a time; here it changes nothing");
    for (const AbsentToken& token : field.absent) LintToken(field, token);
  }

  void LintToken(const Field& field, const AbsentToken& token) {
    const auto same = [&](const AbsentToken& other) { return other.token == token.token && other.null == token.null; };
    if (&*std::ranges::find_if(field.absent, same) != &token) return;
    if (token.null) return;
    if (field.table != kNone && plan_.tables[field.table]->FindLocal(token.token) != nullptr) {
      NoEffect(field, "the word '" + token.token + "' of 'absent' is a code of the table too, which is never read");
    } else if (FindTruth(field, token.token)) {
      NoEffect(field, "the word '" + token.token + "' of 'absent' is 'yes' or 'no' too, which is never read");
    }
  }

  // A tab, another control character or two blanks inside a name: two names in one.
  void LintName(std::string_view name, Mark mark, std::size_t width) {
    const auto control = [](char byte) { return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F; };
    const bool glued = std::ranges::any_of(name, control) || name.find("  ") != std::string_view::npos;
    const bool edge = name.starts_with(' ') || name.ends_with(' ');
    if (!IsOwn(mark) || (!glued && !edge)) return;
    Say("map-glued", mark, width,
        glued ? "a tab or several blanks stand inside this name: are these two names?"
              : "a blank stands at the edge of this name: is it meant?");
  }

  Binding& binding_;
  Plan& plan_;
};

}  // namespace

void LintUnused(Binding& binding) { UnusedLinter(binding).Run(); }

}  // namespace throughline::language
