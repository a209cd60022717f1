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

  Next ReadHead(HeadParser& parser, std::optional<TimePoint> deadline);
  bool Exchange(Head& head, bool last);
  bool AnswerStream(Pipeline::Passage& passage, const Response& response, const AnswerFrame& frame,
                    const RequestBody& body);
  bool Deliver(Pipeline::Passage& passage, const Response& response, const AnswerFrame& frame);
  void Refuse(const Refusal& refusal);

  Transport& transport_;
  std::string peer_;
  ConnectionParts parts_;
  certs::PeerIdentity identity_;
  Input input_;
};

}  // namespace throughline::http
