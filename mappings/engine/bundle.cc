#include "mappings/engine/bundle.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <unordered_map>
#include <utility>

#include "fhir/json/build.h"
#include "fhir/json/write.h"
#include "mappings/engine/select.h"
#include "mappings/plan/plan.h"

namespace throughline::engine {
namespace {

constexpr std::string_view kRecordSystem = "urn:throughline:record:";
constexpr std::string_view kEnvelope = "envelope";
constexpr std::string_view kMap = "map";
constexpr std::string_view kUuid = "urn:uuid:";

Error NotABundle(std::string text) { return MakeError(ErrorKind::kInvalid, "map-bundle", std::move(text)); }

// Every `reference` below a value.
void References(const json::Value& value, std::vector<std::string_view>& out) {
  for (const json::Value& item : value.items()) References(item, out);
  for (const json::Member& member : value.members()) {
    if (member.name == "reference" && member.value.is_string()) {
      out.push_back(member.value.text());
    } else {
      References(member.value, out);
    }
  }
}

using Renamed = std::unordered_map<std::string, std::string_view>;  // "Patient/1" -> its entry's urn:uuid:...

json::Value Named(const json::Value& resource, std::string_view url, Renamed& renamed, json::Arena& arena) {
  if (!url.starts_with(kUuid)) return resource;
  const std::string_view id = url.substr(kUuid.size());
  const std::string_view own = resource.Get("id").text();
  if (own == id) return resource;
  if (!own.empty()) {
    std::string name(resource.Get("resourceType").text());
    renamed.emplace(name.append("/").append(own), url);
  }
  return json::With(resource, "id", json::Value::String(id), arena);
}

// `value` with its references to what is known by another name in this Bundle now.
json::Value Redirected(const json::Value& value, const Renamed& renamed, json::Arena& arena) {
  if (value.is_array()) {
    json::ArrayBuilder items(arena);
    for (const json::Value& item : value.items()) items.Add(Redirected(item, renamed, arena));
    return items.Build();
  }
  if (!value.is_object()) return value;
  json::ObjectBuilder object(arena);
  for (const json::Member& member : value.members()) {
    const bool reference = member.name == "reference" && member.value.is_string();
    const auto found = reference ? renamed.find(std::string(WithoutVersion(member.value.text()))) : renamed.end();
    object.Add(member.name,
               found != renamed.end() ? json::Value::String(found->second) : Redirected(member.value, renamed, arena));
  }
  return object.Build();
}

void NoEntry(std::string place, std::string text, BundleContent& content) {
  Error error = NotABundle(std::move(text));
  error.issues.front().location = std::move(place);
  content.issues.push_back(std::move(error.issues.front()));
}

bool ReadEnvelope(const json::Value& parameters, const std::string& place, BundleContent& content) {
  const auto named = [&](std::string_view name) {
    const auto items = parameters.Get("parameter").items();
    const auto found =
        std::ranges::find_if(items, [&](const json::Value& parameter) { return parameter.Get("name").text() == name; });
    return found == items.end() ? json::Value() : *found;
  };
  const json::Value envelope = named(kEnvelope);
  if (envelope.is_null()) return false;
  const json::Value text = envelope.Get("valueString");
  if (!text.is_string()) NoEntry(place, "the envelope of a file is a text", content);
  if (text.is_string()) content.envelope = std::string(text.text());
  content.envelope_map = named(kMap).Get("valueString").text();
  return true;
}

// "Goal/1" of an entry that deletes it.
void Delete(const json::Value& entry, std::vector<std::string>& gone) {
  const json::Value request = entry.Get("request");
  const std::string_view full_url = entry.Get("fullUrl").text();
  if (request.Get("method").text() != "DELETE" || !full_url.starts_with(kUuid)) return;
  const std::string_view url = request.Get("url").text();
  gone.push_back(std::string(url.substr(0, url.find_first_of("?/"))) + "/" +
                 std::string(full_url.substr(kUuid.size())));
}

void ReadEntry(const json::Value& entry, const std::string& place, BundleContent& content, Renamed& renamed,
               json::Arena& arena) {
  if (!entry.is_object()) return NoEntry(place, "an entry of a Bundle is an object", content);
  const json::Value* resource = entry.Find("resource");
  if (resource == nullptr) {
    const bool said = entry.Find("request") != nullptr || entry.Find("response") != nullptr;
    if (!said) return NoEntry(place, "this entry holds neither a resource nor a request nor a response", content);
    return Delete(entry, content.gone);
  }
  const std::string_view type = resource->Get("resourceType").text();
  if (type.empty()) return NoEntry(place + "/resource", "this is no resource: 'resourceType' is missing", content);
  if (type == "Parameters" && ReadEnvelope(*resource, place + "/resource", content)) return;
  content.resources.push_back({{}, Named(*resource, entry.Get("fullUrl").text(), renamed, arena)});
}

// "Patient/1" names a Patient, "urn:uuid:1" anything.
bool NamesType(std::string_view reference, std::string_view type) {
  reference = WithoutVersion(reference);
  const std::size_t slash = reference.rfind('/');
  if (slash == std::string_view::npos) return true;
  const std::string_view before = reference.substr(0, slash);
  return before.substr(before.find_last_of('/') + 1) == type;
}

class Groups {
 public:
  explicit Groups(std::size_t count) : parents_(count) { std::iota(parents_.begin(), parents_.end(), std::size_t{0}); }
  std::size_t Find(std::size_t at) {
    while (parents_[at] != at) at = parents_[at] = parents_[parents_[at]];
    return at;
  }
  void Join(std::size_t a, std::size_t b) {
    a = Find(a);
    b = Find(b);
    parents_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<std::size_t> parents_;
};

// Adds what the resources `taken` use, and what that uses in turn. Of what stands once in a record, the nearest.
void TakeUses(const Plan& plan, std::span<const Index> kinds, const std::vector<std::vector<std::size_t>>& uses,
              std::vector<std::size_t>& taken) {
  std::set<Index> once;
  std::set<std::size_t> seen;
  for (std::size_t next = 0; next < taken.size(); ++next) {
    for (const std::size_t used : uses[taken[next]]) {
      const bool stands_once = plan.resources[kinds[used]].each == kNone;
      if (!seen.insert(used).second || (stands_once && !once.insert(kinds[used]).second)) continue;
      taken.push_back(used);
    }
  }
}

}  // namespace

void WriteRecordBundle(const Map& map, const Mapped& mapped, std::span<const MappedResource> gone, std::string& out) {
  out.append(R"({"resourceType":"Bundle","type":"transaction","identifier":{"system":)");
  json::WriteString(std::string(kRecordSystem) + std::string(map.name()), out);
  out.append(R"(,"value":)");
  json::WriteString(mapped.key, out);
  out.append(R"(},"entry":[)");
  for (const MappedResource& resource : mapped.resources) {
    if (!out.ends_with('[')) out.push_back(',');
    out.append(R"({"fullUrl":)");
    json::WriteString(std::string(kUuid) + std::string(resource.id), out);
    out.append(R"(,"resource":)");
    json::Write(resource.body, out);
    out.append(R"(,"request":{"method":"PUT","url":)");
    json::WriteString(std::string(resource.type) + "?" + std::string(resource.match), out);
    out.append("}}");
  }
  for (const MappedResource& resource : gone) {
    if (!out.ends_with('[')) out.push_back(',');
    out.append(R"({"fullUrl":)");
    json::WriteString(std::string(kUuid) + std::string(resource.id), out);
    out.append(R"(,"request":{"method":"DELETE","url":)");
    json::WriteString(std::string(resource.type) + "?_id=" + std::string(resource.id), out);
    out.append("}}");
  }
  out.append("]}\n");
}

void WriteEnvelopeBundle(const Map& map, std::string_view envelope, std::string& out) {
  if (envelope.empty()) return;
  out.append(
      R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Parameters","parameter":[{"name":"map","valueString":)");
  json::WriteString(map.name(), out);
  out.append(R"(},{"name":"envelope","valueString":)");
  json::WriteString(envelope, out);
  out.append("}]}}]}\n");
}

Result<BundleContent> ReadBundle(const json::Value& value, json::Arena& arena) {
  BundleContent content;
  const std::string_view type = value.Get("resourceType").text();
  if (type.empty()) return NotABundle("this is neither a Bundle nor a resource: 'resourceType' is missing");
  if (type != "Bundle") {
    content.resources.push_back({{}, value});
    return content;
  }
  const std::string_view system = value.Get("identifier").Get("system").text();
  content.one_record = system.starts_with(kRecordSystem);
  if (content.one_record) content.record_map = system.substr(kRecordSystem.size());
  const json::Value entries = value.Get("entry");
  if (!entries.is_null() && !entries.is_array()) NoEntry("/entry", "the entries of a Bundle are a list", content);
  Renamed renamed;
  for (std::size_t i = 0; i < entries.items().size(); ++i) {
    ReadEntry(entries.items()[i], "/entry/" + std::to_string(i), content, renamed, arena);
  }
  if (renamed.empty()) return content;
  for (SourceResource& resource : content.resources) resource.body = Redirected(resource.body, renamed, arena);
  return content;
}

std::vector<std::vector<SourceResource>> SplitRecords(const Map& map, std::span<const json::Value> resources) {
  const Plan& plan = map.plan();
  std::vector<Index> kinds;
  std::unordered_multimap<std::string_view, std::size_t> by_id;
  for (std::size_t i = 0; i < resources.size(); ++i) {
    kinds.push_back(SelectResource(plan, {}, resources[i]));
    if (kinds.back() != kNone) by_id.emplace(resources[i].Get("id").text(), i);
  }
  const auto shared = [&](std::size_t at) { return plan.resources[kinds[at]].shared; };
  Groups groups(resources.size());
  std::vector<std::vector<std::size_t>> uses(resources.size());
  for (std::size_t i = 0; i < resources.size(); ++i) {
    if (kinds[i] == kNone) continue;
    std::vector<std::string_view> references;
    References(resources[i], references);
    for (const std::string_view reference : references) {
      const auto [begin, end] = by_id.equal_range(IdOf(reference));
      const auto found = std::find_if(begin, end, [&](const auto& named) {
        return NamesType(reference, resources[named.second].Get("resourceType").text());
      });
      if (found == end) continue;
      if (shared(found->second)) {
        uses[i].push_back(found->second);
      } else if (!shared(i)) {
        groups.Join(i, found->second);
      }
    }
  }
  std::map<std::size_t, std::vector<std::size_t>> members;
  for (std::size_t i = 0; i < resources.size(); ++i) {
    if (kinds[i] == kNone || shared(i)) continue;
    members[groups.Find(i)].push_back(i);
  }
  std::vector<std::vector<SourceResource>> records;
  for (auto& [root, taken] : members) {
    TakeUses(plan, kinds, uses, taken);
    std::ranges::sort(taken);
    records.emplace_back();
    for (const std::size_t member : taken) records.back().push_back({{}, resources[member]});
  }
  return records;
}

}  // namespace throughline::engine
