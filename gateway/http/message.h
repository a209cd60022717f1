// What an HTTP exchange is to everything behind the connection: plain values, no socket and no Poco type.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/base/result.h"

namespace throughline::consent {
struct Requester;
}

namespace throughline::http {

enum class Method : unsigned char { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions };

// "GET", ...; exact, so nothing for "get".
std::string_view NameOf(Method method);
std::optional<Method> MethodOf(std::string_view name);

// Header fields in the order they came, values as they came without the white space around them; never decoded (A14).
class Headers {
 public:
  struct Field {
    std::string name;
    std::string value;
  };
  void Add(std::string_view name, std::string_view value) {
    fields_.push_back({std::string(name), std::string(value)});
  }
  void Set(std::string_view name, std::string_view value);  // replaces all of that name
  void Remove(std::string_view name);
  // Names are compared without case. The first of that name; nothing when there is none.
  std::optional<std::string_view> Find(std::string_view name) const;
  std::size_t Count(std::string_view name) const;
  const std::vector<Field>& fields() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

// A decoded name and value of a query, a form, or a place in a path pattern.
struct Parameter {
  std::string name;
  std::string value;
};

// The bytes of a request's body as they arrive. Framing, limits and minimum rate are kept inside.
class BodyReader {
 public:
  virtual ~BodyReader() = default;
  // The next piece, valid until the next call; empty at the end of a whole body. kInvalid: the framing is broken or the
  // body was cut short; kTooLong; kTimeout: it comes too slowly; kUnavailable: the server stops or the client is gone.
  // An error stays: every later call answers it again, and the connection closes after the answer.
  virtual Result<std::string_view> Next() = 0;
};

// The whole body in memory: its limit is the route's (route.h), so this never grows beyond it.
Result<std::string> ReadAll(BodyReader& body);

struct Request {
  Method method = Method::kGet;
  std::vector<std::string>
      segments;  // the path, split on '/' first, then decoded: none holds '/', '\\', NUL, nor is "." or ".."
  std::vector<Parameter> query;
  Headers headers;
  BodyReader* body = nullptr;  // never null in a handler
  std::string content_type;    // media type without parameters, lower case; "" when there is no body
  std::string charset;         // of the media type, lower case; "" when not said

  std::string request_id;          // ours, or the client's X-Request-Id when that is plain
  std::string peer;                // the client's address without port; no header is believed about it (B17)
  std::vector<std::string> names;  // who the client's certificate names ("dns:hospital.example"); empty without one
  std::string fingerprint;         // of that certificate, SHA-256 hexadecimal
  bool secure = false;             // over TLS
  std::string authority;           // host and port that the client called us by: checked, fit for a Location

  std::vector<Parameter> places;                  // what stood at {type}, {id}, ... of the route's pattern
  std::string_view route;                         // the pattern: what logs say instead of the URL
  const consent::Requester* requester = nullptr;  // who asks; null only where a route is open to anyone

  // The text at a place of the pattern; "" when the pattern has no such place.
  std::string_view Place(std::string_view name) const;
  // The first query parameter of that name; nothing when there is none.
  std::optional<std::string_view> Query(std::string_view name) const;
};

// Where a streamed answer goes. The status and headers are sent with the first bytes.
class BodySink {
 public:
  virtual ~BodySink() = default;
  // Hands over a piece; never waits for the client as long as less than Limits::pending_answer_bytes are on the way.
  // kUnavailable: the client is gone, or does not read (A35); stop then.
  virtual Result<void> Write(std::string_view bytes) = 0;
};

struct Response {
  int status = 200;
  Headers headers;  // Content-Type and what is special; Date, length, caching and security headers are added when sent
  std::string body;
  // When set, it makes the body instead, written as chunks. It may read the request's body meanwhile. An error before
  // the first Write becomes the answer (an OperationOutcome of its kind); an error after it cuts the connection, so
  // that the client cannot take what it has for the whole.
  std::function<Result<void>(BodySink&)> stream;
};

}  // namespace throughline::http
