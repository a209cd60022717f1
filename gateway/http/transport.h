// One accepted connection as bytes: plain or TLS, never blocking without a deadline. Private to this room.
//
// The sockets do not block; every wait is one poll() with the time that is left, on the connection and on the server's
// signals. So no other thread ever touches a connection's socket, and no descriptor can be closed or reused under it.
#pragma once

#include <Poco/Net/Context.h>
#include <Poco/Net/StreamSocket.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "certs/tls.h"

namespace throughline::http {

using TimePoint = std::chrono::steady_clock::time_point;

// Descriptors that become readable, for all connections at once, when the server stops.
struct Signals {
  int idle = -1;  // closes connections that wait for a request
  int cut = -1;   // ends every wait
};

// Bytes that came in and were not yet looked at.
class Input {
 public:
  static constexpr std::size_t kSize = 16 * 1024;
  std::string_view bytes() const { return {buffer_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  void Consume(std::size_t count) { begin_ += count; }

 private:
  friend class Transport;
  std::unique_ptr<char[]> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

class Transport {
 public:
  enum class Step : std::uint8_t {
    kDone,
    kEnd,      // the peer sends no more
    kTimeout,  // the deadline came first
    kStopped,  // the server stops
    kBroken,   // the connection is lost, or TLS refused it
  };

  // TLS when there is a context.
  Transport(const Poco::Net::StreamSocket& socket, const Poco::Net::Context::Ptr& context, const Signals& signals);
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  ~Transport();

  Step Handshake(TimePoint deadline);
  certs::PeerIdentity Identity() const;  // after the handshake; empty without a certificate
  bool secure() const { return secure_; }

  // Waits for bytes and puts them into `input`, which must be empty; meanwhile sends what is pending. `idle`: also
  // ended by Signals::idle.
  Step Receive(Input& input, TimePoint deadline, bool idle = false);

  // Sends what the peer takes without waiting; the rest is pending.
  Step Queue(std::string_view bytes);
  std::size_t pending() const { return pending_.size() - sent_; }
  // Waits until something of what is pending was taken, or nothing is pending.
  Step FlushSome(TimePoint deadline);

  // Tells the peer that nothing follows, and takes in (and forgets) what it still sends, so that it gets to read the
  // last answer.
  void Close(std::chrono::milliseconds patience);
  // Drops the connection and what is on its way: for a peer that does not read.
  void Abort();

 private:
  enum class Want : std::uint8_t { kNothing, kRead, kWrite };
  struct Moved {
    int count = 0;  // 0: the peer's end
    Want want = Want::kNothing;
    bool broken = false;
  };

  Moved Read(char* to, std::size_t size);
  Moved Write(std::string_view bytes);
  Step TrySend(bool& moved);
  Step Wait(short events, TimePoint deadline, bool idle);

  Poco::Net::StreamSocket plain_;
  std::unique_ptr<Poco::Net::StreamSocket> tls_;
  Signals signals_;
  std::string pending_;
  std::size_t sent_ = 0;
  Want write_wants_ = Want::kWrite;
  int fd_;
  bool secure_;
};

}  // namespace throughline::http
