#include "gateway/http/media_type.h"

#include <gtest/gtest.h>

#include "gateway/http/preferences.h"

namespace throughline::http {
namespace {

Headers With(std::string_view name, std::string_view value) {
  Headers headers;
  headers.Add(name, value);
  return headers;
}

TEST(MediaType, ReadsParametersInAnyCaseAndQuotes) {
  const auto media = ParseMediaType("Application/FHIR+json ; Charset=\"UTF-8\"; fhirVersion=4.0");
  ASSERT_TRUE(media);
  EXPECT_EQ(media->type, "application/fhir+json");
  EXPECT_EQ(media->Get("charset"), "utf-8");
  EXPECT_EQ(media->Get("fhirversion"), "4.0");
  EXPECT_EQ(media->Get("boundary"), "");
}

TEST(MediaType, RefusesWhatIsNone) {
  for (const char* text : {"", "json", "a/", "/b", "a/b; c", "a/b; c=\"d", "a/b; c=d; c=e", "a/b c"}) {
    EXPECT_FALSE(ParseMediaType(text)) << text;
  }
}

TEST(Accepts, LooksAtRangesAndQualities) {
  EXPECT_TRUE(Accepts({}, {"application/json"}));
  EXPECT_TRUE(Accepts(With("Accept", "text/html, application/*;q=0.5"), {"application/json"}));
  EXPECT_TRUE(Accepts(With("Accept", "*/*"), {"application/json"}));
  EXPECT_FALSE(Accepts(With("Accept", "application/fhir+xml, image/png"), {"application/json"}));
  EXPECT_FALSE(Accepts(With("Accept", "application/json;q=0.0"), {"application/json"}));
}

TEST(Preference, IsFoundAmongOthers) {
  EXPECT_EQ(Preference(With("Prefer", "handling=strict; return=\"Minimal\""), "return"), "minimal");
  EXPECT_EQ(Preference(With("Prefer", "respond-async"), "return"), "");
}

}  // namespace
}  // namespace throughline::http
