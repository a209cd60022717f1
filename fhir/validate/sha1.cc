#include "fhir/validate/sha1.h"

#include <bit>
#include <cstddef>
#include <string>

namespace throughline::validate {
namespace {

constexpr std::size_t kBlock = 64;

struct RoundRow {
  std::uint32_t constant;
  std::uint32_t (*mix)(std::uint32_t b, std::uint32_t c, std::uint32_t d);
};
constexpr auto kParity = [](std::uint32_t b, std::uint32_t c, std::uint32_t d) { return b ^ c ^ d; };
constexpr std::array<RoundRow, 4> kRounds = {{
    {0x5A827999, [](std::uint32_t b, std::uint32_t c, std::uint32_t d) { return (b & c) | (~b & d); }},
    {0x6ED9EBA1, kParity},
    {0x8F1BBCDC, [](std::uint32_t b, std::uint32_t c, std::uint32_t d) { return (b & c) | (b & d) | (c & d); }},
    {0xCA62C1D6, kParity},
}};

using State = std::array<std::uint32_t, 5>;

void Add(std::string_view block, State& state) {
  std::array<std::uint32_t, 80> words{};
  for (std::size_t i = 0; i < kBlock; ++i) {
    words[i / 4] = words[i / 4] << 8 | static_cast<std::uint8_t>(block[i]);
  }
  for (std::size_t i = 16; i < words.size(); ++i) {
    words[i] = std::rotl(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
  }
  auto [a, b, c, d, e] = state;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const RoundRow& round = kRounds[i / 20];
    const std::uint32_t next = std::rotl(a, 5) + round.mix(b, c, d) + e + round.constant + words[i];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  const State sums = {a, b, c, d, e};
  for (std::size_t i = 0; i < sums.size(); ++i) {
    state[i] += sums[i];
  }
}

// What is left over of the last block, a bit, zeros, and the number of bits.
std::string Tail(std::string_view bytes) {
  std::string tail(bytes.substr(bytes.size() / kBlock * kBlock));
  tail += '\x80';
  tail.append((2 * kBlock - 8 - tail.size() % kBlock) % kBlock, '\0');
  const std::uint64_t bits = std::uint64_t{bytes.size()} * 8;
  for (int shift = 56; shift >= 0; shift -= 8) {
    tail += static_cast<char>(bits >> shift & 0xFF);
  }
  return tail;
}

}  // namespace

Sha1Digest Sha1(std::string_view bytes) {
  State state = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  const std::string tail = Tail(bytes);
  for (std::size_t at = 0; at + kBlock <= bytes.size(); at += kBlock) {
    Add(bytes.substr(at, kBlock), state);
  }
  for (std::size_t at = 0; at < tail.size(); at += kBlock) {
    Add(std::string_view(tail).substr(at, kBlock), state);
  }
  Sha1Digest digest{};
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<std::uint8_t>(state[i / 4] >> (24 - 8 * (i % 4)));
  }
  return digest;
}

}  // namespace throughline::validate
