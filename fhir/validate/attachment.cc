#include "fhir/validate/attachment.h"

#include <charconv>
#include <cstdint>

namespace throughline::validate {

void CheckAttachment(Context& context, const Visit& visit) {
  const json::Value* const size = visit.value.Find("size");
  const json::Value* const data = visit.value.Find("data");
  if (size == nullptr || data == nullptr || !size->is_number() || !data->is_string() ||
      !checks::UnsignedInt(size->text()) || !checks::Base64Binary(data->text())) {
    return;
  }
  std::uint64_t symbols = 0;
  for (const char c : data->text()) {
    symbols += c > ' ' && c != '=' ? 1 : 0;
  }
  std::uint64_t stated = 0;
  const std::string_view literal = size->text();
  std::from_chars(literal.data(), literal.data() + literal.size(), stated);
  if (stated != symbols * 3 / 4) {
    context.findings.Add(Rule::kAttachmentSize, {&visit.place, "size"});
  }
}

}  // namespace throughline::validate
