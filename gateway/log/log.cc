#include "gateway/log/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "fhir/base/date_time.h"
#include "fhir/json/write.h"

namespace throughline::log {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warning", "error"};

std::string Hex(std::span<const std::uint8_t> bytes) {
  std::string out;
  for (const std::uint8_t byte : bytes) {
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

std::string Quoted(std::string_view text) {
  std::string out;
  json::WriteString(text, out);
  return out;
}

// A line that is filled from the left and never grows past its room.
class Line {
 public:
  bool Add(std::string_view text) {
    if (text.size() > kRoom - size_) return false;
    std::memcpy(bytes_.data() + size_, text.data(), text.size());
    size_ += text.size();
    return true;
  }

  // `,"<name><suffix>":<json>`, or nothing at all.
  bool AddMember(std::string_view name, std::string_view suffix, std::string_view json) {
    const std::size_t before = size_;
    if (Add(",\"") && Add(name) && Add(suffix) && Add("\":") && Add(json)) return true;
    size_ = before;
    return false;
  }

  std::string_view Finish(bool cut) {
    const std::string_view end = cut ? ",\"cut\":true}\n" : "}\n";
    std::memcpy(bytes_.data() + size_, end.data(), end.size());
    return {bytes_.data(), size_ + end.size()};
  }

 private:
  static constexpr std::size_t kLongest = 4096;
  static constexpr std::size_t kRoom = kLongest - 16;  // what Finish() needs is kept free
  std::array<char, kLongest> bytes_;
  std::size_t size_ = 0;
};

// How much of the line was written, 0 when it failed.
std::size_t WriteOnce(int fd, std::string_view line) {
  ssize_t written = 0;
  do {
    written = ::write(fd, line.data(), line.size());
  } while (written < 0 && errno == EINTR);
  return written < 0 ? 0 : static_cast<std::size_t>(written);
}

}  // namespace

Vocabulary::Vocabulary(std::span<const std::string_view> words) : words_(words.begin(), words.end()) {}

Word Vocabulary::Pick(std::string_view text) const {
  const auto found = words_.find(text);
  return found == words_.end() ? Word("other") : Word(std::string_view(*found));
}

std::string RequestId::ToString() const { return Hex(bytes_); }

KeyedHash::KeyedHash(std::span<const std::uint8_t, 32> mac) { std::copy_n(mac.begin(), bytes_.size(), bytes_.begin()); }

std::string KeyedHash::ToString() const { return Hex(bytes_); }

Field::Field(Word name, std::string_view suffix, std::string json)
    : name_(name), suffix_(suffix), json_(std::move(json)) {}

Field Code(Word name, Word value) { return {name, "", Quoted(value.text())}; }

Field Count(Word name, std::int64_t value) { return {name, "", std::to_string(value)}; }

Field Flag(Word name, bool value) { return {name, "", value ? "true" : "false"}; }

Field Duration(Word name, std::chrono::nanoseconds value) {
  return {name, "_us", std::to_string(std::chrono::floor<std::chrono::microseconds>(value).count())};
}

Field Hash(Word name, const KeyedHash& value) { return {name, "", Quoted(value.ToString())}; }

Field Request(const RequestId& value) { return {"request", "", Quoted(value.ToString())}; }

Field Kind(ErrorKind value) { return {"error", "", Quoted(RowOf(value).name)}; }

Log::Log(int fd, const Clock& clock, LogLevel lowest) : fd_(fd), clock_(clock), lowest_(lowest) {}

void Log::Write(LogLevel level, Word event, std::initializer_list<Field> fields) noexcept {
  Write(level, event, std::span<const Field>(fields.begin(), fields.size()));
}

void Log::Write(LogLevel level, Word event, std::span<const Field> fields) noexcept try {
  if (level < lowest_) return;
  const std::uint64_t lost = dropped_unsaid_.exchange(0, std::memory_order_relaxed);
  Line line;
  if (torn_.exchange(false, std::memory_order_relaxed)) line.Add("\n");
  line.Add("{\"time\":\"");
  line.Add(FormatInstant(clock_.Now()));
  line.Add("\"");
  line.AddMember("level", "", Quoted(kLevels.at(static_cast<std::size_t>(level))));
  bool whole = line.AddMember("event", "", Quoted(event.text()));
  if (lost != 0) line.AddMember("dropped", "", std::to_string(lost));
  for (const Field& field : fields) whole &= line.AddMember(field.name().text(), field.suffix(), field.json());

  const std::string_view bytes = line.Finish(!whole);
  const std::size_t written = WriteOnce(fd_, bytes);
  if (written == bytes.size()) return;
  if (written != 0) torn_.store(true, std::memory_order_relaxed);
  dropped_total_.fetch_add(1, std::memory_order_relaxed);
  dropped_unsaid_.fetch_add(lost + 1, std::memory_order_relaxed);
} catch (...) {
  dropped_total_.fetch_add(1, std::memory_order_relaxed);
  dropped_unsaid_.fetch_add(1, std::memory_order_relaxed);
}

Result<int> OpenForAppend(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd >= 0) return fd;
  return MakeError(ErrorKind::kUnavailable, "log-open", "the log file cannot be opened for appending");
}

}  // namespace throughline::log
