#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "fhir/path/letters.h"
#include "fhir/validate/context.h"

namespace throughline::validate {
namespace {

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r'; }
bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsTagLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// "<b", "</b": what a browser would take for a tag.
bool LooksLikeMarkup(std::string_view text) {
  for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
    std::string_view rest = text.substr(at + 1);
    rest.remove_prefix(rest.starts_with('/') ? 1 : 0);
    if (!rest.empty() && (IsTagLetter(rest[0]) || rest[0] == '!')) {
      return true;
    }
  }
  return false;
}

// The URNs whose form FHIR asks for. https://hl7.org/fhir/R4/datatypes.html#uri
struct UrnRow {
  std::string_view start;
  bool (*check)(std::string_view text);
};
constexpr std::array kUrns = {
    UrnRow{"urn:oid:", checks::OidUrn},
    UrnRow{"urn:uuid:", checks::Uuid},
};

std::string InSmallLetters(std::string_view text) {
  std::string small(text);
  std::ranges::transform(small, small.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; });
  return small;
}

}  // namespace

void CheckUrn(Context& context, std::string_view text, Rule broken, const Place& place) {
  const auto* const row = std::ranges::find_if(kUrns, [&](const UrnRow& each) { return text.starts_with(each.start); });
  if (row == kUrns.end() || row->check(text)) {
    return;
  }
  const bool small = !row->check(InSmallLetters(text));
  context.findings.Add(small ? broken : Rule::kUrnCase, place);
}

bool IsExampleUrl(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) {
    return false;
  }
  std::string_view host = url.substr(scheme + 3);
  host = host.substr(0, host.find_first_of(":/?#"));
  return std::ranges::any_of(std::array{"example.com", "example.net", "example.org"}, [&](std::string_view domain) {
    return host.ends_with(domain) && (host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.');
  });
}

void CheckText(Context& context, const TypePlan& type, std::string_view text, const Place& place) {
  const Options& options = context.options;
  if (type.text != TextKind::kBytes && text.size() > options.string_chars &&
      path::CharacterCount(text) > options.string_chars) {
    context.findings.Add(Rule::kStringTooLong, place);
    return;
  }
  if (std::ranges::any_of(text, IsControl)) {
    context.findings.Add(Rule::kStringControl, place);
  }
  if (type.text == TextKind::kText) {
    if (IsBlank(text.front()) || IsBlank(text.back())) {
      context.findings.Add(Rule::kStringBlankEnds, place);
    }
    if (!options.markup && LooksLikeMarkup(text)) {
      context.findings.Add(Rule::kStringMarkup, place);
    }
  } else if (type.text == TextKind::kUri || type.text == TextKind::kCanonical) {
    CheckFragment(context, text);
    if (text.starts_with("urn:")) {
      CheckUrn(context, text, type.text == TextKind::kCanonical ? Rule::kUrnUnknown : Rule::kUrn, place);
    }
    if (!options.example_urls && IsExampleUrl(text)) {
      context.findings.Add(Rule::kExampleUrl, place);
    }
  } else if (type.text == TextKind::kXhtml) {
    CheckNarrative(context, text, place);
  }
}

}  // namespace throughline::validate
