#include "fhir/xml/read.h"

#include <expat.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "fhir/base/decimal.h"
#include "fhir/xml/faults.h"
#include "fhir/xml/markup.h"
#include "fhir/xml/members.h"

namespace throughline::xml {
namespace {

using definitions::Definitions;
using definitions::Element;
using definitions::kNoType;
using definitions::TypeId;
using json::Value;

constexpr std::string_view kFhir = "http://hl7.org/fhir";
constexpr std::string_view kXhtml = "http://www.w3.org/1999/xhtml";
constexpr std::string_view kInstance = "http://www.w3.org/2001/XMLSchema-instance";
constexpr char kBetween = '\n';  // stands in no namespace name that XML lets through

Name ReadName(std::string_view text) {
  const std::size_t between = text.find(kBetween);
  return between == std::string_view::npos ? Name{{}, text} : Name{text.substr(0, between), text.substr(between + 1)};
}

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

// How JSON writes the values of the primitives that are no strings.
// https://hl7.org/fhir/R4/json.html#primitive
Value ToBoolean(std::string_view text) {
  return text == "true" || text == "false" ? Value::Boolean(text == "true") : Value::String(text);
}
Value ToNumber(std::string_view text) { return IsJsonNumber(text) ? Value::Number(text) : Value::String(text); }

struct PlainRow {
  std::string_view type;
  Value (*read)(std::string_view text);
};
constexpr std::array kPlain = {
    PlainRow{"boolean", ToBoolean},    PlainRow{"decimal", ToNumber},     PlainRow{"integer", ToNumber},
    PlainRow{"positiveInt", ToNumber}, PlainRow{"unsignedInt", ToNumber},
};

enum class Kind : std::uint8_t {
  kObject,     // a resource, or a datatype
  kPrimitive,  // its value is an attribute
  kResource,   // holds one resource: contained, Bundle.entry.resource
};

// Where something stands; the line counts from 1, the column from 0.
struct Spot {
  XML_Size line = 1, column = 0;
};

// An element that is open.
struct Frame {
  Kind kind = Kind::kObject;
  TypeId type = kNoType;
  Element element;  // as what it is a child; without a name at the root
  Members members;
  Value value;
  bool filled = false;  // it has children or attributes
  Spot spot;
};

class Reader {
 public:
  Reader(XML_Parser parser, const Definitions& definitions, json::Arena& arena, const Limits& limits)
      : parser_(parser), definitions_(definitions), arena_(arena), limits_(limits) {
    XML_SetUserData(parser, this);
    XML_SetElementHandler(parser, OnStart, OnEnd);
    XML_SetCharacterDataHandler(parser, OnText);
    XML_SetStartDoctypeDeclHandler(parser, OnDoctype);
  }

  Result<Value> Read(std::string_view bytes) {
    const bool parsed = XML_Parse(parser_, bytes.data(), static_cast<int>(bytes.size()), XML_TRUE) == XML_STATUS_OK;
    if (!parsed && !stopped_) {
      Add(Fault::kSyntax);
    }
    if (error_) {
      return *std::move(error_);
    }
    return root_;
  }

 private:
  static Reader& Self(void* data) { return *static_cast<Reader*>(data); }
  static void XMLCALL OnStart(void* data, const XML_Char* name, const XML_Char** attributes) {
    Self(data).Start(ReadName(name), attributes);
  }
  static void XMLCALL OnEnd(void* data, const XML_Char* /*name*/) { Self(data).End(); }
  static void XMLCALL OnText(void* data, const XML_Char* text, int size) {
    Self(data).Text({text, static_cast<std::size_t>(size)});
  }
  static void XMLCALL OnDoctype(void* data, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    Self(data).Add(Fault::kDoctype);
  }

  Spot Here() const { return {XML_GetCurrentLineNumber(parser_), XML_GetCurrentColumnNumber(parser_)}; }

  void Add(Fault fault) { Add(fault, Here()); }

  void Add(Fault fault, Spot spot) {
    const FaultRow& row = RowOfFault(fault);
    if (row.ends && !stopped_) {
      stopped_ = true;
      XML_StopParser(parser_, XML_FALSE);
    }
    if (!error_) {
      error_ = Error{row.kind, std::string(row.text), {}};
    }
    if (error_->issues.size() < limits_.issues) {
      Issue& issue = error_->issues.emplace_back();
      issue.type = row.type;
      issue.rule = row.rule;
      issue.text = row.text;
      issue.location = std::to_string(spot.line) + ':' + std::to_string(spot.column + 1);
    }
  }

  // What is not understood is passed over with all that is in it.
  void Skip(Fault fault) {
    Add(fault);
    skipped_ = 1;
  }

  void Start(const Name& name, const XML_Char** attributes) {
    if (stopped_) {
      return;
    }
    std::vector<Attribute> list;
    for (; *attributes != nullptr; attributes += 2) {
      list.push_back({ReadName(attributes[0]), attributes[1]});
    }
    nodes_ += 1 + list.size();
    if (++depth_ > limits_.depth || nodes_ > limits_.nodes) {
      Add(depth_ > limits_.depth ? Fault::kDepth : Fault::kTooMany);
    } else if (skipped_ > 0) {
      ++skipped_;
    } else if (in_markup_ > 0) {
      StartMarkup(name, list);
    } else {
      Enter(name, list);
    }
  }

  void Enter(const Name& name, const std::vector<Attribute>& attributes) {
    if (open_.empty() || open_.back().kind == Kind::kResource) {
      EnterResource(name, attributes);
      return;
    }
    Frame& outer = open_.back();
    outer.filled = true;
    Element element;
    if (!definitions_.FindChild(outer.type, name.local, element)) {
      Skip(name.space == kFhir || name.space == kXhtml ? Fault::kElement : Fault::kNamespace);
      return;
    }
    const definitions::Type type = definitions_.type(element.type);
    const bool xhtml = type.name == "xhtml";
    if (name.space != (xhtml ? kXhtml : kFhir)) {
      Skip(Fault::kNamespace);
    } else if (xhtml) {
      markup_of_ = element;
      markup_ = Markup();
      markup_at_ = Here();
      StartMarkup(name, attributes);
    } else if (IsAttribute(outer.type, name.local)) {
      Skip(Fault::kElement);
    } else {
      const Kind kind = type.kind == definitions::TypeKind::kPrimitive ? Kind::kPrimitive
                        : definitions_.IsResource(element.type)        ? Kind::kResource
                                                                       : Kind::kObject;
      Open(kind, element.type, element);
      TakeAttributes(attributes);
    }
  }

  // The id of an element and the url of an extension are attributes. https://hl7.org/fhir/R4/xml.html
  bool IsAttribute(TypeId owner, std::string_view name) const {
    return (name == "id" && !definitions_.IsResource(owner)) ||
           (name == "url" && definitions_.type(owner).name == "Extension");
  }

  void EnterResource(const Name& name, const std::vector<Attribute>& attributes) {
    const bool root = open_.empty();
    if (!root) {
      open_.back().filled = true;
    }
    const TypeId type = name.space == kFhir ? definitions_.FindType(name.local) : kNoType;
    if (!definitions_.IsResource(type) || definitions_.type(type).abstract ||
        (!root && !open_.back().value.is_null())) {
      Skip(root ? Fault::kRoot : Fault::kResource);
      return;
    }
    Open(Kind::kObject, type, {});
    open_.back().filled = true;
    open_.back().members.AddPlain("resourceType", Value::String(definitions_.type(type).name));
    // Where a schema is said to be found is nothing that FHIR asks for, nor forbids.
    for (const Attribute& attribute : attributes) {
      if (attribute.name.space != kInstance) {
        Add(Fault::kAttribute);
      }
    }
  }

  void Open(Kind kind, TypeId type, const Element& element) {
    Frame& frame = open_.emplace_back();
    frame.kind = kind;
    frame.type = type;
    frame.element = element;
    frame.spot = Here();
  }

  void TakeAttributes(const std::vector<Attribute>& attributes) {
    Frame& frame = open_.back();
    for (const Attribute& attribute : attributes) {
      const std::string_view name = attribute.name.space.empty() ? attribute.name.local : std::string_view{};
      const bool value = frame.kind == Kind::kPrimitive && name == "value";
      const bool other = frame.kind != Kind::kResource && IsAttribute(frame.type, name);
      frame.filled = true;
      if (!value && !other) {
        Add(Fault::kAttribute);
      } else if (attribute.value.empty()) {
        Add(Fault::kEmpty);
      } else if (attribute.value.size() > limits_.text_bytes) {
        Add(Fault::kTooLong);
      } else if (value) {
        frame.value = ToValue(frame.type, attribute.value);
      } else {
        frame.members.AddPlain(name == "id" ? "id" : "url", Value::String(arena_.Copy(attribute.value)));
      }
    }
  }

  Value ToValue(TypeId type, std::string_view text) {
    const auto* const row = std::ranges::find(kPlain, definitions_.type(type).name, &PlainRow::type);
    return row == kPlain.end() ? Value::String(arena_.Copy(text)) : row->read(arena_.Copy(Trim(text)));
  }

  void StartMarkup(const Name& name, const std::vector<Attribute>& attributes) {
    ++in_markup_;
    const bool foreign = std::ranges::any_of(attributes, [](const Attribute& attribute) {
      return !attribute.name.space.empty() && attribute.name.space != kXmlSpace;
    });
    if (foreign) {
      Add(Fault::kAttribute);
    }
    markup_.Start(name, attributes);
  }

  void Text(std::string_view text) {
    if (stopped_ || skipped_ > 0) {
      return;
    }
    if (in_markup_ > 0) {
      markup_.Text(text);
      if (markup_.size() > limits_.text_bytes) {
        Add(Fault::kTooLong);
      }
    } else if (!std::ranges::all_of(text, IsBlank)) {
      Add(Fault::kText);
    }
  }

  void End() {
    --depth_;
    if (stopped_) {
      return;
    }
    if (skipped_ > 0) {
      --skipped_;
    } else if (in_markup_ > 0) {
      EndMarkup();
    } else if (!open_.empty()) {
      Close();
    }
  }

  void EndMarkup() {
    markup_.End();
    if (--in_markup_ == 0) {
      Keep(markup_of_, Value::String(arena_.Copy(markup_.text())), {}, markup_at_);
    }
  }

  void Close() {
    const Frame frame = std::move(open_.back());
    open_.pop_back();
    if (!frame.filled) {
      Add(frame.kind == Kind::kResource ? Fault::kResource : Fault::kEmpty, frame.spot);
      return;
    }
    const Value object = frame.members.Build(arena_);
    if (frame.kind == Kind::kPrimitive) {
      Keep(frame.element, frame.value, frame.members.empty() ? Value{} : object, frame.spot);
    } else if (frame.kind == Kind::kResource) {
      Keep(frame.element, frame.value, {}, frame.spot);
    } else if (open_.empty()) {
      root_ = object;
    } else if (open_.back().kind == Kind::kResource) {
      open_.back().value = object;
    } else {
      Keep(frame.element, object, {}, frame.spot);
    }
  }

  void Keep(const Element& element, const Value& value, const Value& sibling, Spot spot) {
    if (!open_.back().members.Add(element, value, sibling)) {
      Add(Fault::kRepeated, spot);
    }
  }

  XML_Parser parser_;
  const Definitions& definitions_;
  json::Arena& arena_;
  const Limits& limits_;
  std::vector<Frame> open_;
  Value root_;
  Markup markup_;  // of the narrative that is read
  Element markup_of_;
  Spot markup_at_;
  std::size_t in_markup_ = 0;
  std::size_t skipped_ = 0;  // elements open below and with one that is passed over
  std::size_t depth_ = 0;
  std::size_t nodes_ = 0;
  std::optional<Error> error_;
  bool stopped_ = false;
};

}  // namespace

Result<Value> Read(std::string_view bytes, const Definitions& definitions, json::Arena& arena, const Limits& limits) {
  if (bytes.size() > limits.bytes) {
    const FaultRow& row = RowOfFault(Fault::kTooLong);
    return MakeError(row.kind, std::string(row.rule), std::string(row.text));
  }
  const std::unique_ptr<std::remove_pointer_t<XML_Parser>, decltype(&XML_ParserFree)> parser(
      XML_ParserCreateNS("UTF-8", kBetween), XML_ParserFree);
  if (parser == nullptr) {
    return MakeError(ErrorKind::kUnavailable, "xml-memory", "There is no memory to read XML with.");
  }
  return Reader(parser.get(), definitions, arena, limits).Read(bytes);
}

Result<json::Document> ReadDocument(std::string_view bytes, const Definitions& definitions, const Limits& limits) {
  json::Document document;
  auto root = Read(bytes, definitions, document.arena, limits);
  if (!root) {
    return std::move(root).error();
  }
  document.root = *root;
  return document;
}

}  // namespace throughline::xml
