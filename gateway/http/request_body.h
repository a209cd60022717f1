// A request's body, read off the connection. Private to this room.
#pragma once

#include <cstdint>
#include <optional>

#include "gateway/http/chunk_decoder.h"
#include "gateway/http/head_parser.h"
#include "gateway/http/limits.h"
#include "gateway/http/pace.h"
#include "gateway/http/transport.h"

namespace throughline::http {

class RequestBody final : public BodyReader {
 public:
  // All of them outlive the body.
  RequestBody(Transport& transport, Input& input, const Head& head, const Limits& limits);

  // Until this is called no byte is read, and no "100 Continue" is sent (A31). A streamed body has the stream's grace
  // and no deadline.
  void Allow(std::uint64_t most_bytes, bool streamed);

  // The length that was announced; nothing for chunked bodies.
  std::optional<std::uint64_t> announced() const { return head_.content_length; }
  bool present() const { return head_.chunked || head_.content_length.value_or(0) > 0; }
  // Every byte was read: the next request may follow on the connection.
  bool whole() const { return whole_; }
  // It was given up because it came too slowly: the answer is 408, whatever the handler made of the error.
  bool slow() const { return failed_ && failed_->kind == ErrorKind::kTimeout; }

  Result<std::string_view> Next() override;

 private:
  Result<std::string_view> TakeCounted();
  Result<std::string_view> TakeChunked();
  Result<void> Fill();
  Error Fail(Error error);

  Transport& transport_;
  Input& input_;
  const Head& head_;
  const Limits& limits_;
  ChunkDecoder decoder_;
  Pace pace_;
  std::optional<TimePoint> deadline_;  // of a body that is not streamed, from the first wait
  std::uint64_t left_ = 0;             // of a counted body
  std::uint64_t most_ = 0;
  std::uint64_t taken_ = 0;
  bool streamed_ = false;
  bool continue_owed_;
  bool whole_;
  std::optional<Error> failed_;
};

}  // namespace throughline::http
