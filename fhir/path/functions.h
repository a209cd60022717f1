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

  // The argument's value at the place of the call.
  bool Argument(std::size_t index, Collection& out);
  // The argument's value with `item` as $this.
  bool ArgumentFor(std::size_t index, const Item& item, std::int64_t place, Collection& out,
                   const Collection* total = nullptr);
  // The same where a condition is asked for.
  bool Holds(std::size_t index, const Item& item, std::int64_t place, bool& out);

  // Single values: nothing when empty; fails for several and for other types.
  bool InputText(std::optional<std::string_view>& out);
  bool InputSystem(Item& out, bool& there) { return Single(run_, offset_, input_, out, there); }
  bool TextArgument(std::size_t index, std::optional<std::string_view>& out);
  bool IntegerArgument(std::size_t index, std::optional<std::int64_t>& out);

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
};

// What a result is, for the checks at compile time.
enum class Answer : std::uint8_t { kInput, kSystem, kType, kArgument, kUnknown };

struct FunctionRow {
  std::string_view name;
  std::uint8_t min_arguments;
  std::uint8_t max_arguments;
  Arguments arguments;
  Answer answer;
  Function function;
  std::string_view summary;
};

// Sorted by name.
std::span<const FunctionRow> Functions();
// Null when there is none.
const FunctionRow* FindFunction(std::string_view name);

// RE2 with `.` for line ends too and a cap on memory; ok() says whether it is one.
std::unique_ptr<re2::RE2> CompileRegex(std::string_view pattern);

// Families.
bool All(Invocation& call, Collection& out);
bool AllFalse(Invocation& call, Collection& out);
bool AllTrue(Invocation& call, Collection& out);
bool AnyFalse(Invocation& call, Collection& out);
bool AnyTrue(Invocation& call, Collection& out);
bool Count(Invocation& call, Collection& out);
bool Distinct(Invocation& call, Collection& out);
bool Empty(Invocation& call, Collection& out);
bool Exists(Invocation& call, Collection& out);
bool IsDistinct(Invocation& call, Collection& out);
bool Not(Invocation& call, Collection& out);
bool SubsetOf(Invocation& call, Collection& out);
bool SupersetOf(Invocation& call, Collection& out);

bool Aggregate(Invocation& call, Collection& out);
bool Combine(Invocation& call, Collection& out);
bool Exclude(Invocation& call, Collection& out);
bool First(Invocation& call, Collection& out);
bool Intersect(Invocation& call, Collection& out);
bool Last(Invocation& call, Collection& out);
bool Repeat(Invocation& call, Collection& out);
bool Select(Invocation& call, Collection& out);
bool SingleItem(Invocation& call, Collection& out);
bool Skip(Invocation& call, Collection& out);
bool Tail(Invocation& call, Collection& out);
bool Take(Invocation& call, Collection& out);
bool Union(Invocation& call, Collection& out);
bool Where(Invocation& call, Collection& out);

bool As(Invocation& call, Collection& out);
bool Children(Invocation& call, Collection& out);
bool Descendants(Invocation& call, Collection& out);
bool Extension(Invocation& call, Collection& out);
bool HasExtension(Invocation& call, Collection& out);
bool HasValue(Invocation& call, Collection& out);
bool GetValue(Invocation& call, Collection& out);
bool Is(Invocation& call, Collection& out);
bool OfType(Invocation& call, Collection& out);
bool Resolve(Invocation& call, Collection& out);
bool TypeOf(Invocation& call, Collection& out);

bool Contains(Invocation& call, Collection& out);
bool EndsWith(Invocation& call, Collection& out);
bool IndexOf(Invocation& call, Collection& out);
bool Join(Invocation& call, Collection& out);
bool LastIndexOf(Invocation& call, Collection& out);
bool Length(Invocation& call, Collection& out);
bool Lower(Invocation& call, Collection& out);
bool Matches(Invocation& call, Collection& out);
bool MatchesFull(Invocation& call, Collection& out);
bool Replace(Invocation& call, Collection& out);
bool ReplaceMatches(Invocation& call, Collection& out);
bool Split(Invocation& call, Collection& out);
bool StartsWith(Invocation& call, Collection& out);
bool Substring(Invocation& call, Collection& out);
bool ToChars(Invocation& call, Collection& out);
bool Trim(Invocation& call, Collection& out);
bool Upper(Invocation& call, Collection& out);

bool ConvertsToBoolean(Invocation& call, Collection& out);
bool ConvertsToDate(Invocation& call, Collection& out);
bool ConvertsToDateTime(Invocation& call, Collection& out);
bool ConvertsToDecimal(Invocation& call, Collection& out);
bool ConvertsToInteger(Invocation& call, Collection& out);
bool ConvertsToQuantity(Invocation& call, Collection& out);
bool ConvertsToString(Invocation& call, Collection& out);
bool ConvertsToTime(Invocation& call, Collection& out);
bool Iif(Invocation& call, Collection& out);
bool ToBoolean(Invocation& call, Collection& out);
bool ToDate(Invocation& call, Collection& out);
bool ToDateTime(Invocation& call, Collection& out);
bool ToDecimal(Invocation& call, Collection& out);
bool ToInteger(Invocation& call, Collection& out);
bool ToQuantity(Invocation& call, Collection& out);
bool ToText(Invocation& call, Collection& out);
bool ToTime(Invocation& call, Collection& out);

bool Abs(Invocation& call, Collection& out);
bool Ceiling(Invocation& call, Collection& out);
bool Floor(Invocation& call, Collection& out);
bool Round(Invocation& call, Collection& out);
bool Truncate(Invocation& call, Collection& out);

bool Now(Invocation& call, Collection& out);
bool TimeOfDay(Invocation& call, Collection& out);
bool Today(Invocation& call, Collection& out);
bool Trace(Invocation& call, Collection& out);

}  // namespace throughline::path
