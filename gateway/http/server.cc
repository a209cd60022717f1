#include "gateway/http/server.h"

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SSLManager.h>
#include <Poco/Net/ServerSocket.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "gateway/http/connection.h"
#include "gateway/http/workers.h"

namespace throughline::http {
namespace {

using Poco::Net::Context;

constexpr int kBacklog = 1024;
constexpr std::size_t kOtherDescriptors = 128;  // the store, logs, listeners
constexpr int kPauseMilliseconds = 50;          // after the system gave no descriptor or thread

// A descriptor that can be made readable for everybody who polls it.
class Signal {
 public:
  Signal() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;
  ~Signal() { ::close(fd_); }
  int fd() const { return fd_; }
  void Raise() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(fd_, &one, sizeof one);
  }

 private:
  int fd_;
};

// Every connection has its descriptor, or there are fewer connections.
std::size_t ConnectionsThatFit(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  if (limit.rlim_cur < wanted + kOtherDescriptors) {
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, wanted + kOtherDescriptors);
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur >= wanted + kOtherDescriptors) return wanted;
  return limit.rlim_cur > 2 * kOtherDescriptors ? limit.rlim_cur - kOtherDescriptors : limit.rlim_cur / 2;
}

std::string HostOf(const std::string& listen) {
  const std::string host = listen.substr(0, listen.rfind(':'));
  return host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
}

std::vector<std::string> HostsOf(const ServerOptions& options) {
  std::vector<std::string> hosts = options.hosts;
  for (const char* own : {"localhost", "127.0.0.1", "::1"}) hosts.emplace_back(own);
  hosts.push_back(HostOf(options.listen));
  return hosts;
}

}  // namespace

class Server::Running {
 public:
  Running(ServerOptions options, std::span<const Route> routes, const Gateway& gateway, const Clock& clock);
  ~Running() { Stop(std::chrono::milliseconds(0)); }

  Result<void> Start();
  Result<void> Reload(std::vector<Client> clients);
  void Stop(std::chrono::milliseconds drain);
  const std::string& address() const { return address_; }
  const Metrics& metrics() const { return pipeline_.metrics(); }

 private:
  Result<Context::Ptr> MakeContext() const;
  Context::Ptr CurrentContext() const;
  Result<void> Listen();
  void AcceptAll();
  void AcceptOne();
  void Pause() const;
  bool TakePlace(const std::string& peer);
  void GivePlace(const std::string& peer);
  void Serve(const Poco::Net::StreamSocket& socket, const std::string& peer);

  ServerOptions options_;
  const Clock& clock_;
  Pipeline pipeline_;
  std::size_t most_connections_;
  Signal idle_;
  Signal cut_;
  std::atomic<bool> stopping_{false};
  Poco::Net::ServerSocket listener_;
  std::string address_;
  mutable std::mutex mutex_;
  std::condition_variable closed_;
  Context::Ptr context_;
  std::size_t open_ = 0;
  CountByName by_address_;
  Workers workers_;
  std::thread acceptor_;
};

Server::Running::Running(ServerOptions options, std::span<const Route> routes, const Gateway& gateway,
                         const Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      pipeline_({routes, gateway, options_.limits, options_.log}, HostsOf(options_), std::move(options_.clients)),
      most_connections_(ConnectionsThatFit(options_.limits.connections)) {}

Result<Context::Ptr> Server::Running::MakeContext() const {
  try {
    Context::Params parameters;
    parameters.verificationMode = Context::VERIFY_RELAXED;
    parameters.loadDefaultCAs = false;
    Context::Ptr context = new Context(Context::TLS_SERVER_USE, parameters);
    context->enableExtendedCertificateVerification(false);
    auto set_up = certs::SetUpServerContext(context->sslContext(), options_.tls_options, clock_.Now());
    if (!set_up) return std::move(set_up).error();
    return context;
  } catch (const Poco::Exception&) {
    return MakeError(ErrorKind::kUnavailable, "tls-context", "TLS cannot be set up");
  }
}

Context::Ptr Server::Running::CurrentContext() const {
  const std::lock_guard lock(mutex_);
  return context_;
}

Result<void> Server::Running::Listen() {
  try {
    const Poco::Net::SocketAddress address(options_.listen);
    listener_.bind(address, true, false);
    listener_.listen(kBacklog);
    listener_.setBlocking(false);
    address_ = listener_.address().toString();
    return {};
  } catch (const Poco::Exception&) {
    return MakeError(ErrorKind::kUnavailable, "listen", "cannot listen on " + options_.listen);
  }
}

Result<void> Server::Running::Start() {
  if (options_.tls) {
    Poco::Net::initializeSSL();
    auto context = MakeContext();
    if (!context) return std::move(context).error();
    context_ = *context;
  }
  if (auto listening = Listen(); !listening) return listening;
  acceptor_ = std::thread([this] { AcceptAll(); });
  return {};
}

Result<void> Server::Running::Reload(std::vector<Client> clients) {
  if (options_.tls) {
    auto context = MakeContext();
    if (!context) return std::move(context).error();
    const std::lock_guard lock(mutex_);
    context_ = *context;
  }
  pipeline_.Replace(std::move(clients));
  return {};
}

void Server::Running::AcceptAll() {
  std::array<pollfd, 2> set = {{{listener_.impl()->sockfd(), POLLIN, 0}, {idle_.fd(), POLLIN, 0}}};
  while (!stopping_) {
    if (::poll(set.data(), set.size(), -1) < 0) continue;
    if (!stopping_ && set[0].revents != 0) AcceptOne();
  }
}

void Server::Running::Pause() const {
  pollfd stop{idle_.fd(), POLLIN, 0};
  ::poll(&stop, 1, kPauseMilliseconds);
}

void Server::Running::AcceptOne() {
  Poco::Net::SocketAddress address;
  // Moved on and never copied: a socket belongs to one thread at a time.
  std::shared_ptr<Poco::Net::StreamSocket> socket;
  try {
    socket = std::make_shared<Poco::Net::StreamSocket>(listener_.acceptConnection(address));
  } catch (const Poco::Exception&) {
    Pause();
    return;
  }
  const std::string peer = address.host().toString();
  if (!TakePlace(peer)) {
    ++pipeline_.metrics().connections_refused;
    return;
  }
  ++pipeline_.metrics().connections_accepted;
  if (workers_.Run([this, socket = std::move(socket), peer] { Serve(*socket, peer); })) return;
  GivePlace(peer);
  ++pipeline_.metrics().connections_refused;
  Pause();
}

bool Server::Running::TakePlace(const std::string& peer) {
  if (!by_address_.Take(peer, options_.limits.connections_per_address)) return false;
  const std::lock_guard lock(mutex_);
  if (open_ < most_connections_) {
    ++open_;
    ++pipeline_.metrics().connections_open;
    return true;
  }
  by_address_.Give(peer);
  return false;
}

void Server::Running::GivePlace(const std::string& peer) {
  by_address_.Give(peer);
  const std::lock_guard lock(mutex_);
  --open_;
  --pipeline_.metrics().connections_open;
  closed_.notify_all();
}

void Server::Running::Serve(const Poco::Net::StreamSocket& socket, const std::string& peer) {
  try {
    Transport transport(socket, CurrentContext(), {idle_.fd(), cut_.fd()});
    Connection(transport, peer, {pipeline_, options_.limits, clock_, stopping_}).Run();
  } catch (const std::exception&) {
    if (options_.log != nullptr) options_.log->Error("http.connection-lost");
  }
  GivePlace(peer);
}

void Server::Running::Stop(std::chrono::milliseconds drain) {
  stopping_ = true;
  idle_.Raise();
  if (acceptor_.joinable()) acceptor_.join();
  try {
    listener_.close();
  } catch (const Poco::Exception&) {
    stopping_ = true;
  }
  {
    std::unique_lock lock(mutex_);
    closed_.wait_for(lock, drain, [this] { return open_ == 0; });
  }
  cut_.Raise();
  workers_.Join();
}

Server::Server(ServerOptions options, std::span<const Route> routes, const Gateway& gateway, const Clock& clock)
    : running_(std::make_unique<Running>(std::move(options), routes, gateway, clock)) {}

Server::~Server() = default;

Result<void> Server::Start() { return running_->Start(); }

std::string Server::address() const { return running_->address(); }

Result<void> Server::Reload(std::vector<Client> clients) { return running_->Reload(std::move(clients)); }

void Server::Stop(std::chrono::milliseconds drain) { running_->Stop(drain); }

void Server::WriteMetrics(std::string& out) const { running_->metrics().Write(out); }

}  // namespace throughline::http
