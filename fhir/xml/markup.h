// XHTML as text: a narrative is one string in JSON. https://hl7.org/fhir/R4/json.html#xhtml
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace throughline::xml {

// A name with the namespace that it is in; attributes mostly have none.
struct Name {
  std::string_view space, local;
};
struct Attribute {
  Name name;
  std::string_view value;
};

inline constexpr std::string_view kXmlSpace = "http://www.w3.org/XML/1998/namespace";

// Writes events as canonical text: namespaces declared where they change, empty elements closed at once.
class Markup {
 public:
  void Start(const Name& name, std::span<const Attribute> attributes);
  void Text(std::string_view text);
  void End();
  std::size_t size() const { return text_.size(); }
  std::string_view text() const { return text_; }

 private:
  struct Open {
    std::string space, local;
  };

  void CloseStart();

  std::string text_;
  std::vector<Open> open_;
  bool in_start_ = false;  // the tag that was opened last has no ">" yet
};

}  // namespace throughline::xml
