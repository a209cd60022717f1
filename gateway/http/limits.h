// The limits of one listener: threats.md section 2.1. Sizes in bytes.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace throughline::http {

struct HeadLimits {
  std::size_t request_line_bytes = 8192;  // 414
  std::size_t header_bytes = 8192;        // one field, 431
  std::size_t headers_bytes = 32768;      // all fields, 431
  std::size_t headers = 100;              // 431
  std::size_t parameters = 32;            // of a query or form, 400
};

struct Limits {
  HeadLimits head;
  std::chrono::milliseconds head_time{
      10'000};  // from accept, handshake included, or from the first byte of a later request
  std::uint64_t fhir_bytes = 16u << 20;
  std::uint64_t form_bytes = 64u << 10;
  std::uint64_t local_json_bytes =
      64u << 20;  // a POST /local of one JSON document; NDJSON and CSV have no limit of size

  std::uint64_t least_bytes_per_second = 8u << 10;  // of a body that comes in and of an answer that is taken
  std::chrono::milliseconds body_grace{5'000};      // how far a body may fall behind that rate
  std::chrono::milliseconds body_time{60'000};      // total, but for streams
  std::chrono::milliseconds stream_grace{15'000};   // how far a streamed body may fall behind
  std::chrono::milliseconds send_grace{30'000};     // how far a reader of ours may fall behind
  std::size_t pending_answer_bytes = 8u << 20;      // of a streamed answer, held in memory while the client only sends

  std::chrono::milliseconds idle_time{30'000};
  std::uint32_t requests_per_connection = 10'000;
  std::size_t connections = 2'000;
  std::size_t connections_per_address = 100;
  std::size_t requests_per_client = 32;  // under way, 429

  std::size_t working = 64;                       // handlers at work at once, streams not counted
  std::size_t waiting = 256;                      // requests that wait for one of those places, 503 beyond
  std::chrono::milliseconds waiting_time{2'000};  // 503 after it
};

}  // namespace throughline::http
