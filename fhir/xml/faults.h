// What can be wrong with FHIR XML.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "fhir/base/error.h"

namespace throughline::xml {

// In the order of the rows.
enum class Fault : std::uint8_t {
  kSyntax,
  kDoctype,
  kNamespace,
  kRoot,
  kElement,
  kRepeated,
  kAttribute,
  kEmpty,
  kText,
  kResource,
  kTooLong,
  kDepth,
  kTooMany,
  kCount,
};

struct FaultRow {
  std::string_view rule;
  IssueType type;
  ErrorKind kind;
  bool ends;  // nothing behind it is read
  std::string_view text;
};

inline constexpr std::array<FaultRow, static_cast<std::size_t>(Fault::kCount)> kFaults = {{
    {"xml-syntax", IssueType::kStructure, ErrorKind::kInvalid, true, "This is no well-formed XML in UTF-8."},
    {"xml-doctype", IssueType::kStructure, ErrorKind::kInvalid, true, "FHIR XML has no DOCTYPE: remove it."},
    {"xml-namespace", IssueType::kStructure, ErrorKind::kInvalid, false,
     "Elements are in the namespace http://hl7.org/fhir, a narrative's in that of XHTML: correct it."},
    {"xml-root", IssueType::kStructure, ErrorKind::kInvalid, false,
     "The outermost element is a resource of FHIR R4 in the namespace http://hl7.org/fhir: correct it."},
    {"xml-element", IssueType::kStructure, ErrorKind::kInvalid, false,
     "There is no such element here in FHIR R4: correct its name, or remove it."},
    {"xml-repeated", IssueType::kStructure, ErrorKind::kInvalid, false,
     "This element does not repeat: keep one of them."},
    {"xml-attribute", IssueType::kStructure, ErrorKind::kInvalid, false,
     "An element has no such attribute in FHIR: correct its name, or remove it."},
    {"xml-empty", IssueType::kValue, ErrorKind::kInvalid, false,
     "Elements and attributes are never empty: fill this, or remove it."},
    {"xml-text", IssueType::kStructure, ErrorKind::kInvalid, false,
     "Text stands in the attribute `value`, or in a narrative: move it there."},
    {"xml-resource", IssueType::kStructure, ErrorKind::kInvalid, false,
     "Here stands one resource as an element of its own: correct it."},
    {"xml-too-long", IssueType::kTooLong, ErrorKind::kTooLong, true, "The file or a value in it is too long."},
    {"xml-depth", IssueType::kTooCostly, ErrorKind::kTooCostly, true, "The elements are nested too deeply."},
    {"xml-too-many", IssueType::kTooCostly, ErrorKind::kTooCostly, true, "There are too many elements and attributes."},
}};

inline const FaultRow& RowOfFault(Fault fault) { return kFaults[static_cast<std::size_t>(fault)]; }

}  // namespace throughline::xml
