#include "gateway/audit/audit_event.h"

#include <set>

#include "certs/hash.h"
#include "fhir/base/date_time.h"
#include "fhir/json/build.h"
#include "fhir/json/write.h"

namespace throughline::audit {
namespace {

constexpr std::string_view kEntityType = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
constexpr std::string_view kObjectRole = "http://terminology.hl7.org/CodeSystem/object-role";
constexpr std::string_view kParticipation = "http://dicom.nema.org/resources/ontology/DCM";
constexpr std::string_view kPurposeOfUse = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
constexpr std::string_view kSourceType = "http://terminology.hl7.org/CodeSystem/security-source-type";
constexpr std::string_view kNetworkByAddress = "2";

struct EntityRole {
  std::string_view type;
  std::string_view role;
};
constexpr EntityRole kPatientRole{"1", "1"};   // person, patient
constexpr EntityRole kResourceRole{"2", "4"};  // system object, domain resource
constexpr EntityRole kQueryRole{"2", "24"};    // system object, query
constexpr EntityRole kRequestRole{"4", "21"};  // other, job stream: the request's own id

class Writer {
 public:
  explicit Writer(json::Arena& arena) : arena_(arena) {}

  json::Value Coding(std::string_view system, std::string_view code) {
    json::ObjectBuilder coding(arena_);
    coding.AddString("system", system);
    coding.AddString("code", code);
    return coding.Build();
  }

  json::Value One(json::Value item) {
    json::ArrayBuilder items(arena_);
    items.Add(item);
    return items.Build();
  }

  json::Value Concept(std::string_view system, std::string_view code) {
    return Wrap("coding", One(Coding(system, code)));
  }

  json::Value Text(std::string_view name, std::string_view text) {
    json::ObjectBuilder object(arena_);
    object.AddString(name, text);
    return object.Build();
  }

  json::Value Wrap(std::string_view name, json::Value value) {
    json::ObjectBuilder object(arena_);
    object.Add(name, value);
    return object.Build();
  }

  // AuditEvent.entity has a name or a query, never both (sev-1).
  json::Value Entity(const EntityRole& role, std::string_view member, json::Value value) {
    json::ObjectBuilder entity(arena_);
    if (member == "what") entity.Add(member, value);
    entity.Add("type", Coding(kEntityType, role.type));
    entity.Add("role", Coding(kObjectRole, role.role));
    if (member != "what") entity.Add(member, value);
    return entity.Build();
  }

  json::Value Agent(const Row& row);
  json::Value Source(std::string_view observer);
  json::Value Entities(const Row& row);

 private:
  void AddResources(const Row& row, json::ArrayBuilder& entities);
  json::Arena& arena_;
};

json::Value Writer::Agent(const Row& row) {
  json::ObjectBuilder agent(arena_);
  agent.Add("type", Concept(kParticipation, "110153"));  // source role: who asked
  const std::string& name = row.client.empty() ? row.peer : row.client;
  if (!name.empty()) agent.Add("who", Wrap("identifier", Text("value", name)));
  if (!row.organization.empty()) agent.AddString("name", row.organization);
  agent.AddBoolean("requestor", true);
  if (!row.peer.empty()) {
    json::ObjectBuilder network(arena_);
    network.AddString("address", row.peer);
    network.AddString("type", kNetworkByAddress);
    agent.Add("network", network.Build());
  }
  return agent.Build();
}

json::Value Writer::Source(std::string_view observer) {
  json::ObjectBuilder source(arena_);
  source.Add("observer", Text("display", observer));
  source.Add("type", One(Coding(kSourceType, "4")));  // application server
  return source.Build();
}

void Writer::AddResources(const Row& row, json::ArrayBuilder& entities) {
  std::set<std::string_view> patients;
  for (const audit::Entity& shown : row.entities) {
    if (!shown.patient.empty()) patients.insert(shown.patient);
    entities.Add(Entity(kResourceRole, "what", Text("reference", shown.what)));
  }
  for (const std::string_view patient : patients) {
    entities.Add(Entity(kPatientRole, "what", Text("reference", patient)));
  }
}

json::Value Writer::Entities(const Row& row) {
  json::ArrayBuilder entities(arena_);
  AddResources(row, entities);
  if (!row.query.empty() || !row.target.empty()) {
    entities.Add(Entity(kQueryRole, row.query.empty() ? "name" : "query",
                        json::Value::String(arena_.Copy(row.query.empty() ? row.target : certs::ToBase64(row.query)))));
  }
  if (!row.request.empty()) {
    entities.Add(Entity(kRequestRole, "what", Wrap("identifier", Text("value", row.request))));
  }
  return entities.empty() ? json::Value() : entities.Build();
}

}  // namespace

std::string ToAuditEvent(std::uint64_t sequence, const Row& row, std::string_view observer) {
  json::Arena arena;
  Writer writer(arena);
  const KindRow& kind = RowOf(row.kind);
  json::ObjectBuilder event(arena);
  event.AddString("resourceType", "AuditEvent");
  event.AddString("id", std::to_string(sequence));
  event.Add("type", writer.Coding(kind.type_system, kind.type_code));
  event.Add("subtype", writer.One(writer.Coding(kind.subtype_system, kind.subtype_code)));
  event.AddString("action", std::string_view(&kind.action, 1));
  event.AddString("recorded", FormatInstant(row.recorded));
  event.AddString("outcome", std::to_string(static_cast<int>(row.outcome)));
  if (!row.reason.empty()) event.AddString("outcomeDesc", row.reason);
  if (!row.purpose.empty()) event.Add("purposeOfEvent", writer.One(writer.Concept(kPurposeOfUse, row.purpose)));
  event.Add("agent", writer.One(writer.Agent(row)));
  event.Add("source", writer.Source(observer));
  if (const json::Value entities = writer.Entities(row); entities.is_array()) event.Add("entity", entities);
  return json::ToString(event.Build());
}

}  // namespace throughline::audit
