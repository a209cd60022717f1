#include "fhir/json/locate.h"

#include <algorithm>

namespace throughline::json {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

// Walks over text that is known to be JSON.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) {
      at_ = 3;
    }
    SkipBlanks();
  }

  std::size_t at() const { return at_; }

  // Enters the member or item that `step` names: false when the value here has none, which is then behind us.
  bool Enter(std::string_view step) {
    const char opening = Peek();
    if (opening != '{' && opening != '[') {
      return false;
    }
    Next();
    std::size_t index = 0;
    while (!IsEnd()) {
      const bool found = opening == '{' ? NameIs(step) : std::to_string(index) == step;
      if (found) {
        return true;
      }
      SkipValue();
      if (Peek() == ',') {
        Next();
      }
      ++index;
    }
    return false;
  }

 private:
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool IsEnd() const { return at_ >= text_.size() || text_[at_] == '}' || text_[at_] == ']'; }

  void Next() {
    ++at_;
    SkipBlanks();
  }

  void SkipBlanks() { at_ = std::min(text_.find_first_not_of(kBlank, at_), text_.size()); }

  // The string here with its quotes.
  std::string_view ReadString() {
    const std::size_t start = at_++;
    while (at_ < text_.size() && text_[at_] != '"') {
      at_ += text_[at_] == '\\' ? 2 : 1;
    }
    at_ = std::min(at_ + 1, text_.size());
    return text_.substr(start, at_ - start);
  }

  // Names of FHIR elements need no escapes: one that has them is not looked into.
  bool NameIs(std::string_view step) {
    const std::string_view name = ReadString();
    SkipBlanks();
    Next();
    return name.size() == step.size() + 2 && name.substr(1, step.size()) == step;
  }

  void SkipValue() {
    std::size_t depth = 0;
    do {
      const char c = Peek();
      if (c == '"') {
        ReadString();
      } else if (c == '{' || c == '[') {
        ++depth;
        ++at_;
      } else if (c == '}' || c == ']') {
        --depth;
        ++at_;
      } else {
        at_ = c == ',' || c == ':' ? at_ + 1 : std::min(text_.find_first_of(",:}] \t\r\n", at_), text_.size());
      }
      SkipBlanks();
    } while (depth > 0 && at_ < text_.size());
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

Position PositionOf(std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, at);
  const std::size_t last = before.rfind('\n');
  const std::string_view line = last == std::string_view::npos ? before : before.substr(last + 1);
  Position position;
  position.line += static_cast<std::size_t>(std::ranges::count(before, '\n'));
  position.column += static_cast<std::size_t>(std::ranges::count_if(line, [](char c) { return (c & 0xC0) != 0x80; }));
  return position;
}

std::string Unescaped(std::string_view step) {
  std::string plain;
  for (std::size_t i = 0; i < step.size(); ++i) {
    const bool escape = step[i] == '~' && i + 1 < step.size();
    plain += !escape ? step[i] : step[++i] == '1' ? '/' : '~';
  }
  return plain;
}

}  // namespace

Position Locate(std::string_view text, std::string_view pointer) {
  Scanner scanner(text);
  std::size_t found = scanner.at();
  while (pointer.starts_with('/')) {
    const std::size_t end = pointer.find('/', 1);
    if (!scanner.Enter(Unescaped(pointer.substr(1, end - 1)))) {
      break;
    }
    found = scanner.at();
    pointer = end == std::string_view::npos ? "" : pointer.substr(end);
  }
  return PositionOf(text, found);
}

void AppendStep(std::string_view name, std::string& pointer) {
  pointer += '/';
  for (const char c : name) {
    if (c == '~' || c == '/') {
      pointer += c == '~' ? "~0" : "~1";
    } else {
      pointer += c;
    }
  }
}

}  // namespace throughline::json
