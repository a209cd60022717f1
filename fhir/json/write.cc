#include "fhir/json/write.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "fhir/json/utf8.h"

namespace throughline::json {
namespace {

std::uint64_t ZeroBytes(std::uint64_t word) { return (word - kOnes) & ~word & kHigh; }

// True when one of eight bytes is a control character, a quote or a backslash.
bool NeedsEscape(std::uint64_t word) {
  const std::uint64_t control = (word - kOnes * 0x20) & ~word & kHigh;
  return (control | ZeroBytes(word ^ (kOnes * '"')) | ZeroBytes(word ^ (kOnes * '\\'))) != 0;
}

bool NeedsEscape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

char ShortEscape(char c) {
  switch (c) {
    case '"':
    case '\\':
      return c;
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return '\0';
  }
}

// Writes into the room behind the end of a string, and gives back what it did not need.
class Sink {
 public:
  explicit Sink(std::string& out) : out_(out), start_(out.size()), size_(out.size()) {}
  ~Sink() { out_.resize(size_); }
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  void Put(char c) { *Room(1) = c, ++size_; }

  void Put(std::string_view text) {
    if (text.empty()) return;
    std::memcpy(Room(text.size()), text.data(), text.size());
    size_ += text.size();
  }

  void Fill(std::size_t count, char c) {
    std::memset(Room(count), c, count);
    size_ += count;
  }

  void PutString(std::string_view text) {
    char* place = Room(text.size() + 2);
    *place++ = '"';
    const char* from = text.data();
    const char* const end = from + text.size();
    while (end - from >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, from, 8);
      if (NeedsEscape(word)) break;
      std::memcpy(place, &word, 8);
      from += 8;
      place += 8;
    }
    while (from != end && !NeedsEscape(*from)) *place++ = *from++;
    size_ = static_cast<std::size_t>(place - out_.data());
    if (from != end) PutEscaped({from, static_cast<std::size_t>(end - from)});
    Put('"');
  }

 private:
  char* Room(std::size_t bytes) {
    if (out_.size() - size_ < bytes) out_.resize(size_ + bytes + std::max<std::size_t>(size_ - start_, 256));
    return out_.data() + size_;
  }

  void PutEscaped(std::string_view text) {
    std::size_t plain = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (!NeedsEscape(text[i])) continue;
      Put(text.substr(plain, i - plain));
      PutEscape(text[i]);
      plain = i + 1;
    }
    Put(text.substr(plain));
  }

  void PutEscape(char c) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    Put('\\');
    if (const char letter = ShortEscape(c); letter != '\0') return Put(letter);
    const auto code = static_cast<unsigned char>(c);
    const std::array<char, 5> escape = {'u', '0', '0', kHex[code >> 4], kHex[code & 15]};
    Put({escape.data(), escape.size()});
  }

  std::string& out_;
  const std::size_t start_;
  std::size_t size_;
};

class Writer {
 public:
  Writer(std::string& out, const Layout& layout) : sink_(out), indent_(layout.indent) {}

  void Put(const Value& value) {
    switch (value.kind()) {
      case Kind::kNull:
        return sink_.Put("null");
      case Kind::kBoolean:
        return sink_.Put(value.boolean() ? "true" : "false");
      case Kind::kNumber:
        return sink_.Put(value.text());
      case Kind::kString:
        return sink_.PutString(value.text());
      case Kind::kArray:
        return PutArray(value.items());
      case Kind::kObject:
        return PutObject(value.members());
    }
  }

 private:
  void PutArray(std::span<const Value> items) {
    sink_.Put('[');
    ++level_;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i != 0) sink_.Put(',');
      NewLine();
      Put(items[i]);
    }
    --level_;
    if (!items.empty()) NewLine();
    sink_.Put(']');
  }

  void PutObject(std::span<const Member> members) {
    sink_.Put('{');
    ++level_;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i != 0) sink_.Put(',');
      NewLine();
      sink_.PutString(members[i].name);
      sink_.Put(':');
      if (indent_ >= 0) sink_.Put(' ');
      Put(members[i].value);
    }
    --level_;
    if (!members.empty()) NewLine();
    sink_.Put('}');
  }

  void NewLine() {
    if (indent_ < 0) return;
    sink_.Put('\n');
    sink_.Fill(level_ * static_cast<std::size_t>(indent_), ' ');
  }

  Sink sink_;
  int indent_;
  std::size_t level_ = 0;
};

}  // namespace

void Write(const Value& value, std::string& out, const Layout& layout) { Writer(out, layout).Put(value); }

std::string ToString(const Value& value, const Layout& layout) {
  std::string out;
  Write(value, out, layout);
  return out;
}

void WriteString(std::string_view text, std::string& out) { Sink(out).PutString(text); }

}  // namespace throughline::json
