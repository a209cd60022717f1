#include "gateway/audit/chain.h"

#include <algorithm>
#include <charconv>

#include "certs/hash.h"
#include "fhir/base/date_time.h"
#include "fhir/json/parse.h"
#include "fhir/json/write.h"

namespace throughline::audit {
namespace {

struct TextMember {
  std::string_view name;
  std::string Row::*member;
};

constexpr TextMember kTextMembers[] = {
    {"client", &Row::client},   {"organization", &Row::organization},
    {"peer", &Row::peer},       {"request", &Row::request},
    {"purpose", &Row::purpose}, {"target", &Row::target},
    {"query", &Row::query},     {"reason", &Row::reason},
};

void AppendMember(std::string_view name, std::string_view text, std::string& out) {
  out += ",\"";
  out += name;
  out += "\":";
  json::WriteString(text, out);
}

void AppendEntities(const std::vector<Entity>& entities, std::string& out) {
  if (entities.empty()) return;
  out += ",\"entities\":[";
  for (std::size_t i = 0; i < entities.size(); ++i) {
    out += i == 0 ? "{\"what\":" : ",{\"what\":";
    json::WriteString(entities[i].what, out);
    if (!entities[i].patient.empty()) AppendMember("patient", entities[i].patient, out);
    out += '}';
  }
  out += ']';
}

template <typename Number>
std::optional<Number> NumberOf(const json::Value& value) {
  const std::string_view text = value.text();
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (!value.is_number() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<Instant> InstantOf(const json::Value& value) {
  const auto time = DateTime::ParseInstant(value.text());
  if (!time) return std::nullopt;
  return time->Interval().start;
}

bool IsOutcome(int code) { return code == 0 || code == 4 || code == 8 || code == 12; }

Error NotOurs() { return MakeError(ErrorKind::kInvalid, "audit-row", "not a row of the audit"); }

}  // namespace

std::string Canonical(std::uint64_t sequence, const Row& row) {
  std::string out = "{\"sequence\":" + std::to_string(sequence);
  AppendMember("recorded", FormatInstant(row.recorded), out);
  AppendMember("kind", RowOf(row.kind).name, out);
  out += ",\"outcome\":" + std::to_string(static_cast<int>(row.outcome));
  for (const TextMember& text : kTextMembers) {
    if (!(row.*text.member).empty()) AppendMember(text.name, row.*text.member, out);
  }
  AppendEntities(row.entities, out);
  out += '}';
  return out;
}

Result<Row> ParseCanonical(std::string_view bytes, std::uint64_t& sequence) {
  const auto document = json::ParseDocument(bytes);
  if (!document) return NotOurs();
  const json::Value& root = document->root;
  const auto number = NumberOf<std::uint64_t>(root.Get("sequence"));
  const auto outcome = NumberOf<int>(root.Get("outcome"));
  const auto recorded = InstantOf(root.Get("recorded"));
  const auto kind = std::ranges::find(Kinds(), root.Get("kind").text(), &KindRow::name);
  if (!number || !outcome || !IsOutcome(*outcome) || !recorded || kind == Kinds().end()) return NotOurs();
  Row row;
  row.kind = kind->kind;
  row.outcome = static_cast<Outcome>(*outcome);
  row.recorded = *recorded;
  for (const TextMember& text : kTextMembers) row.*text.member = root.Get(text.name).text();
  const json::Value entities = root.Get("entities");
  for (const json::Value& item : entities.items()) {
    row.entities.push_back({std::string(item.Get("what").text()), std::string(item.Get("patient").text())});
  }
  sequence = *number;
  return row;
}

Hash Seal(const Hash& previous, std::string_view canonical) {
  return certs::Sha256().Update(std::span<const std::uint8_t>(previous)).Update(canonical).Finish();
}

bool ChainCheck::Next(std::uint64_t sequence, std::string_view canonical, std::string_view hash) {
  if (first_bad_) return false;
  const Hash sealed = Seal(previous_, canonical);
  const std::string prefix = "{\"sequence\":" + std::to_string(expected_) + ",";
  const bool same = std::ranges::equal(sealed, hash, {}, {}, [](char c) { return static_cast<std::uint8_t>(c); });
  if (sequence != expected_ || !canonical.starts_with(prefix) || !same) {
    first_bad_ = expected_;
    return false;
  }
  previous_ = sealed;
  ++expected_;
  ++checked_;
  return true;
}

std::string ToHex(const Hash& hash) { return certs::ToHex(hash); }

std::string WriteCheckpoint(const Checkpoint& checkpoint) {
  std::string out = "{\"sequence\":" + std::to_string(checkpoint.sequence);
  AppendMember("hash", ToHex(checkpoint.hash), out);
  AppendMember("recorded", FormatInstant(checkpoint.recorded), out);
  out += "}\n";
  return out;
}

Result<Checkpoint> ParseCheckpoint(std::string_view line) {
  const auto document = json::ParseDocument(line);
  const Error bad = MakeError(ErrorKind::kInvalid, "audit-checkpoint", "not a checkpoint of the audit");
  if (!document) return bad;
  const auto sequence = NumberOf<std::uint64_t>(document->root.Get("sequence"));
  const auto hash = certs::DigestFromHex(document->root.Get("hash").text());
  const auto recorded = InstantOf(document->root.Get("recorded"));
  if (!sequence || !hash || !recorded) return bad;
  return Checkpoint{*sequence, *hash, *recorded};
}

}  // namespace throughline::audit
