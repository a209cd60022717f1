#include "fhir/path/functions.h"

#include <algorithm>
#include <array>

namespace throughline::path {
namespace {

using enum Arguments;

constexpr std::array kFunctions = {
    FunctionRow{"abs", 0, 0, kValues, Answer::kSystem, Abs, "the number without its sign"},
    FunctionRow{"aggregate", 1, 2, kPerItem, Answer::kUnknown, Aggregate,
                "what the items add up to, by an expression over $this and $total"},
    FunctionRow{"all", 1, 1, kPerItem, Answer::kSystem, All, "does the condition hold for every item"},
    FunctionRow{"allFalse", 0, 0, kValues, Answer::kSystem, AllFalse, "are all items false"},
    FunctionRow{"allTrue", 0, 0, kValues, Answer::kSystem, AllTrue, "are all items true"},
    FunctionRow{"anyFalse", 0, 0, kValues, Answer::kSystem, AnyFalse, "is an item false"},
    FunctionRow{"anyTrue", 0, 0, kValues, Answer::kSystem, AnyTrue, "is an item true"},
    FunctionRow{"as", 1, 1, kType, Answer::kType, As, "the item, if it is of the type"},
    FunctionRow{"ceiling", 0, 0, kValues, Answer::kSystem, Ceiling, "the first integer that is not less"},
    FunctionRow{"children", 0, 0, kValues, Answer::kUnknown, Children, "all children"},
    FunctionRow{"combine", 1, 1, kValues, Answer::kUnknown, Combine, "both lists, duplicates kept"},
    FunctionRow{"contains", 1, 1, kValues, Answer::kSystem, Contains, "is the text somewhere within"},
    FunctionRow{"convertsToBoolean", 0, 0, kValues, Answer::kSystem, ConvertsToBoolean,
                "does toBoolean() give a value"},
    FunctionRow{"convertsToDate", 0, 0, kValues, Answer::kSystem, ConvertsToDate, "does toDate() give a value"},
    FunctionRow{"convertsToDateTime", 0, 0, kValues, Answer::kSystem, ConvertsToDateTime,
                "does toDateTime() give a value"},
    FunctionRow{"convertsToDecimal", 0, 0, kValues, Answer::kSystem, ConvertsToDecimal,
                "does toDecimal() give a value"},
    FunctionRow{"convertsToInteger", 0, 0, kValues, Answer::kSystem, ConvertsToInteger,
                "does toInteger() give a value"},
    FunctionRow{"convertsToQuantity", 0, 1, kValues, Answer::kSystem, ConvertsToQuantity,
                "does toQuantity() give a value"},
    FunctionRow{"convertsToString", 0, 0, kValues, Answer::kSystem, ConvertsToString, "does toString() give a value"},
    FunctionRow{"convertsToTime", 0, 0, kValues, Answer::kSystem, ConvertsToTime, "does toTime() give a value"},
    FunctionRow{"count", 0, 0, kValues, Answer::kSystem, Count, "the number of items"},
    FunctionRow{"descendants", 0, 0, kValues, Answer::kUnknown, Descendants, "all children, their children, and so on"},
    FunctionRow{"distinct", 0, 0, kValues, Answer::kInput, Distinct, "the items without duplicates"},
    FunctionRow{"empty", 0, 0, kValues, Answer::kSystem, Empty, "are there no items"},
    FunctionRow{"endsWith", 1, 1, kValues, Answer::kSystem, EndsWith, "does the text end so"},
    FunctionRow{"exclude", 1, 1, kValues, Answer::kInput, Exclude, "the items that are not in the other list"},
    FunctionRow{"exists", 0, 1, kPerItem, Answer::kSystem, Exists, "is there an item (for which the condition holds)"},
    FunctionRow{"extension", 1, 1, kValues, Answer::kUnknown, Extension, "the extensions with this URL"},
    FunctionRow{"first", 0, 0, kValues, Answer::kInput, First, "the first item"},
    FunctionRow{"floor", 0, 0, kValues, Answer::kSystem, Floor, "the last integer that is not greater"},
    FunctionRow{"getValue", 0, 0, kValues, Answer::kSystem, GetValue, "the System value of a FHIR primitive"},
    FunctionRow{"hasExtension", 1, 1, kValues, Answer::kSystem, HasExtension, "is there an extension with this URL"},
    FunctionRow{"hasValue", 0, 0, kValues, Answer::kSystem, HasValue, "is it one primitive that has a value"},
    FunctionRow{"iif", 2, 3, kPerItem, Answer::kUnknown, Iif, "the second or the third argument, as the first says"},
    FunctionRow{"indexOf", 1, 1, kValues, Answer::kSystem, IndexOf, "where the text starts within, or -1"},
    FunctionRow{"intersect", 1, 1, kValues, Answer::kInput, Intersect, "the items that are in both lists"},
    FunctionRow{"is", 1, 1, kType, Answer::kSystem, Is, "is the item of the type"},
    FunctionRow{"isDistinct", 0, 0, kValues, Answer::kSystem, IsDistinct, "are there no duplicates"},
    FunctionRow{"join", 0, 1, kValues, Answer::kSystem, Join, "the texts as one, with a separator"},
    FunctionRow{"last", 0, 0, kValues, Answer::kInput, Last, "the last item"},
    FunctionRow{"lastIndexOf", 1, 1, kValues, Answer::kSystem, LastIndexOf, "where the text starts last within, or -1"},
    FunctionRow{"length", 0, 0, kValues, Answer::kSystem, Length, "the number of characters"},
    FunctionRow{"lower", 0, 0, kValues, Answer::kSystem, Lower, "the text in small letters"},
    FunctionRow{"matches", 1, 1, kPattern, Answer::kSystem, Matches, "is the pattern found in the text"},
    FunctionRow{"matchesFull", 1, 1, kPattern, Answer::kSystem, MatchesFull, "does the pattern match the whole text"},
    FunctionRow{"not", 0, 0, kValues, Answer::kSystem, Not, "true for false and the other way"},
    FunctionRow{"now", 0, 0, kValues, Answer::kSystem, Now, "the date and time of the evaluation"},
    FunctionRow{"ofType", 1, 1, kType, Answer::kType, OfType, "the items of the type"},
    FunctionRow{"repeat", 1, 1, kPerItem, Answer::kUnknown, Repeat,
                "select() on its own results until nothing new comes"},
    FunctionRow{"replace", 2, 2, kValues, Answer::kSystem, Replace, "the text with every occurrence replaced"},
    FunctionRow{"replaceMatches", 2, 2, kPattern, Answer::kSystem, ReplaceMatches,
                "the text with every match of the pattern replaced"},
    FunctionRow{"resolve", 0, 0, kValues, Answer::kUnknown, Resolve, "the resources that the references name"},
    FunctionRow{"round", 0, 1, kValues, Answer::kSystem, Round, "the number with so many digits after the point"},
    FunctionRow{"select", 1, 1, kPerItem, Answer::kArgument, Select, "what the expression gives for each item"},
    FunctionRow{"single", 0, 0, kValues, Answer::kInput, SingleItem, "the only item; an error if there are several"},
    FunctionRow{"skip", 1, 1, kValues, Answer::kInput, Skip, "all but the first items"},
    FunctionRow{"split", 1, 1, kValues, Answer::kSystem, Split, "the parts between the separators"},
    FunctionRow{"startsWith", 1, 1, kValues, Answer::kSystem, StartsWith, "does the text start so"},
    FunctionRow{"subsetOf", 1, 1, kValues, Answer::kSystem, SubsetOf, "are all items in the other list"},
    FunctionRow{"substring", 1, 2, kValues, Answer::kSystem, Substring,
                "the text from a place on (so many characters)"},
    FunctionRow{"supersetOf", 1, 1, kValues, Answer::kSystem, SupersetOf, "are all of the other list here"},
    FunctionRow{"tail", 0, 0, kValues, Answer::kInput, Tail, "all but the first item"},
    FunctionRow{"take", 1, 1, kValues, Answer::kInput, Take, "the first items"},
    FunctionRow{"timeOfDay", 0, 0, kValues, Answer::kSystem, TimeOfDay, "the time of the evaluation"},
    FunctionRow{"toBoolean", 0, 0, kValues, Answer::kSystem, ToBoolean, "the value as boolean, if it says one"},
    FunctionRow{"toChars", 0, 0, kValues, Answer::kSystem, ToChars, "the characters one by one"},
    FunctionRow{"toDate", 0, 0, kValues, Answer::kSystem, ToDate, "the value as date, if it says one"},
    FunctionRow{"toDateTime", 0, 0, kValues, Answer::kSystem, ToDateTime, "the value as dateTime, if it says one"},
    FunctionRow{"toDecimal", 0, 0, kValues, Answer::kSystem, ToDecimal, "the value as decimal, if it says one"},
    FunctionRow{"toInteger", 0, 0, kValues, Answer::kSystem, ToInteger, "the value as integer, if it says one"},
    FunctionRow{"toQuantity", 0, 1, kValues, Answer::kSystem, ToQuantity,
                "the value as quantity (in a unit), if it says one"},
    FunctionRow{"toString", 0, 0, kValues, Answer::kSystem, ToText, "the value as text"},
    FunctionRow{"toTime", 0, 0, kValues, Answer::kSystem, ToTime, "the value as time, if it says one"},
    FunctionRow{"today", 0, 0, kValues, Answer::kSystem, Today, "the date of the evaluation"},
    FunctionRow{"trace", 1, 2, kPerItem, Answer::kInput, Trace, "the items, which are also noted under a name"},
    FunctionRow{"trim", 0, 0, kValues, Answer::kSystem, Trim, "the text without white space around it"},
    FunctionRow{"truncate", 0, 0, kValues, Answer::kSystem, Truncate, "the integer part"},
    FunctionRow{"type", 0, 0, kValues, Answer::kUnknown, TypeOf, "the namespace and name of the type"},
    FunctionRow{"union", 1, 1, kValues, Answer::kUnknown, Union, "both lists without duplicates"},
    FunctionRow{"upper", 0, 0, kValues, Answer::kSystem, Upper, "the text in capitals"},
    FunctionRow{"where", 1, 1, kPerItem, Answer::kInput, Where, "the items for which the condition holds"},
};
static_assert(std::ranges::is_sorted(kFunctions, {}, &FunctionRow::name));

}  // namespace

std::span<const FunctionRow> Functions() { return kFunctions; }

const FunctionRow* FindFunction(std::string_view name) {
  const auto row = std::ranges::lower_bound(kFunctions, name, {}, &FunctionRow::name);
  return row != kFunctions.end() && row->name == name ? &*row : nullptr;
}

bool Invocation::Argument(std::size_t index, Collection& out) {
  return run_.Run(run_.program().arguments[call_.first_argument + index], scope_, out);
}

bool Invocation::ArgumentFor(std::size_t index, const Item& item, std::int64_t place, Collection& out,
                             const Collection* total) {
  const Scope scope{&item, place, total != nullptr ? total : scope_.total};
  return run_.Run(run_.program().arguments[call_.first_argument + index], scope, out);
}

bool Invocation::Holds(std::size_t index, const Item& item, std::int64_t place, bool& out) {
  Collection condition;
  Truth truth = Truth::kEmpty;
  if (!ArgumentFor(index, item, place, condition) || !ToTruth(run_, offset_, condition, truth)) return false;
  out = truth == Truth::kTrue;
  return true;
}

namespace {

bool AsText(Invocation& call, const Item& item, bool there, std::optional<std::string_view>& out) {
  if (!there) return true;
  if (item.kind() != ItemKind::kString) return call.Fail("a string is expected");
  out = item.text();
  return true;
}

}  // namespace

bool Invocation::InputText(std::optional<std::string_view>& out) {
  Item item;
  bool there = false;
  return InputSystem(item, there) && AsText(*this, item, there, out);
}

bool Invocation::TextArgument(std::size_t index, std::optional<std::string_view>& out) {
  Collection value;
  Item item;
  bool there = false;
  return Argument(index, value) && Single(run_, offset_, value, item, there) && AsText(*this, item, there, out);
}

bool Invocation::IntegerArgument(std::size_t index, std::optional<std::int64_t>& out) {
  Collection value;
  Item item;
  bool there = false;
  if (!Argument(index, value) || !Single(run_, offset_, value, item, there)) return false;
  if (!there) return true;
  if (item.kind() != ItemKind::kInteger) return Fail("an integer is expected");
  out = item.integer();
  return true;
}

bool Invocation::AddText(std::string_view text, Collection& out) {
  std::string_view kept;
  if (!run_.Keep(offset_, text, kept)) return false;
  out.Add(Item::String(kept));
  return true;
}

}  // namespace throughline::path
