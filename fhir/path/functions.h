// The table of functions: one row each. A new function is a new row and its body in the file of its family.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "fhir/path/evaluate.h"

namespace throughline::path {

struct Lookup;  // item_index.h

inline constexpr std::size_t kMaxText = 1 << 20;  // bytes of a text that an expression makes

// One call of a function, and the ways to its arguments.
class Invocation {
 public:
  Invocation(Evaluator& run, const Call& call, std::size_t offset, const Scope& scope, const Collection& input)
      : run_(run), call_(call), offset_(offset), scope_(scope), input_(input) {}

  Evaluator& run() { return run_; }
  const Call& call() const { return call_; }
  const Collection& input() const { return input_; }
  const Scope& scope() const { return scope_; }
  std::size_t offset() const { return offset_; }
  std::size_t argument_count() const { return call_.argument_count; }
  bool Fail(std::string_view reason) { return run_.Fail(offset_, reason); }
  // For want of something that is not at hand.
  bool FailToFind(std::string_view reason) { return run_.Fail(offset_, reason, ErrorKind::kNotFound); }

  // The argument's value at the place of the call.
  bool Argument(std::size_t index, Collection& out);
  // The same, to look into.
  bool ListArgument(std::size_t index, Lookup& out);
  // The argument's value with `item` as $this.
  bool ArgumentFor(std::size_t index, const Item& item, std::int64_t place, Collection& out,
                   const Collection* total = nullptr);
  // With the whole input as $this.
  bool ArgumentOnInput(std::size_t index, Collection& out);
  NodeId argument(std::size_t index) const;
  // As ArgumentFor(), for a part of an argument.
  bool NodeFor(NodeId node, const Item& item, std::int64_t place, Collection& out);
  // The same where a condition is asked for.
  bool Holds(std::size_t index, const Item& item, std::int64_t place, bool& out);

  // Single values: nothing when empty; fails for several and for other types.
  bool InputText(std::optional<std::string_view>& out);
  bool InputSystem(Item& out, bool& there) { return Single(run_, offset_, input_, out, there); }
  bool TextArgument(std::size_t index, std::optional<std::string_view>& out);
  bool IntegerArgument(std::size_t index, std::optional<std::int64_t>& out);
  // One System value; `there` is false when it is empty.
  bool SystemArgument(std::size_t index, Item& out, bool& there);

  // Adds text that was made here.
  bool AddText(std::string_view text, Collection& out);

  bool type_only = false;  // resolve(): see Evaluator::RunForType

 private:
  Evaluator& run_;
  const Call& call_;
  std::size_t offset_;
  const Scope& scope_;
  const Collection& input_;
};

using Function = bool (*)(Invocation& call, Collection& out);

enum class Arguments : std::uint8_t {
  kValues,   // expressions, evaluated at the place of the call
  kPerItem,  // expressions, evaluated with each item as $this
  kType,     // the name of a type
  kPattern,  // the first is a regular expression
  kSort,     // expressions evaluated with each item as $this; `asc` or `desc` may follow each
};

// What a result is, for the checks at compile time.
enum class Answer : std::uint8_t {
  kInput,      // items of the input
  kSystem,     // System values of the kinds that `result` says
  kType,       // items of the type that the argument names
  kArgument,   // what the argument gives
  kUnordered,  // anything, in an order that another engine may not share
  kUnknown,
};

// What a function is asked of, or what it answers.
struct Shape {
  std::string_view words;  // for people: "Integer | Decimal | Quantity"
  Kinds kinds = kAnyKind;  // System kinds; kAnyKind: nodes too
  bool single = false;     // one item at most
};

// A part of the specifications.
struct Section {
  std::string_view title;  // "Existence"
  std::string_view url;    // "https://hl7.org/fhirpath/N1/#existence"
};

inline constexpr std::uint8_t kMany = 255;

struct FunctionRow {
  std::string_view name;
  std::uint8_t min_arguments;
  std::uint8_t max_arguments;  // kMany: any number
  Arguments arguments;
  Answer answer;
  Function function;
  Shape input;
  std::string_view parameters;  // "criteria : expression"; empty: none
  Shape result;
  Section section;
  std::string_view summary;
};

// Sorted by name.
std::span<const FunctionRow> Functions();
// Null when there is none.
const FunctionRow* FindFunction(std::string_view name);

// The functions themselves, by name as in the table.
bool Abs(Invocation& call, Collection& out);
bool Aggregate(Invocation& call, Collection& out);
bool All(Invocation& call, Collection& out);
bool AllFalse(Invocation& call, Collection& out);
bool AllTrue(Invocation& call, Collection& out);
bool AnyFalse(Invocation& call, Collection& out);
bool AnyTrue(Invocation& call, Collection& out);
bool As(Invocation& call, Collection& out);
bool Average(Invocation& call, Collection& out);
bool Ceiling(Invocation& call, Collection& out);
bool CheckModifiers(Invocation& call, Collection& out);
bool Children(Invocation& call, Collection& out);
bool Coalesce(Invocation& call, Collection& out);
bool Combine(Invocation& call, Collection& out);
bool Comparable(Invocation& call, Collection& out);
bool ConformsTo(Invocation& call, Collection& out);
bool Contains(Invocation& call, Collection& out);
bool ConvertsToBoolean(Invocation& call, Collection& out);
bool ConvertsToDate(Invocation& call, Collection& out);
bool ConvertsToDateTime(Invocation& call, Collection& out);
bool ConvertsToDecimal(Invocation& call, Collection& out);
bool ConvertsToInteger(Invocation& call, Collection& out);
bool ConvertsToLong(Invocation& call, Collection& out);
bool ConvertsToQuantity(Invocation& call, Collection& out);
bool ConvertsToString(Invocation& call, Collection& out);
bool ConvertsToTime(Invocation& call, Collection& out);
bool Count(Invocation& call, Collection& out);
bool DateOf(Invocation& call, Collection& out);
bool DayOf(Invocation& call, Collection& out);
bool Decode(Invocation& call, Collection& out);
bool DefineVariable(Invocation& call, Collection& out);
bool Descendants(Invocation& call, Collection& out);
bool Difference(Invocation& call, Collection& out);
bool Distinct(Invocation& call, Collection& out);
bool Duration(Invocation& call, Collection& out);
bool Empty(Invocation& call, Collection& out);
bool Encode(Invocation& call, Collection& out);
bool EndsWith(Invocation& call, Collection& out);
bool Escape(Invocation& call, Collection& out);
bool Exclude(Invocation& call, Collection& out);
bool Exists(Invocation& call, Collection& out);
bool Exp(Invocation& call, Collection& out);
bool Extension(Invocation& call, Collection& out);
bool First(Invocation& call, Collection& out);
bool Floor(Invocation& call, Collection& out);
bool GetValue(Invocation& call, Collection& out);
bool HasExtension(Invocation& call, Collection& out);
bool HasValue(Invocation& call, Collection& out);
bool HighBoundary(Invocation& call, Collection& out);
bool HourOf(Invocation& call, Collection& out);
bool HtmlChecks(Invocation& call, Collection& out);
bool Iif(Invocation& call, Collection& out);
bool IndexOf(Invocation& call, Collection& out);
bool Intersect(Invocation& call, Collection& out);
bool Is(Invocation& call, Collection& out);
bool IsDistinct(Invocation& call, Collection& out);
bool Join(Invocation& call, Collection& out);
bool Last(Invocation& call, Collection& out);
bool LastIndexOf(Invocation& call, Collection& out);
bool Length(Invocation& call, Collection& out);
bool Ln(Invocation& call, Collection& out);
bool Log(Invocation& call, Collection& out);
bool LowBoundary(Invocation& call, Collection& out);
bool Lower(Invocation& call, Collection& out);
bool Matches(Invocation& call, Collection& out);
bool MatchesFull(Invocation& call, Collection& out);
bool Max(Invocation& call, Collection& out);
bool MemberOf(Invocation& call, Collection& out);
bool MillisecondOf(Invocation& call, Collection& out);
bool Min(Invocation& call, Collection& out);
bool MinuteOf(Invocation& call, Collection& out);
bool MonthOf(Invocation& call, Collection& out);
bool Not(Invocation& call, Collection& out);
bool Now(Invocation& call, Collection& out);
bool OfType(Invocation& call, Collection& out);
bool Power(Invocation& call, Collection& out);
bool PrecisionOf(Invocation& call, Collection& out);
bool Repeat(Invocation& call, Collection& out);
bool RepeatAll(Invocation& call, Collection& out);
bool Replace(Invocation& call, Collection& out);
bool ReplaceMatches(Invocation& call, Collection& out);
bool Resolve(Invocation& call, Collection& out);
bool Round(Invocation& call, Collection& out);
bool SecondOf(Invocation& call, Collection& out);
bool Select(Invocation& call, Collection& out);
bool SingleItem(Invocation& call, Collection& out);
bool Skip(Invocation& call, Collection& out);
bool Slice(Invocation& call, Collection& out);
bool Sort(Invocation& call, Collection& out);
bool Split(Invocation& call, Collection& out);
bool Sqrt(Invocation& call, Collection& out);
bool StartsWith(Invocation& call, Collection& out);
bool SubsetOf(Invocation& call, Collection& out);
bool Substring(Invocation& call, Collection& out);
bool SubsumedBy(Invocation& call, Collection& out);
bool Subsumes(Invocation& call, Collection& out);
bool Total(Invocation& call, Collection& out);
bool SupersetOf(Invocation& call, Collection& out);
bool Tail(Invocation& call, Collection& out);
bool Take(Invocation& call, Collection& out);
bool TimeOf(Invocation& call, Collection& out);
bool TimeOfDay(Invocation& call, Collection& out);
bool TimezoneOffsetOf(Invocation& call, Collection& out);
bool ToBoolean(Invocation& call, Collection& out);
bool ToChars(Invocation& call, Collection& out);
bool ToDate(Invocation& call, Collection& out);
bool ToDateTime(Invocation& call, Collection& out);
bool ToDecimal(Invocation& call, Collection& out);
bool ToInteger(Invocation& call, Collection& out);
bool ToLong(Invocation& call, Collection& out);
bool ToQuantity(Invocation& call, Collection& out);
bool ToText(Invocation& call, Collection& out);
bool ToTime(Invocation& call, Collection& out);
bool Today(Invocation& call, Collection& out);
bool Trace(Invocation& call, Collection& out);
bool Trim(Invocation& call, Collection& out);
bool Truncate(Invocation& call, Collection& out);
bool TypeOf(Invocation& call, Collection& out);
bool Unescaped(Invocation& call, Collection& out);
bool Union(Invocation& call, Collection& out);
bool Upper(Invocation& call, Collection& out);
bool Where(Invocation& call, Collection& out);
bool YearOf(Invocation& call, Collection& out);

}  // namespace throughline::path
