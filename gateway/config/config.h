// The settings: one row each, read once from YAML, immutable after.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"

namespace throughline::config {

// An address to listen on. Port 0 takes a free one.
struct Address {
  std::string host;
  std::uint16_t port = 0;

  bool loopback() const;  // 127.0.0.0/8, ::1 or localhost
};

// Files in PEM form.
struct Tls {
  std::string certificate;
  std::string key;
  std::string client_ca;
  std::string crl;  // empty: no revocation list
};

// Who may come: known by the subject alternative name of its certificate.
struct Client {
  std::string id;
  std::string san;
  std::string organization;
  std::string role;
  std::vector<std::string> scopes;
};

// Every number has its row, with its meaning, in Options().
struct Limits {
  std::chrono::milliseconds head_time{};
  std::size_t request_line_bytes = 0;
  std::size_t header_bytes = 0;
  std::size_t headers_bytes = 0;
  std::size_t headers = 0;
  std::size_t json_body_bytes = 0;
  std::size_t bundle_body_bytes = 0;
  std::size_t form_body_bytes = 0;
  std::size_t record_bytes = 0;
  std::size_t body_bytes_per_second = 0;
  std::chrono::milliseconds body_grace{};
  std::chrono::milliseconds body_time{};
  std::chrono::milliseconds idle_time{};
  std::size_t requests_per_connection = 0;
  std::size_t connections = 0;
  std::size_t connections_per_address = 0;
  std::size_t requests_per_client = 0;
  std::size_t queue = 0;
  std::chrono::milliseconds queue_time{};
  std::size_t json_depth = 0;
  std::size_t json_members = 0;
  std::size_t json_items = 0;
  std::size_t json_nodes = 0;
  std::size_t page_default = 0;
  std::size_t page_max = 0;
  std::size_t query_parameters = 0;
  std::size_t query_values = 0;
  std::chrono::milliseconds statement_time{};
  std::size_t fhirpath_steps = 0;
};

struct Config {
  Address http_listen;
  Tls tls;
  Address admin_listen;
  std::string store_path;        // folder of the embedded database
  std::string store_postgresql;  // or a connection string; exactly one of the two is set
  std::vector<std::string> maps;
  std::vector<std::string> packages;
  std::vector<Client> clients;
  Limits limits;
};

enum class Kind : std::uint8_t { kText, kPath, kAddress, kCount, kBytes, kDuration, kTexts };

// One setting.
struct OptionRow {
  std::string_view name;  // "http.listen"; "clients[].id" for a member of a list's items
  Kind kind;
  std::string_view default_value;  // as written in YAML; empty: none
  bool required;
  bool secret;  // never printed
  std::string_view help;
};

// Every setting, in the order of the documentation.
std::span<const OptionRow> Options();

// Reads the YAML text of a file; `file_name` is for the places of what is wrong. kInvalid with all problems at once:
// rule "config-...", location "FILE:LINE:COLUMN". Unknown and duplicate keys, aliases, anchors, tags and a second
// document are refused. Values are never repeated in a text.
Result<Config> Parse(std::string_view yaml, std::string_view file_name);

// docs/configuration.md, made from the rows.
std::string Markdown();

}  // namespace throughline::config
