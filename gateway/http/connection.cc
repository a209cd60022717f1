#include "gateway/http/connection.h"

#include <utility>

#include "certs/random.h"
#include "gateway/http/answers.h"

namespace throughline::http {
namespace {

constexpr Refusal kSlowHead{408, IssueType::kTimeout, "http-head-slow", "the head of the request comes too slowly"};
constexpr std::chrono::milliseconds kLinger{1000};

log::RequestId FreshRequestId() {
  std::array<std::uint8_t, 16> bytes;
  certs::FillRandom(bytes);
  return log::RequestId(bytes);
}

}  // namespace

Connection::Connection(Transport& transport, std::string peer, const ConnectionParts& parts)
    : transport_(transport), peer_(std::move(peer)), parts_(parts) {}

void Connection::Run() {
  const TimePoint first_deadline = std::chrono::steady_clock::now() + parts_.limits.head_time;
  if (transport_.Handshake(first_deadline) != Transport::Step::kDone) {
    ++parts_.pipeline.metrics().handshakes_failed;
    return;
  }
  identity_ = transport_.Identity();
  const std::uint32_t most = parts_.limits.requests_per_connection;
  for (std::uint32_t count = 1; count <= most; ++count) {
    HeadParser parser(parts_.limits.head);
    const Next next = ReadHead(parser, count == 1 ? std::optional(first_deadline) : std::nullopt);
    if (next == Next::kOver) return;
    const After after = next == Next::kRefused ? After::kClose : Exchange(parser.head(), count == most);
    if (after == After::kAbort) return transport_.Abort();
    if (after == After::kClose) return transport_.Close(kLinger);
  }
}

Connection::Next Connection::ReadHead(HeadParser& parser, std::optional<TimePoint> deadline) {
  const TimePoint start = std::chrono::steady_clock::now();
  const bool first = deadline.has_value();
  bool begun = !input_.empty();
  if (!deadline) deadline = start + (begun ? parts_.limits.head_time : parts_.limits.idle_time);
  while (true) {
    if (input_.empty()) {
      const auto step = transport_.Receive(input_, *deadline, !begun);
      if (step == Transport::Step::kTimeout && begun) {
        Refuse(kSlowHead);
        return Next::kRefused;
      }
      if (step != Transport::Step::kDone) return Next::kOver;
      if (!begun && !first) deadline = std::chrono::steady_clock::now() + parts_.limits.head_time;
      begun = true;
    }
    std::string_view bytes = input_.bytes();
    const std::size_t before = bytes.size();
    const HeadParser::State state = parser.Feed(bytes);
    input_.Consume(before - bytes.size());
    if (state == HeadParser::State::kDone) return Next::kRequest;
    if (state == HeadParser::State::kRefused) {
      Refuse(parser.refusal());
      return Next::kRefused;
    }
  }
}

void Connection::Refuse(const Refusal& refusal) {
  ResponseWriter writer(transport_, parts_.limits, parts_.clock.Now());
  writer.Send(AnswerOf(refusal), {.secure = transport_.secure(), .request_id = {}});
  parts_.pipeline.Refused(refusal);
}

Connection::After Connection::Exchange(Head& head, bool last) {
  Request request;
  request.method = head.method;
  request.segments = std::move(head.segments);
  request.query = std::move(head.query);
  request.headers = std::move(head.headers);
  request.peer = peer_;
  request.names = identity_.names;
  request.fingerprint = identity_.fingerprint;
  request.secure = transport_.secure();
  request.authority = head.authority;
  RequestBody body(transport_, input_, head, parts_.limits);
  request.body = &body;
  Pipeline::Passage passage(parts_.pipeline, request, body, FreshRequestId());
  const Response response = passage.Answer(head);
  AnswerFrame frame{.keep_alive = head.keep_alive && !last && !parts_.stopping.load(std::memory_order_relaxed),
                    .head_only = head.method == Method::kHead,
                    .minor_version = head.minor_version,
                    .secure = transport_.secure(),
                    .request_id = request.request_id};
  if (response.stream) return AnswerStream(passage, response, frame, body);
  frame.keep_alive = frame.keep_alive && body.whole();
  return Deliver(passage, response, frame);
}

Connection::After Connection::Deliver(Pipeline::Passage& passage, const Response& response, const AnswerFrame& frame) {
  ResponseWriter writer(transport_, parts_.limits, parts_.clock.Now());
  const bool sent = writer.Send(response, frame);
  passage.Finish(response.status);
  if (!sent) return After::kAbort;
  return frame.keep_alive ? After::kNextRequest : After::kClose;
}

Connection::After Connection::AnswerStream(Pipeline::Passage& passage, const Response& response,
                                           const AnswerFrame& frame, const RequestBody& body) {
  AnswerFrame streamed = frame;
  streamed.keep_alive = frame.keep_alive && frame.minor_version == 1;
  ResponseWriter writer(transport_, parts_.limits, parts_.clock.Now());
  writer.Begin(response, streamed);
  const auto done = passage.Stream(response, writer);
  if (!done && !writer.begun()) {
    AnswerFrame refused = frame;
    refused.keep_alive = frame.keep_alive && body.whole();
    return Deliver(passage, passage.AnswerOfFailure(done.error()), refused);
  }
  // A stream that failed ends without its last chunk: what was written still goes out.
  const bool sent = done ? writer.Finish() : writer.Flush();
  passage.Finish(done && sent ? response.status : 500);
  if (!sent) return After::kAbort;
  return done && streamed.keep_alive && body.whole() ? After::kNextRequest : After::kClose;
}

}  // namespace throughline::http
