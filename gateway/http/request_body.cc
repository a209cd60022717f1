#include "gateway/http/request_body.h"

#include <algorithm>
#include <utility>

namespace throughline::http {

RequestBody::RequestBody(Transport& transport, Input& input, const Head& head, const Limits& limits)
    : transport_(transport),
      input_(input),
      head_(head),
      limits_(limits),
      pace_(limits.body_grace, limits.least_bytes_per_second),
      left_(head.content_length.value_or(0)),
      continue_owed_(head.expects_continue),
      whole_(!head.chunked && left_ == 0) {}

void RequestBody::Allow(std::uint64_t most_bytes, bool streamed) {
  most_ = most_bytes;
  streamed_ = streamed;
  pace_ = Pace(streamed ? limits_.stream_grace : limits_.body_grace, limits_.least_bytes_per_second);
}

Error RequestBody::Fail(Error error) {
  failed_ = std::move(error);
  return *failed_;
}

Result<void> RequestBody::Fill() {
  if (std::exchange(continue_owed_, false)) {
    if (transport_.Queue("HTTP/1.1 100 Continue\r\n\r\n") != Transport::Step::kDone) {
      return Fail(MakeError(ErrorKind::kUnavailable, "http-closed", "the connection is lost"));
    }
  }
  const TimePoint start = std::chrono::steady_clock::now();
  if (!deadline_) deadline_ = start + limits_.body_time;
  const TimePoint slowest = start + pace_.left();
  const auto step = transport_.Receive(input_, streamed_ ? slowest : std::min(slowest, *deadline_));
  pace_.Waited(std::chrono::steady_clock::now() - start);
  pace_.Moved(input_.bytes().size());
  switch (step) {
    case Transport::Step::kDone:
      return {};
    case Transport::Step::kEnd:
      return Fail(MakeError(ErrorKind::kInvalid, "http-body-cut", "the body ended before its announced length"));
    case Transport::Step::kTimeout:
      return Fail(MakeError(ErrorKind::kTimeout, "http-body-slow", "the body comes too slowly"));
    case Transport::Step::kStopped:
    case Transport::Step::kBroken:
      break;
  }
  return Fail(MakeError(ErrorKind::kUnavailable, "http-closed", "the connection is lost or the server stops"));
}

Result<std::string_view> RequestBody::TakeCounted() {
  const std::string_view piece =
      input_.bytes().substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, Input::kSize)));
  input_.Consume(piece.size());
  left_ -= piece.size();
  whole_ = left_ == 0;
  return piece;
}

// An empty answer here means: nothing of the body was in these bytes.
Result<std::string_view> RequestBody::TakeChunked() {
  std::string_view bytes = input_.bytes();
  const std::size_t before = bytes.size();
  std::string_view piece;
  const ChunkDecoder::State state = decoder_.Feed(bytes, piece);
  input_.Consume(before - bytes.size());
  if (state == ChunkDecoder::State::kRefused) {
    return Fail(MakeError(ErrorKind::kInvalid, "http-chunk", "the chunks of the body are malformed"));
  }
  whole_ = state == ChunkDecoder::State::kEnd;
  return state == ChunkDecoder::State::kPiece ? piece : std::string_view();
}

Result<std::string_view> RequestBody::Next() {
  if (failed_) return *failed_;
  while (!whole_) {
    if (input_.empty()) {
      if (auto filled = Fill(); !filled) return std::move(filled).error();
    }
    auto piece = head_.chunked ? TakeChunked() : TakeCounted();
    if (!piece) return piece;
    taken_ += piece->size();
    if (taken_ > most_)
      return Fail(MakeError(ErrorKind::kTooLong, "http-body-size", "the body is larger than this server takes"));
    if (!piece->empty()) return piece;
  }
  return std::string_view();
}

}  // namespace throughline::http
