#include "gateway/interactions/cursor.h"

#include <array>
#include <chrono>
#include <optional>
#include <span>

#include "certs/random.h"

namespace throughline::interactions {
namespace {

constexpr std::size_t kNonceBytes = 16;
constexpr std::size_t kTagBytes = 32;
constexpr std::size_t kMaxSealedBytes = 64u << 10;
constexpr std::chrono::hours kGood{24};

Error BadCursor() {
  return MakeError(ErrorKind::kInvalid, "search-cursor",
                   "the place in the search is not one that was given out; begin the search again");
}

std::string_view View(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::span<const std::uint8_t> Bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// XOR with HMAC(key, nonce, counter): its own inverse.
std::string Stream(const certs::HmacKey& key, std::string_view nonce, std::string_view text) {
  std::string out(text);
  for (std::size_t at = 0; at < out.size(); at += kTagBytes) {
    const certs::Digest block = key.Sign({"cursor-stream", nonce, std::to_string(at)});
    for (std::size_t i = 0; i < block.size() && at + i < out.size(); ++i) {
      out[at + i] = static_cast<char>(static_cast<std::uint8_t>(out[at + i]) ^ block[i]);
    }
  }
  return out;
}

std::string Tag(const certs::HmacKey& key, std::string_view client, std::string_view type, std::string_view nonce,
                std::string_view text) {
  return std::string(View(key.Sign({"cursor-tag", client, type, nonce, text})));
}

void AppendNumber(std::int64_t number, std::string& out) {
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>((number >> shift) & 0xFF);
}

void AppendText(std::string_view text, std::string& out) {
  AppendNumber(static_cast<std::int64_t>(text.size()), out);
  out += text;
}

// Takes pieces off the front; an empty answer once there is too little left.
class Taker {
 public:
  explicit Taker(std::string_view rest) : rest_(rest) {}

  std::optional<std::int64_t> Number() {
    if (rest_.size() < 8) return std::nullopt;
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 8; ++i) number = number << 8 | static_cast<std::uint8_t>(rest_[i]);
    rest_.remove_prefix(8);
    return static_cast<std::int64_t>(number);
  }

  std::optional<std::string> Text() {
    const auto size = Number();
    if (!size || *size < 0 || static_cast<std::uint64_t>(*size) > rest_.size()) return std::nullopt;
    std::string text(rest_.substr(0, static_cast<std::size_t>(*size)));
    rest_.remove_prefix(text.size());
    return text;
  }

  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

std::optional<Cursor> Unpack(std::string_view plain) {
  Taker taker(plain);
  Cursor cursor;
  const auto after = taker.Number();
  const auto issued = taker.Number();
  if (!after || !issued) return std::nullopt;
  cursor.after = *after;
  cursor.issued = Instant(std::chrono::microseconds(*issued));
  while (!taker.done()) {
    auto name = taker.Text();
    auto value = taker.Text();
    if (!name || !value) return std::nullopt;
    cursor.parameters.push_back({*std::move(name), *std::move(value)});
  }
  return cursor;
}

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// RFC 4648 section 5 without padding; the left-over bits must be zero.
std::optional<std::string> FromBase64Url(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const std::size_t digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>(bits >> held & 0xFF);
    bits &= (1u << held) - 1;
  }
  if (held == 6 || bits != 0) return std::nullopt;
  return out;
}

}  // namespace

std::string SealCursor(const certs::HmacKey& key, std::string_view client, std::string_view type,
                       const Cursor& cursor) {
  std::string plain;
  AppendNumber(cursor.after, plain);
  AppendNumber(cursor.issued.time_since_epoch().count(), plain);
  for (const search::Parameter& parameter : cursor.parameters) {
    AppendText(parameter.name, plain);
    AppendText(parameter.value, plain);
  }
  std::array<std::uint8_t, kNonceBytes> nonce{};
  certs::FillRandom(nonce);
  std::string sealed(View(nonce));
  const std::string hidden = Stream(key, View(nonce), plain);
  sealed += hidden;
  sealed += Tag(key, client, type, View(nonce), hidden);
  return certs::ToBase64Url(Bytes(sealed));
}

Result<Cursor> OpenCursor(const certs::HmacKey& key, std::string_view client, std::string_view type,
                          std::string_view sealed, Instant now) {
  if (sealed.size() > kMaxSealedBytes) return BadCursor();
  const auto bytes = FromBase64Url(sealed);
  if (!bytes || bytes->size() < kNonceBytes + kTagBytes) return BadCursor();
  const std::string_view whole = *bytes;
  const std::string_view nonce = whole.substr(0, kNonceBytes);
  const std::string_view hidden = whole.substr(kNonceBytes, whole.size() - kNonceBytes - kTagBytes);
  const std::string_view tag = whole.substr(whole.size() - kTagBytes);
  if (!certs::SameInConstantTime(tag, Tag(key, client, type, nonce, hidden))) return BadCursor();
  auto cursor = Unpack(Stream(key, nonce, hidden));
  if (!cursor) return BadCursor();
  if (now - cursor->issued > kGood) {
    return MakeError(ErrorKind::kGone, "search-cursor-old",
                     "this place in the search is too old; begin the search again");
  }
  return *std::move(cursor);
}

}  // namespace throughline::interactions
