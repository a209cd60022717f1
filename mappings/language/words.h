// The words of the map language, place by place: name, what may stand behind it, what it says. The binder, its
// did-you-mean lists and `map schema` read these rows; a test holds docs/mapping.md against them. Private to the room.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <ranges>
#include <span>
#include <string_view>
#include <vector>

namespace throughline::language {

using Choice = std::span<const std::string_view>;

inline constexpr std::array<std::string_view, 3> kSyntaxWords = {"json", "ndjson", "csv"};
inline constexpr std::array<std::string_view, 9> kIndentWords = {"0", "1", "2", "3", "4", "5", "6", "7", "8"};
inline constexpr std::array<std::string_view, 2> kUnknownWords = {"warn", "quarantine"};
inline constexpr std::array<std::string_view, 11> kReasonWords = {
    "unknown",        "asked-unknown", "temp-unknown", "not-asked",     "asked-declined", "masked",
    "not-applicable", "unsupported",   "error",        "not-performed", "not-permitted"};
inline constexpr std::array<std::string_view, 2> kTruthWords = {"true", "false"};
inline constexpr std::array<std::string_view, 2> kLineEndWords = {"lf", "crlf"};
inline constexpr std::array<std::string_view, 2> kFormulaWords = {"raw", "guarded"};
inline constexpr std::array<std::string_view, 2> kDecimalWords = {".", ","};
inline constexpr std::array<std::string_view, 3> kEncodingWords = {"utf-8", "latin-1", "windows-1252"};
inline constexpr std::array<std::string_view, 2> kUnmatchedWords = {"quarantine", "keep"};
inline constexpr std::array<std::string_view, 3> kFormWords = {"omitted", "null", "empty"};
inline constexpr std::array<std::string_view, 7> kTypeWords = {"string", "integer",  "decimal", "boolean",
                                                               "date",   "dateTime", "time"};
inline constexpr std::array<std::string_view, 1> kKeepWords = {"local"};
inline constexpr std::array<std::string_view, 1> kWrittenWords = {"text"};
inline constexpr std::array<std::string_view, 2> kTripWords = {"exact", "none"};

// Where words stand.
enum class Place : std::uint8_t {
  kMap,       // the file itself
  kLocal,     // `local`
  kField,     // an entry of `fields`
  kResource,  // an entry of `resources`
  kDerived,   // below an element of a resource
  kTable,     // an entry of `codes`
  kWithhold,  // `withhold`
  kCheck,     // an item of `checks`
  kDemand,    // `demand`
  kTest,      // an item of `tests`
  kBands,     // `bands` of a field
  kAccept,    // an item of `accept`
};

// What stands behind a word.
enum class Shape : std::uint8_t {
  kText,      // a text; as `pattern` says, where there is one
  kChoice,    // one of `values`
  kAnyOrOne,  // one of `values`, or any other text
  kNumber,    // a whole number from 0
  kNumbers,   // one, or a list of them
  kTexts,     // a text or a list of texts
  kTextList,  // a list of texts
  kResourceType,
  kTokens,     // a group 'token: one of `values`'
  kNames,      // a group 'name: text'
  kGroup,      // a group of the words of `of`
  kEntries,    // a group of names, each with a group of the words of `of`
  kShortable,  // the same; an entry may also be a text alone
  kTree,       // names to take away: a name, a list of them, or a group of names with such below
  kItems,      // a list of groups of the words of `of`
};

struct Word {
  std::string_view name;
  Shape shape = Shape::kText;
  std::string_view summary;
  Choice values = {};
  std::string_view pattern = {};  // of the whole text, as JavaScript's regular expressions
  Place of = Place::kMap;
  std::string_view only = {};      // of one `format` alone
  bool needed = false;             // the group is refused without it
  bool goes = false;               // one of those of which an entry has exactly one (`fhir`, `drop`)
  bool alone = false;              // an entry may say this alone, without any of those
  bool own = false;                // of a map: a map that extends it does not take it over
  std::string_view with = {};      // a word that must stand beside it
  std::string_view fallback = {};  // what holds when it is not said
  std::string_view example = {};
};

inline constexpr std::array kMapWords = {
    Word{.name = "map",
         .summary = "The map's name, as it stands in URLs and on the command line: small letters, digits, hyphens.",
         .pattern = "^[a-z0-9-]{1,64}$",
         .needed = true,
         .own = true},
    Word{.name = "extends",
         .summary = "The map that this one changes: its name in the library, or its path from here.",
         .own = true,
         .example = "../clinic/map.yaml"},
    Word{.name = "without",
         .shape = Shape::kTree,
         .summary = "With `extends`: what is taken away, as `section: [name, ...]` or deeper.",
         .own = true,
         .example = "fields: [note]"},
    Word{.name = "version",
         .summary = "The version of the map, as `map check` and stored records show it.",
         .own = true},
    Word{.name = "title", .summary = "What the map is, for people.", .own = true},
    Word{.name = "local",
         .shape = Shape::kGroup,
         .summary = "What the local files look like.",
         .of = Place::kLocal,
         .needed = true},
    Word{.name = "fields",
         .shape = Shape::kShortable,
         .summary = "Every field of a record, in the order in which they are written: `path: target`, or a group that "
                    "says where it goes or why it goes nowhere.",
         .of = Place::kField,
         .needed = true},
    Word{.name = "resources",
         .shape = Shape::kEntries,
         .summary = "What one record becomes: FHIR resources under names of your own.",
         .of = Place::kResource,
         .needed = true},
    Word{.name = "codes",
         .shape = Shape::kShortable,
         .summary = "Code tables by name: a file beside the map.",
         .of = Place::kTable},
    Word{.name = "systems",
         .shape = Shape::kNames,
         .summary = "Short names of code systems: `loinc: http://loinc.org`."},
    Word{.name = "packages",
         .shape = Shape::kTexts,
         .summary = "FHIR packages that the map is made for, `name` or `name#version`: it is refused without them.",
         .pattern = "^[^# ]+(#[^# ]+)?$",
         .example = "throughline.aftercare"},
    Word{.name = "withhold",
         .shape = Shape::kGroup,
         .summary = "Which fields alone are taken of some records, as those of people who do not consent.",
         .of = Place::kWithhold},
    Word{.name = "checks",
         .shape = Shape::kItems,
         .summary = "What must hold in a record; one that breaks a check is kept aside.",
         .of = Place::kCheck},
    Word{.name = "demand",
         .shape = Shape::kGroup,
         .summary = "How many fields may have a grade; with more the map is refused.",
         .of = Place::kDemand},
    Word{.name = "accept",
         .shape = Shape::kItems,
         .summary = "Warnings of `map check` that were looked at and are meant: they are no findings any more.",
         .of = Place::kAccept},
    Word{.name = "main",
         .summary = "The resource that stands for the record; it carries how the record wrote its nothing.",
         .fallback = "the first resource that stands once a record"},
    Word{.name = "tests",
         .shape = Shape::kItems,
         .summary = "Samples that `map test` maps there and back.",
         .of = Place::kTest,
         .own = true},
};

inline constexpr std::array kLocalWords = {
    Word{.name = "format",
         .shape = Shape::kChoice,
         .summary = "`json`: one JSON value around the records; `ndjson`: a record a line; `csv`: a header and rows.",
         .values = kSyntaxWords,
         .fallback = "json"},
    Word{.name = "records",
         .summary = "Where the records are: `discharges.*`, or `*` in a file that is an array.",
         .pattern = "^$|^(.+\\.)?\\*$",
         .only = "json",
         .fallback = "the file is one record"},
    Word{.name = "indent",
         .shape = Shape::kChoice,
         .summary = "Blanks a level when a file is written, 0 to 8.",
         .values = kIndentWords,
         .only = "json",
         .fallback = "all on one line"},
    Word{.name = "key",
         .shape = Shape::kTexts,
         .summary = "The field or fields that make a record the same record when it comes again.",
         .needed = true},
    Word{.name = "absent",
         .shape = Shape::kTokens,
         .summary = "Words that mean 'no value', and why there is none; for all fields.",
         .values = kReasonWords},
    Word{.name = "unknown",
         .shape = Shape::kChoice,
         .summary = "What becomes of a record with a field that the map does not know: `warn` maps the rest, "
                    "`quarantine` keeps the record aside.",
         .values = kUnknownWords,
         .fallback = "quarantine"},
    Word{.name = "timezone",
         .summary = "The zone that local times are in, by its IANA name.",
         .example = "America/Santiago"},
    Word{.name = "months",
         .shape = Shape::kTextList,
         .summary = "The twelve names of months that MMM and MMMM stand for in dates.",
         .fallback = "the English ones, short and long",
         .example = "[ene, feb, mar, abr, may, jun, jul, ago, sep, oct, nov, dic]"},
    Word{.name = "halves",
         .shape = Shape::kTextList,
         .summary = "The two words for before noon and after it that `a` stands for in times.",
         .fallback = "AM, PM",
         .example = "[a.m., p.m.]"},
    Word{.name = "years",
         .summary = "The hundred years of which the two digits of yy name one.",
         .pattern = "^[0-9]{4}\\.\\.[0-9]{4}$",
         .example = "1930..2029"},
    Word{.name = "trim",
         .shape = Shape::kChoice,
         .summary = "Texts are read without the blanks around them, which come back.",
         .values = kTruthWords,
         .fallback = "false"},
    Word{.name = "ignore-case",
         .shape = Shape::kChoice,
         .summary = "Codes and words are read whatever the case of their letters, which comes back.",
         .values = kTruthWords,
         .fallback = "false"},
    Word{.name = "namespace",
         .summary = "The local codes' systems begin with it: table `sex` gets `<namespace>:sex`.",
         .example = "urn:example:clinic"},
    Word{.name = "delimiter",
         .summary = "What stands between cells: one ASCII character, or `tab`.",
         .pattern = "^(tab|\\t|[!-~])$",
         .only = "csv",
         .fallback = ","},
    Word{.name = "quote",
         .summary = "What stands around a cell that holds anything, or `none`.",
         .pattern = "^(none|tab|\\t|[!-~])$",
         .only = "csv",
         .fallback = "\""},
    Word{.name = "encoding",
         .shape = Shape::kChoice,
         .summary = "How the file writes characters as bytes.",
         .values = kEncodingWords,
         .only = "csv",
         .fallback = "utf-8"},
    Word{.name = "decimal",
         .shape = Shape::kChoice,
         .summary = "The decimal sign of numbers.",
         .values = kDecimalWords,
         .only = "csv",
         .fallback = "."},
    Word{.name = "line-end",
         .shape = Shape::kChoice,
         .summary = "How lines end in a file that is made anew.",
         .values = kLineEndWords,
         .only = "csv",
         .fallback = "lf"},
    Word{.name = "byte-order-mark",
         .shape = Shape::kChoice,
         .summary = "A UTF-8 file that is made anew begins with a byte order mark.",
         .values = kTruthWords,
         .only = "csv",
         .fallback = "false"},
    Word{.name = "formulas",
         .shape = Shape::kChoice,
         .summary = "`guarded`: a cell that a spreadsheet would run stands behind an apostrophe.",
         .values = kFormulaWords,
         .only = "csv",
         .fallback = "raw"},
    Word{.name = "rows",
         .summary = "A name for the list of a record's rows: rows with the same key are one record.",
         .only = "csv",
         .fallback = "a row is a record"},
    Word{.name = "nothing",
         .shape = Shape::kAnyOrOne,
         .summary = "What a cell holds that says nothing.",
         .only = "csv",
         .fallback = "an empty cell",
         .example = "NA"},
};

inline constexpr std::array kFieldWords = {
    Word{.name = "type",
         .shape = Shape::kChoice,
         .summary = "What stands in the record.",
         .values = kTypeWords,
         .fallback = "follows from the target"},
    Word{.name = "format",
         .shape = Shape::kTexts,
         .summary =
             "How a date or time is written: yyyy or yy, MM, M, MMM or MMMM, dd or d, HH, H, hh or h with a, mm, ss; "
             "other letters in single quotes. Or a list of such forms.",
         .fallback = "yyyy-MM-dd, yyyy-MM-dd'T'HH:mm:ss, HH:mm:ss",
         .example = "dd/MM/yyyy"},
    Word{.name = "months",
         .shape = Shape::kTextList,
         .summary = "The twelve names of months that MMM and MMMM stand for.",
         .with = "format",
         .fallback = "those of `local`",
         .example = "[ene, feb, mar, abr, may, jun, jul, ago, sep, oct, nov, dic]"},
    Word{.name = "halves",
         .shape = Shape::kTextList,
         .summary = "The two words for before noon and after it that `a` stands for.",
         .with = "format",
         .fallback = "those of `local`",
         .example = "[a.m., p.m.]"},
    Word{.name = "years",
         .summary = "The hundred years of which the two digits of yy name one.",
         .pattern = "^[0-9]{4}\\.\\.[0-9]{4}$",
         .with = "format",
         .fallback = "those of `local`",
         .example = "1930..2029"},
    Word{.name = "fhir",
         .summary = "The target: resource.element.element, with slices and stars.",
         .pattern = "^[^.]+\\.[^.]",
         .goes = true,
         .example = "stay.period.start"},
    Word{.name = "codes", .summary = "The code table that turns the local code into FHIR's and back."},
    Word{.name = "values",
         .shape = Shape::kTextList,
         .summary = "The local codes that the field can have: those that its table lacks are told.",
         .with = "codes",
         .example = "[F, M, X]"},
    Word{.name = "unmatched",
         .shape = Shape::kChoice,
         .summary = "A code that the table does not have: the record is kept aside, or the local code travels alone.",
         .values = kUnmatchedWords,
         .fallback = "quarantine"},
    Word{.name = "keep",
         .shape = Shape::kChoice,
         .summary = "`local`: the local code always travels along.",
         .values = kKeepWords,
         .fallback = "when it must"},
    Word{.name = "written",
         .shape = Shape::kChoice,
         .summary = "`text`: the number stands in the record as text.",
         .values = kWrittenWords,
         .fallback = "a JSON number"},
    Word{.name = "required",
         .shape = Shape::kChoice,
         .summary = "A record without it is kept aside; in a group or a list's item, when that holds anything else.",
         .values = kTruthWords,
         .fallback = "false"},
    Word{.name = "range",
         .summary = "The numbers that may stand here, ends included.",
         .pattern = "^(-?[0-9][0-9.eE+-]*)?\\.\\.(-?[0-9][0-9.eE+-]*)?$",
         .example = "0..3"},
    Word{.name = "drop",
         .summary = "Why the field goes nowhere; each value dropped is a line of the ledger.",
         .pattern = "[^ ]",
         .goes = true},
    Word{.name = "derive",
         .summary =
             "A FHIRPath expression over the record's resources (`%name`) that the field is worked out by on the "
             "way back; it goes nowhere.",
         .goes = true,
         .example = "%stay.period.start.duration(%stay.period.end, 'days')"},
    Word{.name = "yes",
         .shape = Shape::kTexts,
         .summary = "How the record writes `true`, when it is a word; or a list of such words, the usual one first.",
         .with = "no",
         .example = "[Si, SI]"},
    Word{.name = "no",
         .shape = Shape::kTexts,
         .summary = "How the record writes `false`, when it is a word; or a list. `''` is an empty cell.",
         .with = "yes",
         .example = "[No, '']"},
    Word{.name = "absent",
         .shape = Shape::kTokens,
         .summary = "Words that mean 'no value' here, and why there is none; in place of those of `local`.",
         .values = kReasonWords},
    Word{.name = "nothing",
         .shape = Shape::kAnyOrOne,
         .summary = "How nothing is usually written: `omitted`, `null`, `empty`; in CSV the word in the cell. Also of "
                    "groups and lists.",
         .values = kFormWords,
         .alone = true,
         .fallback = "omitted"},
    Word{
        .name = "mixed",
        .shape = Shape::kChoice,
        .summary = "JSON: it is a list in some records and a group in others; what stands in either is named below it.",
        .values = kTruthWords,
        .alone = true,
        .fallback = "false"},
    Word{.name = "single",
         .shape = Shape::kChoice,
         .summary = "JSON: of a list; where it has one item, a record may write that item without the list.",
         .values = kTruthWords,
         .alone = true,
         .fallback = "false"},
    Word{.name = "group",
         .shape = Shape::kChoice,
         .summary =
             "JSON: of a member whose fields are all numbers: it is a group with such names. Without it they are "
             "places in a list.",
         .values = kTruthWords,
         .alone = true,
         .fallback = "false"},
    Word{.name = "time-of",
         .summary =
             "The field that holds the date of this time of day: both become one dateTime, where that field goes.",
         .goes = true,
         .example = "VISIT_DATE"},
    Word{.name = "split",
         .summary = "One to eight ASCII characters at which the value is cut in parts: field#1, field#2, ...",
         .pattern = "^[\\x00-\\x7f]{1,8}$",
         .alone = true},
    Word{.name = "when",
         .summary = "A FHIRPath expression over the record (or the list's item) under which the value goes there."},
    Word{.name = "where",
         .summary =
             "A FHIRPath expression over the resource that the value goes to: it is read back only where that is "
             "true, and a record that makes another one is kept aside.",
         .example = "status = 'final'"},
    Word{.name = "cases",
         .shape = Shape::kItems,
         .summary = "Several targets: the first whose `when` holds takes the value.",
         .of = Place::kField,
         .goes = true},
    Word{.name = "bands",
         .shape = Shape::kGroup,
         .summary = "Codes that stand for a span of numbers, which becomes a Range.",
         .of = Place::kBands},
    Word{.name = "list",
         .summary = "Of a list that the record writes as one text: what stands between its items; they are `field.*`.",
         .pattern = "^[!-/:-@\\[-`{-~] ?$",
         .alone = true,
         .example = ";"},
    Word{.name = "escape",
         .summary = "With `list`: what stands before the list's sign, and before itself, inside an item.",
         .pattern = "^[!-/:-@\\[-`{-~]$",
         .with = "list"},
    Word{.name = "across",
         .shape = Shape::kTexts,
         .summary = "Of a list's items that stand in several columns or members: their names, one for each item.",
         .example = "DX{1..3}"},
    Word{.name = "trim",
         .shape = Shape::kChoice,
         .summary = "A text is read without the blanks around it; they come back.",
         .values = kTruthWords,
         .fallback = "what `local` says"},
    Word{.name = "ignore-case",
         .shape = Shape::kChoice,
         .summary = "Codes and words are read whatever the case of their letters, which comes back.",
         .values = kTruthWords,
         .fallback = "what `local` says"},
    Word{.name = "column",
         .shape = Shape::kTexts,
         .summary = "CSV: what the header calls the field, or a list of names; the first is written.",
         .fallback = "the last part of the field's path"},
};

inline constexpr std::array kResourceWords = {
    Word{.name = "type",
         .shape = Shape::kResourceType,
         .summary = "The R4 resource.",
         .needed = true,
         .example = "Observation"},
    Word{.name = "each",
         .summary = "One resource for every item of this list.",
         .pattern = "^[^*].*\\.\\*$",
         .fallback = "one a record",
         .example = "dx.*"},
    Word{.name = "distinct",
         .shape = Shape::kChoice,
         .summary = "`true`, with `each`: items that say the same of it share one resource.",
         .values = kTruthWords,
         .fallback = "false"},
    Word{.name = "when",
         .summary =
             "It is made only when this group or field holds a value, or when this FHIRPath expression over the "
             "record is true. With `each`: `any`, of the items in which a field mapped into it has a value; or an "
             "expression over the item.",
         .fallback = "when a field mapped into it has a value"},
    Word{.name = "where",
         .summary = "A FHIRPath expression over the resource: it is read back only where that is true, and a record "
                    "that makes another one is kept aside.",
         .example = "status != 'entered-in-error'"},
    Word{.name = "key",
         .shape = Shape::kTexts,
         .summary =
             "Part of the record's key, or required fields of the record: resources with the same values are one "
             "and the same.",
         .fallback = "the whole key"},
    Word{.name = "item",
         .summary = "With `each`: the field whose value names the item in its id.",
         .fallback = "the item's place",
         .example = "barriers.*.code"},
    Word{.name = "identify",
         .summary = "`map run` looks the resource up by this slice of its `identifier`, instead of by its id.",
         .fallback = "by id"},
};

inline constexpr std::array kDerivedWords = {
    Word{.name = "from", .summary = "The field that the element follows from.", .goes = true},
    Word{.name = "derive",
         .summary = "A FHIRPath expression over the record (`%item`: the item of `each`) whose result is the element.",
         .goes = true,
         .example = "iif(score > 10, 'urgent', 'routine')"},
    Word{.name = "codes", .summary = "The code table that turns the value into this one."},
    Word{.name = "present", .summary = "Without `codes`: the value when the field has one."},
    Word{.name = "otherwise", .summary = "The value when the field has none, or none in the table."},
};

inline constexpr std::array kTableWords = {
    Word{.name = "file", .summary = "The table: a CSV beside the map.", .needed = true, .example = "codes/sex.csv"},
    Word{.name = "system", .summary = "The system of its local codes.", .fallback = "<namespace>:<name of the table>"},
};

inline constexpr std::array kWithholdWords = {
    Word{.name = "when",
         .summary = "A FHIRPath expression over the record: of which records.",
         .needed = true,
         .example = "CONSENT = 'N'"},
    Word{.name = "keep",
         .shape = Shape::kTextList,
         .summary = "The fields that are taken all the same.",
         .needed = true},
};

inline constexpr std::array kCheckWords = {
    Word{.name = "order",
         .summary = "An order between two fields: dates or numbers that stand once in a record.",
         .pattern = "^ *[^ ]+ +(\\+ +[0-9]{1,3} +years +)?<=? +[^ ]+ *$",
         .goes = true,
         .example = "BORN + 18 years <= SEEN"},
    Word{.name = "that",
         .summary = "A FHIRPath expression over the record that must be true.",
         .goes = true,
         .with = "say"},
    Word{.name = "say", .summary = "What is said of a record that breaks the check."},
};

inline constexpr std::array kDemandWords = {
    Word{.name = "lossy", .shape = Shape::kNumber, .summary = "How many fields may come back with a loss."},
    Word{.name = "one-way", .shape = Shape::kNumber, .summary = "How many fields may be written one way only."},
    Word{.name = "dropped", .shape = Shape::kNumber, .summary = "How many fields may be dropped."},
};

inline constexpr std::array kTestWords = {
    Word{.name = "given", .summary = "A file in the map's format, beside the map.", .needed = true},
    Word{.name = "expect",
         .summary = "The NDJSON of Bundles that `map run --to fhir` writes for it.",
         .fallback = "not compared"},
    Word{.name = "back",
         .summary = "The local file that comes back, byte for byte: `given` itself where nothing is refused.",
         .fallback = "not compared"},
    Word{.name = "standard-codes",
         .summary =
             "The local file that comes back when the local codes are taken off the resources, as another system "
             "would send them.",
         .fallback = "not compared"},
    Word{.name = "findings", .summary = "What is found in its records, a line each.", .fallback = "not compared"},
    Word{.name = "ledger", .summary = "What `map run --ledger` writes for it.", .fallback = "not compared"},
    Word{.name = "report", .summary = "What `map check` prints of this map.", .fallback = "not compared"},
    Word{.name = "round-trip",
         .shape = Shape::kChoice,
         .summary = "`none`: that the record comes back as it was is not asked of this sample.",
         .values = kTripWords,
         .fallback = "exact"},
    Word{.name = "refused",
         .shape = Shape::kNumbers,
         .summary = "Places of records, counted from 0, that must be kept aside."},
};

inline constexpr std::array kBandsWords = {
    Word{.name = "codes", .shape = Shape::kNames, .summary = "The bands: `31: 31..45`, `37: 366..`."},
    Word{.name = "file", .summary = "The bands in a CSV beside the map: local,low,high.", .example = "bands/los.csv"},
    Word{.name = "same",
         .summary = "Whole numbers that stand for themselves.",
         .pattern = "^-?[0-9]*\\.\\.-?[0-9]*$",
         .example = "1..30"},
    Word{.name = "unit", .summary = "The unit of the numbers, in UCUM.", .fallback = "none", .example = "d"},
};

inline constexpr std::array kAcceptWords = {
    Word{.name = "rule", .summary = "The rule of the warning.", .needed = true, .example = "map-extensible"},
    Word{.name = "at",
         .summary = "Where in the map it stands, by the names on the way there; of a code table, the table.",
         .fallback = "anywhere",
         .example = "resources.visit.class"},
    Word{
        .name = "why", .summary = "Why it is meant, for the next one who reads it.", .pattern = "[^ ]", .needed = true},
};

struct PlaceRow {
  Place place;
  std::string_view name;  // in the schema
  std::string_view summary;
  std::span<const Word> words;
};
inline constexpr std::array kPlaces = {
    PlaceRow{Place::kMap, "map", "A map: one local format, there and back.", kMapWords},
    PlaceRow{Place::kLocal, "local", "What the local files look like.", kLocalWords},
    PlaceRow{Place::kField, "field", "A field: where it goes, or why it does not.", kFieldWords},
    PlaceRow{Place::kResource, "resource", "A resource; lines that are no word fill an element.", kResourceWords},
    PlaceRow{Place::kDerived, "derived", "A value that follows from a field and is never read back.", kDerivedWords},
    PlaceRow{Place::kTable, "table", "A code table.", kTableWords},
    PlaceRow{Place::kWithhold, "withhold", "What is taken of records that may not be taken whole.", kWithholdWords},
    PlaceRow{Place::kCheck, "check", "What must hold in a record.", kCheckWords},
    PlaceRow{Place::kDemand, "demand", "How many fields may have a grade.", kDemandWords},
    PlaceRow{Place::kTest, "test", "A sample.", kTestWords},
    PlaceRow{Place::kBands, "bands", "Codes that stand for a span of numbers.", kBandsWords},
    PlaceRow{Place::kAccept, "accept", "A warning that is meant.", kAcceptWords},
};
constexpr bool PlacesAreInOrder() {
  for (std::size_t i = 0; i < kPlaces.size(); ++i) {
    if (kPlaces[i].place != static_cast<Place>(i)) return false;
  }
  return true;
}
static_assert(PlacesAreInOrder());

constexpr std::span<const Word> WordsOf(Place place) { return kPlaces[static_cast<std::size_t>(place)].words; }

// Null: no word of this name stands there.
constexpr const Word* FindWord(Place place, std::string_view name) {
  for (const Word& word : WordsOf(place)) {
    if (word.name == name) return &word;
  }
  return nullptr;
}

// The rows of a binder are exactly the words of a place, in any order. (By names and not by FindWord: under UBSan, GCC
// 12 does not take the address of a constant for one at compile time.)
template <typename Rows, typename Name>
constexpr bool AreWordsOf(Place place, const Rows& rows, Name name) {
  if (rows.size() != WordsOf(place).size()) return false;
  return std::ranges::all_of(rows, [&](const auto& row) {
    return std::ranges::any_of(WordsOf(place), [&](const Word& word) { return word.name == row.*name; });
  });
}

std::vector<std::string_view> NamesOf(Place place);

}  // namespace throughline::language
