#include "fhir/json/parse.h"

#include <rapidjson/error/error.h>
#include <rapidjson/reader.h>

#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "fhir/json/handler.h"
#include "fhir/json/utf8.h"

namespace throughline::json {
namespace {

constexpr unsigned kFlags = rapidjson::kParseInsituFlag | rapidjson::kParseIterativeFlag |
                            rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseFullPrecisionFlag;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kPadding = 8;  // the end mark, and room to look at a name eight bytes at once
constexpr std::size_t kLongest = std::numeric_limits<std::uint32_t>::max() - kPadding;

constexpr Rule kTooLong{"json-too-long", "the document is too long", IssueType::kTooLong};
constexpr Rule kUtf8{"json-utf8", "the bytes are not UTF-8"};
constexpr Rule kNul{"json-nul", "there is a NUL byte"};
constexpr Rule kEmpty{"json-syntax", "there is no JSON value"};
constexpr Rule kAfterRoot{"json-syntax", "something follows the JSON value"};
constexpr Rule kNotAValue{"json-syntax", "this is not a JSON value"};
constexpr Rule kName{"json-syntax", "a member name in quotes is missing"};
constexpr Rule kColon{"json-syntax", "a colon is missing behind the member name"};
constexpr Rule kComma{"json-syntax", "a comma or the closing bracket is missing"};
constexpr Rule kEscape{"json-syntax", "the escape is not one of JSON's"};
constexpr Rule kQuote{"json-syntax", "the string has no closing quote, or a control character that is not escaped"};
constexpr Rule kBadNumber{"json-syntax", "this is not a JSON number"};
constexpr Rule kNumberTooBig{"json-number", "the number is too large", IssueType::kValue};

struct CodeRow {
  rapidjson::ParseErrorCode code;
  const Rule* rule;
};

constexpr CodeRow kCodes[] = {
    {rapidjson::kParseErrorDocumentEmpty, &kEmpty},
    {rapidjson::kParseErrorDocumentRootNotSingular, &kAfterRoot},
    {rapidjson::kParseErrorValueInvalid, &kNotAValue},
    {rapidjson::kParseErrorObjectMissName, &kName},
    {rapidjson::kParseErrorObjectMissColon, &kColon},
    {rapidjson::kParseErrorObjectMissCommaOrCurlyBracket, &kComma},
    {rapidjson::kParseErrorArrayMissCommaOrSquareBracket, &kComma},
    {rapidjson::kParseErrorStringUnicodeEscapeInvalidHex, &kEscape},
    {rapidjson::kParseErrorStringUnicodeSurrogateInvalid, &kSurrogate},
    {rapidjson::kParseErrorStringEscapeInvalid, &kEscape},
    {rapidjson::kParseErrorStringMissQuotationMark, &kQuote},
    {rapidjson::kParseErrorStringInvalidEncoding, &kQuote},
    {rapidjson::kParseErrorNumberTooBig, &kNumberTooBig},
    {rapidjson::kParseErrorNumberMissFraction, &kBadNumber},
    {rapidjson::kParseErrorNumberMissExponent, &kBadNumber},
};

const Rule& RuleOf(rapidjson::ParseErrorCode code) {
  for (const CodeRow& row : kCodes) {
    if (row.code == code) return *row.rule;
  }
  return kNotAValue;
}

Error Refuse(const Rule& rule, std::size_t offset) {
  Error error = MakeError(ErrorKind::kInvalid, std::string(rule.id), std::string(rule.text));
  error.issues.front().type = rule.type;
  error.issues.front().location = "offset " + std::to_string(offset);
  return error;
}

// A copy that is parsed in place: its strings are the value's strings.
char* CopyWithPadding(std::string_view bytes, Arena& arena) {
  char* const text = arena.Array<char>(bytes.size() + kPadding);
  std::memcpy(text, bytes.data(), bytes.size());
  std::memset(text + bytes.size(), 0, kPadding);
  return text;
}

}  // namespace

Result<Value> Parse(std::string_view bytes, Arena& arena, const Limits& limits) {
  const std::size_t skipped = bytes.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  bytes.remove_prefix(skipped);
  if (bytes.empty()) return Refuse(kEmpty, skipped);
  if (bytes.size() > kLongest) return Refuse(kTooLong, skipped);
  if (const std::size_t bad = FindBadByte(bytes); bad != kAllGood) {
    return Refuse(bytes[bad] == '\0' ? kNul : kUtf8, skipped + bad);
  }

  char* const text = CopyWithPadding(bytes, arena);
  Handler handler(arena, limits, HasRiskyEscapes(bytes));
  rapidjson::InsituStringStream stream(text);
  rapidjson::Reader reader;
  const rapidjson::ParseResult parsed = reader.Parse<kFlags>(stream, handler);
  if (!parsed) {
    const Failure& failure = handler.failure();
    const Rule& rule = failure.rule != nullptr ? *failure.rule : RuleOf(parsed.Code());
    const std::size_t at = failure.place != nullptr ? static_cast<std::size_t>(failure.place - text) : parsed.Offset();
    return Refuse(rule, skipped + at);
  }
  if (stream.Tell() != bytes.size()) return Refuse(kAfterRoot, skipped + stream.Tell());
  return handler.root();
}

Result<Document> ParseDocument(std::string_view bytes, const Limits& limits) {
  Document document;
  Result<Value> root = Parse(bytes, document.arena, limits);
  if (!root) return std::move(root).error();
  document.root = *root;
  return document;
}

}  // namespace throughline::json
