// The steps of binding, in the order in which LoadMap takes them. Private to the room.
//
// Each step reports everything it finds and goes on; what a mistake leaves unbound is left out, so that one mistake is
// reported once.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "mappings/language/diagnostics.h"
#include "mappings/language/load_map.h"
#include "mappings/language/words.h"
#include "mappings/language/yaml_tree.h"
#include "mappings/plan/plan.h"

namespace throughline::language {

inline constexpr std::size_t kMaxSegments = 32;        // of a path
inline constexpr std::size_t kMaxResourceNames = 500;  // in a map

// What all steps work on.
struct Binding {
  Plan& plan;
  Diagnostics& diagnostics;
  const definitions::Definitions& definitions;
  const FileReader& read;
  struct System {
    std::string name;
    std::string url;
    Mark mark;
    bool used = false;
  };
  std::vector<System> systems;  // short names of code systems
  struct Target {
    Index field;
    std::string text;
    Mark mark;
  };
  std::vector<Target> targets;                             // of fields, bound after the resources
  std::vector<std::pair<Index, const YamlNode*>> derives;  // fields with their expressions, bound after the targets
  struct Demand {
    Grade grade;
    std::size_t most;
    Mark mark;
  };
  std::vector<Demand> demands;                                       // how many fields may have a grade
  std::vector<std::pair<Index, const YamlNode*>> field_wheres = {};  // bound after the targets
  std::vector<std::pair<Index, const YamlNode*>> resource_wheres = {};
  std::vector<std::pair<Index, const YamlNode*>> time_ofs = {};  // fields with the names of their dates
  // Children of local nodes and of contents by what they are called there; lists of thousands are not searched through.
  std::unordered_map<std::string, Index> known_nodes = {};
  std::unordered_map<std::string, Index> known_contents = {};
  std::deque<YamlNode> made = {};  // entries that are put together of several; what is bound later points into them
  struct RecordExpression {
    const path::Program* program;
    const YamlNode* value;
    Index field = kNone;     // whose condition it is
    Index resource = kNone;  // of whose item it may speak
    bool of_item = false;    // it is asked of that item, where there is one
  };
  std::vector<RecordExpression> over_record = {};   // whose names are looked at when all fields are bound
  std::unordered_set<Index> groups = {};            // members that are groups although their fields are numbers
  std::unordered_set<std::string_view> mixed = {};  // paths of members that are a list or a group
  std::vector<Mark> table_marks = {};               // of the names of `plan.tables`
  Mark zone_mark = {};                              // of `timezone`
  struct TimeWordMark {
    std::string word;  // "months", "halves", "years"
    Mark mark;
    Index field;  // kNone: said for all
    bool used;
  };
  std::vector<TimeWordMark> time_word_marks = {};
  std::unordered_set<Index> across = {};  // leaves that say `across`, soundly or not
  struct RepairSaid {
    Index node;
    Index field;
    bool of_part;  // of a split field
    bool value;
    Mark mark;
  };
  std::vector<RepairSaid> trims = {};      // `trim` of fields
  std::vector<RepairSaid> any_cases = {};  // `ignore-case` of fields
  bool trim = false;                       // said for all fields
  bool any_case = false;
  TimeWords time_words = {};   // said for all fields
  TimeWords field_words = {};  // of the field that is bound

  // The path of a file that is named at `mark`.
  std::string Beside(Mark mark, std::string_view file) const;
};

// A scalar's text with its place; reports and gives null when it is something else. `what` names it for the author.
const std::string* TextOf(Binding& binding, const YamlNode& node, std::string_view what);
// The word's place in `words`; reports with a did-you-mean when it is none of them.
std::optional<std::size_t> WordOf(Binding& binding, const YamlNode& node, std::string_view what,
                                  std::span<const std::string_view> words);
// Reports a key that is no word of `place`; true: it is one.
bool CheckKey(Binding& binding, const YamlNode& key, Place place);
void UnknownKey(Binding& binding, const YamlNode& key, std::span<const std::string_view> known);

// bind_local.cc: `local`, `codes` -> format, tables.
void BindLocal(Binding& binding, const YamlNode& local);
void BindTables(Binding& binding, const YamlNode& codes);
// 'token: reason' lines.
void BindAbsent(Binding& binding, const YamlNode& value, std::vector<AbsentToken>& tokens);

// bind_csv.cc: the words of `local` that are about CSV; then the columns of the fields (after the key).
void BindDelimiter(Binding& binding, const YamlNode& value);
void BindQuote(Binding& binding, const YamlNode& value);
void BindEncoding(Binding& binding, const YamlNode& value);
void BindDecimal(Binding& binding, const YamlNode& value);
void BindLineEnd(Binding& binding, const YamlNode& value);
void BindByteOrderMark(Binding& binding, const YamlNode& value);
void BindFormulas(Binding& binding, const YamlNode& value);
void BindRows(Binding& binding, const YamlNode& value);
void BindNothingWord(Binding& binding, const YamlNode& value);
void BindColumns(Binding& binding);

// bind_checks.cc: `withhold`, `checks`; after the fields.
void BindWithhold(Binding& binding, const YamlNode& withhold);
void BindChecks(Binding& binding, const YamlNode& checks);
// A FHIRPath expression over the record, or over the item of the innermost list around `field`; nothing after a report.
std::optional<path::Expression> ConditionOf(Binding& binding, const YamlNode& value, std::string_view what,
                                            Index field = kNone);

// bind_derive.cc: FHIRPath in maps. Nothing after a report; `what` names the word for the author.
std::optional<path::Expression> ExpressionOf(Binding& binding, const YamlNode& value, std::string_view what,
                                             const path::CompileOptions& options);
// A place in an expression as a place in the map, where it stands on one line.
Mark PlaceIn(const YamlNode& value, std::size_t offset);
// False after a report: the expression asks for the time.
bool CheckNoClock(Binding& binding, const YamlNode& value, const path::Expression& expression);
// Fields that are worked out from the resources, after these.
void BindDerivations(Binding& binding);
// bind_names.cc: names in expressions over the record that no field has, and what can never hold; after all fields.
void CheckRecordNames(Binding& binding);
// bind_where.cc: `where` of resources and of fields, after the targets.
void BindWheres(Binding& binding);

// bind_fields.cc: `fields` -> nodes, fields.
void BindFields(Binding& binding, const YamlNode& fields);
// bind_attributes.cc: what is said of one field, or of one of its cases; or its target alone.
void BindAttributes(Binding& binding, Index field, const YamlNode& entry);
void BindFhir(Binding& binding, Index field, const YamlNode& value);
// bind_choices.cc: `when` of a field; then, after the key, the fields that go to one of several places.
void BindWhenOfField(Binding& binding, Index field, const YamlNode& value);
void BindChoices(Binding& binding);

// bind_time_forms.cc: `months`, `halves`, `years` of `local`; of a field, before its `format`.
void BindLocalTimeWords(Binding& binding, const YamlNode& local);
void BindTimeWords(Binding& binding, Index field, const YamlNode& entry);
void BindFormat(Binding& binding, Index field, const YamlNode& value);

// bind_truths.cc: `yes` and `no` of a field; then, when all fields are known, whether these are words of one boolean.
void BindYes(Binding& binding, Index field, const YamlNode& value);
void BindNo(Binding& binding, Index field, const YamlNode& value);
void CheckTruths(Binding& binding);

// bind_repairs.cc: `trim`, `ignore-case` of `local` and of a field; then, after the key and the clocks, which leaves
// and fields read so; then, when all is bound, which have words.
void BindLocalTrim(Binding& binding, const YamlNode& value);
void BindLocalIgnoreCase(Binding& binding, const YamlNode& value);
void BindTrim(Binding& binding, Index field, const YamlNode& value);
void BindIgnoreCase(Binding& binding, Index field, const YamlNode& value);
void BindRepairs(Binding& binding);
void FinishRepairs(Binding& binding);

// bind_across.cc: `across` of a field; then, when all fields are known, the lists that stand so.
void BindAcross(Binding& binding, Index field, const YamlNode& value);
void CheckAcross(Binding& binding);

// bind_clocks.cc: `time-of` of a field; then, when all fields are known and some are kept, the dates that these name;
// then what stands where such a date goes; nothing after a report.
void BindTimeOf(Binding& binding, Index field, const YamlNode& value);
void BindClocks(Binding& binding);
std::optional<TransformId> BindMoment(Binding& binding, Field& date, definitions::TypeId id, Index resource, Mark mark);

// bind_bands.cc: `bands` of a field.
void BindBands(Binding& binding, Index field, const YamlNode& value);

// bind_joined.cc: the entry of a list that is one text; then, when all fields are known, whether its items are so too.
void BindJoined(Binding& binding, Index node, const YamlNode& entry);
void CheckJoined(Binding& binding);
// Key, after the fields. Reports what is missing.
void BindKey(Binding& binding, const YamlNode* key);

// bind_resources.cc: `resources` -> resources; the fields' targets in them; then their constants.
void BindResources(Binding& binding, const YamlNode& resources, const YamlNode* main);
// The field that a scalar names; kNone after a report.
Index FieldNamed(Binding& binding, const YamlNode& node, std::string_view what);

// bind_constants.cc: one line of a resource that is no word of ours: `element.path: value`.
void BindConstant(Binding& binding, Index resource, const YamlNode& key, const YamlNode& value);

// bind_target.cc: one path in a template. The content at its end (made where it is missing), or kNone after a report.
// `stars`: the local arrays that the path's '*' stand for, outermost first.
struct TargetPath {
  Index resource = kNone;
  std::string_view text;  // without the resource's name
  Mark mark;
  std::vector<Index> stars;
};
Index BindPath(Binding& binding, const TargetPath& path);
// How a field's value becomes a value of `type`; reports and gives nothing when it cannot.
std::optional<TransformId> TransformFor(Binding& binding, const Field& field, definitions::TypeId type, Mark mark);

// Checks that R4 makes necessary: what a map fills as the start and the end of one element is in order.
void BindElementOrders(Binding& binding);

// bind_back.cc: resources and slices that cannot be told apart on the way back are reported.
void CheckWaysBack(Binding& binding);
// The first place in the map that fills something in `content`; line 0: none.
Mark MarkUnder(const Plan& plan, const Content& content);

// bind_tables.cc: codes that cannot stand where their table is used are reported.
void CheckTables(Binding& binding);

// lint_codes.cc: codes and displays that their code systems do not have, systems that are slips of others.
void LintCodes(Binding& binding);

// coverage.cc: declared codes that a table lacks are reported; how much each table can say.
void CoverTables(Binding& binding);

// lint_tables.cc: what is odd in a code table as a whole.
void LintTables(Binding& binding);

// lint_unused.cc: what does nothing.
void LintUnused(Binding& binding);

// bind_accept.cc: `accept`, when all warnings are there; `root`: the whole map.
void AcceptWarnings(Binding& binding, const YamlNode& accept, const YamlNode& root);

// lint_ties.cc: resources that nothing ties to the one that stands for the record.
void LintTies(Binding& binding);

// bind_grades.cc: how well each field comes back.
void GradeFields(Binding& binding);

// bind_finish.cc: what can be said only when all is bound: what bears, selects, is constant; what is missing; grades.
void FinishPlan(Binding& binding);
// Of a map that has mistakes already: the codes are looked at all the same, so that all is said at once.
void CheckCodes(Binding& binding);

}  // namespace throughline::language
