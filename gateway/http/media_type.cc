#include "gateway/http/media_type.h"

#include "gateway/http/text.h"

namespace throughline::http {
namespace {

std::string_view TakeToken(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && IsTokenByte(text[end])) ++end;
  const std::string_view token = text.substr(0, end);
  text.remove_prefix(end);
  return token;
}

bool TakeQuoted(std::string_view& text, std::string& value) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return true;
    }
    if (text[i] == '\\' && ++i == text.size()) return false;
    value += text[i];
  }
  return false;
}

bool TakeParameter(std::string_view& text, MediaType& media) {
  text = Trim(text);
  if (text.empty() || text.front() != ';') return false;
  text = Trim(text.substr(1));
  if (text.empty()) return true;
  Parameter parameter;
  parameter.name = LowerOf(TakeToken(text));
  if (parameter.name.empty() || text.empty() || text.front() != '=') return false;
  text.remove_prefix(1);
  if (!text.empty() && text.front() == '"') {
    if (!TakeQuoted(text, parameter.value)) return false;
  } else {
    parameter.value = TakeToken(text);
    if (parameter.value.empty()) return false;
  }
  for (const Parameter& other : media.parameters) {
    if (other.name == parameter.name) return false;
  }
  media.parameters.push_back(std::move(parameter));
  return true;
}

bool Covers(std::string_view range, std::string_view type) {
  if (range == "*/*" || range == type) return true;
  return range.ends_with("/*") && type.starts_with(range.substr(0, range.size() - 1));
}

bool IsZero(std::string_view quality) {
  return !quality.empty() && quality.find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

std::string MediaType::Get(std::string_view name) const {
  for (const Parameter& parameter : parameters) {
    if (parameter.name == name) return LowerOf(parameter.value);
  }
  return {};
}

std::optional<MediaType> ParseMediaType(std::string_view text) {
  MediaType media;
  text = Trim(text);
  const std::string_view type = TakeToken(text);
  if (type.empty() || text.empty() || text.front() != '/') return std::nullopt;
  text.remove_prefix(1);
  const std::string_view subtype = TakeToken(text);
  if (subtype.empty()) return std::nullopt;
  media.type = LowerOf(std::string(type) + "/" + std::string(subtype));
  for (text = Trim(text); !text.empty(); text = Trim(text)) {
    if (!TakeParameter(text, media)) return std::nullopt;
  }
  return media;
}

bool Accepts(const Headers& headers, std::initializer_list<std::string_view> types) {
  if (headers.Count("Accept") == 0) return true;
  bool accepted = false;
  for (const Headers::Field& field : headers.fields()) {
    if (!SameWithoutCase(field.name, "Accept")) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const std::size_t comma = rest.find(',');
      const auto range = ParseMediaType(rest.substr(0, comma));
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
      if (!range) continue;
      for (const std::string_view type : types) {
        if (!Covers(range->type, type)) continue;
        accepted = accepted || !IsZero(range->Get("q"));
      }
    }
  }
  return accepted;
}

}  // namespace throughline::http
