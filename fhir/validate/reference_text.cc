#include "fhir/validate/reference_text.h"

#include <algorithm>
#include <optional>

#include "fhir/validate/primitives.h"

namespace throughline::validate {
namespace {

using definitions::Definitions;
using definitions::kNoType;
using definitions::TypeId;

// What stands before the next "/" of `rest`, which is moved behind it.
std::string_view NextSegment(std::string_view& rest) {
  const std::size_t slash = rest.find('/');
  const std::string_view segment = rest.substr(0, slash);
  rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
  return segment;
}

TypeId FindResource(std::string_view name, const Definitions& definitions) {
  const TypeId type = definitions.FindType(name);
  return definitions.IsResource(type) ? type : kNoType;
}

ReferenceText ReadRelative(std::string_view text, const Definitions& definitions) {
  std::string_view rest = text;
  const TypeId type = FindResource(NextSegment(rest), definitions);
  const std::string_view id = NextSegment(rest);
  const bool slash_at_end = text.ends_with('/');
  if (type == kNoType || !IsId(id) || slash_at_end) {
    return {};
  }
  if (!rest.empty() && (NextSegment(rest) != "_history" || !IsId(rest))) {
    return {};
  }
  return {ReferenceForm::kRelative, type, id};
}

// The last two segments of a RESTful URL name type and id; other URLs say nothing about the type.
ReferenceText ReadAbsolute(std::string_view text, const Definitions& definitions) {
  ReferenceText read{ReferenceForm::kAbsolute, kNoType, {}};
  const std::size_t history = text.find("/_history/");
  text = text.substr(0, history);
  const std::size_t last = text.rfind('/');
  if (last == std::string_view::npos || last == 0) {
    return read;
  }
  const std::string_view before = text.substr(0, last);
  const std::size_t start = before.rfind('/');
  if (start != std::string_view::npos && IsId(text.substr(last + 1))) {
    read.type = FindResource(before.substr(start + 1), definitions);
  }
  return read;
}

bool HasHost(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (text.starts_with(scheme)) {
      return text.size() > scheme.size() && text[scheme.size()] != '/';
    }
  }
  return false;
}

// Other programs write UUIDs in either case, and worse; what counts is that both ends write the same.
bool NamesUrn(std::string_view text) {
  constexpr std::string_view kUuid = "urn:uuid:";
  return checks::Oid(text) || (text.starts_with(kUuid) && IsId(text.substr(kUuid.size())));
}

}  // namespace

ReferenceText ReadReference(std::string_view text, const Definitions& definitions) {
  if (!checks::Uri(text)) {
    return {};
  }
  if (text.starts_with('#')) {
    const std::string_view id = text.substr(1);
    if (id.empty()) {
      return {ReferenceForm::kContainer, kNoType, {}};
    }
    return IsId(id) ? ReferenceText{ReferenceForm::kContained, kNoType, id} : ReferenceText{};
  }
  if (text.starts_with("urn:")) {
    return NamesUrn(text) ? ReferenceText{ReferenceForm::kUrn, kNoType, {}} : ReferenceText{};
  }
  if (HasHost(text)) {
    return ReadAbsolute(text, definitions);
  }
  if (const std::size_t query = text.find('?'); query != std::string_view::npos) {
    const TypeId type = FindResource(text.substr(0, query), definitions);
    const bool named = type != kNoType && query + 1 < text.size();
    return named ? ReferenceText{ReferenceForm::kConditional, type, {}} : ReferenceText{};
  }
  return ReadRelative(text, definitions);
}

}  // namespace throughline::validate
