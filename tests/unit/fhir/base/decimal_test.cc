#include "fhir/base/decimal.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace throughline {
namespace {

TEST(Decimal, RefusesWhatIsNoJsonNumber) {
  for (const char* text : {"", "-", "+1", "01", ".5", "1.", "1e", "1e+", "1.e1", "0x1", "NaN", "1 ", " 1", "1,5", "--1",
                           "1e1.5", "Infinity"}) {
    EXPECT_FALSE(Decimal::Parse(text)) << text;
    EXPECT_FALSE(IsJsonNumber(text)) << text;
  }
}

TEST(Decimal, RefusesMoreThanItsLimits) {
  EXPECT_TRUE(Decimal::Parse(std::string(64, '9')));
  EXPECT_FALSE(Decimal::Parse(std::string(65, '9')));
  EXPECT_TRUE(Decimal::Parse("1e999"));
  EXPECT_TRUE(Decimal::Parse("1E-999"));
  EXPECT_FALSE(Decimal::Parse("1e1000"));
  EXPECT_FALSE(Decimal::Parse("1e99999999999999999999"));
  EXPECT_FALSE(Decimal::Parse("0." + std::string(1000, '0')));
  EXPECT_TRUE(IsJsonNumber("1e1000"));
}

TEST(Decimal, KeepsTheTextAndTheDigits) {
  const std::optional<Decimal> value = Decimal::Parse("-01.50");
  EXPECT_FALSE(value);
  const std::optional<Decimal> price = Decimal::Parse("-0.0150");
  ASSERT_TRUE(price);
  EXPECT_EQ(price->text(), "-0.0150");
  EXPECT_TRUE(price->negative());
  EXPECT_EQ(price->digits(), "150");
  EXPECT_EQ(price->exponent(), -4);
  EXPECT_EQ(Decimal::Parse("1.00E2")->exponent(), 0);
  EXPECT_EQ(Decimal::Parse("-0.0")->digits(), "");
}

TEST(Decimal, IsOrderedByNumber) {
  constexpr std::array kAscending = {"-1e3", "-10", "-9.99",  "-0.1", "0",  "1e-7", "0.09", "0.1",
                                     "0.11", "1",   "1.0001", "9.99", "10", "101",  "1e3",  "1.5e10"};
  for (std::size_t i = 0; i < kAscending.size(); ++i) {
    for (std::size_t j = 0; j < kAscending.size(); ++j) {
      EXPECT_EQ(*Decimal::Parse(kAscending.at(i)) <=> *Decimal::Parse(kAscending.at(j)), i <=> j)
          << kAscending.at(i) << " and " << kAscending.at(j);
    }
  }
}

TEST(Decimal, IsEqualByValue) {
  constexpr std::array<std::array<const char*, 2>, 6> kEqual = {
      {{"1.50", "1.5"}, {"-0.0", "0"}, {"1.00E2", "100"}, {"0e5", "0"}, {"1200e-2", "12"}, {"-1e1", "-10.000"}}};
  for (const auto& [left, right] : kEqual) EXPECT_EQ(*Decimal::Parse(left), *Decimal::Parse(right)) << left;
}

}  // namespace
}  // namespace throughline
