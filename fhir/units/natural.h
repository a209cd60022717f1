// Whole numbers of bounded size, on the stack: what exact factors of units are made of.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace throughline::units {

// A number from 0 to 2^(32 * kLimbs) - 1. What would be larger is nothing: no operation wraps round.
template <std::size_t kLimbs>
class BasicNatural {
 public:
  constexpr BasicNatural() = default;
  constexpr explicit BasicNatural(std::uint32_t value) : size_(value == 0 ? 0 : 1) { limbs_[0] = value; }

  // Nothing for what is not all digits, is empty or is too large.
  static std::optional<BasicNatural> Parse(std::string_view digits) {
    if (digits.empty()) return std::nullopt;
    BasicNatural number;
    for (const char c : digits) {
      if (c < '0' || c > '9' || !number.MultiplySmall(10, static_cast<std::uint32_t>(c - '0'))) return std::nullopt;
    }
    return number;
  }

  template <std::size_t kOther>
  static std::optional<BasicNatural> From(const BasicNatural<kOther>& other) {
    if (other.size() > kLimbs) return std::nullopt;
    BasicNatural number;
    number.size_ = other.size();
    for (std::size_t i = 0; i < other.size(); ++i) number.limbs_[i] = other.limb(i);
    return number;
  }

  bool zero() const { return size_ == 0; }
  bool one() const { return size_ == 1 && limbs_[0] == 1; }
  bool odd() const { return size_ != 0 && (limbs_[0] & 1) != 0; }
  std::size_t size() const { return size_; }
  std::uint32_t limb(std::size_t i) const { return limbs_[i]; }

  // this = this * factor + carry; false (and no use any more) when that is too large.
  bool MultiplySmall(std::uint32_t factor, std::uint32_t carry = 0) {
    std::uint64_t rest = carry;
    for (std::size_t i = 0; i < size_; ++i) {
      rest += std::uint64_t{limbs_[i]} * factor;
      limbs_[i] = static_cast<std::uint32_t>(rest);
      rest >>= 32;
    }
    if (rest != 0) {
      if (size_ == kLimbs) return false;
      limbs_[size_++] = static_cast<std::uint32_t>(rest);
    }
    Trim();
    return true;
  }

  // this = this / divisor, and what is left over.
  std::uint32_t DivideSmall(std::uint32_t divisor) {
    std::uint64_t rest = 0;
    for (std::size_t i = size_; i-- > 0;) {
      rest = (rest << 32) | limbs_[i];
      limbs_[i] = static_cast<std::uint32_t>(rest / divisor);
      rest %= divisor;
    }
    Trim();
    return static_cast<std::uint32_t>(rest);
  }

  bool Divisible(std::uint32_t divisor) const {
    std::uint64_t rest = 0;
    for (std::size_t i = size_; i-- > 0;) rest = ((rest << 32) | limbs_[i]) % divisor;
    return rest == 0;
  }

  bool TimesPowerOfTen(std::size_t power) {
    for (; power >= 9; power -= 9) {
      if (!MultiplySmall(1'000'000'000)) return false;
    }
    for (; power > 0; --power) {
      if (!MultiplySmall(10)) return false;
    }
    return true;
  }

  template <std::size_t kOther>
  std::optional<BasicNatural> Times(const BasicNatural<kOther>& other) const {
    BasicNatural product;
    for (std::size_t i = 0; i < size_; ++i) {
      std::uint64_t carry = 0;
      for (std::size_t j = 0; j < other.size() || carry != 0; ++j) {
        if (i + j >= kLimbs) return std::nullopt;
        carry += product.limbs_[i + j];
        if (j < other.size()) carry += std::uint64_t{limbs_[i]} * other.limb(j);
        product.limbs_[i + j] = static_cast<std::uint32_t>(carry);
        carry >>= 32;
        product.size_ = std::max(product.size_, i + j + 1);
      }
    }
    product.Trim();
    return product;
  }

  bool Add(const BasicNatural& other) {
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < std::max(size_, other.size_) || carry != 0; ++i) {
      if (i >= kLimbs) return false;
      carry += std::uint64_t{limbs_[i]} + other.limbs_[i];
      limbs_[i] = static_cast<std::uint32_t>(carry);
      carry >>= 32;
      size_ = std::max(size_, i + 1);
    }
    return true;
  }

  // this - other, where this >= other.
  void Subtract(const BasicNatural& other) {
    std::int64_t borrow = 0;
    for (std::size_t i = 0; i < size_; ++i) {
      std::int64_t limb = std::int64_t{limbs_[i]} - other.limbs_[i] + borrow;
      borrow = limb < 0 ? -1 : 0;
      if (limb < 0) limb += std::int64_t{1} << 32;
      limbs_[i] = static_cast<std::uint32_t>(limb);
    }
    Trim();
  }

  void Halve() { DivideSmall(2); }

  std::string Digits() const {
    std::string text;
    for (BasicNatural rest = *this; !rest.zero();) text += static_cast<char>('0' + rest.DivideSmall(10));
    std::ranges::reverse(text);
    return text;  // empty for zero
  }

  friend std::strong_ordering operator<=>(const BasicNatural& a, const BasicNatural& b) {
    if (a.size_ != b.size_) return a.size_ <=> b.size_;
    for (std::size_t i = a.size_; i-- > 0;) {
      if (a.limbs_[i] != b.limbs_[i]) return a.limbs_[i] <=> b.limbs_[i];
    }
    return std::strong_ordering::equal;
  }
  friend bool operator==(const BasicNatural& a, const BasicNatural& b) { return std::is_eq(a <=> b); }

 private:
  void Trim() {
    while (size_ > 0 && limbs_[size_ - 1] == 0) --size_;
  }

  std::array<std::uint32_t, kLimbs> limbs_{};
  std::size_t size_ = 0;
};

using Natural = BasicNatural<8>;  // 77 digits: the parts of a unit's factor
using Wide = BasicNatural<64>;    // 616 digits: what comparing and converting multiply out

}  // namespace throughline::units
