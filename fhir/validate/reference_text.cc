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

// What other programs make of UUIDs is warned of; what counts is that both ends write the same.
bool NamesUrn(std::string_view text) {
  constexpr std::string_view kUuid = "urn:uuid:";
  return checks::Uuid(text) || checks::Oid(text) || (text.starts_with(kUuid) && IsId(text.substr(kUuid.size())));
}

// "identifier=x&status:not=y". https://hl7.org/fhir/R4/search.html
bool IsQuery(std::string_view text) {
  const auto is_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._:").find(c) != std::string_view::npos;
  };
  for (bool more = true; more;) {
    const std::size_t end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    const std::size_t equals = pair.find('=');
    if (equals == 0 || equals == std::string_view::npos || equals + 1 == pair.size() ||
        !std::ranges::all_of(pair.substr(0, equals), is_name)) {
      return false;
    }
    more = end != std::string_view::npos;
    text.remove_prefix(more ? end + 1 : 0);
  }
  return true;
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
    const bool named = type != kNoType && IsQuery(text.substr(query + 1));
    return named ? ReferenceText{ReferenceForm::kConditional, type, {}} : ReferenceText{};
  }
  return ReadRelative(text, definitions);
}

}  // namespace throughline::validate
