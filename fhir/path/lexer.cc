#include "fhir/path/lexer.h"

#include <array>
#include <charconv>
#include <optional>

namespace throughline::path {
namespace {

bool IsNumeral(char c) { return c >= '0' && c <= '9'; }
bool IsNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsNamePart(char c) { return IsNameStart(c) || IsNumeral(c); }

// Longer ones first.
constexpr std::array<std::string_view, 24> kSymbols = {"!=", "!~", "<=", ">=", "(", ")", "[", "]", "{", "}", ".", ",",
                                                       "=",  "~",  "<",  ">",  "+", "-", "*", "/", "&", "|", ":", ";"};

void AppendUtf8(std::uint32_t code, std::string& out) {
  const auto push = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    push(code);
  } else if (code < 0x800) {
    push(0xC0 | (code >> 6));
    push(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    push(0xE0 | (code >> 12));
    push(0x80 | ((code >> 6) & 0x3F));
    push(0x80 | (code & 0x3F));
  } else {
    push(0xF0 | (code >> 18));
    push(0x80 | ((code >> 12) & 0x3F));
    push(0x80 | ((code >> 6) & 0x3F));
    push(0x80 | (code & 0x3F));
  }
}

// The four hex digits at `index`.
std::optional<std::uint32_t> Hex(std::string_view text, std::size_t index) {
  if (text.size() < index + 4) return std::nullopt;
  std::uint32_t code = 0;
  const char* first = text.data() + index;
  const auto [end, error] = std::from_chars(first, first + 4, code, 16);
  if (error != std::errc{} || end != first + 4) return std::nullopt;
  return code;
}

// Reads `XXXX`, or `XXXX\uXXXX` of a surrogate pair, at `index`; moves `index` behind it.
bool AppendUnicode(std::string_view text, std::size_t& index, std::string& out) {
  const std::optional<std::uint32_t> first = Hex(text, index);
  if (!first) return false;
  index += 4;
  if (*first < 0xD800 || *first > 0xDFFF) {
    AppendUtf8(*first, out);
    return true;
  }
  if (*first > 0xDBFF || text.substr(index, 2) != "\\u") return false;
  const std::optional<std::uint32_t> second = Hex(text, index + 2);
  if (!second || *second < 0xDC00 || *second > 0xDFFF) return false;
  index += 6;
  AppendUtf8(0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00), out);
  return true;
}

char SimpleEscape(char c) {
  switch (c) {
    case 'r':
      return '\r';
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'f':
      return '\f';
    case '\\':
    case '/':
    case '\'':
    case '"':
    case '`':
      return c;
    default:
      return '\0';
  }
}

}  // namespace

bool Unescape(std::string_view text, std::string& out, std::size_t& bad) {
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '\\') {
      out += text[i++];
      continue;
    }
    bad = i++;
    if (i == text.size()) break;
    const char c = text[i];
    if (c == 'u' && Hex(text, i + 1)) {
      if (!AppendUnicode(text, ++i, out)) return false;
    } else if (const char plain = SimpleEscape(c); plain != '\0') {
      out += plain;
      ++i;
    }
  }
  return true;
}

Token Lexer::Next() {
  Token token;
  if (!SkipBlanks(token)) return token;
  const std::size_t start = next_;
  if (start >= text_.size()) return Token{TokenKind::kEnd, text_.size(), {}};
  const char c = text_[start];
  if (IsNameStart(c)) return Word(start);
  if (IsNumeral(c)) return Number(start);
  switch (c) {
    case '\'':
      return Quoted(TokenKind::kString, start);
    case '`':
      return Quoted(TokenKind::kDelimitedIdentifier, start);
    case '@':
      return Moment(start);
    case '%':
      return Variable(start);
    case '$':
      ++next_;
      token = Word(start + 1);
      token.offset = start;
      token.kind = TokenKind::kDollar;
      return token;
    default:
      return Symbol(start);
  }
}

Token Lexer::Fail(std::size_t offset, std::string_view reason) {
  next_ = text_.size();
  return Token{TokenKind::kError, offset, reason};
}

bool Lexer::SkipBlanks(Token& error) {
  while (next_ < text_.size()) {
    const char c = text_[next_];
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      ++next_;
    } else if (text_.substr(next_, 2) == "//") {
      const std::size_t end = text_.find_first_of("\r\n", next_);
      next_ = end == std::string_view::npos ? text_.size() : end;
    } else if (text_.substr(next_, 2) == "/*") {
      const std::size_t end = text_.find("*/", next_ + 2);
      if (end == std::string_view::npos) {
        error = Fail(next_, "the comment is not closed");
        return false;
      }
      next_ = end + 2;
    } else {
      return true;
    }
  }
  return true;
}

Token Lexer::Word(std::size_t start) {
  std::size_t end = start;
  while (IsNamePart(At(end))) ++end;
  next_ = end;
  return Token{TokenKind::kIdentifier, start, text_.substr(start, end - start)};
}

std::size_t Lexer::DigitsFrom(std::size_t index) const {
  while (IsNumeral(At(index))) ++index;
  return index;
}

Token Lexer::Number(std::size_t start) {
  std::size_t end = DigitsFrom(start);
  if (At(end) == 'L' && !IsNamePart(At(end + 1))) {
    next_ = end + 1;
    return Token{TokenKind::kLong, start, text_.substr(start, end - start)};
  }
  if (At(end) == '.' && IsNumeral(At(end + 1))) end = DigitsFrom(end + 1);
  next_ = end;
  return Token{TokenKind::kNumber, start, text_.substr(start, end - start)};
}

Token Lexer::Quoted(TokenKind kind, std::size_t start) {
  const char quote = text_[start];
  for (std::size_t i = start + 1; i < text_.size(); ++i) {
    if (text_[i] == '\\') {
      ++i;
    } else if (text_[i] == quote) {
      next_ = i + 1;
      return Token{kind, start, text_.substr(start + 1, i - start - 1)};
    }
  }
  return Fail(start, "the closing quote is missing");
}

Token Lexer::Moment(std::size_t start) {
  std::size_t end = start + 1;
  if (At(end) == 'T') {
    end = ++next_ + 1;
    while (IsNumeral(At(end)) || At(end) == ':' || (At(end) == '.' && IsNumeral(At(end + 1)))) ++end;
    next_ = end;
    return Token{TokenKind::kTime, start, text_.substr(start + 2, end - start - 2)};
  }
  while (IsNumeral(At(end)) || (At(end) == '-' && IsNumeral(At(end + 1)))) ++end;
  if (At(end) != 'T') {
    next_ = end;
    return Token{TokenKind::kDate, start, text_.substr(start + 1, end - start - 1)};
  }
  ++end;
  while (IsNumeral(At(end)) || At(end) == ':' || (At(end) == '.' && IsNumeral(At(end + 1)))) ++end;
  if (At(end) == 'Z') {
    ++end;
  } else if ((At(end) == '+' || At(end) == '-') && IsNumeral(At(end + 1)) && IsNumeral(At(end + 2)) &&
             At(end + 3) == ':') {
    end = DigitsFrom(end + 4);
  }
  next_ = end;
  return Token{TokenKind::kDateTime, start, text_.substr(start + 1, end - start - 1)};
}

Token Lexer::Variable(std::size_t start) {
  next_ = start + 1;
  Token token;
  if (At(next_) == '`' || At(next_) == '\'') {
    token = Quoted(TokenKind::kVariable, next_);
  } else if (IsNameStart(At(next_))) {
    token = Word(next_);
  } else {
    return Fail(start, "a name is missing after %");
  }
  if (token.kind != TokenKind::kError) token.kind = TokenKind::kVariable;
  token.offset = start;
  return token;
}

Token Lexer::Symbol(std::size_t start) {
  for (const std::string_view symbol : kSymbols) {
    if (text_.substr(start, symbol.size()) != symbol) continue;
    next_ = start + symbol.size();
    return Token{TokenKind::kSymbol, start, text_.substr(start, symbol.size())};
  }
  return Fail(start, "no part of an expression starts with this character");
}

}  // namespace throughline::path
