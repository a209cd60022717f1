#include "fhir/path/literals.h"

#include <re2/re2.h>

#include <charconv>
#include <cstdint>
#include <limits>
#include <utility>

#include "fhir/path/functions.h"
#include "fhir/path/moment.h"
#include "fhir/path/pattern.h"

namespace throughline::path {
namespace {

std::optional<std::string_view> TextOf(const Program& program, NodeId id) {
  const auto* literal = std::get_if<Literal>(&program.nodes[id].part);
  if (literal == nullptr || literal->value.kind() != ItemKind::kString) return std::nullopt;
  return literal->value.text();
}

}  // namespace

std::optional<Item> WholeLiteral(const Token& number) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(number.text.data(), number.text.data() + number.text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  const bool integer = number.kind == TokenKind::kNumber && value <= std::numeric_limits<std::int32_t>::max();
  return integer ? Item::Integer(value) : Item::Long(value);
}

std::optional<Item> MomentLiteral(ItemKind kind, std::string_view text) {
  if (kind == ItemKind::kDateTime && text.ends_with('T')) text.remove_suffix(1);
  if (!IsMoment(kind, text)) return std::nullopt;
  if (kind == ItemKind::kDate) return Item::Date(text);
  return kind == ItemKind::kTime ? Item::Time(text) : Item::DateTime(text);
}

bool PreparePattern(Program& program, std::span<const NodeId> arguments, Call& call, std::string_view& reason) {
  const bool with_flags = arguments.size() == call.row->max_arguments;
  const std::optional<std::string_view> written = TextOf(program, arguments.front());
  const std::optional<std::string_view> flags = with_flags ? TextOf(program, arguments.back()) : "";
  if (!written || !flags) return true;
  auto pattern = CompilePattern(*written, *flags, reason);
  if (pattern == nullptr) return false;
  call.pattern = pattern.get();
  program.patterns.push_back(std::move(pattern));
  return true;
}

}  // namespace throughline::path
