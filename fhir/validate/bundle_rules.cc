#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/validate/bundle.h"
#include "fhir/validate/context.h"
#include "fhir/validate/reference_text.h"

namespace throughline::validate {
namespace {

using definitions::kNoType;
using definitions::TypeId;
using json::Member;
using json::Value;

struct Entry {
  Value value;
  Value resource;
  Value request;
  std::string_view full_url;
  std::string_view type;  // of the resource
  std::string_view id;
  const Place& place;
};

// A URL with a host, or a URN; a UUID is one.
bool IsFullUrl(std::string_view url) {
  if (url.starts_with("urn:uuid:")) {
    return checks::Uuid(url);
  }
  const std::size_t colon = url.find(':');
  const bool scheme = colon != std::string_view::npos && colon > 0 && url.find('/') > colon;
  return scheme && colon + 1 < url.size() && !url.ends_with("://");
}

// "Patient/1" at the end of a RESTful URL must be the resource's type and id.
bool Agrees(const Context& context, const Entry& entry) {
  const ReferenceText url = ReadReference(entry.full_url, context.definitions);
  if (url.form != ReferenceForm::kAbsolute || url.type == kNoType || entry.id.empty()) {
    return true;
  }
  if (context.definitions.type(url.type).name != entry.type || !entry.full_url.ends_with(entry.id)) {
    return false;
  }
  return entry.full_url.substr(0, entry.full_url.size() - entry.id.size()).ends_with('/');
}

// Where an entry must have a fullUrl: "except ... on a POST", and but for "results from operations", which "might
// involve resources that are not identified". https://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.fullUrl
struct FullUrlRow {
  std::string_view bundle;
  bool identified;  // of resources with an id alone
};
constexpr std::array kFullUrls = {
    FullUrlRow{"collection", true}, FullUrlRow{"document", false}, FullUrlRow{"history", false},
    FullUrlRow{"message", false},   FullUrlRow{"searchset", true},
};

bool LacksFullUrl(std::string_view bundle, const Entry& entry) {
  const auto* const row = std::ranges::find(kFullUrls, bundle, &FullUrlRow::bundle);
  return row != kFullUrls.end() && entry.value.Find("fullUrl") == nullptr && entry.value.Find("_fullUrl") == nullptr &&
         entry.resource.is_object() && !(row->identified && entry.id.empty()) &&
         entry.request.Get("method").text() != "POST" && entry.value.Get("search").Get("mode").text() != "outcome";
}

void CheckFullUrl(Context& context, std::string_view bundle, const Entry& entry) {
  if (entry.full_url.empty()) {
    if (LacksFullUrl(bundle, entry)) {
      context.findings.Add(Rule::kBundleFullUrlMissing, {&entry.place, "fullUrl"});
    }
    return;
  }
  const Place place{&entry.place, "fullUrl"};
  if (!IsFullUrl(entry.full_url)) {
    const bool said = context.findings.Said(RowOf(Rule::kUrn), place) || context.findings.Raise(Rule::kUrnCase, place);
    if (!said) {
      context.findings.Add(Rule::kBundleFullUrl, place);
    }
  } else if (!Agrees(context, entry)) {
    context.findings.Add(Rule::kBundleFullUrlId, place);
  }
}

// https://hl7.org/fhir/R4/http.html#transaction
struct MethodRow {
  std::string_view method;
  bool sends;          // a resource
  bool if_match;       // ifMatch is read
  bool if_none_exist;  // ifNoneExist is read
  bool names_one;      // the url names one resource of the type, or a query for it
};
constexpr std::array kMethods = {
    MethodRow{"DELETE", false, true, false, true}, MethodRow{"GET", false, false, false, false},
    MethodRow{"HEAD", false, false, false, false}, MethodRow{"PATCH", true, true, false, true},
    MethodRow{"POST", true, false, true, false},   MethodRow{"PUT", true, true, false, true},
};

bool IsRelativeUrl(std::string_view url) {
  return !url.empty() && url.find("://") == std::string_view::npos && !url.starts_with("//") &&
         url.substr(0, url.find('?')).find("..") == std::string_view::npos;
}

void CheckRequest(Context& context, const Entry& entry) {
  const Place place{&entry.place, "request"};
  const std::string_view method = entry.request.Get("method").text();
  const auto* const row = std::ranges::find(kMethods, method, &MethodRow::method);
  const std::string_view url = entry.request.Get("url").text();
  if (!entry.request.is_object() || row == kMethods.end() || url.empty()) {
    return;
  }
  if (!IsRelativeUrl(url)) {
    context.findings.Add(Rule::kBundleRequestUrl, {&place, "url"});
    return;
  }
  const bool operation = url.find('$') != std::string_view::npos;
  if (row->sends && !entry.resource.is_object() && !operation) {
    context.findings.Add(Rule::kBundleRequestResource, {&entry.place, "resource"});
  }
  std::string_view path = url.substr(0, url.find('?'));
  path.remove_prefix(path.starts_with('/') ? 1 : 0);
  const std::string_view named = path.substr(0, path.find('/'));
  const bool writes = row->sends && row->method != "PATCH" && entry.resource.is_object() && !operation;
  if (writes && context.definitions.IsResource(context.definitions.FindType(named)) && named != entry.type) {
    context.findings.Add(Rule::kBundleRequestUrl, {&place, "url"});
  }
  if ((entry.request.Find("ifMatch") != nullptr && !row->if_match) ||
      (entry.request.Find("ifNoneExist") != nullptr && !row->if_none_exist)) {
    context.findings.Add(Rule::kBundleRequestCondition, place);
  }
}

// The resource types that a search answers with: of its self link, "Patient?name=x" or "?_type=Patient,Group".
std::vector<std::string_view> SearchedTypes(const Context& context, const Value& bundle) {
  std::vector<std::string_view> types;
  const auto links = bundle.Get("link").items();
  const auto self =
      std::ranges::find_if(links, [](const Value& link) { return link.Get("relation").text() == "self"; });
  if (self == links.end()) {
    return types;
  }
  const std::string_view url = self->Get("url").text();
  const std::string_view path = url.substr(0, url.find('?'));
  const std::string_view last = path.substr(path.rfind('/') + 1);
  if (context.definitions.IsResource(context.definitions.FindType(last))) {
    types.push_back(last);
    return types;
  }
  constexpr std::string_view kType = "_type=";
  const std::size_t start = url.find(kType);
  if (start == std::string_view::npos) {
    return types;
  }
  std::string_view list = url.substr(start + kType.size());
  list = list.substr(0, list.find('&'));
  // More than FHIR has types of resources: not worth comparing.
  constexpr std::size_t kMost = 256;
  while (!list.empty() && types.size() < kMost) {
    const std::size_t comma = list.find(',');
    types.push_back(list.substr(0, comma));
    list = comma == std::string_view::npos ? "" : list.substr(comma + 1);
  }
  if (!list.empty()) {
    types.clear();
  }
  return types;
}

void CheckFound(Context& context, const Entry& entry, const std::vector<std::string_view>& types) {
  const std::string_view mode = entry.value.Get("search").Get("mode").text();
  const bool outcome = entry.type == "OperationOutcome";
  const Place place{&entry.place, "resource"};
  if (!entry.resource.is_object()) {
    return;
  }
  if (mode != "outcome" && entry.id.empty() && !outcome) {
    context.findings.Add(Rule::kBundleSearchId, place);
  }
  if (mode == "outcome" && !outcome) {
    context.findings.Add(Rule::kBundleSearchType, place);
  }
  if (mode == "match" && !types.empty() && std::ranges::find(types, entry.type) == types.end()) {
    context.findings.Add(Rule::kBundleSearchType, place);
  }
}

void CollectReferences(const Value& value, std::vector<std::string_view>& references) {
  for (const Value& item : value.items()) {
    CollectReferences(item, references);
  }
  for (const Member& member : value.members()) {
    if (member.name == "reference" && member.value.is_string()) {
      references.push_back(member.value.text());
    } else {
      CollectReferences(member.value, references);
    }
  }
}

// Entries of a document that the first one does not lead to, and that do not refer to one that it leads to.
void CheckReachable(Context& context, const BundleIndex& index, const Place& place) {
  std::vector<std::vector<std::string_view>> references(index.size());
  for (std::size_t i = 0; i < index.size(); ++i) {
    CollectReferences(index.resource(i), references[i]);
  }
  std::vector<bool> reached(index.size());
  std::vector<std::size_t> todo{0};
  while (!todo.empty()) {
    const std::size_t from = todo.back();
    todo.pop_back();
    if (reached[from]) {
      continue;
    }
    reached[from] = true;
    for (const std::string_view reference : references[from]) {
      const BundleIndex::Answer answer = index.Find(reference, from);
      if (answer.count > 0) {
        todo.push_back(answer.entry);
      }
    }
  }
  for (std::size_t i = 0; i < index.size(); ++i) {
    const bool leads_back = std::ranges::any_of(references[i], [&](std::string_view reference) {
      const BundleIndex::Answer answer = index.Find(reference, i);
      return answer.count > 0 && reached[answer.entry];
    });
    if (!reached[i] && !leads_back && index.resource(i).is_object()) {
      context.findings.Add(Rule::kBundleUnreachable, {&place, "entry", i});
    }
  }
}

}  // namespace

void CheckBundle(Context& context, const Visit& visit) {
  const std::string_view type = visit.value.Get("type").text();
  const std::vector<std::string_view> types =
      type == "searchset" ? SearchedTypes(context, visit.value) : std::vector<std::string_view>{};
  std::size_t index = 0;
  for (const Value& item : visit.value.Get("entry").items()) {
    const Place place{&visit.place, "entry", index++};
    const Value resource = item.Get("resource");
    const Entry entry{item,
                      resource,
                      item.Get("request"),
                      item.Get("fullUrl").text(),
                      resource.Get("resourceType").text(),
                      resource.Get("id").text(),
                      place};
    CheckFullUrl(context, type, entry);
    if (type == "transaction" || type == "batch") {
      CheckRequest(context, entry);
    } else if (type == "searchset") {
      CheckFound(context, entry, types);
    }
  }
  if (type == "document" && index > 0) {
    CheckReachable(context, BundleIndex(visit.value), visit.place);
  }
}

}  // namespace throughline::validate
