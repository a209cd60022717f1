#include "gateway/config/settings.h"

#include <array>

namespace throughline::config {
namespace {

constexpr bool kRequired = true;
constexpr bool kSecret = true;

constexpr SettingRow Limit(std::string_view name, Kind kind, std::string_view value, Field field,
                           std::string_view help) {
  return {{name, kind, value, false, false, help}, field};
}

constexpr SettingRow Setting(std::string_view name, Kind kind, std::string_view value, bool required, Field field,
                             std::string_view help) {
  return {{name, kind, value, required, false, help}, field};
}

constexpr std::array kSettings = {
    Setting("http.listen", Kind::kAddress, "127.0.0.1:8443", false, &Config::http_listen,
            "Address of the FHIR and local interfaces. Port 0 takes a free one."),
    Setting("http.tls.certificate", Kind::kPath, "", kRequired, &Tls::certificate,
            "The server's certificate chain (PEM)."),
    Setting("http.tls.key", Kind::kPath, "", kRequired, &Tls::key, "The private key of that certificate (PEM)."),
    Setting("http.tls.client_ca", Kind::kPath, "", kRequired, &Tls::client_ca,
            "The authorities that clients' certificates come from (PEM)."),
    Setting("http.tls.crl", Kind::kPath, "", false, &Tls::crl, "Revoked certificates (PEM). Without it, none are."),
    Setting("admin.listen", Kind::kAddress, "127.0.0.1:8444", false, &Config::admin_listen,
            "Address of /metrics and /admin; a loopback address."),
    Setting("store.path", Kind::kPath, "", false, &Config::store_path,
            "Folder of the embedded database. Either this or `store.postgresql`."),
    SettingRow{{"store.postgresql", Kind::kText, "", false, kSecret, "Connection string of a PostgreSQL database."},
               &Config::store_postgresql},
    Setting("maps", Kind::kTexts, "", false, &Config::maps, "Maps to serve: names of the library, or paths."),
    Setting("packages", Kind::kTexts, "", false, &Config::packages, "FHIR packages to load (.tgz)."),
    Setting("clients[].id", Kind::kText, "", kRequired, &Client::id,
            "Name of the client in audit and logs: letters, digits, `.`, `_`, `-`; at most 64."),
    Setting("clients[].san", Kind::kText, "", kRequired, &Client::san,
            "Subject alternative name of its certificate: `dns:name` or `uri:...`."),
    Setting("clients[].organization", Kind::kText, "", kRequired, &Client::organization,
            "The organisation it acts for, as a FHIR reference or identifier."),
    Setting("clients[].role", Kind::kText, "", false, &Client::role, "What it is there: `hospital`, `registry`, ..."),
    Setting("clients[].scopes", Kind::kTexts, "", kRequired, &Client::scopes,
            "What it may do: `system/CarePlan.rs`, `system/*.cruds`, ..."),

    Limit("limits.head_time", Kind::kDuration, "10s", &Limits::head_time,
          "Longest time for the TLS handshake and the head of a request together."),
    Limit("limits.request_line_bytes", Kind::kBytes, "8KiB", &Limits::request_line_bytes, "Longest request line."),
    Limit("limits.header_bytes", Kind::kBytes, "8KiB", &Limits::header_bytes, "Longest header."),
    Limit("limits.headers_bytes", Kind::kBytes, "32KiB", &Limits::headers_bytes, "All headers together."),
    Limit("limits.headers", Kind::kCount, "100", &Limits::headers, "Number of headers."),
    Limit("limits.json_body_bytes", Kind::kBytes, "16MiB", &Limits::json_body_bytes, "Largest body with one resource."),
    Limit("limits.bundle_body_bytes", Kind::kBytes, "32MiB", &Limits::bundle_body_bytes, "Largest body with a Bundle."),
    Limit("limits.form_body_bytes", Kind::kBytes, "64KiB", &Limits::form_body_bytes, "Largest form."),
    Limit("limits.record_bytes", Kind::kBytes, "2MiB", &Limits::record_bytes,
          "Largest record of a stream: a line of NDJSON, a row of CSV."),
    Limit("limits.body_bytes_per_second", Kind::kBytes, "8KiB", &Limits::body_bytes_per_second,
          "Slowest rate of a body."),
    Limit("limits.body_grace", Kind::kDuration, "5s", &Limits::body_grace, "How far a body may fall behind that rate."),
    Limit("limits.body_time", Kind::kDuration, "60s", &Limits::body_time,
          "Longest time for a body; streams have none."),
    Limit("limits.idle_time", Kind::kDuration, "30s", &Limits::idle_time, "Longest wait between two requests."),
    Limit("limits.requests_per_connection", Kind::kCount, "10000", &Limits::requests_per_connection,
          "Requests before a connection is closed."),
    Limit("limits.connections", Kind::kCount, "2000", &Limits::connections, "Connections at once."),
    Limit("limits.connections_per_address", Kind::kCount, "100", &Limits::connections_per_address,
          "Connections at once from one address."),
    Limit("limits.requests_per_client", Kind::kCount, "32", &Limits::requests_per_client,
          "Requests at once from one client."),
    Limit("limits.queue", Kind::kCount, "256", &Limits::queue, "Requests and writes that may wait for a place."),
    Limit("limits.queue_time", Kind::kDuration, "2s", &Limits::queue_time, "How long they may wait."),
    Limit("limits.json_depth", Kind::kCount, "100", &Limits::json_depth, "Nesting of JSON."),
    Limit("limits.json_members", Kind::kCount, "10000", &Limits::json_members, "Members of one object."),
    Limit("limits.json_items", Kind::kCount, "100000", &Limits::json_items, "Items of one array."),
    Limit("limits.json_nodes", Kind::kCount, "2000000", &Limits::json_nodes, "Values in one document."),
    Limit("limits.page_default", Kind::kCount, "50", &Limits::page_default, "Entries of a page without `_count`."),
    Limit("limits.page_max", Kind::kCount, "1000", &Limits::page_max, "Entries of a page at most."),
    Limit("limits.query_parameters", Kind::kCount, "32", &Limits::query_parameters, "Parameters of one query."),
    Limit("limits.query_values", Kind::kCount, "100", &Limits::query_values, "Values of one parameter."),
    Limit("limits.statement_time", Kind::kDuration, "5s", &Limits::statement_time, "Longest time of one query."),
    Limit("limits.fhirpath_steps", Kind::kCount, "1000000", &Limits::fhirpath_steps,
          "Steps of one FHIRPath evaluation."),
};

constexpr auto OptionsOf(const auto& settings) {
  std::array<OptionRow, std::tuple_size_v<std::decay_t<decltype(settings)>>> options{};
  for (std::size_t i = 0; i < settings.size(); ++i) options[i] = settings[i].option;
  return options;
}

constexpr auto kOptions = OptionsOf(kSettings);

}  // namespace

std::span<const SettingRow> Settings() { return kSettings; }

std::span<const OptionRow> Options() { return kOptions; }

}  // namespace throughline::config
