// Answers as bytes on the connection. Private to this room.
#pragma once

#include <string>
#include <string_view>

#include "fhir/base/clock.h"
#include "gateway/http/limits.h"
#include "gateway/http/message.h"
#include "gateway/http/pace.h"
#include "gateway/http/transport.h"

namespace throughline::http {

// "Mon, 03 Feb 2025 14:10:00 GMT"
std::string HttpDate(Instant instant);

// What the connection knows about an answer that the handler does not.
struct AnswerFrame {
  bool keep_alive = false;
  bool head_only = false;  // HEAD: everything but the body
  int minor_version = 1;   // 1.0 gets no chunks: its stream ends with the connection
  bool secure = false;
  std::string_view request_id;
};

// One answer. Not reused.
class ResponseWriter final : public BodySink {
 public:
  ResponseWriter(Transport& transport, const Limits& limits, Instant now);

  // Status line, headers, body. False: the client did not take it, the connection is of no more use.
  bool Send(const Response& response, const AnswerFrame& frame);

  // The streamed form: what Write() sends first is `response`'s head.
  void Begin(const Response& response, const AnswerFrame& frame);
  Result<void> Write(std::string_view bytes) override;
  bool begun() const { return begun_; }
  bool Finish();  // the last chunk; false as of Send
  bool Flush() { return FlushUntil(0); }

 private:
  std::string HeadOf(const Response& response, const AnswerFrame& frame, bool streamed) const;
  bool FlushUntil(std::size_t left);

  Transport& transport_;
  const Limits& limits_;
  Instant now_;
  Pace pace_;
  const Response* response_ = nullptr;
  AnswerFrame frame_;
  bool begun_ = false;
  bool failed_ = false;  // once given up on, a client is not waited for again
};

}  // namespace throughline::http
