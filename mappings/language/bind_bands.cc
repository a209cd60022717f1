#include <algorithm>
#include <string>
#include <utility>

#include "mappings/language/binder.h"

namespace throughline::language {
namespace {

class BandBinder {
 public:
  BandBinder(Binding& binding, const YamlNode& value) : binding_(binding), value_(value) {}

  void Bind(Field& field) {
    if (value_.kind != YamlNode::Kind::kMap) return Report(value_.mark, "say the bands: 'codes: {31: 31..45}'");
    for (const auto& [key, value] : value_.pairs) CheckKey(binding_, key, Place::kBands);
    if (const YamlNode* unit = value_.Find("unit")) {
      if (const std::string* text = TextOf(binding_, *unit, "unit")) bands_.unit = *text;
    }
    if (const YamlNode* codes = value_.Find("codes")) AddCodes(*codes);
    if (const YamlNode* file = value_.Find("file")) AddFile(*file);
    if (const YamlNode* same = value_.Find("same")) AddSame(*same);
    if (bands_.rows.empty()) Report(value_.mark, "a band at least is said by 'codes' or 'file'");
    CheckRows();
    for (Band& band : bands_.rows) {
      band.range = RangeOf(band.span, binding_.plan.arena.Copy(bands_.unit), binding_.plan.arena);
    }
    field.bands = static_cast<Index>(binding_.plan.bands.size());
    binding_.plan.bands.push_back(std::move(bands_));
  }

 private:
  void Report(Mark mark, std::string text) { binding_.diagnostics.Error("map-band", mark, 1, std::move(text)); }

  void Add(std::string_view code, std::string_view text, Mark mark) {
    const auto span = Span::Parse(text);
    if (!span) return Report(mark, "a band is written 31..45, 366.. or ..30");
    if (code.empty()) return Report(mark, "a band has a code");
    bands_.rows.push_back({std::string(code), *span, {}});
  }

  void AddCodes(const YamlNode& codes) {
    if (codes.kind != YamlNode::Kind::kMap) return Report(codes.mark, "'codes' is a group of 'code: from..to' lines");
    for (const auto& [code, span] : codes.pairs) {
      if (const std::string* text = TextOf(binding_, span, "a band")) Add(code.text, *text, span.mark);
    }
  }

  // local,low,high; an end that is empty is open.
  void AddFile(const YamlNode& file) {
    const std::string* name = TextOf(binding_, file, "file");
    if (name == nullptr) return;
    auto read = binding_.read(binding_.Beside(file.mark, *name));
    if (!read) return Report(file.mark, "the file of the bands cannot be read" + WhyUnread(read.error()));
    std::string_view text = *read;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    for (bool header = true; !text.empty(); header = false) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (header && line != "local,low,high")
        return Report(file.mark, "the file begins with the line 'local,low,high'");
      const std::size_t first = line.find(',');
      const std::size_t second = first == std::string_view::npos ? first : line.find(',', first + 1);
      if (header || line.empty()) continue;
      if (second == std::string_view::npos) return Report(file.mark, "a line of the file has three cells");
      const std::string span =
          std::string(line.substr(first + 1, second - first - 1)) + ".." + std::string(line.substr(second + 1));
      Add(line.substr(0, first), span, file.mark);
    }
  }

  void AddSame(const YamlNode& same) {
    const std::string* text = TextOf(binding_, same, "same");
    if (text == nullptr) return;
    bands_.same = Span::Parse(*text);
    const auto whole = [](const std::optional<Decimal>& end) { return !end || end->exponent() >= 0; };
    if (!bands_.same || !whole(bands_.same->low) || !whole(bands_.same->high)) {
      return Report(same.mark, "'same' is a span of whole numbers: 1..30");
    }
    for (const Band& band : bands_.rows) {
      const auto code = Decimal::Parse(band.code);
      if (code && bands_.same->Holds({code, code})) {
        Report(same.mark, "the code " + band.code + " stands for a band and, by 'same', for itself");
      }
    }
  }

  void CheckRows() {
    std::vector<Span> spans;
    for (const Band& band : bands_.rows) {
      if (std::ranges::count(bands_.rows, band.code, &Band::code) > 1) {
        Report(value_.mark, "the code " + band.code + " stands for two bands");
      }
      spans.push_back(band.span);
    }
    if (bands_.same) spans.push_back(*bands_.same);
    std::ranges::sort(
        spans, [](const Span& a, const Span& b) { return !a.low ? b.low.has_value() : b.low && *a.low < *b.low; });
    for (std::size_t i = 1; i < spans.size(); ++i) CheckNeighbours(spans[i - 1], spans[i]);
  }

  static std::string TextOfSpan(const Span& span) {
    return (span.low ? span.low->text() : "") + ".." + (span.high ? span.high->text() : "");
  }

  // Whole numbers follow each other; of others nobody can say what should stand between.
  void CheckNeighbours(const Span& before, const Span& behind) {
    if (before.Meets(behind)) {
      return Report(value_.mark, "two bands overlap: " + TextOfSpan(before) + " and " + TextOfSpan(behind));
    }
    const auto small = [](const std::optional<Decimal>& end) {
      return end && end->exponent() == 0 && end->digits().size() < 10;
    };
    if (!small(before.high) || !small(behind.low)) return;
    const auto number = [](const Decimal& end) {
      long long value = 0;
      for (const char digit : end.digits()) value = value * 10 + (digit - '0');
      return end.negative() ? -value : value;
    };
    if (number(*before.high) + 1 == number(*behind.low)) return;
    binding_.diagnostics.Warning(
        "map-band-gap", value_.mark, 1,
        "no band holds what stands between " + TextOfSpan(before) + " and " + TextOfSpan(behind));
  }

  Binding& binding_;
  const YamlNode& value_;
  Bands bands_;
};

}  // namespace

void BindBands(Binding& binding, Index field, const YamlNode& value) {
  BandBinder(binding, value).Bind(binding.plan.fields[field]);
}

}  // namespace throughline::language
