#include <optional>

#include "mappings/engine/instance.h"
#include "mappings/engine/to_fhir.h"
#include "mappings/plan/parts.h"

namespace throughline::engine {
namespace {

constexpr std::size_t kMaxKeyBytes = 1024;

}  // namespace

// The text of a field in one place, null when it has none; parts of split fields are cut.
json::Value LocalValue(const Plan& plan, const Field& field, Instance* root, const Scope& scope, json::Arena& arena) {
  const Instance* instance = Reach(plan, field.node, root, scope);
  if (instance == nullptr || !instance->carries) return {};
  if (field.part < 0) return instance->value;
  const LocalNode& node = plan.nodes[field.node];
  const auto part =
      PartOf(instance->value.text(), node.separator, static_cast<std::size_t>(field.part), node.fields.size());
  return !part || part->empty() ? json::Value() : json::Value::String(arena.Copy(*part));
}

// The parts of the key as text; nothing when one is missing.
std::optional<std::string> KeyFrom(const Plan& plan, Instance* root, json::Arena& arena) {
  std::vector<std::string_view> parts;
  for (const Index field : plan.key) {
    parts.push_back(LocalValue(plan, plan.fields[field], root, Scope{}, arena).text());
    if (parts.back().empty() && (parts.size() == 1 || plan.fields[field].required)) return std::nullopt;
  }
  std::string key = JoinKey(parts);
  return key.size() > kMaxKeyBytes ? std::nullopt : std::optional(std::move(key));
}

std::string JoinKey(std::span<const std::string_view> parts) {
  std::string key;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) key.push_back('|');
    for (const char byte : parts[i]) {
      if (byte == '|' || byte == '\\') key.push_back('\\');
      key.push_back(byte);
    }
  }
  return key;
}

Result<std::string> KeyOf(const Map& map, const json::Value& record) {
  json::Arena arena;
  Findings findings{map.plan(), {}, {}};
  Instance* root = LayRecord(map.plan(), record, arena, findings, false);
  const auto key = KeyFrom(map.plan(), root, arena);
  if (key) return *key;
  return MakeError(ErrorKind::kInvalid, "map-key", "the record's key is missing, empty or too long");
}

}  // namespace throughline::engine
