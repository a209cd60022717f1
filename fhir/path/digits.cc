#include "fhir/path/digits.h"

#include <algorithm>

namespace throughline::path {

void TrimDigits(std::string& digits) { digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size())); }

int CompareDigits(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  const int order = a.compare(b);
  return order < 0 ? -1 : static_cast<int>(order > 0);
}

std::string AddDigits(std::string_view a, std::string_view b) {
  std::string sum;
  int carry = 0;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()) || carry != 0; ++i) {
    if (i < a.size()) carry += a[a.size() - 1 - i] - '0';
    if (i < b.size()) carry += b[b.size() - 1 - i] - '0';
    sum += static_cast<char>('0' + carry % 10);
    carry /= 10;
  }
  std::ranges::reverse(sum);
  return sum;
}

// a - b where a >= b.
std::string SubtractDigits(std::string_view a, std::string_view b) {
  std::string difference(a);
  int borrow = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    int digit = a[a.size() - 1 - i] - '0' - borrow - (i < b.size() ? b[b.size() - 1 - i] - '0' : 0);
    borrow = digit < 0 ? 1 : 0;
    digit += borrow * 10;
    difference[a.size() - 1 - i] = static_cast<char>('0' + digit);
  }
  TrimDigits(difference);
  return difference;
}

std::string MultiplyDigits(std::string_view a, std::string_view b) {
  std::string product(a.size() + b.size(), '0');
  for (std::size_t i = a.size(); i-- > 0;) {
    int carry = 0;
    for (std::size_t j = b.size(); j-- > 0;) {
      const int digit = (product[i + j + 1] - '0') + (a[i] - '0') * (b[j] - '0') + carry;
      product[i + j + 1] = static_cast<char>('0' + digit % 10);
      carry = digit / 10;
    }
    product[i] = static_cast<char>(product[i] + carry);
  }
  TrimDigits(product);
  return product;
}

// Long division; `b` is not empty.
std::string DivideDigits(std::string_view a, std::string_view b, std::string& remainder) {
  std::string quotient;
  remainder.clear();
  for (const char digit : a) {
    remainder += digit;
    TrimDigits(remainder);
    char count = '0';
    while (CompareDigits(remainder, b) >= 0) {
      remainder = SubtractDigits(remainder, b);
      ++count;
    }
    quotient += count;
  }
  TrimDigits(quotient);
  return quotient;
}

std::string DivideBySmall(std::string_view a, unsigned by) {
  std::string quotient;
  unsigned rest = 0;
  for (const char digit : a) {
    rest = rest * 10 + static_cast<unsigned>(digit - '0');
    quotient += static_cast<char>('0' + rest / by);
    rest %= by;
  }
  TrimDigits(quotient);
  return quotient;
}

}  // namespace throughline::path
