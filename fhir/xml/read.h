// FHIR XML -> json::Value: a resource as its JSON form would have it, by the rows of the definitions.
//   <name id="a"><given value="Anna"/></name>  ->  "name": [{"id": "a", "given": ["Anna"]}]
// Elements that may repeat become arrays, ids and extensions of primitives `_name`, booleans and numbers lose their
// quotes and keep their digits, a narrative becomes text. Comments and processing instructions are left out.
// https://hl7.org/fhir/R4/xml.html, https://hl7.org/fhir/R4/json.html
#pragma once

#include <cstddef>
#include <string_view>

#include "fhir/base/result.h"
#include "fhir/definitions/definitions.h"
#include "fhir/json/arena.h"
#include "fhir/json/parse.h"
#include "fhir/json/value.h"

namespace throughline::xml {

// As for JSON: threats.md 2.1.
struct Limits {
  std::size_t bytes = 256u << 20;
  std::size_t depth = 100;             // elements within each other, those of a narrative too
  std::size_t nodes = 2'000'000;       // elements and attributes
  std::size_t text_bytes = 64u << 20;  // of one value or narrative
  std::size_t issues = 100;            // listed at most
};

// The resource that `bytes` (UTF-8) hold; it lives in `arena` and, for names, as long as `definitions`. What R4's types
// ask for beyond names and repetition is not looked at: see fhir/validate. A boolean or number that is written as none
// becomes a string.
// kInvalid with every issue that was found, location "line:column" (columns in characters), no value in any text:
// xml-syntax, xml-doctype (refused, so that there are no entities but those of XML), xml-namespace, xml-root,
// xml-element, xml-repeated, xml-attribute, xml-empty, xml-text, xml-resource; over a limit kTooLong or kTooCostly with
// xml-too-long, xml-depth, xml-too-many. Nothing is fetched. Safe from several threads.
Result<json::Value> Read(std::string_view bytes, const definitions::Definitions& definitions, json::Arena& arena,
                         const Limits& limits = {});

// The same with its own memory.
Result<json::Document> ReadDocument(std::string_view bytes, const definitions::Definitions& definitions,
                                    const Limits& limits = {});

}  // namespace throughline::xml
