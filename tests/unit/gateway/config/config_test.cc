#include "gateway/config/config.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace throughline::config {
namespace {

constexpr std::string_view kSmallest =
    "http:\n"
    "  tls:\n"
    "    certificate: server.crt\n"
    "    key: server.key\n"
    "    client_ca: ca.crt\n"
    "store:\n"
    "  path: data\n";

std::string Smallest(std::string_view more) { return std::string(kSmallest) + std::string(more); }

// "rule FILE:line:column" of each finding, in order, with a blank between.
std::string FindingsOf(std::string_view yaml) {
  const Result<Config> config = Parse(yaml, "f");
  if (config) return "";
  EXPECT_EQ(config.error().kind, ErrorKind::kInvalid);
  std::string out;
  for (const Issue& issue : config.error().issues) out += (out.empty() ? "" : " ") + issue.rule + " " + issue.location;
  return out;
}

std::string FirstText(std::string_view yaml) {
  const Result<Config> config = Parse(yaml, "f");
  return config ? "" : config.error().issues.at(0).text;
}

TEST(Parse, FillsInDefaults) {
  const Result<Config> config = Parse(kSmallest, "f");
  ASSERT_TRUE(config) << config.error().issues.at(0).text;
  EXPECT_EQ(config->http_listen.host, "127.0.0.1");
  EXPECT_EQ(config->http_listen.port, 8443);
  EXPECT_EQ(config->tls.client_ca, "ca.crt");
  EXPECT_EQ(config->limits.head_time, std::chrono::seconds{10});
  EXPECT_EQ(config->limits.json_body_bytes, 16u << 20);
  EXPECT_EQ(config->limits.queue, 256u);
  EXPECT_TRUE(config->maps.empty());
}

TEST(Parse, ReadsEverySetting) {
  const Result<Config> config = Parse(
      "http: {listen: '[::1]:0', tls: {certificate: a, key: b, client_ca: c, crl: d}}\n"
      "admin: {listen: localhost:0}\n"
      "store: {path: /var/lib/x}\n"
      "maps: [one, two]\n"
      "packages:\n  - p.tgz\n"
      "clients:\n"
      "  - id: hospital\n    san: dns:hospital.example\n    organization: HSA\n    role: provider\n"
      "    scopes: ['system/*.cruds']\n"
      "  - {id: registry, san: 'uri:urn:x', organization: R, scopes: [system/*.rs]}\n"
      "limits: {queue: 7, record_bytes: 3KiB, idle_time: 2min}\n",
      "f");
  ASSERT_TRUE(config) << config.error().issues.at(0).text;
  EXPECT_EQ(config->http_listen.host, "::1");
  EXPECT_EQ(config->http_listen.port, 0);
  EXPECT_EQ(config->tls.crl, "d");
  EXPECT_EQ(config->maps, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(config->packages.size(), 1u);
  ASSERT_EQ(config->clients.size(), 2u);
  EXPECT_EQ(config->clients[0].scopes, std::vector<std::string>{"system/*.cruds"});
  EXPECT_EQ(config->clients[1].role, "");
  EXPECT_EQ(config->limits.queue, 7u);
  EXPECT_EQ(config->limits.record_bytes, 3072u);
  EXPECT_EQ(config->limits.idle_time, std::chrono::minutes{2});
}

struct Case {
  std::string name;
  std::string yaml;
  std::string findings;
};

void PrintTo(const Case& row, std::ostream* out) { *out << row.yaml; }

class BadConfig : public testing::TestWithParam<Case> {};

TEST_P(BadConfig, NamesTheRuleAndThePlace) { EXPECT_EQ(FindingsOf(GetParam().yaml), GetParam().findings); }

INSTANTIATE_TEST_SUITE_P(
    Parse, BadConfig,
    testing::Values(
        Case{"unknown_key", Smallest("storage: x\n"), "config-unknown-key f:8:1"},
        Case{"unknown_deep", Smallest("limits:\n  que: 1\n"), "config-unknown-key f:9:3"},
        Case{"duplicate", Smallest("store:\n  path: other\n"), "config-duplicate-key f:8:1"},
        Case{"duplicate_deep", Smallest("limits:\n  queue: 1\n  queue: 2\n"), "config-duplicate-key f:10:3"},
        Case{"alias", Smallest("maps: &m [a]\npackages: *m\n"), "config-anchor f:8:7 config-alias f:9:11"},
        Case{"anchor", Smallest("maps: &m [a]\n"), "config-anchor f:8:7"},
        Case{"tag", Smallest("maps: !!seq [a]\n"), "config-tag f:8:7"},
        Case{"tag_on_text", Smallest("maps: [!!str a]\n"), "config-tag f:8:8"},
        Case{"second_document", Smallest("---\nmaps: []\n"), "config-second-document f:9:1"},
        Case{"syntax", "http:\n  tls: }\n", "config-syntax f:2:8"},
        Case{"number", Smallest("limits: {queue: many}\n"), "config-value f:8:17"},
        Case{"zero", Smallest("limits: {queue: 0}\n"), "config-value f:8:17"},
        Case{"size_too_large", Smallest("limits: {record_bytes: 99999999GiB}\n"), "config-value f:8:24"},
        Case{"time_without_unit", Smallest("limits: {idle_time: 30}\n"), "config-value f:8:21"},
        Case{"text_for_list", Smallest("maps: one\n"), "config-value f:8:7"},
        Case{"list_for_text", Smallest("admin: {listen: [a]}\n"), "config-value f:8:17"},
        Case{"empty_value", Smallest("admin:\n  listen:\n"), "config-value f:9:3"},
        Case{"map_for_list", Smallest("clients: {id: x}\n"), "config-list f:8:10"},
        Case{"text_for_map", Smallest("limits: x\n"), "config-map f:8:9"},
        Case{"port", Smallest("admin: {listen: '127.0.0.1:65536'}\n"), "config-value f:8:17"},
        Case{"admin_not_loopback", Smallest("admin: {listen: '0.0.0.0:1'}\n"), "config-admin f:8:17"},
        Case{"two_stores", Smallest("").replace(Smallest("").find("  path"), 6, "  postgresql: x\n  path"),
             "config-store f:1:1"},
        Case{"pages", Smallest("limits: {page_default: 9, page_max: 8}\n"), "config-page f:1:1"},
        Case{"client_without_keys", Smallest("clients:\n  - role: x\n"),
             "config-required f:9:5 config-required f:9:5 config-required f:9:5 config-required f:9:5"},
        Case{"client_twice",
             Smallest("clients:\n  - {id: a, san: 'dns:a', organization: o, scopes: [s]}\n"
                      "  - {id: a, san: 'dns:a', organization: o, scopes: [s]}\n"),
             "config-duplicate-client f:10:10 config-duplicate-client f:10:18"},
        Case{"client_words", Smallest("clients:\n  - {id: a b, san: a, organization: o, scopes: [s]}\n"),
             "config-client-id f:9:10 config-san f:9:20"},
        Case{"empty", "", "config-required f:1:1 config-required f:1:1 config-required f:1:1 config-store f:1:1"}),
    [](const auto& row) { return row.param.name; });

TEST(Parse, AsksWhetherAnotherKeyWasMeant) {
  EXPECT_EQ(FirstText(Smallest("limits: {queu: 1}\n")), "this key is not known; did you mean `queue`?");
  EXPECT_EQ(FirstText(Smallest("mapps: []\n")), "this key is not known; did you mean `maps`?");
  EXPECT_EQ(FirstText(Smallest("something-else: 1\n")), "this key is not known");
}

TEST(Parse, FindsAllMistakesAtOnce) {
  EXPECT_EQ(FindingsOf("http: {listn: x, tls: {certificate: a, key: b}}\nlimits: {queue: -1}\nmaps: x\n"),
            "config-unknown-key f:1:8 config-value f:2:17 config-value f:3:7 config-required f:1:1 config-store f:1:1");
}

TEST(Parse, NeverRepeatsAValue) {
  const Result<Config> config = Parse(Smallest("limits: {queue: canary}\nadmin: {listen: canary}\n"), "f");
  ASSERT_FALSE(config);
  for (const Issue& issue : config.error().issues) EXPECT_EQ(issue.text.find("canary"), std::string::npos);
}

TEST(Parse, RefusesDeepNesting) { EXPECT_TRUE(FindingsOf(std::string(100'000, '[')).starts_with("config-")); }

TEST(Address, KnowsTheLoopback) {
  EXPECT_TRUE((Address{"127.0.0.1", 1}.loopback()));
  EXPECT_TRUE((Address{"127.1.2.3", 1}.loopback()));
  EXPECT_TRUE((Address{"::1", 1}.loopback()));
  EXPECT_TRUE((Address{"localhost", 1}.loopback()));
  EXPECT_FALSE((Address{"127.0.0.1.example", 1}.loopback()));
  EXPECT_FALSE((Address{"0.0.0.0", 1}.loopback()));
  EXPECT_FALSE((Address{"::", 1}.loopback()));
}

TEST(Options, HaveHelpAndAName) {
  for (const OptionRow& row : Options()) {
    EXPECT_FALSE(row.name.empty());
    EXPECT_TRUE(row.help.ends_with('.')) << row.name;
    EXPECT_FALSE(row.required && !row.default_value.empty()) << row.name;
  }
}

TEST(Markdown, IsThePageOfTheDocumentation) {
  const std::string path = THROUGHLINE_SOURCE_DIR "/docs/configuration.md";
  if (std::getenv("THROUGHLINE_WRITE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << Markdown();
  std::ifstream file(path, std::ios::binary);
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(page, Markdown()) << "write it with THROUGHLINE_WRITE_GOLDEN=1";
}

TEST(Markdown, ShowsEverySettingAndAnExampleThatIsRead) {
  const std::string page = Markdown();
  for (const OptionRow& row : Options()) EXPECT_NE(page.find("| `" + std::string(row.name)), std::string::npos);
  const std::size_t from = page.find("```yaml\n") + 8;
  const Result<Config> config = Parse(page.substr(from, page.find("```", from) - from), "example");
  EXPECT_TRUE(config) << config.error().issues.at(0).text;
}

}  // namespace
}  // namespace throughline::config
