#include "fhir/xml/markup.h"

#include <algorithm>
#include <array>

namespace throughline::xml {
namespace {

struct Escape {
  char letter;
  std::string_view text;
};
constexpr std::array kEscapes = {
    Escape{'&', "&amp;"}, Escape{'<', "&lt;"},   Escape{'>', "&gt;"},   Escape{'"', "&quot;"},
    Escape{'\t', "&#9;"}, Escape{'\n', "&#10;"}, Escape{'\r', "&#13;"},
};
constexpr std::size_t kOfText = 3;  // those that text needs; white space stays as it is there

void AppendEscaped(std::string_view text, std::size_t escapes, std::string& out) {
  for (const char c : text) {
    const auto* const end = kEscapes.begin() + escapes;
    const auto* const found = std::find_if(kEscapes.begin(), end, [&](const Escape& each) { return each.letter == c; });
    found == end ? out.push_back(c) : static_cast<void>(out.append(found->text));
  }
}

}  // namespace

void Markup::CloseStart() {
  text_.append(in_start_ ? ">" : "");
  in_start_ = false;
}

void Markup::Start(const Name& name, std::span<const Attribute> attributes) {
  CloseStart();
  text_.append("<").append(name.local);
  if (open_.empty() || open_.back().space != name.space) {
    text_.append(" xmlns=\"");
    AppendEscaped(name.space, kEscapes.size(), text_);
    text_.append("\"");
  }
  for (const Attribute& attribute : attributes) {
    text_.append(attribute.name.space == kXmlSpace ? " xml:" : " ").append(attribute.name.local).append("=\"");
    AppendEscaped(attribute.value, kEscapes.size(), text_);
    text_.append("\"");
  }
  open_.push_back({std::string(name.space), std::string(name.local)});
  in_start_ = true;
}

void Markup::Text(std::string_view text) {
  CloseStart();
  AppendEscaped(text, kOfText, text_);
}

void Markup::End() {
  if (in_start_) {
    text_.append("/>");
  } else {
    text_.append("</").append(open_.back().local).append(">");
  }
  in_start_ = false;
  open_.pop_back();
}

}  // namespace throughline::xml
