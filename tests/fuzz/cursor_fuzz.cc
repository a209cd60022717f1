// A cursor as it comes back in a URL: none that was not given out opens, and one that was given out does.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/interactions/cursor.h"

using namespace throughline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const certs::HmacKey kKey = certs::HmacKey::Random();
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto forged = interactions::OpenCursor(kKey, "client", "Patient", text, Instant{});
  if (forged || forged.error().kind != ErrorKind::kInvalid) std::abort();
  const interactions::Cursor cursor{7, Instant{}, {{"name", std::string(text)}, {std::string(text), ""}}};
  const std::string sealed = interactions::SealCursor(kKey, "client", "Patient", cursor);
  const auto opened = interactions::OpenCursor(kKey, "client", "Patient", sealed, Instant{});
  const bool fits = sealed.size() <= (64u << 10);
  if (opened.operator bool() != fits) std::abort();
  if (opened &&
      (opened->after != 7 || opened->parameters.at(0).value != text || opened->parameters.at(1).name != text)) {
    std::abort();
  }
  return 0;
}
