#include "fhir/rest/bundle.h"

#include <array>
#include <span>

#include "fhir/base/date_time.h"
#include "fhir/json/write.h"
#include "fhir/rest/operation_outcome.h"

namespace throughline::rest {
namespace {

struct TextMember {
  std::string_view name;
  std::string_view text;
};

// `"name":"text"` for each member that has a text, with commas between; `comma`: also before the first.
void AppendMembers(std::span<const TextMember> members, bool comma, std::string& out) {
  for (const TextMember& member : members) {
    if (member.text.empty()) continue;
    if (comma) out += ',';
    comma = true;
    json::WriteString(member.name, out);
    out += ':';
    json::WriteString(member.text, out);
  }
}

// `"name":{...}` behind a comma; nothing when no member has a text.
void AppendObject(std::string_view name, std::span<const TextMember> members, std::string& out) {
  std::string inner;
  AppendMembers(members, false, inner);
  if (inner.empty()) return;
  out += out.back() == '{' ? "" : ",";
  json::WriteString(name, out);
  out += ":{";
  out += inner;
  out += '}';
}

void AppendLinks(const std::vector<BundleLink>& links, std::string& out) {
  if (links.empty()) return;
  out += R"(,"link":[)";
  for (const BundleLink& link : links) {
    out += out.back() == '[' ? "{" : ",{";
    AppendMembers(std::array{TextMember{"relation", link.relation}, TextMember{"url", link.url}}, false, out);
    out += '}';
  }
  out += ']';
}

}  // namespace

BundleWriter::BundleWriter(const BundleHead& head, std::string& out) : out_(out) {
  out_ += R"({"resourceType":"Bundle")";
  AppendMembers(std::array{TextMember{"id", head.id}}, true, out_);
  if (head.last_updated) {
    AppendObject("meta", std::array{TextMember{"lastUpdated", FormatInstant(*head.last_updated)}}, out_);
  }
  if (!head.identifier_value.empty()) {
    AppendObject("identifier",
                 std::array{TextMember{"system", head.identifier_system}, TextMember{"value", head.identifier_value}},
                 out_);
  }
  AppendMembers(std::array{TextMember{"type", head.type}}, true, out_);
  if (head.total) out_ += R"(,"total":)" + std::to_string(*head.total);
  AppendLinks(head.links, out_);
}

void BundleWriter::Add(const BundleEntry& entry) {
  out_ += has_entries_ ? ",{" : R"(,"entry":[{)";
  has_entries_ = true;
  AppendMembers(std::array{TextMember{"fullUrl", entry.full_url}}, false, out_);
  if (!entry.resource.empty()) {
    out_ += entry.full_url.empty() ? R"("resource":)" : R"(,"resource":)";
    out_ += entry.resource;
  }
  AppendObject("search", std::array{TextMember{"mode", entry.search_mode}}, out_);
  AppendObject("request",
               std::array{TextMember{"method", entry.method}, TextMember{"url", entry.url},
                          TextMember{"ifMatch", entry.if_match}, TextMember{"ifNoneExist", entry.if_none_exist}},
               out_);
  AppendObject("response",
               std::array{TextMember{"status", entry.status}, TextMember{"location", entry.location},
                          TextMember{"etag", entry.etag}, TextMember{"lastModified", entry.last_modified}},
               out_);
  out_ += '}';
}

void BundleWriter::AddOutcome(const Issues& issues) {
  const std::string outcome = OperationOutcomeBytes(issues);
  BundleEntry entry;
  entry.resource = outcome;
  entry.search_mode = "outcome";
  Add(entry);
}

void BundleWriter::Finish() { out_ += has_entries_ ? "]}" : "}"; }

}  // namespace throughline::rest
