#include "gateway/http/head_parser.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "gateway/http/target.h"
#include "gateway/http/text.h"

namespace throughline::http {
namespace {

constexpr int kMostEmptyLines = 2;

constexpr Refusal kBadLineEnd{400, IssueType::kStructure, "http-line",
                              "lines must end with CR LF and hold no CR, LF or NUL"};
constexpr Refusal kEmptyLines{400, IssueType::kStructure, "http-line", "too many empty lines before the request"};
constexpr Refusal kBadRequestLine{400, IssueType::kStructure, "http-request-line",
                                  "the request line must be a method, a target and a version"};
constexpr Refusal kLongRequestLine{414, IssueType::kTooLong, "http-request-line", "the request line is too long"};
constexpr Refusal kLongHeader{431, IssueType::kTooLong, "http-headers", "a header field is too long"};
constexpr Refusal kLongHeaders{431, IssueType::kTooLong, "http-headers", "the header fields are too long together"};
constexpr Refusal kManyHeaders{431, IssueType::kTooLong, "http-headers", "too many header fields"};
constexpr Refusal kBadVersion{505, IssueType::kNotSupported, "http-version",
                              "only HTTP/1.1 and HTTP/1.0 are spoken here"};
constexpr Refusal kBadMethod{501, IssueType::kNotSupported, "http-method", "the method is not known"};
constexpr Refusal kBadHeader{400, IssueType::kStructure, "http-header", "a header field is malformed"};
constexpr Refusal kBadHost{400, IssueType::kStructure, "http-host", "exactly one valid Host header is needed"};
constexpr Refusal kOtherHost{400, IssueType::kStructure, "http-host",
                             "the target and the Host header name different hosts"};
constexpr Refusal kBadCoding{501, IssueType::kNotSupported, "http-transfer-encoding",
                             "only the transfer coding chunked is read"};
constexpr Refusal kBadFraming{400, IssueType::kStructure, "http-framing",
                              "the length of the body is said twice, or in a way the version does not know"};
constexpr Refusal kBadLength{400, IssueType::kStructure, "http-length", "Content-Length must be one number of digits"};
constexpr Refusal kNoLength{411, IssueType::kRequired, "http-length",
                            "a body needs Content-Length or Transfer-Encoding: chunked"};
constexpr Refusal kNoBody{400, IssueType::kStructure, "http-body", "this method takes no body"};
constexpr Refusal kBadExpect{417, IssueType::kNotSupported, "http-expect", "only Expect: 100-continue is known"};

std::optional<std::uint64_t> Digits(std::string_view text, std::size_t most) {
  std::uint64_t value = 0;
  if (text.empty() || text.size() > most || text.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// reg-name of plain letters, digits, '-' and '.', or an IPv6 address in brackets; then a port, or nothing.
bool ReadHost(std::string_view text, std::string& name) {
  std::string_view rest;
  if (!text.empty() && text.front() == '[') {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return false;
    name = LowerOf(text.substr(1, end - 1));
    if (name.empty() || name.find_first_not_of("0123456789abcdef:.") != std::string::npos) return false;
    rest = text.substr(end + 1);
  } else {
    const std::size_t colon = text.find(':');
    name = LowerOf(text.substr(0, colon));
    if (name.empty() || name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") != std::string::npos)
      return false;
    rest = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
  }
  return rest.empty() || (rest.front() == ':' && Digits(rest.substr(1), 5));
}

bool WantsBody(Method method) { return method == Method::kPost || method == Method::kPut || method == Method::kPatch; }

const Refusal* ReadCoding(Head& head) {
  const std::size_t count = head.headers.Count("Transfer-Encoding");
  if (count == 0) return nullptr;
  if (count > 1 || head.minor_version == 0) return &kBadFraming;
  if (!SameWithoutCase(*head.headers.Find("Transfer-Encoding"), "chunked")) return &kBadCoding;
  if (head.headers.Find("Content-Length")) return &kBadFraming;
  head.chunked = true;
  return nullptr;
}

const Refusal* ReadLength(Head& head) {
  const std::size_t count = head.headers.Count("Content-Length");
  if (count == 0) return nullptr;
  if (count > 1) return &kBadLength;
  head.content_length = Digits(*head.headers.Find("Content-Length"), 18);
  return head.content_length ? nullptr : &kBadLength;
}

const Refusal* ReadFraming(Head& head) {
  if (const Refusal* refusal = ReadCoding(head)) return refusal;
  if (const Refusal* refusal = ReadLength(head)) return refusal;
  const bool has_length = head.chunked || head.content_length.has_value();
  if (WantsBody(head.method)) return has_length ? nullptr : &kNoLength;
  return head.chunked || head.content_length.value_or(0) > 0 ? &kNoBody : nullptr;
}

const Refusal* ReadExpect(Head& head) {
  const auto expect = head.headers.Find("Expect");
  if (!expect || head.minor_version == 0) return nullptr;
  if (!SameWithoutCase(*expect, "100-continue") || head.headers.Count("Expect") > 1) return &kBadExpect;
  head.expects_continue = true;
  return nullptr;
}

bool HasOption(const Headers& headers, std::string_view wanted) {
  for (const Headers::Field& field : headers.fields()) {
    if (!SameWithoutCase(field.name, "Connection")) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const std::size_t comma = rest.find(',');
      if (SameWithoutCase(Trim(rest.substr(0, comma)), wanted)) return true;
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
  }
  return false;
}

}  // namespace

HeadParser::State HeadParser::Refuse(const Refusal& refusal) {
  refusal_ = refusal;
  return State::kRefused;
}

const Refusal* HeadParser::OverLimit(std::size_t length) const {
  if (!has_request_line_) return length > limits_.request_line_bytes ? &kLongRequestLine : nullptr;
  if (length > limits_.header_bytes) return &kLongHeader;
  return headers_bytes_ + length > limits_.headers_bytes ? &kLongHeaders : nullptr;
}

HeadParser::State HeadParser::Feed(std::string_view& bytes) {
  if (refusal_) return State::kRefused;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const bool whole = end != std::string_view::npos;
    const std::string_view part = bytes.substr(0, whole ? end + 1 : end);
    bytes.remove_prefix(part.size());
    const std::size_t length = line_.size() + part.size();
    const std::size_t line_end = whole ? 2 : 1;  // a CR may be the last byte so far
    if (const Refusal* refusal = OverLimit(length - std::min(length, line_end))) return Refuse(*refusal);
    line_.append(part);
    if (!whole) break;
    if (length < 2 || line_[length - 2] != '\r') return Refuse(kBadLineEnd);
    line_.resize(length - 2);
    const State state = TakeLine(line_);
    line_.clear();
    if (state != State::kNeedMore) return state;
  }
  return State::kNeedMore;
}

HeadParser::State HeadParser::TakeLine(std::string_view line) {
  if (has_request_line_) return line.empty() ? Finish() : TakeHeader(line);
  if (line.empty()) return ++empty_lines_ > kMostEmptyLines ? Refuse(kEmptyLines) : State::kNeedMore;
  return TakeRequestLine(line);
}

HeadParser::State HeadParser::TakeRequestLine(std::string_view line) {
  for (const char c : line) {
    if (!IsFieldByte(c) || c == '\t') return Refuse(kBadLineEnd);
  }
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last || line.find(' ', first + 1) != last)
    return Refuse(kBadRequestLine);
  const std::string_view version = line.substr(last + 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return Refuse(kBadVersion);
  head_.minor_version = version.back() - '0';
  const auto method = MethodOf(line.substr(0, first));
  if (!method) return Refuse(kBadMethod);
  head_.method = *method;
  Target target;
  if (const auto refusal = ParseTarget(line.substr(first + 1, last - first - 1), limits_.parameters, target)) {
    return Refuse(*refusal);
  }
  head_.segments = std::move(target.segments);
  head_.query = std::move(target.query);
  target_authority_ = std::move(target.authority);
  has_request_line_ = true;
  return State::kNeedMore;
}

HeadParser::State HeadParser::TakeHeader(std::string_view line) {
  headers_bytes_ += line.size() + 2;
  if (head_.headers.fields().size() == limits_.headers) return Refuse(kManyHeaders);
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !IsToken(line.substr(0, colon))) return Refuse(kBadHeader);
  const std::string_view value = line.substr(colon + 1);
  for (const char c : value) {
    if (!IsFieldByte(c)) return Refuse(kBadHeader);
  }
  head_.headers.Add(line.substr(0, colon), Trim(value));
  return State::kNeedMore;
}

HeadParser::State HeadParser::Finish() {
  if (head_.headers.Count("Host") != 1) return Refuse(kBadHost);
  head_.authority = *head_.headers.Find("Host");
  if (!ReadHost(head_.authority, head_.host)) return Refuse(kBadHost);
  if (!target_authority_.empty() && !SameWithoutCase(target_authority_, head_.authority)) return Refuse(kOtherHost);
  if (const Refusal* refusal = ReadFraming(head_)) return Refuse(*refusal);
  if (const Refusal* refusal = ReadExpect(head_)) return Refuse(*refusal);
  head_.keep_alive =
      head_.minor_version == 1 ? !HasOption(head_.headers, "close") : HasOption(head_.headers, "keep-alive");
  return State::kDone;
}

}  // namespace throughline::http
