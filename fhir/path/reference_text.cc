#include "fhir/path/reference_text.h"

#include <algorithm>
#include <cstddef>

namespace throughline::path {
namespace {

bool IsAlnum(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool HasScheme(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  return std::ranges::all_of(text.substr(0, colon),
                             [](char c) { return IsAlnum(c) || c == '+' || c == '-' || c == '.'; });
}

// Takes what follows the last '/' off `text`.
std::string_view TakeLast(std::string_view& text) {
  const std::size_t slash = text.rfind('/');
  const std::string_view last = slash == std::string_view::npos ? text : text.substr(slash + 1);
  text = slash == std::string_view::npos ? std::string_view{} : text.substr(0, slash);
  return last;
}

}  // namespace

bool IsId(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::ranges::all_of(text, [](char c) { return IsAlnum(c) || c == '-' || c == '.'; });
}

ReferenceText ParseReference(const definitions::Definitions& definitions, std::string_view text) {
  ReferenceText out;
  out.is_fragment = text.starts_with('#');
  if (out.is_fragment) {
    out.fragment = text.substr(1);
    return out;
  }
  out.is_absolute = HasScheme(text);
  std::string_view rest = text;
  std::string_view id = TakeLast(rest);
  std::string_view version;
  std::string_view above = rest;
  if (TakeLast(above) == "_history") {
    version = id;
    rest = above;
    id = TakeLast(rest);
  }
  const std::string_view type = TakeLast(rest);
  const definitions::TypeId type_id = definitions.FindType(type);
  const bool known = type_id != definitions::kNoType && definitions.IsResource(type_id);
  if (!known || !IsId(id) || (!out.is_absolute && !rest.empty())) return out;
  out.base = rest;
  out.type = type;
  out.id = id;
  out.version = version;
  return out;
}

}  // namespace throughline::path
