// A map after binding: immutable, flat, every name resolved. For mappings/ only: others hold a Map.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/decimal.h"
#include "fhir/definitions/definitions.h"
#include "fhir/json/arena.h"
#include "fhir/json/value.h"
#include "fhir/path/expression.h"
#include "mappings/plan/band_table.h"
#include "mappings/plan/code_table.h"
#include "mappings/plan/local_time.h"
#include "mappings/plan/map.h"
#include "mappings/plan/mark.h"
#include "mappings/plan/zone.h"

namespace throughline::plan {

using Index = std::uint32_t;
inline constexpr Index kNone = 0xFFFFFFFF;
inline constexpr std::size_t kMaxStars = 4;  // '*' in one local path

// How a source writes that there is nothing.
enum class Form : std::uint8_t { kOmitted, kNull, kEmpty, kWord };  // kEmpty: [] {} ""; kWord: a word of the source

enum class LocalKind : std::uint8_t { kObject, kArray, kLeaf };

// A member of a group that is an item of a list, or stands in one: DX2.
struct AcrossMember {
  std::string name;
  Index list = kNone;
  Index leaf = kNone;
  std::uint32_t item = 0;
};

// One place of the local schema. `nodes[0]` is the record itself.
struct LocalNode {
  std::string name;  // member name; "*" for an array's item
  std::string path;  // "dx.*.code"
  LocalKind kind = LocalKind::kObject;
  Form usual = Form::kOmitted;
  bool usual_declared = false;
  std::string word;  // of kWord
  Index parent = kNone;
  std::uint16_t position = 0;       // among the parent's children
  Index twin = kNone;               // of a member that is a list or a group: the node of the other kind
  bool single = false;              // of a list: where it has one item, the record may write that alone
  bool places = false;              // of an object: a list whose children are the items at the places of their names
  bool second = false;              // of the two, the one that was made behind
  std::uint8_t stars = 0;           // '*' in the path
  std::vector<Index> children;      // of an object: its members; of an array: one, the item
  std::vector<Index> fields;        // of a leaf: its field, or one for each part of a split one
  std::string separator;            // of a leaf that is split; empty: it is not
  std::string joined;               // of a list that the record writes as one text: what stands between its items
  bool chosen = false;              // of a leaf whose value goes to one of its fields, by conditions
  bool trim = false;                // of a leaf: a text there is read without the blanks around it
  bool any_case = false;            // of a leaf: some of its fields read words in any case of letters
  std::uint32_t spread = 0;         // of a list whose items stand in members of the group around it: how many; 0: none
  std::vector<std::string> across;  // of a leaf in such a list: the members, one for each item
  std::vector<Index> spread_lists;  // of a group: such lists in it
  std::vector<AcrossMember> across_members;   // of a group: the members of those, item by item
  std::vector<std::uint32_t> across_by_name;  // their places, by name
  char escape = 0;                            // before a `joined` inside an item; 0: none stands there
  std::vector<std::string> columns;           // CSV, of such a list: what the header may call it
  Mark mark;
};

enum class ValueType : std::uint8_t { kString, kInteger, kDecimal, kBoolean, kDate, kDateTime, kTime };

enum class UnknownPolicy : std::uint8_t { kWarn, kQuarantine };
enum class UnmatchedPolicy : std::uint8_t { kQuarantine, kKeep };

struct AbsentToken {
  std::string token;
  std::string reason;  // https://hl7.org/fhir/R4/valueset-data-absent-reason.html
  bool null = false;   // JSON's null, and no text
};

struct Field {
  std::string path;    // as written: "admission.disposition#2"
  std::string target;  // as written: "stay.hospitalization.destination"
  Index node = kNone;  // its leaf
  int part = -1;       // of a split leaf; -1: the whole
  ValueType type = ValueType::kString;
  bool typed = false;                // the map says the type
  bool textual = false;              // numbers and truths are written as text
  bool comma = false;                // with a decimal comma
  bool kept = false;                 // by `withhold: keep:`
  bool any_case = false;             // its words are read in any case of letters
  std::vector<std::string> columns;  // CSV: what the header may call it; empty: the last part of its path
  std::optional<TimeFormat> format;
  std::vector<TimeFormat> other_formats;  // in which the source writes it too
  std::vector<std::string> yes;           // words of a boolean that is text in the source, the usual one first
  std::vector<std::string> no;
  Index table = kNone;
  Index derivation = kNone;  // a column that is worked out from the resources
  Index clock = kNone;       // of a date: the field that holds its time of day
  Index date = kNone;        // of such a time of day: the date's field
  Index bands = kNone;
  Index when = kNone;                 // condition under which the value goes here
  Index where = kNone;                // what must be true of the resource for the value to be read back
  std::int16_t place_in_choice = -1;  // among the fields of its leaf; -1: it is the only one, without a condition
  UnmatchedPolicy unmatched = UnmatchedPolicy::kQuarantine;
  bool keep_local = false;
  bool required = false;
  std::optional<Decimal> low;
  std::optional<Decimal> high;
  std::vector<AbsentToken> absent;
  bool absent_said = false;         // by the field; else those of the map hold
  std::vector<std::string> values;  // local codes that it can have; empty: the map does not say
  Mark values_mark;
  std::string dropped;  // the reason; empty: not dropped
  bool mapped = false;
  Mark mark;
};

// How a local value becomes the value of an element, and back. Rows in transforms.cc.
enum class TransformId : std::uint8_t {
  kText,           // string <-> any primitive that JSON writes as a string
  kNumber,         // number <-> integer, decimal and their kin, digit for digit
  kNumberText,     // number <-> string and its kin, digit for digit
  kBoolean,        // true/false <-> boolean
  kWords,          // two words <-> boolean
  kDate,           // a date in the declared format <-> date or dateTime
  kDateTime,       // a local time in the declared zone <-> dateTime or instant
  kTime,           // a time of day <-> time
  kMoment,         // a date and a time of day in two fields, in the declared zone <-> dateTime or instant
  kCodePrimitive,  // code table <-> code, uri, string
  kCoding,         // code table <-> Coding
  kConcept,        // code table <-> CodeableConcept
  kBand,           // bands <-> Range
};

// A leaf whose value goes to the first of its fields whose condition holds.
struct FieldChoice {
  struct List {
    Index node = kNone;
    std::vector<std::string> names;  // from the item around it, or the record
  };
  Index node = kNone;
  std::vector<List> lists;         // around it, outermost first
  std::vector<std::string> names;  // from the item of the innermost of them
};

// A resource that another map makes: its id follows from that map's name, the key and the resource's name.
struct ForeignResource {
  std::string_view type_name;
  std::string map;
  std::string name;
  std::vector<Index> key;  // fields
};

struct TextPiece {
  std::string literal;  // before the hole
  Index field = kNone;  // kNone: no hole behind this literal
};

struct Leaf {
  enum class Source : std::uint8_t { kNothing, kConstant, kField, kReference, kText, kDerived, kExpression, kForeign };
  Source source = Source::kNothing;
  TransformId transform = TransformId::kText;
  definitions::TypeId type = definitions::kNoType;  // of the element
  std::string_view type_name;
  std::string_view required_set;  // as of its content
  json::Value constant;
  Index field = kNone;     // kField, kDerived
  Index resource = kNone;  // kReference; kForeign: among the plan's
  std::vector<TextPiece> text;
  Index table = kNone;       // kDerived, kExpression
  Index derivation = kNone;  // kExpression
  bool number = false;       // kDerived: the table's code is written as a number
  json::Value present;       // kDerived without a table: the value when the field has one
  json::Value otherwise;     // kDerived: the value when there is none; null: nothing is written
  Mark mark;
};

// FHIRPath in a map whose result is written, one way: of a column over the resources (a Bundle of them; each by its
// name as a variable), of an element over the record.
struct Derivation {
  path::Expression expression;
  Leaf leaf;  // of a column: how the result becomes the field's value
};

// One member of an object in a template.
class SliceIndex;
struct Slot {
  std::string_view name;     // "birthDate"
  std::string_view sibling;  // "_birthDate" for primitives; empty otherwise
  std::string_view choice;   // "value" for one of the names of value[x]; empty otherwise
  definitions::TypeId type = definitions::kNoType;
  std::uint32_t order = 0;  // by the definition
  bool is_array = false;
  bool state = false;               // a modifier of a resource or of a part of one: it says what has become of it
  std::vector<Index> alternatives;  // contents; one when not an array
  std::shared_ptr<const SliceIndex> index;  // of an array of several
};

// What stands in a slot: a whole object, or a leaf.
struct Content {
  std::string slice;   // "mrn" of identifier[mrn]
  std::string path;    // "patient.identifier[mrn]"
  Index star = kNone;  // local array over whose items it repeats
  definitions::TypeId type = definitions::kNoType;
  bool is_leaf = false;
  bool absent_beside = false;         // `dataAbsentReason` of the object around says why there is no value here
  bool bears = false;                 // holds a field, reference or text: stands only when one of them gives something
  bool reads = false;                 // holds a field: there is something to read on the way back
  bool refers = false;                // holds a reference to a resource of the record, in no list of its own
  bool selects = false;               // holds constants or tables that tell it from others
  std::string_view required_set;      // value set of a required binding; empty: none
  std::string_view extensible_set;    // of an extensible one
  std::optional<json::Value> folded;  // nothing but constants: its value
  Leaf leaf;
  std::vector<std::string_view> item_reference;  // with `star`: members on the way to a reference to a resource of the
  Index item_resource = kNone;                   // same list, and which; empty: there is none
  std::vector<Slot> slots;                       // members; of a leaf: id and extension in its sibling
};

struct ResourcePlan {
  std::string name;
  std::string_view type_name;
  definitions::TypeId type = definitions::kNoType;
  Index content = kNone;
  Index each = kNone;        // local array
  std::vector<Index> lists;  // local arrays, outermost first, the last is `each`; empty: it stands once in a record
  Index around = kNone;      // of a list in a list: the resource to which it refers, of the items of the list around
  Index item_field = kNone;  // whose value names an item
  Index when = kNone;        // local node
  std::optional<path::Expression> when_expression;  // over the record; with `each` over the item
  Index where = kNone;                              // what must be true of a resource for it to be read back
  std::vector<Index> key;                           // fields of its own key; empty: the record's
  std::vector<Index> feeds;                         // fields that are mapped into it
  bool distinct = false;                            // items of `each` that make the same resource share one
  std::string identify;                             // slice of `identifier` that finds it elsewhere
  std::string_view identify_system;
  Mark identify_mark;
  bool shared = false;
  bool any =
      false;  // `when: any`: of the items of `each`, those in which some field that is mapped into it has a value
  bool some = false;  // of the items of `each` only some make it: `any`, or those of which `when_expression` is true
  Mark mark;
};

// Where a resource refers to one that is made for each item of a list. https://hl7.org/fhir/R4/references.html
struct Link {
  Index from = kNone;
  Index to = kNone;
  std::vector<std::string_view> path;  // members; of a list, all its items
};

// `checks:` an order of two fields, or an expression over the record.
struct RecordCheck {
  Index left = kNone;
  Index right = kNone;
  int years = 0;  // that are added to the left
  bool or_equal = false;
  bool comparable = false;   // dates that are not known equally well are in order only when the part that both have is
  std::vector<Index> lists;  // around both fields, outermost first: it must hold in each of their items
  std::optional<path::Expression> expression;
  std::string text;  // what is said when it does not hold
};

struct Plan {
  std::string path;
  std::vector<std::string> files;  // by Mark::file: the map's own, then those that it extends
  std::string name;
  std::string version;
  std::string title;
  formats::RecordFormat format;
  std::string name_space;  // "urn:throughline:sta-aurelia"
  UnknownPolicy unknown = UnknownPolicy::kQuarantine;
  std::optional<Zone> zone;
  std::vector<AbsentToken> absent;
  std::string nothing;     // CSV: what a cell without a value holds
  bool comma = false;      // CSV: numbers have a decimal comma
  Index rows = kNone;      // CSV: the list of a record's rows
  json::Value empty_rows;  // its usual form when none of them holds anything
  std::optional<path::Expression> withheld_when;
  std::string withheld_text;  // the expression
  std::vector<RecordCheck> checks;
  const definitions::Definitions* definitions = nullptr;

  std::vector<LocalNode> nodes;
  std::vector<Field> fields;
  std::vector<Index> key;  // fields
  std::vector<std::unique_ptr<CodeTable>> tables;
  std::vector<Derivation> derivations;
  std::vector<Bands> bands;
  std::vector<path::Expression> conditions;  // of fields, over the record
  std::vector<path::Expression> wheres;      // of resources and fields, over the resource
  std::vector<FieldChoice> choices;
  std::vector<ForeignResource> foreign;
  std::vector<Content> contents;
  std::vector<ResourcePlan> resources;
  std::vector<Link> links;
  bool singles = false;       // some list is `single`
  bool distincts = false;     // some resource is `distinct`
  bool spreads = false;       // some list stands across members
  bool splits = false;        // some field is split
  std::vector<Index> clocks;  // fields that hold the time of day of a date in another
  std::vector<Index> order;   // of resources: what is referred to first
  Index main = kNone;         // carries how the record departs from the usual form

  std::vector<FieldGrade> grades;
  std::vector<TableCoverage> coverage;
  std::vector<MapTest> tests;
  Issues warnings;
  std::vector<AcceptedWarnings> accepted;
  json::Arena arena;  // constants
};

// The field has a value in every record that is mapped.
inline bool IsAlwaysThere(const Plan& plan, const Field& field) {
  return field.required && field.place_in_choice < 0 && (field.kept || !plan.withheld_when);
}

inline constexpr std::uint32_t kMostPlaces = 1000;  // that the fields of a list can be named by

// "0" to "999"; nothing for anything else.
std::optional<std::uint32_t> PlaceFrom(std::string_view name);
// The member of a group, or the item of a list at the place that `name` says; null when there is none.
const json::Value* MemberOf(const json::Value& value, std::string_view name);
// `value` with another such member or item, in `arena`.
json::Value WithMember(const json::Value& value, std::string_view name, const json::Value& member, json::Arena& arena);

// The place of what is called so; kNone: nothing is.
Index FindNode(const Plan& plan, std::string_view path);
Index FindField(const Plan& plan, std::string_view path);
std::vector<std::string_view> FieldNames(const Plan& plan);
Index FindResource(const Plan& plan, std::string_view name);
std::vector<std::string_view> ResourceNames(const Plan& plan);
// The values of the node go nowhere, whatever stands there; of a list, those of all its items.
bool IsDropped(const Plan& plan, const LocalNode& node);
// Of a group, the member of that name that stands for an item of a list; null: there is none. `hint`: where it is
// looked for first, and then the place behind it.
const AcrossMember* FindAcross(const LocalNode& group, std::string_view name, std::size_t& hint);
// The local arrays over a node, outermost first.
std::vector<Index> StarsOf(const Plan& plan, Index node);
// Takes the lists in whose items the resource itself stands off the front. False, and nothing is done: they are others.
bool LeaveOutLists(const ResourcePlan& resource, std::vector<Index>& stars);
// "a.b[c.d].e" -> {"a", "b[c.d]", "e"}: dots inside brackets do not cut.
std::vector<std::string_view> CutPath(std::string_view path);
// Type that a field has when the map does not say.
ValueType DefaultType(std::string_view fhir_type);

// Extensions of our own that a map does not have to name.
inline constexpr std::string_view kLocalFormUrl = "urn:throughline:local-form";
inline constexpr std::string_view kLocalCodeUrl = "urn:throughline:local-code";
inline constexpr std::string_view kAbsentUrl = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
inline constexpr std::string_view kAbsentElement = "dataAbsentReason";
inline constexpr std::string_view kAbsentSystem = "http://terminology.hl7.org/CodeSystem/data-absent-reason";

}  // namespace throughline::plan
