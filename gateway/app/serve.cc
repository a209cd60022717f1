#include <sys/prctl.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <string>
#include <utility>

#include "certs/hash.h"
#include "certs/random.h"
#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "gateway/app/command.h"
#include "gateway/app/compose.h"
#include "gateway/app/operator.h"
#include "gateway/http/gateway.h"
#include "gateway/http/router.h"
#include "gateway/http/server.h"
#include "gateway/interactions/write_resource.h"
#include "gateway/log/log.h"
#include "gateway/store/inbox.h"

namespace throughline::app {
namespace {

constexpr std::chrono::milliseconds kDrain{10'000};
constexpr timespec kHousekeeping{30, 0};
constexpr timespec kNoTime{0, 0};
constexpr std::chrono::seconds kIndexLine{2};
constexpr std::size_t kBlankAtOnce = 1'000;
constexpr int kStoreUnknown = 75;  // EX_TEMPFAIL: a supervisor starts it again

std::string TextOf(const config::Address& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return (v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

Result<void> MayListen(const config::Config& config, bool knows) {
  if (!config.admin_listen.loopback()) {
    return MakeError(ErrorKind::kInvalid, "config-admin", "admin.listen must be a loopback address");
  }
  if (config.http_listen.loopback() || knows) return {};
  return MakeError(
      ErrorKind::kInvalid, "consent-not-enforced",
      "consent is not enforced yet: every registered client can read what its scopes cover. http.listen must be a "
      "loopback address, or say --i-know-consent-is-not-enforced");
}

Result<std::vector<http::Client>> ClientsOf(const config::Config& config) {
  std::vector<http::Client> clients;
  Issues issues;
  for (const config::Client& row : config.clients) {
    std::string scopes;
    for (const std::string& scope : row.scopes) scopes += (scopes.empty() ? "" : " ") + scope;
    auto parsed = consent::Scopes::Parse(scopes, definitions::R4());
    if (!parsed) {
      for (Issue& issue : parsed.error().issues) {
        issue.location = "clients: " + row.id + ": " + issue.location;
        issues.push_back(std::move(issue));
      }
      continue;
    }
    clients.push_back({row.id, {row.san}, row.organization, row.role, *std::move(parsed)});
  }
  if (!issues.empty()) return Error{ErrorKind::kInvalid, "clients refused", std::move(issues)};
  return clients;
}

http::Limits LimitsOf(const config::Limits& from) {
  http::Limits limits;
  limits.head.request_line_bytes = from.request_line_bytes;
  limits.head.header_bytes = from.header_bytes;
  limits.head.headers_bytes = from.headers_bytes;
  limits.head.headers = from.headers;
  limits.head.parameters = from.query_parameters;
  limits.head_time = from.head_time;
  limits.fhir_bytes = from.json_body_bytes;
  limits.form_bytes = from.form_body_bytes;
  limits.local_json_bytes = from.bundle_body_bytes;
  limits.least_bytes_per_second = from.body_bytes_per_second;
  limits.body_grace = from.body_grace;
  limits.body_time = from.body_time;
  limits.idle_time = from.idle_time;
  limits.requests_per_connection = static_cast<std::uint32_t>(from.requests_per_connection);
  limits.connections = from.connections;
  limits.connections_per_address = from.connections_per_address;
  limits.requests_per_client = from.requests_per_client;
  limits.waiting = from.queue;
  limits.waiting_time = from.queue_time;
  return limits;
}

struct MetricRow {
  std::string_view name;
  std::uint64_t store::Counters::*value;
};
constexpr MetricRow kStoreMetrics[] = {
    {"throughline_store_items", &store::Counters::items},
    {"throughline_store_refused", &store::Counters::refused},
    {"throughline_store_groups", &store::Counters::groups},
    {"throughline_store_checkpoints", &store::Counters::checkpoints},
    {"throughline_store_largest_group", &store::Counters::largest_group},
    {"throughline_store_reads", &store::Counters::reads},
    {"throughline_store_log_bytes", &store::Counters::log_bytes},
};

void WriteStoreMetrics(const store::Store& store, std::string& out) {
  const store::Counters counters = store.counters();
  for (const MetricRow& row : kStoreMetrics) {
    out += std::string(row.name) + " " + std::to_string(counters.*row.value) + "\n";
  }
}

// An operator's command that came in over the admin listener: {"command":"...","arguments":{...}}.
Result<std::string> RunAdminCommand(Gateway& gateway, std::string_view body) {
  auto document = json::ParseDocument(body);
  if (!document) return std::move(document).error();
  const json::Value& request = document->root;
  auto answer = RunOperatorCommand(gateway, request.Get("command").text(), request.Get("arguments"));
  if (!answer) return std::move(answer).error();
  std::string out = R"({"code":)" + std::to_string(answer->code) + R"(,"output":)";
  json::WriteString(answer->output, out);
  return out + "}";
}

Result<void> PutServingOnRecord(const Gateway& gateway, audit::Kind kind) {
  const consent::Requester requester = gateway.Operator();
  return interactions::Record(gateway.interactions(), requester, interactions::RowFor(requester, kind, "gateway"));
}

sigset_t BlockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

// A gateway that serves: both listeners, what they call, and what its signals do.
class Serving {
 public:
  Serving(const std::string& config_path, const config::Config& config, Gateway& gateway,
          std::vector<http::Client> clients)
      : config_path_(config_path),
        revocation_list_(!config.tls.crl.empty()),
        gateway_(gateway),
        log_(STDERR_FILENO, gateway.clock()),
        calls_(CallsOf(gateway)),
        front_(FrontOptions(config, std::move(clients)), http::GatewayRoutes(), calls_, gateway.clock()),
        admin_(AdminOptions(config), http::AdminRoutes(), calls_, gateway.clock()) {
    calls_.metrics = [this](std::string& out) {
      front_.WriteMetrics(out);
      WriteStoreMetrics(gateway_.store(), out);
    };
  }

  // Before anything is listened to: an index that is made anew half is searched by nobody. False: told to stop.
  Result<bool> RenewIndex(const sigset_t& signals) {
    const auto start = gateway_.clock().Monotonic();
    auto said = start - kIndexLine;
    auto report = gateway_.Reindex([&](const store::ReindexProgress& progress) {
      if (const auto now = gateway_.clock().Monotonic(); now - said >= kIndexLine) {
        said = now;
        log_.Info("index.renewing", {log::Count("resources", static_cast<std::int64_t>(progress.resources)),
                                     log::Count("percent", progress.percent)});
      }
      const int signal = ::sigtimedwait(&signals, nullptr, &kNoTime);
      return signal != SIGTERM && signal != SIGINT;
    });
    if (!report) return std::move(report).error();
    if (!report->finished) {
      log_.Info("index.renewing-stopped");
    } else if (report->resources > 0 || report->passed_over > 0) {
      log_.Info("index.renewed", {log::Count("resources", static_cast<std::int64_t>(report->resources)),
                                  log::Count("unreadable", static_cast<std::int64_t>(report->passed_over)),
                                  log::Duration("took", gateway_.clock().Monotonic() - start)});
    }
    return report->finished;
  }

  Result<void> Start() {
    if (auto started = front_.Start(); !started) return started;
    if (auto started = admin_.Start(); !started) return started;
    if (auto written = WriteAdminFile(gateway_.folder(), admin_.address(), admin_token_); !written) return written;
    if (auto recorded = PutServingOnRecord(gateway_, audit::Kind::kStart); !recorded) return recorded;
    std::printf("{\"event\":\"listening\",\"http\":\"%s\",\"admin\":\"%s\"}\n", front_.address().c_str(),
                admin_.address().c_str());
    std::fflush(stdout);
    log_.Info("gateway.started");
    return {};
  }

  // Until SIGTERM or SIGINT; SIGHUP reloads. Between signals it keeps house, and stops when the store is poisoned: what
  // the disk holds is then not known, and only a new start finds out.
  void Wait(const sigset_t& signals) {
    while (gateway_.store().health() != store::Health::kPoisoned) {
      const int signal = ::sigtimedwait(&signals, nullptr, &kHousekeeping);
      if (signal == SIGHUP) {
        Reload();
      } else if (signal > 0) {
        return;
      } else if (errno == EAGAIN) {
        KeepHouse();
      }
    }
    log_.Error("gateway.store-poisoned");
  }

  Result<void> Stop() {
    log_.Info("gateway.stopping");
    RemoveAdminFile(gateway_.folder());
    front_.Stop(kDrain);
    admin_.Stop(kDrain);
    auto recorded = PutServingOnRecord(gateway_, audit::Kind::kStop);
    log_.Info("gateway.stopped");
    return recorded;
  }

 private:
  http::Gateway CallsOf(Gateway& gateway) {
    http::Gateway calls;
    calls.services = &gateway.interactions();
    calls.local = &gateway.local();
    calls.version = THROUGHLINE_VERSION;
    calls.healthy = [&gateway] { return gateway.store().health() == store::Health::kReady; };
    calls.command = [this](std::string_view token, std::string_view body) { return Command(token, body); };
    return calls;
  }

  http::ServerOptions FrontOptions(const config::Config& config, std::vector<http::Client> clients) {
    http::ServerOptions options;
    options.listen = TextOf(config.http_listen);
    options.tls_options.files = {config.tls.certificate, config.tls.key, config.tls.client_ca, config.tls.crl};
    options.clients = std::move(clients);
    options.limits = LimitsOf(config.limits);
    options.log = &log_;
    return options;
  }

  http::ServerOptions AdminOptions(const config::Config& config) {
    http::ServerOptions options;
    options.listen = TextOf(config.admin_listen);
    options.tls = false;
    options.log = &log_;
    return options;
  }

  Result<std::string> Command(std::string_view token, std::string_view body) {
    if (certs::SameInConstantTime(token, admin_token_)) return RunAdminCommand(gateway_, body);
    return MakeError(ErrorKind::kUnauthenticated, "admin-token", "the token of this gateway's data folder is needed");
  }

  // Takes the new maps, clients and certificates when all of them hold; otherwise the old ones stay.
  void Reload() {
    auto config = LoadConfig(config_path_);
    if (!config) return Keep(config.error());
    auto maps = LoadMaps(config->maps, gateway_.interactions().definitions);
    if (!maps) return Keep(maps.error());
    auto clients = ClientsOf(*config);
    if (!clients) return Keep(clients.error());
    if (auto reloaded = front_.Reload(*std::move(clients)); !reloaded) return Keep(reloaded.error());
    gateway_.maps().Replace(*std::move(maps));
    log_.Info("gateway.reloaded");
  }

  // Blanks what the inbox has kept for its time, and reads a revocation list anew.
  void KeepHouse() {
    if (revocation_list_) Reload();
    std::size_t blanked = 0;
    auto done = gateway_.store().Write([&](store::Transaction& transaction) -> Result<void> {
      auto count = transaction.inbox().Blank(transaction.now(), kBlankAtOnce);
      if (!count) return std::move(count).error();
      blanked = *count;
      return {};
    });
    if (!done) {
      log_.Error("inbox.blank-failed", {log::Kind(done.error().kind)});
    } else if (blanked > 0) {
      log_.Info("inbox.blanked", {log::Count("entries", static_cast<std::int64_t>(blanked))});
    }
  }

  void Keep(const Error& error) {
    log_.Error("gateway.reload-refused",
               {log::Kind(error.kind), log::Count("issues", static_cast<std::int64_t>(error.issues.size()))});
  }

  std::string config_path_;
  bool revocation_list_;
  Gateway& gateway_;
  log::Log log_;
  const std::string admin_token_ = certs::RandomHex(32);
  http::Gateway calls_;
  http::Server front_;
  http::Server admin_;
};

}  // namespace

int Serve(const Invocation& invocation) {
  const std::string path = invocation.Value("config");
  auto config = LoadConfig(path);
  if (!config) return CouldNotRun(config.error());
  if (auto may = MayListen(*config, invocation.Has("i-know-consent-is-not-enforced")); !may)
    return CouldNotRun(may.error());
  auto clients = ClientsOf(*config);
  if (!clients) return CouldNotRun(clients.error());
  const sigset_t signals = BlockSignals();
  ::prctl(PR_SET_DUMPABLE, 0);
  auto gateway = Gateway::Open(*config);
  if (!gateway) return CouldNotRun(gateway.error());
  Serving serving(path, *config, **gateway, *std::move(clients));
  const auto renewed = serving.RenewIndex(signals);
  if (!renewed) return CouldNotRun(renewed.error());
  if (!*renewed) return kFine;
  if (auto started = serving.Start(); !started) return CouldNotRun(started.error());
  serving.Wait(signals);
  const bool poisoned = (*gateway)->store().health() == store::Health::kPoisoned;
  if (auto stopped = serving.Stop(); !stopped && !poisoned) {
    return CouldNotRun(stopped.error());
  }
  return poisoned ? kStoreUnknown : kFine;
}

}  // namespace throughline::app
