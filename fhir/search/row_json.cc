#include "fhir/search/row_json.h"

#include <chrono>

#include "fhir/base/date_time.h"
#include "fhir/json/write.h"
#include "fhir/search/number_key.h"

namespace throughline::search {
namespace {

void Member(std::string_view name, std::string_view text, std::string& out) {
  if (out.back() != '{') out += ',';
  json::WriteString(name, out);
  out += ':';
  if (text.empty()) {
    out += "null";
  } else {
    json::WriteString(text, out);
  }
}

// Milliseconds, and microseconds where there are some.
std::string InstantText(Instant at) {
  std::string text = FormatInstant(at);
  const auto rest = at - std::chrono::floor<std::chrono::milliseconds>(at);
  if (rest.count() == 0) return text;
  std::string digits = std::to_string(rest.count());
  digits.insert(0, 3 - digits.size(), '0');
  return text.insert(text.size() - 1, digits);
}

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void operator()(const Token& token) const {
    Member("type", "token", out_);
    Member("system", token.system, out_);
    Member("code", token.code, out_);
  }
  void operator()(const Reference& reference) const {
    Member("type", "reference", out_);
    std::string target = reference.url;
    if (target.empty()) target = reference.type.empty() ? reference.id : reference.type + "/" + reference.id;
    Member("target", target, out_);
    if (!reference.version.empty()) Member("version", reference.version, out_);
  }
  void operator()(const DateSpan& span) const {
    Member("type", "date", out_);
    Member("start", span.start == kBeginningOfTime ? "" : InstantText(span.start), out_);
    Member("end", span.end == kEndOfTime ? "" : InstantText(span.end), out_);
  }
  void operator()(const String& string) const {
    Member("type", "string", out_);
    Member("value", string.value, out_);
    Member("folded", string.folded, out_);
  }
  void operator()(const Uri& uri) const {
    Member("type", "uri", out_);
    Member("value", uri.value, out_);
  }
  void operator()(const Number& number) const {
    Member("type", "number", out_);
    Ends(number, false);
  }
  void operator()(const Quantity& quantity) const {
    Member("type", "quantity", out_);
    Ends(quantity.number, quantity.canonical);
    Member("system", quantity.system, out_);
    Member("code", quantity.code, out_);
    if (!quantity.unit.empty()) Member("unit", quantity.unit, out_);
    if (quantity.canonical) out_ += ",\"canonical\":true";
  }
  void operator()(const Composite& composite) const {
    Member("type", "composite", out_);
    out_ += ",\"components\":[";
    for (const IndexRow& part : composite.parts) {
      if (out_.back() != '[') out_ += ',';
      out_ += '{';
      std::visit(*this, part.value);
      out_ += '}';
    }
    out_ += ']';
  }

 private:
  void Ends(const Number& number, bool computed) const {
    const bool ends = number.value.empty() || computed;
    const NumberSpan span = ends ? NumberSpan{number.low, number.high} : WrittenSpan(number.value);
    Member("low", NumberOfKey(span.low), out_);
    Member("high", NumberOfKey(span.high), out_);
    Member("value", number.value, out_);
  }

  std::string& out_;
};

}  // namespace

void WriteRow(const IndexRow& row, std::string_view resource, std::string& out) {
  out += '{';
  if (!resource.empty()) Member("resource", resource, out);
  Member("param", row.parameter, out);
  std::visit(Writer(out), row.value);
  out += '}';
}

}  // namespace throughline::search
