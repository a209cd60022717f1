// FHIRPath text -> tokens. https://hl7.org/fhirpath/N1/grammar.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace throughline::path {

enum class TokenKind : std::uint8_t {
  kEnd,
  kIdentifier,           // name, keywords included
  kDelimitedIdentifier,  // `name`
  kString,               // 'text'
  kNumber,               // 12, 1.50
  kLong,                 // 12L
  kDate,                 // @2025-02-03
  kDateTime,             // @2025-02-03T14, @2025T
  kTime,                 // @T14:30
  kVariable,             // %name, %`name`, %'name'
  kDollar,               // $this
  kSymbol,               // an operator or a bracket
  kError,                // `text` says what is wrong
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::size_t offset = 0;
  // The name, symbol or literal without its marks (quotes, `@`, `T` of a time, `%`, `$`). Of strings and quoted names
  // still with escapes: see Unescape().
  std::string_view text;
};

// Reads one token after the other. Views into the text.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}
  Token Next();

 private:
  bool SkipBlanks(Token& error);
  Token Word(std::size_t start);
  Token Number(std::size_t start);
  Token Quoted(TokenKind kind, std::size_t start);
  Token Moment(std::size_t start);
  Token Variable(std::size_t start);
  Token Symbol(std::size_t start);
  Token Fail(std::size_t offset, std::string_view reason);
  char At(std::size_t index) const { return index < text_.size() ? text_[index] : '\0'; }
  std::size_t DigitsFrom(std::size_t index) const;

  std::string_view text_;
  std::size_t next_ = 0;
};

// Resolves \\ \/ \' \" \` \r \n \t \f \uXXXX (surrogate pairs included); a backslash before anything else is left out.
// False: half of a surrogate pair; `bad` is its place in `text`. https://hl7.org/fhirpath/N1/#string
bool Unescape(std::string_view text, std::string& out, std::size_t& bad);

}  // namespace throughline::path
