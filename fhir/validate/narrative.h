// The XHTML that a narrative may hold. https://hl7.org/fhir/R4/narrative.html#xhtml
#pragma once

#include <string_view>

namespace throughline::validate {

// What is wrong with a text as narrative.
struct NarrativeFaults {
  bool syntax = false;   // not well-formed, or with DOCTYPE, an XML declaration, named entities
  bool root = false;     // not one div in the XHTML namespace
  bool content = false;  // elements, attributes, links or styles that are not allowed (txt-1)
  bool empty = false;    // neither text nor an image (txt-2)
  bool too_deep = false;

  bool any() const { return syntax || root || content || empty || too_deep; }
};

// Reads the text once; nothing in it is ever fetched or expanded. Safe from several threads.
NarrativeFaults ReadNarrative(std::string_view text);

}  // namespace throughline::validate
