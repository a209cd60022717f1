// FHIRPath questions written as JSON, and their answers: a line in, a line out.
//   {"expression":"...","resource":{...}|null,"file":"...","model":"r4"|null,"context":"Patient.name[0]","variables":{},"now":"..."}
//   {"result":[{"type":"HumanName","value":{...}},{"type":"decimal","value":"1.50"}],"trace":[{"name":"x","value":[...]}]}
//   {"error":{"kind":"syntax|semantic|execution","message":"...","offset":0}}
// All but `expression` may be missing; the model is r4 then, and there is no focus without a resource.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/base/result.h"
#include "fhir/path/expression.h"

namespace throughline::answers {

struct Question {
  std::string_view expression;
  json::Value resource = {};  // any JSON value; the items of an array are asked one by one
  path::Model model = path::Model::kR4;
  std::string_view context = {};             // an expression on the resource: its items become the focus, one by one
  json::Value variables = {};                // an object: name (without "%") -> any JSON value
  std::optional<std::string_view> now = {};  // a dateTime, UTC without a zone: now(), today(), timeOfDay()
};

// What answers look at besides the question. Everything must outlive the answerer.
struct World {
  const definitions::Definitions& definitions;
  const terminology::Terminology* terminology = nullptr;
  path::Conformance* conformance = nullptr;
  Instant now = {};  // where the question does not say
  // The bytes of a `file`; without it such questions are answered with an error.
  std::function<Result<std::string>(const std::string& path)> read_file = {};
};

// Keeps the last expression and the last file, so that many questions about one are cheap; nothing else grows with the
// number of questions. One thread at a time.
class Answerer {
 public:
  explicit Answerer(World world);
  ~Answerer();

  // Appends one line of JSON, without a line end. False: it is an error. Elements that have extensions but no value are
  // left out of results; values are as contracts ask: an object for complex ones, true or false, else a string.
  bool Answer(const Question& question, std::string& out);
  // The question of a line. One that cannot be read is answered with an error of kind "execution".
  bool AnswerLine(std::string_view line, std::string& out);

 private:
  struct Kept;
  std::unique_ptr<Kept> kept_;
};

}  // namespace throughline::answers
