#include "certs/hash.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "certs/hmac.h"
#include "certs/ids.h"
#include "certs/random.h"
#include "certs/secret_file.h"

namespace throughline::certs {
namespace {

class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / ("certs-" + RandomHex(8))) {
    std::filesystem::create_directory(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// FIPS 180-2 appendix B.1 and B.2.
TEST(Sha256, GivesTheHashesOfTheStandard) {
  EXPECT_EQ(ToHex(HashOf("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(ToHex(HashOf("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Sha256, GivesTheSameInPieces) {
  Sha256 hash;
  hash.Update("a").Update("b").Update("c");
  EXPECT_EQ(hash.Finish(), HashOf("abc"));
  EXPECT_EQ(hash.Finish(), HashOf(""));
}

TEST(Hex, RefusesWhatIsNotHexadecimal) {
  EXPECT_EQ(FromHex("4a4B"), "JK");
  EXPECT_FALSE(FromHex("4a4"));
  EXPECT_FALSE(FromHex("4g"));
  EXPECT_FALSE(DigestFromHex("00"));
}

TEST(Base64, PadsOnlyThePlainForm) {
  EXPECT_EQ(ToBase64("f"), "Zg==");
  EXPECT_EQ(ToBase64("foobar"), "Zm9vYmFy");
  const std::uint8_t bytes[] = {0xfb, 0xff};
  EXPECT_EQ(ToBase64Url(bytes), "-_8");
}

// RFC 4231 test case 6 (key of 131 bytes).
TEST(Hmac, GivesTheCodeOfTheStandard) {
  const auto key = HmacKey::FromBytes(std::string(131, '\xaa'));
  ASSERT_TRUE(key);
  EXPECT_EQ(ToHex(key->Sign("Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Hmac, TellsWherePartsEnd) {
  const HmacKey key = HmacKey::Random();
  EXPECT_NE(key.Sign({"ab", "c"}), key.Sign({"a", "bc"}));
  EXPECT_EQ(key.Sign({"ab", "c"}), key.Sign({"ab", "c"}));
}

TEST(Hmac, RefusesAShortKey) { EXPECT_FALSE(HmacKey::FromBytes("short")); }

TEST(Hmac, MakesAKeyFileOnceAndReadsItAgain) {
  const Folder folder;
  const auto first = HmacKey::LoadOrMake(folder / "id.key");
  ASSERT_TRUE(first);
  const auto second = HmacKey::LoadOrMake(folder / "id.key");
  ASSERT_TRUE(second);
  EXPECT_EQ(first->Sign("x"), second->Sign("x"));
}

TEST(SecretFile, IsRefusedWhenOthersCanReadIt) {
  const Folder folder;
  const std::string path = folder / "open.key";
  std::ofstream(path) << std::string(64, 'a');
  std::filesystem::permissions(path, std::filesystem::perms(0644));
  const auto read = ReadSecretFile(path);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(ReadSecretFile(folder / "none").error().kind, ErrorKind::kNotFound);
  EXPECT_FALSE(ReadSecretFile(folder / "."));
}

TEST(SecretFile, IsWrittenForItsOwnerAlone) {
  const Folder folder;
  ASSERT_TRUE(WriteSecretFile(folder / "a.key", "secret"));
  EXPECT_EQ(std::filesystem::status(folder / "a.key").permissions(), std::filesystem::perms(0600));
  EXPECT_EQ(*ReadSecretFile(folder / "a.key"), "secret");
}

TEST(Ids, OfTheGatewayAreStableAndFitFhir) {
  HmacIdSource ids(*HmacKey::FromBytes(std::string(32, 'k')));
  const std::string id = ids.ForKey("map", "SA-1", "plan");
  EXPECT_EQ(id, ids.ForKey("map", "SA-1", "plan"));
  EXPECT_NE(id, ids.ForKey("map", "SA-1p", "lan"));
  EXPECT_EQ(id.size(), 43u);
  for (int i = 0; i < 200; ++i) {
    const std::string one = ids.ForKey("map", std::to_string(i), "plan");
    EXPECT_EQ(one.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-."),
              std::string::npos);
  }
}

TEST(Ids, OfTheGatewayAreNeverTakenForAnOption) {
  const HmacIdSource ids(*HmacKey::FromBytes(std::string(32, 'k')));
  for (int i = 0; i < 500; ++i) {
    const char first = ids.ForKey("map", std::to_string(i), "plan").front();
    EXPECT_TRUE((first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'f')) << i;
  }
}

TEST(Ids, OfTwoKeysDiffer) {
  const HmacIdSource one(*HmacKey::FromBytes(std::string(32, 'k')));
  const HmacIdSource other(*HmacKey::FromBytes(std::string(32, 'l')));
  EXPECT_NE(one.ForKey("map", "SA-1", "plan"), other.ForKey("map", "SA-1", "plan"));
}

TEST(Ids, OfTheCommandLineAreUuids) {
  NameIdSource ids;
  const std::string id = ids.ForKey("map", "SA-1", "plan");
  EXPECT_EQ(id, ids.ForKey("map", "SA-1", "plan"));
  ASSERT_EQ(id.size(), 36u);
  EXPECT_EQ(id[14], '8');
  std::set<std::string> fresh;
  for (int i = 0; i < 100; ++i) fresh.insert(ids.Fresh());
  EXPECT_EQ(fresh.size(), 100u);
}

}  // namespace
}  // namespace throughline::certs
