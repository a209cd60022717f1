#include "gateway/http/response_writer.h"

#include <array>
#include <charconv>
#include <cstdio>

namespace throughline::http {
namespace {

struct StatusRow {
  int status;
  std::string_view reason;
};

constexpr std::array kReasons = {
    StatusRow{200, "OK"},
    StatusRow{201, "Created"},
    StatusRow{202, "Accepted"},
    StatusRow{204, "No Content"},
    StatusRow{304, "Not Modified"},
    StatusRow{400, "Bad Request"},
    StatusRow{401, "Unauthorized"},
    StatusRow{403, "Forbidden"},
    StatusRow{404, "Not Found"},
    StatusRow{405, "Method Not Allowed"},
    StatusRow{406, "Not Acceptable"},
    StatusRow{408, "Request Timeout"},
    StatusRow{409, "Conflict"},
    StatusRow{410, "Gone"},
    StatusRow{411, "Length Required"},
    StatusRow{412, "Precondition Failed"},
    StatusRow{413, "Content Too Large"},
    StatusRow{414, "URI Too Long"},
    StatusRow{415, "Unsupported Media Type"},
    StatusRow{417, "Expectation Failed"},
    StatusRow{421, "Misdirected Request"},
    StatusRow{422, "Unprocessable Content"},
    StatusRow{429, "Too Many Requests"},
    StatusRow{431, "Request Header Fields Too Large"},
    StatusRow{500, "Internal Server Error"},
    StatusRow{501, "Not Implemented"},
    StatusRow{503, "Service Unavailable"},
    StatusRow{505, "HTTP Version Not Supported"},
};

std::string_view ReasonOf(int status) {
  for (const StatusRow& row : kReasons) {
    if (row.status == status) return row.reason;
  }
  return "Other";
}

constexpr std::string_view kAlways =
    "Cache-Control: no-store\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
    "Referrer-Policy: no-referrer\r\n";
constexpr std::string_view kOverTls = "Strict-Transport-Security: max-age=31536000\r\n";

bool HasBody(int status) { return status >= 200 && status != 204 && status != 304; }

// A line break in a value would start a header of its own: such a field is left out.
bool IsSafe(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

void AddField(std::string& out, std::string_view name, std::string_view value) {
  if (!IsSafe(name) || !IsSafe(value)) return;
  out.append(name).append(": ").append(value).append("\r\n");
}

constexpr std::size_t kTogether = 64 * 1024;

}  // namespace

std::string HttpDate(Instant instant) {
  constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto days = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(instant - days));
  std::array<char, 40> text;
  const int size = std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                                 kDays[std::chrono::weekday(days).c_encoding()], static_cast<unsigned>(date.day()),
                                 kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                                 static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                                 static_cast<int>(time.seconds().count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

ResponseWriter::ResponseWriter(Transport& transport, const Limits& limits, Instant now)
    : transport_(transport), limits_(limits), now_(now), pace_(limits.send_grace, limits.least_bytes_per_second) {}

std::string ResponseWriter::HeadOf(const Response& response, const AnswerFrame& frame, bool streamed) const {
  std::string head;
  head.reserve(512);
  head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ").append(ReasonOf(response.status));
  head.append("\r\n");
  AddField(head, "Date", HttpDate(now_));
  for (const Headers::Field& field : response.headers.fields()) AddField(head, field.name, field.value);
  if (!frame.request_id.empty()) AddField(head, "X-Request-Id", frame.request_id);
  if (streamed && frame.minor_version == 1) AddField(head, "Transfer-Encoding", "chunked");
  if (!streamed && HasBody(response.status)) AddField(head, "Content-Length", std::to_string(response.body.size()));
  head.append(kAlways);
  if (frame.secure) head.append(kOverTls);
  if (!frame.keep_alive) {
    AddField(head, "Connection", "close");
  } else if (frame.minor_version == 0) {
    AddField(head, "Connection", "keep-alive");
  }
  head.append("\r\n");
  return head;
}

bool ResponseWriter::FlushUntil(std::size_t left) {
  while (!failed_ && transport_.pending() > left) {
    const TimePoint start = std::chrono::steady_clock::now();
    const std::size_t before = transport_.pending();
    failed_ = transport_.FlushSome(start + pace_.left()) != Transport::Step::kDone;
    pace_.Waited(std::chrono::steady_clock::now() - start);
    pace_.Moved(before - transport_.pending());
  }
  return !failed_;
}

bool ResponseWriter::Send(const Response& response, const AnswerFrame& frame) {
  std::string bytes = HeadOf(response, frame, false);
  std::string_view body = frame.head_only || !HasBody(response.status) ? std::string_view() : response.body;
  if (body.size() <= kTogether) {
    bytes.append(body);
    body = {};
  }
  if (transport_.Queue(bytes) != Transport::Step::kDone) return false;
  for (; !body.empty(); body.remove_prefix(std::min(kTogether, body.size()))) {
    if (!FlushUntil(kTogether)) return false;
    if (transport_.Queue(body.substr(0, kTogether)) != Transport::Step::kDone) return false;
  }
  return FlushUntil(0);
}

void ResponseWriter::Begin(const Response& response, const AnswerFrame& frame) {
  response_ = &response;
  frame_ = frame;
}

Result<void> ResponseWriter::Write(std::string_view bytes) {
  if (bytes.empty()) return {};
  std::string out;
  if (!begun_) out = HeadOf(*response_, frame_, true);
  begun_ = true;
  if (!frame_.head_only) {
    std::array<char, 16> size;
    const auto end = std::to_chars(size.data(), size.data() + size.size(), bytes.size(), 16);
    const bool chunked = frame_.minor_version == 1;
    if (chunked) out.append(size.data(), end.ptr).append("\r\n");
    out.append(bytes);
    if (chunked) out.append("\r\n");
  }
  if (transport_.Queue(out) != Transport::Step::kDone || !FlushUntil(limits_.pending_answer_bytes)) {
    return MakeError(ErrorKind::kUnavailable, "http-closed", "the client does not take the answer");
  }
  return {};
}

bool ResponseWriter::Finish() {
  if (!begun_) {
    // Nothing was written: an empty body is a whole answer too.
    if (transport_.Queue(HeadOf(*response_, frame_, true)) != Transport::Step::kDone) return false;
    begun_ = true;
  }
  if (frame_.minor_version == 1 && !frame_.head_only && transport_.Queue("0\r\n\r\n") != Transport::Step::kDone)
    return false;
  return FlushUntil(0);
}

}  // namespace throughline::http
