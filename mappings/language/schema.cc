#include "mappings/language/schema.h"

#include <initializer_list>
#include <utility>

#include "fhir/json/build.h"
#include "fhir/json/write.h"
#include "mappings/language/words.h"

namespace throughline::language {
namespace {

using json::Value;

// "a", "a.*.b", "a#2"; nothing but the part's sign may stand behind '#'.
constexpr std::string_view kFieldName = "^[^.#]+(\\.[^.#]+)*(#[1-9])?$";
// "status", "identifier[mrn].system", "activity.*.detail.status", ".type"
constexpr std::string_view kElementPath =
    "^\\.?[a-z][A-Za-z0-9]*(\\[[^\\]]+\\])?(\\.([a-z][A-Za-z0-9]*(\\[[^\\]]+\\])?|\\*))*$";

class SchemaWriter {
 public:
  explicit SchemaWriter(const definitions::Definitions& definitions) : definitions_(definitions) {}

  std::string Run() {
    json::ObjectBuilder schema(arena_);
    schema.AddString("$schema", "http://json-schema.org/draft-07/schema#");
    schema.AddString("title", "Throughline map");
    json::ObjectBuilder parts(arena_);
    for (const PlaceRow& row : kPlaces) parts.Add(row.name, PlaceSchema(row));
    parts.Add("names", Names());
    schema.Add("definitions", parts.Build());
    const Value whole = Object({{"not", Required("extends")}});
    json::ArrayBuilder all(arena_);
    all.Add(Reference(Place::kMap));
    all.Add(Object({{"if", whole}, {"then", NeededOf(Place::kMap)}, {"else", Required("map")}}));
    all.Add(Object({{"if", Required("without")}, {"then", Required("extends")}}));
    schema.Add("allOf", all.Build());
    return json::ToString(schema.Build(), {.indent = 2}) + "\n";
  }

 private:
  using Members = std::initializer_list<std::pair<std::string_view, Value>>;

  Value Object(Members members) {
    json::ObjectBuilder object(arena_);
    for (const auto& [name, value] : members) object.Add(name, value);
    return object.Build();
  }
  Value Array(std::initializer_list<Value> items) {
    json::ArrayBuilder array(arena_);
    for (const Value& item : items) array.Add(item);
    return array.Build();
  }
  static Value Text(std::string_view text) { return Value::String(text); }
  Value Type(std::string_view name) { return Object({{"type", Text(name)}}); }
  Value Required(std::string_view name) { return Object({{"required", Array({Text(name)})}}); }
  Value Reference(Place place) {
    const std::string path = "#/definitions/" + std::string(kPlaces[static_cast<std::size_t>(place)].name);
    return Object({{"$ref", Text(arena_.Copy(path))}});
  }
  Value AnyOf(std::initializer_list<Value> schemas) { return Object({{"anyOf", Array(schemas)}}); }
  Value ListOf(Value items) { return Object({{"type", Text("array")}, {"items", items}}); }
  // Editors read a plain 1.0 or true as a number or truth; to a map it is the text that is written.
  Value AnyText() { return Object({{"type", Array({Text("string"), Text("number"), Text("boolean")})}}); }
  Value TextLike(std::string_view pattern) {
    return pattern.empty() ? AnyText() : Object({{"type", Text("string")}, {"pattern", Text(pattern)}});
  }
  Value Number() {
    return AnyOf({Object({{"type", Text("integer")}, {"minimum", Value::Number("0")}}), TextLike("^[0-9]+$")});
  }

  // The text, and what an editor makes of it.
  Value OneOf(Choice values) {
    json::ArrayBuilder choices(arena_);
    for (const std::string_view value : values) {
      choices.Add(Text(value));
      const bool digits = value.find_first_not_of("0123456789") == std::string_view::npos;
      if (digits) choices.Add(Value::Number(value));
      if (value == "true" || value == "false") choices.Add(Value::Boolean(value == "true"));
      if (value == "null") choices.Add(Value());
    }
    return Object({{"enum", choices.Build()}});
  }
  Value ResourceTypes() {
    json::ArrayBuilder names(arena_);
    for (std::size_t i = 0; i < definitions_.type_count(); ++i) {
      const auto id = static_cast<definitions::TypeId>(i);
      const bool made = definitions_.IsResource(id) && !definitions_.type(id).abstract;
      if (made) names.Add(Text(definitions_.type(id).name));
    }
    return Object({{"enum", names.Build()}});
  }

  Value Entries(Value entry, std::string_view names) {
    return Object({{"type", Text("object")},
                   {"propertyNames", Object({{"pattern", Text(names)}})},
                   {"additionalProperties", entry}});
  }

  Value ShapeOf(const Word& word) {
    switch (word.shape) {
      case Shape::kText:
        return TextLike(word.pattern);
      case Shape::kChoice:
        return OneOf(word.values);
      case Shape::kAnyOrOne:
        return AnyOf({OneOf(word.values), AnyText()});
      case Shape::kNumber:
        return Number();
      case Shape::kNumbers:
        return AnyOf({Number(), ListOf(Number())});
      case Shape::kTexts:
        return AnyOf({AnyText(), ListOf(AnyText())});
      case Shape::kTextList:
        return ListOf(AnyText());
      case Shape::kTokens:
        return Object({{"type", Text("object")}, {"additionalProperties", OneOf(word.values)}});
      case Shape::kNames:
        return Entries(AnyText(), "^[^|]+$");
      case Shape::kResourceType:
        return ResourceTypes();
      case Shape::kGroup:
        return Reference(word.of);
      case Shape::kEntries:
        return Entries(Reference(word.of), "^[^.]+$");
      case Shape::kShortable: {
        const bool fields = word.of == Place::kField;
        const Word* brief = FindWord(word.of, fields ? "fhir" : "file");
        return Entries(AnyOf({TextLike(brief->pattern), Reference(word.of)}), fields ? kFieldName : "^.+$");
      }
      case Shape::kTree:
        return Object({{"$ref", Text("#/definitions/names")}});
      case Shape::kItems:
        return ListOf(Reference(word.of));
    }
    return AnyText();
  }

  Value Names() {
    const Value self = Object({{"$ref", Text("#/definitions/names")}});
    return AnyOf({AnyText(), ListOf(AnyText()), Type("null"),
                  Object({{"type", Text("object")}, {"additionalProperties", self}})});
  }

  Value WordSchema(const Word& word) {
    json::ObjectBuilder made(arena_);
    std::string text(word.summary);
    if (!word.fallback.empty()) text += " Default: " + std::string(word.fallback) + ".";
    made.AddString("title", word.name);
    made.AddString("description", text);
    if (!word.example.empty()) made.Add("examples", Array({Text(word.example)}));
    const Value shape = ShapeOf(word);
    // Beside "$ref" draft 07 reads nothing.
    if (shape.Find("$ref") != nullptr) {
      made.Add("allOf", Array({shape}));
    } else {
      for (const json::Member& member : shape.members()) made.Add(member.name, member.value);
    }
    return made.Build();
  }

  Value PlaceSchema(const PlaceRow& row) {
    json::ObjectBuilder made(arena_);
    made.AddString("description", row.summary);
    made.AddString("type", "object");
    json::ObjectBuilder words(arena_);
    for (const Word& word : row.words) words.Add(word.name, WordSchema(word));
    made.Add("properties", words.Build());
    if (row.place == Place::kResource) {
      made.Add("propertyNames", Object({{"pattern", Text(kElementPath)}}));
      made.Add("additionalProperties", AnyOf({AnyText(), Reference(Place::kDerived)}));
    } else {
      made.Add("additionalProperties", Value::Boolean(false));
    }
    AddRules(row, made);
    return made.Build();
  }

  void AddRules(const PlaceRow& row, json::ObjectBuilder& made) {
    json::ArrayBuilder all(arena_);
    for (const Word& word : row.words) {
      if (!word.with.empty()) all.Add(Object({{"if", Required(word.name)}, {"then", Required(word.with)}}));
      if (!word.only.empty()) all.Add(OnlyOf(word));
      for (const Word& other : row.words) {
        if (!word.goes || !other.goes || &other <= &word) continue;
        all.Add(Object({{"not", Object({{"required", Array({Text(word.name), Text(other.name)})}})}}));
      }
    }
    if (!all.empty()) made.Add("allOf", all.Build());
  }

  // A word of one format alone is none where another one is named.
  Value OnlyOf(const Word& word) {
    json::ArrayBuilder others(arena_);
    for (const std::string_view syntax : kSyntaxWords) {
      if (syntax != word.only) others.Add(Text(syntax));
    }
    const Value other = Object({{"format", Object({{"enum", others.Build()}})}});
    const Value none = Object({{word.name, Value::Boolean(false)}});
    return Object({{"if", Object({{"required", Array({Text("format")})}, {"properties", other}})},
                   {"then", Object({{"properties", none}})}});
  }

  // What must stand in a place and in all below it; a place inside itself is not gone into again.
  Value NeededOf(Place place) {
    json::ObjectBuilder made(arena_);
    json::ArrayBuilder required(arena_);
    json::ArrayBuilder ways(arena_);
    json::ObjectBuilder below(arena_);
    for (const Word& word : WordsOf(place)) {
      if (word.needed) required.Add(Text(word.name));
      if (word.goes) ways.Add(Required(word.name));
      if (word.alone) ways.Add(Required(word.name));
      if (word.of != Place::kMap && word.of != place) below.Add(word.name, NeededBelow(word));
    }
    if (!required.empty()) made.Add("required", required.Build());
    if (!ways.empty()) made.Add("anyOf", ways.Build());
    if (!below.empty()) made.Add("properties", below.Build());
    if (place == Place::kResource) made.Add("additionalProperties", WhenGroup(NeededOf(Place::kDerived)));
    return made.Build();
  }
  Value NeededBelow(const Word& word) {
    const Value needed = WhenGroup(NeededOf(word.of));
    if (word.shape == Shape::kItems) return Object({{"items", needed}});
    if (word.shape == Shape::kGroup) return needed;
    return Object({{"additionalProperties", needed}});
  }
  Value WhenGroup(Value then) { return Object({{"if", Type("object")}, {"then", then}}); }

  const definitions::Definitions& definitions_;
  json::Arena arena_;
};

}  // namespace

std::string MapSchema(const definitions::Definitions& definitions) { return SchemaWriter(definitions).Run(); }

}  // namespace throughline::language
