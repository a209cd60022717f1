#include "mappings/formats/value_scanner.h"

#include <array>
#include <string_view>

namespace throughline::formats {
namespace {

// What ends a run of bytes that need no look, inside a string and outside of one.
constexpr auto kStringStops = [] {
  std::array<bool, 256> stops{};
  stops['"'] = stops['\\'] = true;
  return stops;
}();
constexpr auto kOutsideStops = [] {
  std::array<bool, 256> stops{};
  for (const char stop : {'"', '{', '}', '[', ']'}) stops[static_cast<unsigned char>(stop)] = true;
  return stops;
}();
constexpr auto kScalarStops = [] {
  std::array<bool, 256> stops{};
  for (const char stop : {',', '}', ']', ' ', '\n', '\r', '\t', '"', '{', '[', ':'}) {
    stops[static_cast<unsigned char>(stop)] = true;
  }
  return stops;
}();

std::size_t RunLength(std::string_view bytes, const std::array<bool, 256>& stops) {
  std::size_t length = 0;
  while (length < bytes.size() && !stops[static_cast<unsigned char>(bytes[length])]) ++length;
  return length;
}

}  // namespace

void ValueScanner::Keep(std::string_view bytes) {
  kept_ += bytes.size();
  too_long_ = too_long_ || kept_ > max_bytes_;
  if (!too_long_) out_->append(bytes);
}

ScanEnd ValueScanner::Scan(ByteWindow& window, std::size_t max_bytes, std::string& out) {
  max_bytes_ = max_bytes;
  out_ = &out;
  kept_ = 0;
  too_long_ = false;
  const int first = window.Peek();
  if (first < 0) return ScanEnd::kCut;
  const ScanEnd end = first == '"'                   ? ScanString(window)
                      : first == '{' || first == '[' ? ScanNested(window)
                                                     : ScanScalar(window);
  return end == ScanEnd::kWhole && too_long_ ? ScanEnd::kTooLong : end;
}

ScanEnd ValueScanner::ScanString(ByteWindow& window) {
  Keep("\"");
  window.Skip();
  for (std::string_view ahead = window.Ahead(); !ahead.empty(); ahead = window.Ahead()) {
    const std::size_t run = RunLength(ahead, kStringStops);
    Keep(ahead.substr(0, run));
    window.Skip(run);
    if (run == ahead.size()) continue;
    const char stop = ahead[run];
    Keep({&stop, 1});
    window.Skip();
    if (stop == '"') return ScanEnd::kWhole;
    const int escaped = window.Peek();
    if (escaped < 0) break;
    const char byte = static_cast<char>(escaped);
    Keep({&byte, 1});
    window.Skip();
  }
  return ScanEnd::kCut;
}

ScanEnd ValueScanner::ScanScalar(ByteWindow& window) {
  bool any = false;
  for (std::string_view ahead = window.Ahead(); !ahead.empty(); ahead = window.Ahead()) {
    const std::size_t run = RunLength(ahead, kScalarStops);
    Keep(ahead.substr(0, run));
    window.Skip(run);
    any = any || run > 0;
    if (run < ahead.size()) break;
  }
  return any ? ScanEnd::kWhole : ScanEnd::kBroken;
}

ScanEnd ValueScanner::ScanNested(ByteWindow& window) {
  open_.clear();
  for (std::string_view ahead = window.Ahead(); !ahead.empty(); ahead = window.Ahead()) {
    const std::size_t run = RunLength(ahead, kOutsideStops);
    Keep(ahead.substr(0, run));
    window.Skip(run);
    if (run == ahead.size()) continue;
    const char stop = ahead[run];
    if (stop == '"') {
      if (const ScanEnd end = ScanString(window); end != ScanEnd::kWhole) return end;
      continue;
    }
    Keep({&stop, 1});
    window.Skip();
    if (stop == '{' || stop == '[') {
      if (open_.size() >= max_depth_) return ScanEnd::kTooDeep;
      open_.push_back(stop == '{' ? '}' : ']');
      continue;
    }
    if (open_.back() != stop) return ScanEnd::kBroken;
    open_.pop_back();
    if (open_.empty()) return ScanEnd::kWhole;
  }
  return ScanEnd::kCut;
}

}  // namespace throughline::formats
