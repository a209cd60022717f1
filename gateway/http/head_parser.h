// The head of a request, byte by byte, strictly as RFC 9112 says and stricter where leniency has let attacks through:
// threats.md A02-A23. Pure: no clock, no socket.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/limits.h"
#include "gateway/http/message.h"
#include "gateway/http/refusal.h"

namespace throughline::http {

struct Head {
  Method method = Method::kGet;
  int minor_version = 1;  // HTTP/1.0 or HTTP/1.1
  std::vector<std::string> segments;
  std::vector<Parameter> query;
  Headers headers;
  std::string host;       // of the Host header, lower case, without port and without the brackets of IPv6
  std::string authority;  // the Host header as written
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool expects_continue = false;
  bool keep_alive = true;
};

// One head; a new parser for each request. At most two empty lines may come before it.
class HeadParser {
 public:
  enum class State : std::uint8_t { kNeedMore, kDone, kRefused };

  explicit HeadParser(const HeadLimits& limits) : limits_(limits) {}

  // Takes bytes off the front of `bytes`: all of them while it needs more, up to the empty line when it is done. Each
  // byte is looked at once, so a head that comes drop by drop costs no more than one that comes at once.
  State Feed(std::string_view& bytes);

  Head& head() { return head_; }                        // when kDone
  const Refusal& refusal() const { return *refusal_; }  // when kRefused

 private:
  State Refuse(const Refusal& refusal);
  State TakeLine(std::string_view line);
  State TakeRequestLine(std::string_view line);
  State TakeHeader(std::string_view line);
  State Finish();
  const Refusal* OverLimit(std::size_t length) const;

  HeadLimits limits_;
  Head head_;
  std::string line_;
  std::string target_authority_;
  std::size_t headers_bytes_ = 0;
  int empty_lines_ = 0;
  bool has_request_line_ = false;
  std::optional<Refusal> refusal_;
};

}  // namespace throughline::http
