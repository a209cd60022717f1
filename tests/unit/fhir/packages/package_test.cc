#include "fhir/packages/package.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/unit/fhir/packages/tgz.h"

namespace throughline::packages {
namespace {

constexpr std::string_view kManifest = R"({"name": "example.plan", "version": "1.0.0"})";

std::string RuleOf(const std::string& bytes, const Limits& limits = {}) {
  const auto package = Read(bytes, limits);
  if (package) {
    return "";
  }
  EXPECT_NE(package.error().kind, ErrorKind::kInternal);
  EXPECT_FALSE(package.error().message.empty());
  return package.error().issues.at(0).rule;
}

std::string With(const Entry& entry) { return MakeTgz({{"package/package.json", std::string(kManifest)}, entry}); }

std::string Url(std::string_view type) {
  return R"({"resourceType": ")" + std::string(type) + R"(", "url": "http://example.org/a"})";
}

TEST(Package, HoldsManifestAndWhatDefines) {
  const auto package = Read(MakeTgz({
      {"package", "", EntryKind::kFolder},
      {"package/package.json",
       R"({"name": "example.plan", "version": "1.2", "fhirVersions": ["4.0.1"], "dependencies": {"hl7.fhir.r4.core": "4.0.1"}})"},
      {"package/.index.json", "not read"},
      {"package/a.json", Url("ValueSet")},
      {"package/b.json", Url("CodeSystem")},
      {"package/patient.json", R"({"resourceType": "Patient"})"},
      {"package/data.json", "[1, 2]"},
      {"package/example/c.json", "not read"},
      {"package/readme.txt", "not read"},
      {"other/d.json", "not read"},
  }));
  ASSERT_TRUE(package) << package.error().message;
  EXPECT_EQ(package->name, "example.plan");
  EXPECT_EQ(package->version, "1.2");
  ASSERT_EQ(package->dependencies.size(), 1U);
  EXPECT_EQ(package->dependencies[0].name, "hl7.fhir.r4.core");
  ASSERT_EQ(package->resources.size(), 2U);
  EXPECT_EQ(package->resources[0].Get("resourceType").text(), "ValueSet");
}

TEST(Package, IsRefusedWhenItIsNoTgz) {
  EXPECT_EQ(RuleOf(""), "package-gzip");
  EXPECT_EQ(RuleOf("PK\x03\x04 and so on"), "package-gzip");
  EXPECT_EQ(RuleOf("\x1f\x8b and so on"), "package-gzip");
}

TEST(Package, IsRefusedWhenItIsCut) {
  std::string noise;
  for (unsigned i = 0, state = 7; i < 20'000; ++i) {
    state = state * 1'103'515'245 + 12'345;
    noise.push_back(static_cast<char>('!' + (state >> 16) % 90));
  }
  const std::string whole = With({"package/noise.txt", noise});
  ASSERT_EQ(RuleOf(whole), "");
  for (std::size_t size = 2; size < whole.size(); size += 997) {
    EXPECT_EQ(RuleOf(whole.substr(0, size)), "package-gzip") << size;
  }
}

TEST(Package, IsRefusedWhenItsChecksumOrLengthIsWrong) {
  const std::string whole = With({"package/a.json", "{}"});
  for (std::size_t back = 1; back <= 8; ++back) {
    std::string flipped = whole;
    flipped[whole.size() - back] = static_cast<char>(flipped[whole.size() - back] ^ 1);
    EXPECT_EQ(RuleOf(flipped), "package-gzip") << back;
  }
}

TEST(Package, IsRefusedForWhatIsPackedBehindItsEnd) {
  const std::string more = MakeTgz({{"package/b.txt", std::string(100'000, ' ')}});
  EXPECT_EQ(RuleOf(With({"package/a.json", "{}"}) + more), "");  // gzip may be laid end to end
  EXPECT_EQ(RuleOf(With({"package/a.json", "{}"}) + more, {.bytes = 1'000, .files = 10}), "package-limit");
  EXPECT_EQ(RuleOf(With({"package/a.json", "{}"}) + more.substr(0, more.size() - 1)), "package-gzip");
}

TEST(Package, IsRefusedForPathsThatLeadOut) {
  for (const std::string_view path :
       {"../a.json", "package/../../a.json", "/etc/passwd", "package\\..\\a.json", "C:/a.json", "package/a\nb.json"}) {
    EXPECT_EQ(RuleOf(With({std::string(path), "{}"})), "package-path") << path;
  }
  EXPECT_EQ(RuleOf(With({"package/..a.json", "{}"})), "");
}

TEST(Package, IsRefusedForLinksAndDevices) {
  EXPECT_EQ(RuleOf(With({"package/a.json", "/etc/passwd", EntryKind::kSymbolicLink})), "package-link");
  EXPECT_EQ(RuleOf(With({"package/a.json", "package/package.json", EntryKind::kHardLink})), "package-link");
  EXPECT_EQ(RuleOf(With({"package/a", "", EntryKind::kDevice})), "package-link");
}

TEST(Package, IsRefusedOverItsLimits) {
  const std::string zeros(4u << 20, ' ');
  const std::string bomb = With({"package/a.txt", zeros});
  EXPECT_EQ(RuleOf(bomb), "package-limit");
  EXPECT_EQ(RuleOf(bomb, {.ratio = 10'000}), "");
  EXPECT_EQ(RuleOf(bomb, {.file_bytes = 1u << 20, .ratio = 10'000}), "package-limit");
  EXPECT_EQ(RuleOf(bomb, {.bytes = 1u << 20, .ratio = 10'000}), "package-limit");
  EXPECT_EQ(RuleOf(bomb, {.packed_bytes = 100}), "package-limit");
  EXPECT_EQ(RuleOf(bomb, {.files = 1}), "package-limit");
  EXPECT_EQ(RuleOf(With({"elsewhere/a.bin", zeros})), "package-limit");
}

TEST(Package, IsRefusedWithoutAUsableManifest) {
  EXPECT_EQ(RuleOf(MakeTgz({{"package/a.json", "{}"}})), "package-manifest");
  EXPECT_EQ(RuleOf(MakeTgz({{"package/package.json", "{}"}})), "package-manifest");
  EXPECT_EQ(RuleOf(MakeTgz({{"package/package.json", "[]"}})), "package-manifest");
  EXPECT_EQ(RuleOf(MakeTgz({{"package/package.json", R"({"name": "a b", "version": "1"})"}})), "package-manifest");
  EXPECT_EQ(RuleOf(MakeTgz(
                {{"package/package.json", R"({"name": "a", "version": "1", "dependencies": {"b": 1, "c": true}})"}})),
            "package-manifest");
  EXPECT_EQ(RuleOf(MakeTgz({{"package/package.json", "{"}})), "package-resource");
  EXPECT_EQ(RuleOf(MakeTgz({{"package/package.json", R"({"name": "a", "version": "1", "fhirVersions": ["5.0.0"]})"}})),
            "package-version");
}

TEST(Package, IsRefusedForResourcesThatCannotBeUsed) {
  EXPECT_EQ(RuleOf(With({"package/a.json", "{"})), "package-resource");
  EXPECT_EQ(RuleOf(With({"package/a.json", R"({"resourceType": "ValueSet"})"})), "package-resource");
  EXPECT_EQ(RuleOf(MakePackage("a", {Url("ValueSet"), Url("ValueSet")})), "package-twice");
  EXPECT_EQ(RuleOf(With({"package/package.json", std::string(kManifest)})), "package-twice");
}

}  // namespace
}  // namespace throughline::packages
