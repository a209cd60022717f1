#include "tests/conformance/fhirpath_parts.h"

#include <utility>

#include "fhir/definitions/definitions.h"
#include "tests/conformance/suite.h"

namespace throughline::conformance {

std::string TextOf(const path::Item& item, std::string_view node) {
  path::Item value;
  if (!path::ToSystem(definitions::R4(), item, value)) return "";
  switch (value.kind()) {
    case path::ItemKind::kBoolean:
      return value.boolean() ? "true" : "false";
    case path::ItemKind::kInteger:
    case path::ItemKind::kLong:
      return std::to_string(value.integer());
    case path::ItemKind::kQuantity:
      return std::string(value.text()) + (value.calendar() ? " " : " '") + std::string(value.unit()) +
             (value.calendar() ? "" : "'");
    case path::ItemKind::kNode:
      return std::string(node);
    default:
      return std::string(value.text());
  }
}

json::Value JsonFiles::Find(const std::string& name) {
  auto [file, added] = files_.try_emplace(name);
  if (added && !name.empty()) {
    Result<json::Document> document = json::ParseDocument(ReadFile(folder_ / name));
    if (document) file->second = std::move(*document);
  }
  return file->second.root;
}

}  // namespace throughline::conformance
