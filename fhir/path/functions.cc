#include "fhir/path/functions.h"

#include <algorithm>
#include <array>

namespace throughline::path {
namespace {

using enum Arguments;

namespace shapes {
constexpr Shape kItems{"collection"};
constexpr Shape kItem{"one item", kAnyKind, true};
constexpr Shape kBoolean{"Boolean", KindBit(ItemKind::kBoolean), true};
constexpr Shape kBooleans{"collection of Boolean", KindBit(ItemKind::kBoolean)};
constexpr Shape kInteger{"Integer", KindBit(ItemKind::kInteger), true};
constexpr Shape kLong{"Long", KindBit(ItemKind::kLong), true};
constexpr Shape kDecimal{"Decimal", KindBit(ItemKind::kDecimal), true};
constexpr Shape kString{"String", KindBit(ItemKind::kString), true};
constexpr Shape kStringList{"collection of String", KindBit(ItemKind::kString)};
constexpr Shape kDate{"Date", KindBit(ItemKind::kDate), true};
constexpr Shape kDateTime{"DateTime", KindBit(ItemKind::kDateTime), true};
constexpr Shape kTime{"Time", KindBit(ItemKind::kTime), true};
constexpr Shape kMoment{"Date | DateTime | Time", kMomentKinds, true};
constexpr Shape kQuantity{"Quantity", kNumberKinds | KindBit(ItemKind::kQuantity), true};
constexpr Shape kPlainNumber{"Integer | Long | Decimal", kNumberKinds, true};
constexpr Shape kNumber{"Integer | Long | Decimal | Quantity", kNumberKinds | KindBit(ItemKind::kQuantity), true};
constexpr Shape kNumbers{"collection of Integer | Long | Decimal | Quantity",
                         kNumberKinds | KindBit(ItemKind::kQuantity)};
constexpr Shape kWholeOrQuantity{"Integer | Quantity", kNumberKinds | KindBit(ItemKind::kQuantity), true};
constexpr Shape kDecimalOrQuantity{"Decimal | Quantity", kNumberKinds | KindBit(ItemKind::kQuantity), true};
}  // namespace shapes

namespace sections {
constexpr Section kExistence{"Existence", "https://hl7.org/fhirpath/N1/#existence"};
constexpr Section kFiltering{"Filtering and projection", "https://hl7.org/fhirpath/N1/#filtering-and-projection"};
constexpr Section kNewFiltering{"Filtering and projection (STU)",
                                "https://build.fhir.org/ig/HL7/FHIRPath/#filtering-and-projection"};
constexpr Section kSubsetting{"Subsetting", "https://hl7.org/fhirpath/N1/#subsetting"};
constexpr Section kCombining{"Combining", "https://hl7.org/fhirpath/N1/#combining"};
constexpr Section kConversion{"Conversion", "https://hl7.org/fhirpath/N1/#conversion"};
constexpr Section kNewConversion{"Conversion (STU)", "https://build.fhir.org/ig/HL7/FHIRPath/#conversion"};
constexpr Section kStrings{"Strings", "https://hl7.org/fhirpath/N1/#string-manipulation"};
constexpr Section kNewStrings{"Strings (STU)", "https://build.fhir.org/ig/HL7/FHIRPath/#additional-string-functions"};
constexpr Section kMath{"Math", "https://hl7.org/fhirpath/N1/#math"};
constexpr Section kTree{"Tree navigation", "https://hl7.org/fhirpath/N1/#tree-navigation"};
constexpr Section kUtility{"Utility", "https://hl7.org/fhirpath/N1/#utility-functions"};
constexpr Section kNewUtility{"Utility (STU)", "https://build.fhir.org/ig/HL7/FHIRPath/#utility-functions"};
constexpr Section kClock{"Current date and time", "https://hl7.org/fhirpath/N1/#current-date-and-time-functions"};
constexpr Section kNewComponents{"Parts of dates and times (STU)",
                                 "https://build.fhir.org/ig/HL7/FHIRPath/#extract-datedatetimetime-components"};
constexpr Section kNewIntervals{"Spans of time (STU)",
                                "https://build.fhir.org/ig/HL7/FHIRPath/#date-and-time-interval-functions"};
constexpr Section kNewComparison{"Comparison (STU)", "https://build.fhir.org/ig/HL7/FHIRPath/#fn-comparable"};
constexpr Section kTypes{"Types", "https://hl7.org/fhirpath/N1/#types"};
constexpr Section kLogic{"Boolean logic", "https://hl7.org/fhirpath/N1/#boolean-logic"};
constexpr Section kAggregates{"Aggregates", "https://hl7.org/fhirpath/N1/#aggregates"};
constexpr Section kNewAggregates{"Aggregates (STU)", "https://build.fhir.org/ig/HL7/FHIRPath/#aggregates"};
constexpr Section kReflection{"Reflection", "https://hl7.org/fhirpath/N1/#reflection"};
constexpr Section kFhir{"FHIR", "https://hl7.org/fhir/R4/fhirpath.html#functions"};
}  // namespace sections

constexpr std::array kFunctions = {
    FunctionRow{"abs", 0, 0, kValues, Answer::kSystem, Abs, shapes::kNumber, "", shapes::kNumber, sections::kMath,
                "the number without its sign"},
    FunctionRow{"aggregate", 1, 2, kPerItem, Answer::kUnknown, Aggregate, shapes::kItems,
                "aggregator : expression [, init : collection]", shapes::kItems, sections::kAggregates,
                "what the items add up to, by an expression over $this, $index and $total"},
    FunctionRow{"all", 1, 1, kPerItem, Answer::kSystem, All, shapes::kItems, "criteria : expression", shapes::kBoolean,
                sections::kExistence, "does the condition hold for every item"},
    FunctionRow{"allFalse", 0, 0, kValues, Answer::kSystem, AllFalse, shapes::kBooleans, "", shapes::kBoolean,
                sections::kExistence, "are all items false"},
    FunctionRow{"allTrue", 0, 0, kValues, Answer::kSystem, AllTrue, shapes::kBooleans, "", shapes::kBoolean,
                sections::kExistence, "are all items true"},
    FunctionRow{"anyFalse", 0, 0, kValues, Answer::kSystem, AnyFalse, shapes::kBooleans, "", shapes::kBoolean,
                sections::kExistence, "is an item false"},
    FunctionRow{"anyTrue", 0, 0, kValues, Answer::kSystem, AnyTrue, shapes::kBooleans, "", shapes::kBoolean,
                sections::kExistence, "is an item true"},
    FunctionRow{"as", 1, 1, kType, Answer::kType, As, shapes::kItem, "type : type specifier", shapes::kItem,
                sections::kTypes, "the item, if it is of the type"},
    FunctionRow{"avg", 0, 0, kValues, Answer::kSystem, Average, shapes::kNumbers, "", shapes::kDecimalOrQuantity,
                sections::kNewAggregates, "the sum of the numbers divided by their count"},
    FunctionRow{"ceiling", 0, 0, kValues, Answer::kSystem, Ceiling, shapes::kNumber, "", shapes::kWholeOrQuantity,
                sections::kMath, "the first integer that is not less"},
    FunctionRow{"checkModifiers", 0, kMany, kValues, Answer::kInput, CheckModifiers, shapes::kItems,
                "[modifier : String, ...]", shapes::kItems, sections::kFhir,
                "the items, or an error when one has a modifier extension other than these"},
    FunctionRow{"children", 0, 0, kValues, Answer::kUnordered, Children, shapes::kItems, "", shapes::kItems,
                sections::kTree, "all children"},
    FunctionRow{"coalesce", 1, kMany, kValues, Answer::kUnknown, Coalesce, shapes::kItems, "value : collection [, ...]",
                shapes::kItems, sections::kNewFiltering,
                "the first argument that is not empty; those after it are not evaluated"},
    FunctionRow{"combine", 1, 2, kValues, Answer::kUnknown, Combine, shapes::kItems,
                "other : collection [, preserveOrder : Boolean]", shapes::kItems, sections::kCombining,
                "both lists, duplicates kept; always in their order here"},
    FunctionRow{"comparable", 1, 1, kValues, Answer::kSystem, Comparable, shapes::kQuantity, "other : Quantity",
                shapes::kBoolean, sections::kNewComparison, "do the units allow a comparison"},
    FunctionRow{"conformsTo", 1, 1, kValues, Answer::kSystem, ConformsTo, shapes::kItem, "structure : String",
                shapes::kBoolean, sections::kFhir, "does the item keep the rules of the profile"},
    FunctionRow{"contains", 1, 1, kValues, Answer::kSystem, Contains, shapes::kString, "substring : String",
                shapes::kBoolean, sections::kStrings, "is the text somewhere within"},
    FunctionRow{"convertsToBoolean", 0, 0, kValues, Answer::kSystem, ConvertsToBoolean, shapes::kItem, "",
                shapes::kBoolean, sections::kConversion, "does toBoolean() give a value"},
    FunctionRow{"convertsToDate", 0, 0, kValues, Answer::kSystem, ConvertsToDate, shapes::kItem, "", shapes::kBoolean,
                sections::kConversion, "does toDate() give a value"},
    FunctionRow{"convertsToDateTime", 0, 0, kValues, Answer::kSystem, ConvertsToDateTime, shapes::kItem, "",
                shapes::kBoolean, sections::kConversion, "does toDateTime() give a value"},
    FunctionRow{"convertsToDecimal", 0, 0, kValues, Answer::kSystem, ConvertsToDecimal, shapes::kItem, "",
                shapes::kBoolean, sections::kConversion, "does toDecimal() give a value"},
    FunctionRow{"convertsToInteger", 0, 0, kValues, Answer::kSystem, ConvertsToInteger, shapes::kItem, "",
                shapes::kBoolean, sections::kConversion, "does toInteger() give a value"},
    FunctionRow{"convertsToLong", 0, 0, kValues, Answer::kSystem, ConvertsToLong, shapes::kItem, "", shapes::kBoolean,
                sections::kNewConversion, "does toLong() give a value"},
    FunctionRow{"convertsToQuantity", 0, 1, kValues, Answer::kSystem, ConvertsToQuantity, shapes::kItem,
                "[unit : String]", shapes::kBoolean, sections::kConversion, "does toQuantity() give a value"},
    FunctionRow{"convertsToString", 0, 0, kValues, Answer::kSystem, ConvertsToString, shapes::kItem, "",
                shapes::kBoolean, sections::kConversion, "does toString() give a value"},
    FunctionRow{"convertsToTime", 0, 0, kValues, Answer::kSystem, ConvertsToTime, shapes::kItem, "", shapes::kBoolean,
                sections::kConversion, "does toTime() give a value"},
    FunctionRow{"count", 0, 0, kValues, Answer::kSystem, Count, shapes::kItems, "", shapes::kInteger,
                sections::kExistence, "the number of items"},
    FunctionRow{"dateOf", 0, 0, kValues, Answer::kSystem, DateOf, shapes::kItem, "", shapes::kDate,
                sections::kNewComponents, "the date of a date or dateTime"},
    FunctionRow{"dayOf", 0, 0, kValues, Answer::kSystem, DayOf, shapes::kItem, "", shapes::kInteger,
                sections::kNewComponents, "the day of a date or dateTime"},
    FunctionRow{"decode", 1, 1, kValues, Answer::kSystem, Decode, shapes::kString, "format : String", shapes::kString,
                sections::kNewStrings, "the text that was encoded as hex, base64 or urlbase64"},
    FunctionRow{"defineVariable", 1, 2, kValues, Answer::kInput, DefineVariable, shapes::kItems,
                "name : String [, projection : collection]", shapes::kItems, sections::kNewUtility,
                "the items; what follows may say %name for them, or for the projection"},
    FunctionRow{"descendants", 0, 0, kValues, Answer::kUnordered, Descendants, shapes::kItems, "", shapes::kItems,
                sections::kTree, "all children, their children, and so on"},
    FunctionRow{"difference", 2, 2, kValues, Answer::kSystem, Difference, shapes::kMoment,
                "value : Date | DateTime | Time, precision : String", shapes::kInteger, sections::kNewIntervals,
                "how often a year, month, ... begins between the two"},
    FunctionRow{"distinct", 0, 0, kValues, Answer::kInput, Distinct, shapes::kItems, "", shapes::kItems,
                sections::kExistence, "the items without duplicates"},
    FunctionRow{"duration", 2, 2, kValues, Answer::kSystem, Duration, shapes::kMoment,
                "value : Date | DateTime | Time, precision : String", shapes::kInteger, sections::kNewIntervals,
                "how many whole years, months, ... lie between the two; empty where a partial date leaves it open"},
    FunctionRow{"empty", 0, 0, kValues, Answer::kSystem, Empty, shapes::kItems, "", shapes::kBoolean,
                sections::kExistence, "are there no items"},
    FunctionRow{"encode", 1, 1, kValues, Answer::kSystem, Encode, shapes::kString, "format : String", shapes::kString,
                sections::kNewStrings, "the text as hex, base64, urlbase64 or ascii"},
    FunctionRow{"endsWith", 1, 1, kValues, Answer::kSystem, EndsWith, shapes::kString, "suffix : String",
                shapes::kBoolean, sections::kStrings, "does the text end so"},
    FunctionRow{"escape", 1, 1, kValues, Answer::kSystem, Escape, shapes::kString, "target : String", shapes::kString,
                sections::kNewStrings, "the text as html or json writes it"},
    FunctionRow{"exclude", 1, 1, kValues, Answer::kInput, Exclude, shapes::kItems, "other : collection", shapes::kItems,
                sections::kSubsetting, "the items that are not in the other list"},
    FunctionRow{"exists", 0, 1, kPerItem, Answer::kSystem, Exists, shapes::kItems, "[criteria : expression]",
                shapes::kBoolean, sections::kExistence, "is there an item (for which the condition holds)"},
    FunctionRow{"exp", 0, 0, kValues, Answer::kSystem, Exp, shapes::kPlainNumber, "", shapes::kDecimal, sections::kMath,
                "e to the power of the number"},
    FunctionRow{"extension", 1, 1, kValues, Answer::kUnknown, Extension, shapes::kItems, "url : String", shapes::kItems,
                sections::kFhir, "the extensions with this URL"},
    FunctionRow{"first", 0, 0, kValues, Answer::kInput, First, shapes::kItems, "", shapes::kItem, sections::kSubsetting,
                "the first item"},
    FunctionRow{"floor", 0, 0, kValues, Answer::kSystem, Floor, shapes::kNumber, "", shapes::kWholeOrQuantity,
                sections::kMath, "the last integer that is not greater"},
    FunctionRow{"getValue", 0, 0, kValues, Answer::kSystem, GetValue, shapes::kItems, "", shapes::kItem,
                sections::kFhir, "the System value of a FHIR primitive"},
    FunctionRow{"hasExtension", 1, 1, kValues, Answer::kSystem, HasExtension, shapes::kItems, "url : String",
                shapes::kBoolean, sections::kFhir, "is there an extension with this URL"},
    FunctionRow{"hasValue", 0, 0, kValues, Answer::kSystem, HasValue, shapes::kItems, "", shapes::kBoolean,
                sections::kFhir, "is it one primitive that has a value"},
    FunctionRow{"highBoundary", 0, 1, kValues, Answer::kSystem, HighBoundary, shapes::kItem, "[precision : Integer]",
                shapes::kItem, sections::kNewUtility, "the greatest value that the number, date or time may stand for"},
    FunctionRow{"hourOf", 0, 0, kValues, Answer::kSystem, HourOf, shapes::kItem, "", shapes::kInteger,
                sections::kNewComponents, "the hour of a dateTime or time"},
    FunctionRow{"htmlChecks", 0, 0, kValues, Answer::kSystem, HtmlChecks, shapes::kItems, "", shapes::kBoolean,
                sections::kFhir, "is the xhtml what a narrative may hold"},
    FunctionRow{"iif", 2, 3, kPerItem, Answer::kUnknown, Iif, shapes::kItem,
                "criterion : expression, true-result : expression [, otherwise-result : expression]", shapes::kItems,
                sections::kConversion, "the second or the third argument, as the first says"},
    FunctionRow{"indexOf", 1, 1, kValues, Answer::kSystem, IndexOf, shapes::kString, "substring : String",
                shapes::kInteger, sections::kStrings, "where the text starts within, or -1"},
    FunctionRow{"intersect", 1, 1, kValues, Answer::kInput, Intersect, shapes::kItems, "other : collection",
                shapes::kItems, sections::kSubsetting, "the items that are in both lists"},
    FunctionRow{"is", 1, 1, kType, Answer::kSystem, Is, shapes::kItem, "type : type specifier", shapes::kBoolean,
                sections::kTypes, "is the item of the type"},
    FunctionRow{"isDistinct", 0, 0, kValues, Answer::kSystem, IsDistinct, shapes::kItems, "", shapes::kBoolean,
                sections::kExistence, "are there no duplicates"},
    FunctionRow{"join", 0, 1, kValues, Answer::kSystem, Join, shapes::kStringList, "[separator : String]",
                shapes::kString, sections::kNewStrings, "the texts as one, with a separator"},
    FunctionRow{"last", 0, 0, kValues, Answer::kInput, Last, shapes::kItems, "", shapes::kItem, sections::kSubsetting,
                "the last item"},
    FunctionRow{"lastIndexOf", 1, 1, kValues, Answer::kSystem, LastIndexOf, shapes::kString, "substring : String",
                shapes::kInteger, sections::kNewStrings, "where the text starts last within, or -1"},
    FunctionRow{"length", 0, 0, kValues, Answer::kSystem, Length, shapes::kString, "", shapes::kInteger,
                sections::kStrings, "the number of characters"},
    FunctionRow{"ln", 0, 0, kValues, Answer::kSystem, Ln, shapes::kPlainNumber, "", shapes::kDecimal, sections::kMath,
                "the natural logarithm"},
    FunctionRow{"log", 1, 1, kValues, Answer::kSystem, Log, shapes::kPlainNumber, "base : Decimal", shapes::kDecimal,
                sections::kMath, "the logarithm to a base"},
    FunctionRow{"lowBoundary", 0, 1, kValues, Answer::kSystem, LowBoundary, shapes::kItem, "[precision : Integer]",
                shapes::kItem, sections::kNewUtility, "the least value that the number, date or time may stand for"},
    FunctionRow{"lower", 0, 0, kValues, Answer::kSystem, Lower, shapes::kString, "", shapes::kString,
                sections::kStrings, "the text in small letters"},
    FunctionRow{"matches", 1, 2, kPattern, Answer::kSystem, Matches, shapes::kString,
                "regex : String [, flags : String]", shapes::kBoolean, sections::kStrings,
                "is the pattern found in the text"},
    FunctionRow{"matchesFull", 1, 2, kPattern, Answer::kSystem, MatchesFull, shapes::kString,
                "regex : String [, flags : String]", shapes::kBoolean, sections::kNewStrings,
                "does the pattern match the whole text"},
    FunctionRow{"max", 0, 0, kValues, Answer::kInput, Max, shapes::kItems, "", shapes::kItem, sections::kNewAggregates,
                "the greatest item"},
    FunctionRow{"memberOf", 1, 1, kValues, Answer::kSystem, MemberOf, shapes::kItem, "valueset : String",
                shapes::kBoolean, sections::kFhir,
                "is the code in the value set; empty when that cannot be known offline"},
    FunctionRow{"millisecondOf", 0, 0, kValues, Answer::kSystem, MillisecondOf, shapes::kItem, "", shapes::kInteger,
                sections::kNewComponents, "the milliseconds of a dateTime or time"},
    FunctionRow{"min", 0, 0, kValues, Answer::kInput, Min, shapes::kItems, "", shapes::kItem, sections::kNewAggregates,
                "the least item"},
    FunctionRow{"minuteOf", 0, 0, kValues, Answer::kSystem, MinuteOf, shapes::kItem, "", shapes::kInteger,
                sections::kNewComponents, "the minute of a dateTime or time"},
    FunctionRow{"monthOf", 0, 0, kValues, Answer::kSystem, MonthOf, shapes::kItem, "", shapes::kInteger,
                sections::kNewComponents, "the month of a date or dateTime"},
    FunctionRow{"not", 0, 0, kValues, Answer::kSystem, Not, shapes::kItem, "", shapes::kBoolean, sections::kLogic,
                "true for false and the other way"},
    FunctionRow{"now", 0, 0, kValues, Answer::kSystem, Now, shapes::kItems, "", shapes::kDateTime, sections::kClock,
                "the date and time of the evaluation"},
    FunctionRow{"ofType", 1, 1, kType, Answer::kType, OfType, shapes::kItems, "type : type specifier", shapes::kItems,
                sections::kFiltering, "the items of the type"},
    FunctionRow{"power", 1, 1, kValues, Answer::kSystem, Power, shapes::kPlainNumber, "exponent : Integer | Decimal",
                shapes::kPlainNumber, sections::kMath, "the number to a power"},
    FunctionRow{"precision", 0, 0, kValues, Answer::kSystem, PrecisionOf, shapes::kItem, "", shapes::kInteger,
                sections::kNewUtility, "the number of digits that are written"},
    FunctionRow{"repeat", 1, 1, kPerItem, Answer::kUnknown, Repeat, shapes::kItems, "projection : expression",
                shapes::kItems, sections::kFiltering, "select() on its own results until nothing new comes"},
    FunctionRow{"repeatAll", 1, 1, kPerItem, Answer::kUnknown, RepeatAll, shapes::kItems, "projection : expression",
                shapes::kItems, sections::kNewFiltering, "select() on its own results until nothing comes"},
    FunctionRow{"replace", 2, 2, kValues, Answer::kSystem, Replace, shapes::kString,
                "pattern : String, substitution : String", shapes::kString, sections::kStrings,
                "the text with every occurrence replaced"},
    FunctionRow{"replaceMatches", 2, 3, kPattern, Answer::kSystem, ReplaceMatches, shapes::kString,
                "regex : String, substitution : String [, flags : String]", shapes::kString, sections::kStrings,
                "the text with every match of the pattern replaced"},
    FunctionRow{"resolve", 0, 0, kValues, Answer::kUnknown, Resolve, shapes::kItems, "", shapes::kItems,
                sections::kFhir, "the resources that the references name"},
    FunctionRow{"round", 0, 1, kValues, Answer::kSystem, Round, shapes::kNumber, "[precision : Integer]",
                shapes::kDecimalOrQuantity, sections::kMath, "the number with so many digits after the point"},
    FunctionRow{"secondOf", 0, 0, kValues, Answer::kSystem, SecondOf, shapes::kItem, "", shapes::kInteger,
                sections::kNewComponents, "the second of a dateTime or time"},
    FunctionRow{"select", 1, 1, kPerItem, Answer::kArgument, Select, shapes::kItems, "projection : expression",
                shapes::kItems, sections::kFiltering, "what the expression gives for each item"},
    FunctionRow{"single", 0, 0, kValues, Answer::kInput, SingleItem, shapes::kItem, "", shapes::kItem,
                sections::kSubsetting, "the only item; an error if there are several"},
    FunctionRow{"skip", 1, 1, kValues, Answer::kInput, Skip, shapes::kItems, "num : Integer", shapes::kItems,
                sections::kSubsetting, "all but the first items"},
    FunctionRow{"slice", 2, 2, kValues, Answer::kInput, Slice, shapes::kItems, "structure : String, name : String",
                shapes::kItems, sections::kFhir, "the items that belong to the slice of the profile"},
    FunctionRow{"sort", 0, kMany, kSort, Answer::kInput, Sort, shapes::kItems,
                "[keySelector : expression [asc | desc], ...]", shapes::kItems, sections::kNewFiltering,
                "the items in the order of the keys; -key or desc: from the greatest"},
    FunctionRow{"split", 1, 1, kValues, Answer::kSystem, Split, shapes::kString, "separator : String",
                shapes::kStringList, sections::kNewStrings, "the parts between the separators"},
    FunctionRow{"sqrt", 0, 0, kValues, Answer::kSystem, Sqrt, shapes::kPlainNumber, "", shapes::kDecimal,
                sections::kMath, "the square root"},
    FunctionRow{"startsWith", 1, 1, kValues, Answer::kSystem, StartsWith, shapes::kString, "prefix : String",
                shapes::kBoolean, sections::kStrings, "does the text start so"},
    FunctionRow{"subsetOf", 1, 1, kValues, Answer::kSystem, SubsetOf, shapes::kItems, "other : collection",
                shapes::kBoolean, sections::kExistence, "are all items in the other list"},
    FunctionRow{"substring", 1, 2, kValues, Answer::kSystem, Substring, shapes::kString,
                "start : Integer [, length : Integer]", shapes::kString, sections::kStrings,
                "the text from a place on (so many characters)"},
    FunctionRow{"subsumedBy", 1, 1, kValues, Answer::kSystem, SubsumedBy, shapes::kItem, "code : Coding",
                shapes::kBoolean, sections::kFhir, "does the other code subsume this one"},
    FunctionRow{"subsumes", 1, 1, kValues, Answer::kSystem, Subsumes, shapes::kItem, "code : Coding", shapes::kBoolean,
                sections::kFhir, "does this code subsume the other one"},
    FunctionRow{"sum", 0, 0, kValues, Answer::kSystem, Total, shapes::kNumbers, "", shapes::kNumber,
                sections::kNewAggregates, "the sum of the numbers"},
    FunctionRow{"supersetOf", 1, 1, kValues, Answer::kSystem, SupersetOf, shapes::kItems, "other : collection",
                shapes::kBoolean, sections::kExistence, "are all of the other list here"},
    FunctionRow{"tail", 0, 0, kValues, Answer::kInput, Tail, shapes::kItems, "", shapes::kItems, sections::kSubsetting,
                "all but the first item"},
    FunctionRow{"take", 1, 1, kValues, Answer::kInput, Take, shapes::kItems, "num : Integer", shapes::kItems,
                sections::kSubsetting, "the first items"},
    FunctionRow{"timeOf", 0, 0, kValues, Answer::kSystem, TimeOf, shapes::kItem, "", shapes::kTime,
                sections::kNewComponents, "the time of a dateTime or time"},
    FunctionRow{"timeOfDay", 0, 0, kValues, Answer::kSystem, TimeOfDay, shapes::kItems, "", shapes::kTime,
                sections::kClock, "the time of the evaluation"},
    FunctionRow{"timezoneOffsetOf", 0, 0, kValues, Answer::kSystem, TimezoneOffsetOf, shapes::kItem, "",
                shapes::kDecimal, sections::kNewComponents, "the hours that the zone of a dateTime is ahead of UTC"},
    FunctionRow{"toBoolean", 0, 0, kValues, Answer::kSystem, ToBoolean, shapes::kItem, "", shapes::kBoolean,
                sections::kConversion, "the value as boolean, if it says one"},
    FunctionRow{"toChars", 0, 0, kValues, Answer::kSystem, ToChars, shapes::kString, "", shapes::kStringList,
                sections::kStrings, "the characters one by one"},
    FunctionRow{"toDate", 0, 0, kValues, Answer::kSystem, ToDate, shapes::kItem, "", shapes::kDate,
                sections::kConversion, "the value as date, if it says one"},
    FunctionRow{"toDateTime", 0, 0, kValues, Answer::kSystem, ToDateTime, shapes::kItem, "", shapes::kDateTime,
                sections::kConversion, "the value as dateTime, if it says one"},
    FunctionRow{"toDecimal", 0, 0, kValues, Answer::kSystem, ToDecimal, shapes::kItem, "", shapes::kDecimal,
                sections::kConversion, "the value as decimal, if it says one"},
    FunctionRow{"toInteger", 0, 0, kValues, Answer::kSystem, ToInteger, shapes::kItem, "", shapes::kInteger,
                sections::kConversion, "the value as integer, if it says one"},
    FunctionRow{"toLong", 0, 0, kValues, Answer::kSystem, ToLong, shapes::kItem, "", shapes::kLong,
                sections::kNewConversion, "the value as an integer of 64 bits, if it says one"},
    FunctionRow{"toQuantity", 0, 1, kValues, Answer::kSystem, ToQuantity, shapes::kItem, "[unit : String]",
                shapes::kQuantity, sections::kConversion, "the value as quantity (in a unit), if it says one"},
    FunctionRow{"toString", 0, 0, kValues, Answer::kSystem, ToText, shapes::kItem, "", shapes::kString,
                sections::kConversion, "the value as text"},
    FunctionRow{"toTime", 0, 0, kValues, Answer::kSystem, ToTime, shapes::kItem, "", shapes::kTime,
                sections::kConversion, "the value as time, if it says one"},
    FunctionRow{"today", 0, 0, kValues, Answer::kSystem, Today, shapes::kItems, "", shapes::kDate, sections::kClock,
                "the date of the evaluation"},
    FunctionRow{"trace", 1, 2, kPerItem, Answer::kInput, Trace, shapes::kItems,
                "name : String [, projection : expression]", shapes::kItems, sections::kUtility,
                "the items, which are also noted under a name"},
    FunctionRow{"trim", 0, 0, kValues, Answer::kSystem, Trim, shapes::kString, "", shapes::kString,
                sections::kNewStrings, "the text without white space around it"},
    FunctionRow{"truncate", 0, 0, kValues, Answer::kSystem, Truncate, shapes::kNumber, "", shapes::kWholeOrQuantity,
                sections::kMath, "the integer part"},
    FunctionRow{"type", 0, 0, kValues, Answer::kUnknown, TypeOf, shapes::kItems, "", shapes::kItems,
                sections::kReflection, "the namespace and name of the type"},
    FunctionRow{"unescape", 1, 1, kValues, Answer::kSystem, Unescaped, shapes::kString, "target : String",
                shapes::kString, sections::kNewStrings, "the text that html or json wrote"},
    FunctionRow{"union", 1, 1, kValues, Answer::kUnknown, Union, shapes::kItems, "other : collection", shapes::kItems,
                sections::kCombining, "both lists without duplicates"},
    FunctionRow{"upper", 0, 0, kValues, Answer::kSystem, Upper, shapes::kString, "", shapes::kString,
                sections::kStrings, "the text in capitals"},
    FunctionRow{"where", 1, 1, kPerItem, Answer::kInput, Where, shapes::kItems, "criteria : expression", shapes::kItems,
                sections::kFiltering, "the items for which the condition holds"},
    FunctionRow{"yearOf", 0, 0, kValues, Answer::kSystem, YearOf, shapes::kItem, "", shapes::kInteger,
                sections::kNewComponents, "the year of a date or dateTime"},
};
static_assert(std::ranges::is_sorted(kFunctions, {}, &FunctionRow::name));

}  // namespace

std::span<const FunctionRow> Functions() { return kFunctions; }

const FunctionRow* FindFunction(std::string_view name) {
  const auto row = std::ranges::lower_bound(kFunctions, name, {}, &FunctionRow::name);
  return row != kFunctions.end() && row->name == name ? &*row : nullptr;
}

}  // namespace throughline::path
