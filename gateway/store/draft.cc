#include "gateway/store/draft.h"

#include <algorithm>
#include <utility>

#include "fhir/base/date_time.h"
#include "fhir/definitions/definitions.h"
#include "fhir/definitions/rows.h"
#include "fhir/json/write.h"
#include "fhir/search/indexer.h"
#include "gateway/store/composite.h"

namespace throughline::store {
namespace {

constexpr std::string_view kVersion = "\"versionId\":\"";
constexpr std::string_view kTime = "\",\"lastUpdated\":\"";

Error BadShape(std::string text) { return MakeError(ErrorKind::kInvalid, "resource-shape", std::move(text)); }

void AppendMember(std::string_view name, const json::Value& value, std::string& out) {
  if (out.back() != '{') out += ',';
  json::WriteString(name, out);
  out += ':';
  json::Write(value, out);
}

bool IsOurs(std::string_view name) { return name == "versionId" || name == "lastUpdated"; }

std::string Folded(std::string_view text) {
  std::string folded(text);
  for (char& c : folded) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return folded;
}

std::string FingerprintOf(const definitions::Definitions& definitions, std::string_view compartment) {
  certs::Sha256 hash;
  hash.Update("rows " + std::to_string(kRowRules) + " of " + std::string(compartment));
  for (const std::span<const std::byte> layer : definitions.layers()) {
    hash.Update(" " + std::to_string(definitions::blob::HeaderOf(layer).fingerprint));
  }
  return certs::ToHex(hash.Finish()).substr(0, 32);
}

// Given by the store, whatever the body says.
bool IsColumn(const search::IndexRow& row) { return row.parameter == "_id" || row.parameter == "_lastUpdated"; }

}  // namespace

Result<Draft> Draft::Make(const json::Value& body, std::string_view id, std::vector<search::IndexRow> rows,
                          std::string compartment) {
  const json::Value type = body.Get("resourceType");
  const json::Value* meta = body.Find("meta");
  if (!body.is_object() || !type.is_string() || type.text().empty())
    return BadShape("a resource is an object with a resourceType");
  if (meta != nullptr && !meta->is_object()) return BadShape("meta is an object");
  Draft draft;
  draft.type_ = type.text();
  draft.id_ = id;
  draft.compartment_ = std::move(compartment);
  std::erase_if(rows, IsColumn);
  rows.push_back({"_id", search::Token{{}, std::string(id), Folded(id), false}});
  FlattenComposites(rows);
  draft.rows_ = std::move(rows);
  // Type, id and meta stand first, whatever the order they came in: the same content has the same bytes.
  draft.head_ = "{";
  AppendMember("resourceType", type, draft.head_);
  AppendMember("id", json::Value::String(id), draft.head_);
  draft.head_ += ",\"meta\":{";
  if (meta != nullptr) {
    for (const json::Member& member : meta->members()) {
      if (IsOurs(member.name)) continue;
      draft.tail_ += ',';
      json::WriteString(member.name, draft.tail_);
      draft.tail_ += ':';
      json::Write(member.value, draft.tail_);
    }
  }
  draft.tail_ += '}';
  for (const json::Member& member : body.members()) {
    if (member.name == "resourceType" || member.name == "id" || member.name == "meta") continue;
    AppendMember(member.name, member.value, draft.tail_);
  }
  draft.tail_ += '}';
  draft.content_ = certs::Sha256().Update(draft.head_).Update(draft.tail_).Finish();
  return draft;
}

std::string Draft::Bytes(std::int64_t version, Instant last_updated) const {
  const std::string number = std::to_string(version);
  const std::string time = FormatInstant(last_updated);
  std::string bytes;
  bytes.reserve(head_.size() + tail_.size() + kVersion.size() + kTime.size() + number.size() + time.size() + 1);
  bytes.append(head_).append(kVersion).append(number).append(kTime).append(time).append("\"").append(tail_);
  return bytes;
}

Drafter::Drafter(const definitions::Definitions& definitions, const search::Indexer& indexer,
                 std::string_view compartment)
    : indexer_(indexer), compartment_(compartment), fingerprint_(FingerprintOf(definitions, compartment)) {
  for (std::size_t i = 0; i < definitions.compartment_row_count(); ++i) {
    const definitions::CompartmentRow row = definitions.compartment_row(i);
    if (row.compartment == compartment) parameters_[std::string(row.type)].emplace_back(row.parameter);
  }
}

Result<Draft> Drafter::Make(const json::Value& body, std::string_view id) const {
  std::vector<search::IndexRow> rows;
  const Issues unknown = indexer_.Rows(body, rows);
  // What could not be found again must not be stored as if it could.
  if (HasErrors(unknown)) return Error{ErrorKind::kTooCostly, "resource not indexed", unknown};
  std::string compartment = CompartmentOf(body.Get("resourceType").text(), id, rows);
  return Draft::Make(body, id, std::move(rows), std::move(compartment));
}

std::string Drafter::CompartmentOf(std::string_view type, std::string_view id,
                                   const std::vector<search::IndexRow>& rows) const {
  if (type == compartment_) return compartment_ + "/" + std::string(id);
  const auto parameters = parameters_.find(type);
  if (parameters == parameters_.end()) return {};
  for (const std::string& parameter : parameters->second) {
    for (const search::IndexRow& row : rows) {
      const auto* reference = std::get_if<search::Reference>(&row.value);
      if (reference == nullptr || row.parameter != parameter || reference->type != compartment_ ||
          reference->id.empty())
        continue;
      return compartment_ + "/" + reference->id;
    }
  }
  return {};
}

}  // namespace throughline::store
