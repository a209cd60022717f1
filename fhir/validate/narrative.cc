#include "fhir/validate/narrative.h"

#include <expat.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <type_traits>

#include "fhir/validate/context.h"

namespace throughline::validate {
namespace {

constexpr std::string_view kXhtml = "http://www.w3.org/1999/xhtml";
constexpr std::string_view kXml = "http://www.w3.org/XML/1998/namespace";
constexpr char kBetween = '\n';  // stands in no namespace name that XML lets through
constexpr std::size_t kMostNesting = 64;

// HTML 4.0 chapters 7-11 (without 9.4) and 15, without what it deprecates; a, img and maps.
constexpr std::array<std::string_view, 52> kElements = {
    "a",     "abbr", "acronym", "address",  "area",  "b",     "bdo",  "big",    "blockquote", "br",  "caption",
    "cite",  "code", "col",     "colgroup", "dd",    "dfn",   "div",  "dl",     "dt",         "em",  "h1",
    "h2",    "h3",   "h4",      "h5",       "h6",    "hr",    "i",    "img",    "kbd",        "li",  "map",
    "ol",    "p",    "pre",     "q",        "samp",  "small", "span", "strong", "sub",        "sup", "table",
    "tbody", "td",   "tfoot",   "th",       "thead", "tr",    "tt",   "ul",
};
static_assert(std::ranges::is_sorted(kElements));
constexpr std::string_view kVariable = "var";

constexpr std::array<std::string_view, 56> kAttributes = {
    "abbr",        "accesskey",   "align",    "alt",     "axis",    "background", "bgcolor",  "border",
    "cellpadding", "cellspacing", "char",     "charoff", "charset", "cite",       "class",    "clear",
    "color",       "cols",        "colspan",  "compact", "coords",  "dir",        "frame",    "headers",
    "height",      "href",        "hreflang", "hspace",  "id",      "lang",       "longdesc", "name",
    "nohref",      "noshade",     "nowrap",   "rel",     "rev",     "rowspan",    "rules",    "scope",
    "shape",       "size",        "span",     "src",     "start",   "style",      "summary",  "tabindex",
    "target",      "title",       "type",     "usemap",  "valign",  "value",      "vspace",   "width",
};
static_assert(std::ranges::is_sorted(kAttributes));

// Attributes that hold a link.
constexpr std::array<std::string_view, 5> kLinks = {"background", "cite", "href", "longdesc", "src"};
constexpr std::array<std::string_view, 5> kSchemes = {"http", "https", "mailto", "tel", "urn"};

// What a style can do beyond colours and sizes.
constexpr std::array<std::string_view, 5> kActiveStyle = {"expression", "@import", "javascript:", "behavior", "\\"};

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; });
  return lower;
}

bool IsTagStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/' || c == '!' || c == '?'; }

bool IsXmlBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// In lower case, without what browsers skip in front of and inside a scheme: blanks and control characters.
std::string ReadLink(std::string_view text) {
  std::string link;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) > ' ') {
      link += c;
    }
  }
  return Lower(link);
}

// Empty for a relative link.
std::string_view SchemeOf(std::string_view link) {
  const std::size_t end = link.find_first_of(":/?#");
  return end == std::string_view::npos || link[end] != ':' ? std::string_view{} : link.substr(0, end + 1);
}

bool IsPicture(std::string_view link) { return link.starts_with("data:image/") && !link.starts_with("data:image/svg"); }

bool IsSafeLink(std::string_view element, std::string_view text) {
  const std::string link = ReadLink(text);
  const std::string_view scheme = SchemeOf(link);
  return scheme.empty() || std::ranges::find(kSchemes, scheme.substr(0, scheme.size() - 1)) != kSchemes.end() ||
         (element == "img" && IsPicture(link));
}

// Guides draw the lines of their tables with url(...): a picture beside the resource, or in the style itself.
bool NamesPictures(std::string_view style) {
  constexpr std::string_view kUrl = "url(";
  for (std::size_t at = style.find(kUrl); at != std::string_view::npos; at = style.find(kUrl, at)) {
    at += kUrl.size();
    std::string link = ReadLink(style.substr(at, style.find(')', at) - at));
    std::erase_if(link, [](char c) { return c == '"' || c == '\''; });
    if (!IsPicture(link) && (!SchemeOf(link).empty() || link.starts_with("//"))) {
      return false;
    }
  }
  return true;
}

bool IsSafeStyle(std::string_view text) {
  const std::string style = Lower(text);
  return NamesPictures(style) && std::ranges::none_of(kActiveStyle, [&](std::string_view word) {
           return style.find(word) != std::string::npos;
         });
}

// A name as expat gives it: namespace, local name and prefix, the last two where there is a namespace.
struct Name {
  std::string_view space, local, prefix;
};

Name ReadName(std::string_view text) {
  const std::size_t first = text.find(kBetween);
  if (first == std::string_view::npos) {
    return {{}, text, {}};
  }
  const std::size_t second = text.find(kBetween, first + 1);
  const std::string_view prefix = second == std::string_view::npos ? "" : text.substr(second + 1);
  return {text.substr(0, first), text.substr(first + 1, second - first - 1), prefix};
}

class Reader {
 public:
  explicit Reader(XML_Parser parser) : parser_(parser) {
    XML_SetUserData(parser, this);
    XML_SetReturnNSTriplet(parser, 1);
    XML_SetElementHandler(parser, OnStart, OnEnd);
    XML_SetCharacterDataHandler(parser, OnText);
    XML_SetStartDoctypeDeclHandler(parser, OnDoctype);
    XML_SetProcessingInstructionHandler(parser, OnInstruction);
    XML_SetCdataSectionHandler(parser, OnCdataStart, OnCdataEnd);
    XML_SetCommentHandler(parser, OnComment);
    XML_SetXmlDeclHandler(parser, OnDeclaration);
  }

  NarrativeFaults Read(std::string_view text) {
    const bool parsed = XML_Parse(parser_, text.data(), static_cast<int>(text.size()), XML_TRUE) == XML_STATUS_OK;
    faults_.syntax = faults_.syntax || (!parsed && !faults_.too_deep);
    const bool sound = !faults_.syntax && !faults_.root && !faults_.content && !faults_.too_deep;
    faults_.empty = sound && !filled_;
    return faults_;
  }

 private:
  static Reader& Self(void* data) { return *static_cast<Reader*>(data); }
  static void XMLCALL OnStart(void* data, const XML_Char* name, const XML_Char** attributes) {
    Self(data).Start(ReadName(name), attributes);
  }
  static void XMLCALL OnEnd(void* data, const XML_Char* /*name*/) { --Self(data).depth_; }
  static void XMLCALL OnText(void* data, const XML_Char* text, int size) {
    Reader& self = Self(data);
    self.filled_ = self.filled_ || !std::all_of(text, text + size, IsXmlBlank);
    if (self.in_cdata_) {
      self.cdata_.append(text, static_cast<std::size_t>(size));
    }
  }
  static void XMLCALL OnCdataStart(void* data) {
    Self(data).in_cdata_ = true;
    Self(data).cdata_.clear();
  }
  static void XMLCALL OnCdataEnd(void* data) {
    Self(data).in_cdata_ = false;
    Self(data).CheckHidden(Self(data).cdata_);
  }
  static void XMLCALL OnInstruction(void* data, const XML_Char* target, const XML_Char* text) {
    Self(data).CheckHidden(std::string(target).append(" ").append(text));
  }
  // A comment ends early in HTML where it begins with the end of one.
  static void XMLCALL OnComment(void* data, const XML_Char* text) {
    const std::string_view comment = text;
    if (comment.starts_with('>') || comment.starts_with("->")) {
      Self(data).CheckHidden(comment);
    }
  }
  static void XMLCALL OnDoctype(void* data, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    Self(data).Refuse();
  }
  static void XMLCALL OnDeclaration(void* data, const XML_Char*, const XML_Char*, int) { Self(data).Refuse(); }

  void Refuse() {
    faults_.syntax = true;
    XML_StopParser(parser_, XML_FALSE);
  }

  // What is text to XML, and ends at its first ">" for a browser that reads it as HTML: what follows must be no tag.
  void CheckHidden(std::string_view text) {
    const std::size_t end = text.find('>');
    for (std::size_t at = text.find('<', std::min(end, text.size())); at != std::string_view::npos;
         at = text.find('<', at + 1)) {
      const char next = at + 1 < text.size() ? text[at + 1] : ' ';
      faults_.content = faults_.content || IsTagStart(next);
    }
  }

  void Start(const Name& name, const XML_Char** attributes) {
    if (depth_ == 0 && (name.space != kXhtml || name.local != "div")) {
      faults_.root = true;
    }
    if (++depth_ > kMostNesting) {
      faults_.too_deep = true;
      XML_StopParser(parser_, XML_FALSE);
    }
    const bool known = std::ranges::binary_search(kElements, name.local) || name.local == kVariable;
    if (depth_ > 1 && (name.space != kXhtml || !name.prefix.empty() || !known)) {
      faults_.content = true;
    }
    filled_ = filled_ || name.local == "img";
    for (; *attributes != nullptr; attributes += 2) {
      faults_.content = faults_.content || !IsAllowed(name.local, ReadName(attributes[0]), attributes[1]);
    }
  }

  static bool IsAllowed(std::string_view element, const Name& name, std::string_view value) {
    if (!name.space.empty()) {
      return name.space == kXml && (name.local == "lang" || name.local == "space" || name.local == "id");
    }
    if (!std::ranges::binary_search(kAttributes, name.local)) {
      return false;
    }
    if (std::ranges::find(kLinks, name.local) != kLinks.end()) {
      return IsSafeLink(element, value);
    }
    return name.local != "style" || IsSafeStyle(value);
  }

  XML_Parser parser_;
  NarrativeFaults faults_;
  std::size_t depth_ = 0;
  std::string cdata_;  // of the section that is read
  bool in_cdata_ = false;
  bool filled_ = false;
};

struct FaultRow {
  bool NarrativeFaults::*fault;
  Rule rule;
};
constexpr std::array kFaults = {
    FaultRow{&NarrativeFaults::syntax, Rule::kNarrativeSyntax}, FaultRow{&NarrativeFaults::root, Rule::kNarrativeRoot},
    FaultRow{&NarrativeFaults::content, Rule::kTxt1},           FaultRow{&NarrativeFaults::empty, Rule::kTxt2},
    FaultRow{&NarrativeFaults::too_deep, Rule::kTooDeep},
};

}  // namespace

NarrativeFaults ReadNarrative(std::string_view text) {
  const std::unique_ptr<std::remove_pointer_t<XML_Parser>, decltype(&XML_ParserFree)> parser(
      XML_ParserCreateNS("UTF-8", kBetween), XML_ParserFree);
  constexpr std::size_t kMost = 1u << 30;
  if (parser == nullptr || text.size() > kMost) {
    return {.syntax = true};
  }
  return Reader(parser.get()).Read(text);
}

void CheckNarrative(Context& context, std::string_view text, const Place& place) {
  const NarrativeFaults faults = ReadNarrative(text);
  for (const FaultRow& row : kFaults) {
    if (faults.*row.fault) {
      context.findings.Add(row.rule, place);
    }
  }
}

}  // namespace throughline::validate
