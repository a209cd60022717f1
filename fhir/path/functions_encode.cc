// encode(), decode(), escape(), unescape().
// https://build.fhir.org/ig/HL7/FHIRPath/#additional-string-functions, https://www.rfc-editor.org/rfc/rfc4648
#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "fhir/path/functions.h"
#include "fhir/path/letters.h"
#include "fhir/path/lexer.h"

namespace throughline::path {
namespace {

// Nothing: the text is not of the format.
using Change = std::optional<std::string> (*)(std::string_view text);

struct FormatRow {
  std::string_view name;
  Change forth;
  Change back;  // null: there is no way back
};

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kHex = "0123456789abcdef";

std::uint32_t Byte(char c) { return static_cast<unsigned char>(c); }

std::optional<std::string> ToHex(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += kHex[Byte(c) >> 4];
    out += kHex[Byte(c) & 0xF];
  }
  return out;
}

std::optional<std::string> FromHex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    std::uint8_t byte = 0;
    const auto [end, error] = std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
    if (error != std::errc{} || end != text.data() + i + 2) return std::nullopt;
    out += static_cast<char>(byte);
  }
  return out;
}

std::string Encoded(std::string_view text, std::string_view letters) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, text.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) group = (group << 8) | (j < count ? Byte(text[i + j]) : 0);
    for (std::size_t j = 0; j < 4; ++j) out += j <= count ? letters[(group >> (18 - 6 * j)) & 0x3F] : '=';
  }
  return out;
}

std::optional<std::string> Decoded(std::string_view text, std::string_view letters) {
  if (text.size() % 4 != 0) return std::nullopt;
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  std::uint32_t group = 0;
  int bits = 0;
  for (const char c : text) {
    const std::size_t value = letters.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    group = (group << 6) | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>((group >> bits) & 0xFF);
    group &= (1U << bits) - 1;
  }
  return group == 0 ? std::optional(out) : std::nullopt;
}

std::optional<std::string> ToAscii(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t size = ByteOf(text.substr(i), 1);
    out += Byte(text[i]) > 127 ? '?' : text[i];
    i += size;
  }
  return out;
}

constexpr std::array kEncodings = {
    FormatRow{"hex", ToHex, FromHex},
    FormatRow{"base64", [](std::string_view text) { return std::optional(Encoded(text, kBase64)); },
              [](std::string_view text) { return Decoded(text, kBase64); }},
    FormatRow{"urlbase64", [](std::string_view text) { return std::optional(Encoded(text, kUrlBase64)); },
              [](std::string_view text) { return Decoded(text, kUrlBase64); }},
    FormatRow{"ascii", ToAscii, nullptr},
};

struct EntityRow {
  std::string_view entity;
  char letter;
};
constexpr std::array<EntityRow, 5> kEntities = {
    {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}};

std::optional<std::string> ToHtml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto row = std::ranges::find(kEntities, c, &EntityRow::letter);
    if (row == kEntities.end() || c == '\'') {
      out += c;
    } else {
      out += row->entity;
    }
  }
  return out;
}

// "#65", "#x41" as a character; false when it is none.
bool AppendNumeric(std::string_view reference, std::string& out) {
  if (!reference.starts_with('#')) return false;
  reference.remove_prefix(1);
  const int base = reference.starts_with('x') || reference.starts_with('X') ? 16 : 10;
  if (base == 16) reference.remove_prefix(1);
  std::uint32_t code = 0;
  const auto [end, error] = std::from_chars(reference.data(), reference.data() + reference.size(), code, base);
  if (error != std::errc{} || end != reference.data() + reference.size() || reference.empty()) return false;
  if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
  AppendCharacter(code, out);
  return true;
}

std::optional<std::string> FromHtml(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t end = text[i] == '&' ? text.substr(i, 12).find(';') : std::string_view::npos;
    const std::string_view entity = end == std::string_view::npos ? "" : text.substr(i, end + 1);
    const auto row = std::ranges::find(kEntities, entity, &EntityRow::entity);
    if (row != kEntities.end()) {
      out += row->letter;
    } else if (entity.size() < 4 || !AppendNumeric(entity.substr(1, entity.size() - 2), out)) {
      out += text[i++];
      continue;
    }
    i += entity.size();
  }
  return out;
}

constexpr std::string_view kJsonLetters = "\"\\\b\f\n\r\t";
constexpr std::string_view kJsonEscapes = "\"\\bfnrt";

std::optional<std::string> ToJson(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const std::size_t place = kJsonLetters.find(c);
    if (place != std::string_view::npos) {
      out += '\\';
      out += kJsonEscapes[place];
    } else if (Byte(c) < 0x20) {
      out += "\\u00";
      out += kHex[Byte(c) >> 4];
      out += kHex[Byte(c) & 0xF];
    } else {
      out += c;
    }
  }
  return out;
}

std::optional<std::string> FromJson(std::string_view text) {
  std::string out;
  std::size_t bad = 0;
  std::size_t done = 0;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] != '\\') continue;
    if (text[i + 1] == 'b') {
      if (!Unescape(text.substr(done, i - done), out, bad)) return std::nullopt;
      out += '\b';
      done = i + 2;
    }
    ++i;
  }
  if (!Unescape(text.substr(done), out, bad)) return std::nullopt;
  return out;
}

constexpr std::array kTargets = {
    FormatRow{"html", ToHtml, FromHtml},
    FormatRow{"json", ToJson, FromJson},
};

bool Run(Invocation& call, std::span<const FormatRow> rows, bool back, Collection& out) {
  std::optional<std::string_view> text;
  std::optional<std::string_view> format;
  if (!call.InputText(text) || !call.TextArgument(0, format)) return false;
  if (!text || !format) return true;
  const auto row = std::ranges::find(rows, *format, &FormatRow::name);
  const Change change = row == rows.end() ? nullptr : (back ? row->back : row->forth);
  if (change == nullptr) return call.Fail("there is no such format");
  if (!call.run().Charge(text->size() / 16)) return false;
  const std::optional<std::string> changed = change(*text);
  return !changed || !IsUtf8(*changed) || call.AddText(*changed, out);
}

}  // namespace

bool Encode(Invocation& call, Collection& out) { return Run(call, kEncodings, false, out); }
bool Decode(Invocation& call, Collection& out) { return Run(call, kEncodings, true, out); }
bool Escape(Invocation& call, Collection& out) { return Run(call, kTargets, false, out); }
bool Unescaped(Invocation& call, Collection& out) { return Run(call, kTargets, true, out); }

}  // namespace throughline::path
