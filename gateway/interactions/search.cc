#include "gateway/interactions/search.h"

#include <optional>
#include <utility>
#include <vector>

#include "fhir/rest/bundle.h"
#include "gateway/interactions/cursor.h"
#include "gateway/interactions/refuse.h"
#include "gateway/interactions/write_resource.h"

namespace throughline::interactions {
namespace {

constexpr std::string_view kCursor = "_cursor";
// A link has to fit a request line of 8 KiB (threats.md 2.1).
constexpr std::size_t kMaxLinkBytes = 7u << 10;

struct Asked {
  search::Query query;
  std::vector<search::Parameter> parameters;  // of the first page
  std::optional<std::int64_t> after;
};

void AppendEscaped(std::string_view text, std::string& out) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~' || c == ':' || c == ',';
    if (plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<std::uint8_t>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
}

std::string UrlOf(std::string_view type, std::span<const search::Parameter> parameters) {
  std::string url(type);
  char mark = '?';
  for (const search::Parameter& parameter : parameters) {
    url += mark;
    AppendEscaped(parameter.name, url);
    url += '=';
    AppendEscaped(parameter.value, url);
    mark = '&';
  }
  return url;
}

// A cursor stands alone: what was searched for is in it.
Result<Asked> Understand(const Services& services, const consent::Requester& requester, const SearchRequest& request) {
  Asked asked;
  asked.parameters.assign(request.parameters.begin(), request.parameters.end());
  if (request.parameters.size() == 1 && request.parameters.front().name == kCursor) {
    auto cursor = OpenCursor(services.cursor_key, requester.client_id, request.type, request.parameters.front().value,
                             services.clock.Now());
    if (!cursor) return std::move(cursor).error();
    asked.parameters = std::move(cursor->parameters);
    asked.after = cursor->after;
  }
  for (const search::Parameter& parameter : asked.parameters) {
    if (parameter.name == kCursor) {
      return MakeError(ErrorKind::kInvalid, "search-cursor",
                       "the place in a search stands alone, without other parameters");
    }
  }
  search::QueryOptions options;
  options.base_url = request.base_url;
  options.now = services.clock.Now();
  options.handling = request.handling;
  auto query = search::ParseQuery(services.definitions, request.type, asked.parameters, options);
  if (!query) return std::move(query).error();
  asked.query = *std::move(query);
  return asked;
}

Result<std::vector<rest::BundleLink>> LinksOf(const Services& services, const consent::Requester& requester,
                                              const SearchRequest& request, const Asked& asked,
                                              std::optional<std::int64_t> next) {
  const std::string base = std::string(request.base_url) + "/";
  std::vector<rest::BundleLink> links;
  const bool open = !request.posted && !asked.after;
  links.push_back(
      {"self", base + (open ? UrlOf(request.type, asked.query.used) : std::string(request.type) + "/_search")});
  if (!next) return links;
  const Cursor cursor{*next, services.clock.Now(), asked.parameters};
  std::string url = base + std::string(request.type) +
                    "?_cursor=" + SealCursor(services.cursor_key, requester.client_id, request.type, cursor);
  if (url.size() > kMaxLinkBytes) {
    return MakeError(ErrorKind::kTooCostly, "search-limit",
                     "the search is too long to be given in pages; ask for fewer values");
  }
  links.push_back({"next", std::move(url)});
  return links;
}

std::string BundleOf(const SearchRequest& request, const search::Query& query, const ResourcePage& page,
                     std::vector<rest::BundleLink> links) {
  rest::BundleHead head;
  head.total = page.total;
  head.links = std::move(links);
  std::string out;
  rest::BundleWriter writer(head, out);
  for (const Resource& resource : page.entries) {
    std::string full_url(request.base_url);
    full_url.append("/").append(resource.type).append("/").append(resource.id);
    rest::BundleEntry entry;
    entry.full_url = full_url;
    entry.resource = resource.body;
    entry.search_mode = "match";
    writer.Add(entry);
  }
  if (!query.warnings.empty()) writer.AddOutcome(query.warnings);
  writer.Finish();
  return out;
}

}  // namespace

Result<std::string> Search(const Services& services, const consent::Requester& requester,
                           const SearchRequest& request) {
  auto asked = Understand(services, requester, request);
  if (!asked) {
    return Refuse(services, RowFor(requester, audit::Kind::kSearch, std::string(request.type)),
                  std::move(asked).error());
  }
  const Purpose purpose{audit::Kind::kSearch, std::string(request.type), UrlOf(request.type, asked->parameters)};
  auto page = FindResources(services, requester, asked->query, asked->after, purpose);
  if (!page) return std::move(page).error();
  auto links = LinksOf(services, requester, request, *asked, page->next);
  if (!links) return std::move(links).error();
  return BundleOf(request, asked->query, *page, *std::move(links));
}

}  // namespace throughline::interactions
