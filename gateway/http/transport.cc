#include "gateway/http/transport.h"

#include <Poco/Exception.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/X509Certificate.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace throughline::http {
namespace {

using Poco::Net::SecureStreamSocket;

constexpr std::size_t kMostAtOnce = 64 * 1024;

int MillisecondsUntil(TimePoint deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
  return static_cast<int>(std::clamp<long long>(left, 0, 3'600'000));
}

}  // namespace

Transport::Transport(const Poco::Net::StreamSocket& socket, const Poco::Net::Context::Ptr& context,
                     const Signals& signals)
    : plain_(socket), signals_(signals), fd_(socket.impl()->sockfd()), secure_(!context.isNull()) {
  plain_.setBlocking(false);
  plain_.setNoDelay(true);
  if (secure_) tls_ = std::make_unique<SecureStreamSocket>(SecureStreamSocket::attach(plain_, context));
}

Transport::~Transport() {
  tls_.reset();
  certs::ForgetErrors();
}

Transport::Step Transport::Wait(short events, TimePoint deadline, bool idle) {
  std::array<pollfd, 3> set = {{{fd_, events, 0}, {signals_.cut, POLLIN, 0}, {idle ? signals_.idle : -1, POLLIN, 0}}};
  while (true) {
    const int left = MillisecondsUntil(deadline);
    const int ready = ::poll(set.data(), set.size(), left);
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return Step::kBroken;
    if (set[1].revents != 0) return Step::kStopped;
    if (set[0].revents != 0) return Step::kDone;
    if (set[2].revents != 0) return Step::kStopped;
    if (left == 0) return Step::kTimeout;
  }
}

Transport::Step Transport::Handshake(TimePoint deadline) {
  if (!secure_) return Step::kDone;
  while (true) {
    int result = 0;
    try {
      result = static_cast<SecureStreamSocket&>(*tls_).completeHandshake();
    } catch (const Poco::Exception&) {
      return Step::kBroken;
    }
    if (result == 1) return Step::kDone;
    if (result == 0) return Step::kBroken;
    const short events = result == SecureStreamSocket::ERR_SSL_WANT_WRITE ? POLLOUT : POLLIN;
    if (const Step step = Wait(events, deadline, false); step != Step::kDone) return step;
  }
}

certs::PeerIdentity Transport::Identity() const {
  if (!secure_) return {};
  try {
    const auto& socket = static_cast<const SecureStreamSocket&>(*tls_);
    if (!socket.havePeerCertificate()) return {};
    return certs::IdentityOf(socket.peerCertificate().certificate());
  } catch (const Poco::Exception&) {
    return {};
  }
}

Transport::Moved Transport::Read(char* to, std::size_t size) {
  if (!secure_) {
    const ssize_t count = ::recv(fd_, to, size, MSG_DONTWAIT);
    if (count >= 0) return {.count = static_cast<int>(count)};
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {.want = Want::kRead};
    return {.broken = true};
  }
  try {
    const int count = tls_->receiveBytes(to, static_cast<int>(size));
    if (count >= 0) return {.count = count};
    return {.want = count == SecureStreamSocket::ERR_SSL_WANT_WRITE ? Want::kWrite : Want::kRead};
  } catch (const Poco::Exception&) {
    return {.broken = true};
  }
}

Transport::Moved Transport::Write(std::string_view bytes) {
  const std::size_t size = std::min(bytes.size(), kMostAtOnce);
  if (!secure_) {
    const ssize_t count = ::send(fd_, bytes.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count >= 0) return {.count = static_cast<int>(count)};
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {.want = Want::kWrite};
    return {.broken = true};
  }
  try {
    const int count = tls_->sendBytes(bytes.data(), static_cast<int>(size));
    if (count > 0) return {.count = count};
    return {.want = count == SecureStreamSocket::ERR_SSL_WANT_READ ? Want::kRead : Want::kWrite};
  } catch (const Poco::Exception&) {
    return {.broken = true};
  }
}

Transport::Step Transport::TrySend(bool& moved) {
  while (pending() > 0) {
    const Moved step = Write(std::string_view(pending_).substr(sent_));
    if (step.broken) return Step::kBroken;
    if (step.want != Want::kNothing) {
      write_wants_ = step.want;
      break;
    }
    sent_ += static_cast<std::size_t>(step.count);
    moved = true;
  }
  if (pending() == 0) {
    pending_.clear();
    sent_ = 0;
  } else if (sent_ > kMostAtOnce && sent_ > pending_.size() / 2) {
    pending_.erase(0, sent_);
    sent_ = 0;
  }
  return Step::kDone;
}

Transport::Step Transport::Queue(std::string_view bytes) {
  pending_.append(bytes);
  bool moved = false;
  return TrySend(moved);
}

Transport::Step Transport::FlushSome(TimePoint deadline) {
  while (pending() > 0) {
    bool moved = false;
    if (const Step step = TrySend(moved); step != Step::kDone || moved) return step;
    if (const Step step = Wait(write_wants_ == Want::kRead ? POLLIN : POLLOUT, deadline, false); step != Step::kDone) {
      return step;
    }
  }
  return Step::kDone;
}

Transport::Step Transport::Receive(Input& input, TimePoint deadline, bool idle) {
  if (!input.buffer_) input.buffer_ = std::make_unique_for_overwrite<char[]>(Input::kSize);
  while (true) {
    const Moved step = Read(input.buffer_.get(), Input::kSize);
    if (step.broken) return Step::kBroken;
    if (step.want == Want::kNothing) {
      input.begin_ = 0;
      input.end_ = static_cast<std::size_t>(step.count);
      return step.count == 0 ? Step::kEnd : Step::kDone;
    }
    bool moved = false;
    if (const Step sent = TrySend(moved); sent != Step::kDone) return sent;
    short events = step.want == Want::kWrite ? POLLOUT : POLLIN;
    if (pending() > 0 && write_wants_ == Want::kWrite) events |= POLLOUT;
    if (const Step waited = Wait(events, deadline, idle); waited != Step::kDone) return waited;
  }
}

void Transport::Abort() {
  // With this, close() sends a reset instead of keeping what the peer did not take.
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

void Transport::Close(std::chrono::milliseconds patience) {
  const TimePoint deadline = std::chrono::steady_clock::now() + patience;
  try {
    if (secure_) tls_->shutdown();
  } catch (const Poco::Exception&) {
    return;
  }
  if (::shutdown(fd_, SHUT_WR) != 0) return;
  std::array<char, 4096> forgotten;
  while (true) {
    const ssize_t count = ::recv(fd_, forgotten.data(), forgotten.size(), MSG_DONTWAIT);
    if (count == 0) return;
    if (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) return;
    if (std::chrono::steady_clock::now() >= deadline) return;
    if (count < 0 && Wait(POLLIN, deadline, false) != Step::kDone) return;
  }
}

}  // namespace throughline::http
