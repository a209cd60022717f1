// One connection from its handshake to its end: requests in order, answers in order. Private to this room.
#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "fhir/base/clock.h"
#include "gateway/http/pipeline.h"
#include "gateway/http/response_writer.h"
#include "gateway/http/transport.h"

namespace throughline::http {

struct ConnectionParts {
  Pipeline& pipeline;
  const Limits& limits;
  const Clock& clock;
  const std::atomic<bool>& stopping;  // true: no request after this one
};

class Connection {
 public:
  Connection(Transport& transport, std::string peer, const ConnectionParts& parts);

  // Returns when the connection is of no more use. Throws nothing.
  void Run();

 private:
  enum class Next : std::uint8_t { kRequest, kRefused, kOver };
  enum class After : std::uint8_t { kNextRequest, kClose, kAbort };

  Next ReadHead(HeadParser& parser, std::optional<TimePoint> deadline);
  After Exchange(Head& head, bool last);
  After AnswerStream(Pipeline::Passage& passage, const Response& response, const AnswerFrame& frame,
                     const RequestBody& body);
  After Deliver(Pipeline::Passage& passage, const Response& response, const AnswerFrame& frame);
  void Refuse(const Refusal& refusal);

  Transport& transport_;
  std::string peer_;
  ConnectionParts parts_;
  certs::PeerIdentity identity_;
  Input input_;
};

}  // namespace throughline::http
