// A date that is read covers a span of time, and every instant can be written and read again.
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fhir/base/date_time.h"

using namespace throughline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto date = DateTime::ParseDate(text);
  const auto date_time = DateTime::ParseDateTime(text);
  const auto instant = DateTime::ParseInstant(text);
  const auto partial = DateTime::ParsePartial(text);
  if ((date && !date_time) || (instant && !date_time) || (date_time && !partial)) std::abort();
  if (!partial) return 0;

  const Period period = partial->Interval(std::chrono::minutes{60});
  if (period.start >= period.end) std::abort();
  if (instant && partial->year() > 1 && partial->year() < 9999) {
    const auto again = DateTime::ParseInstant(FormatInstant(period.start));
    const auto cut = std::chrono::floor<std::chrono::milliseconds>(period.start);
    if (!again || again->Interval().start != cut) std::abort();
  }
  return 0;
}
