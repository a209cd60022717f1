#include "fhir/validate/bundle.h"

#include <algorithm>
#include <array>
#include <string>

#include "fhir/validate/context.h"
#include "fhir/validate/reference_text.h"

namespace throughline::validate {
namespace {

using json::Value;

constexpr std::string_view kHistory = "/_history/";

bool IsHttp(std::string_view url) { return url.starts_with("http://") || url.starts_with("https://"); }

// "http://example.org/fhir/" of "http://example.org/fhir/Patient/1"; empty when the URL is not of that form.
std::string_view BaseOf(std::string_view url, std::string_view type, std::string_view id) {
  if (!IsHttp(url) || id.empty() || type.empty() || !url.ends_with(id)) {
    return {};
  }
  url.remove_suffix(id.size());
  if (!url.ends_with('/') || !url.substr(0, url.size() - 1).ends_with(type)) {
    return {};
  }
  url.remove_suffix(type.size() + 1);
  return url.ends_with('/') ? url : std::string_view{};
}

// Where what is referred to must be in the Bundle itself.
// https://hl7.org/fhir/R4/documents.html#content, https://hl7.org/fhir/R4/messaging.html
struct IncludedRow {
  std::string_view bundle;
  std::string_view path;
};
constexpr std::array kIncluded = {
    IncludedRow{"document", "Composition.attester.party"}, IncludedRow{"document", "Composition.author"},
    IncludedRow{"document", "Composition.custodian"},      IncludedRow{"document", "Composition.encounter"},
    IncludedRow{"document", "Composition.event.detail"},   IncludedRow{"document", "Composition.section.author"},
    IncludedRow{"document", "Composition.section.entry"},  IncludedRow{"document", "Composition.section.focus"},
    IncludedRow{"document", "Composition.subject"},        IncludedRow{"message", "MessageHeader.focus"},
};

bool MustBeIncluded(const Context& context, const definitions::Element* element) {
  return element != nullptr && context.entry == 0 && std::ranges::any_of(kIncluded, [&](const IncludedRow& row) {
           return row.bundle == context.bundle->type() && row.path == element->path;
         });
}

}  // namespace

BundleIndex::BundleIndex(const Value& bundle) : entries_(bundle.Get("entry")), type_(bundle.Get("type").text()) {
  std::size_t index = 0;
  for (const Value& item : entries_.items()) {
    const std::string_view url = item.Get("fullUrl").text();
    if (!url.empty()) {
      rows_.push_back({url, item.Get("resource").Get("meta").Get("versionId").text(), index});
    }
    ++index;
  }
  std::ranges::stable_sort(rows_, {}, &Row::url);
}

Value BundleIndex::entry(std::size_t index) const {
  return index < entries_.items().size() ? entries_.items()[index] : Value{};
}

BundleIndex::Answer BundleIndex::Find(std::string_view reference, std::size_t from) const {
  if (IsHttp(reference) || reference.starts_with("urn:")) {
    return FindUrl({}, reference);
  }
  const std::string_view url = entry(from).Get("fullUrl").text();
  const std::string_view base = BaseOf(url, resource(from).Get("resourceType").text(), resource(from).Get("id").text());
  return base.empty() ? Answer{} : FindUrl(base, reference);
}

BundleIndex::Answer BundleIndex::FindUrl(std::string_view base, std::string_view rest) const {
  const std::size_t history = rest.find(kHistory);
  const std::string_view version =
      history == std::string_view::npos ? std::string_view{} : rest.substr(history + kHistory.size());
  rest = rest.substr(0, history);
  const auto compare = [&](const Row& row) {
    const int first = row.url.substr(0, base.size()).compare(base);
    return first != 0 ? first : row.url.substr(base.size()).compare(rest);
  };
  Answer answer{.asked = true};
  auto row = std::ranges::lower_bound(rows_, 0, {}, compare);
  for (; row != rows_.end() && compare(*row) == 0; ++row) {
    if (version.empty() || row->version == version) {
      answer.entry = answer.count == 0 ? row->entry : answer.entry;
      ++answer.count;
    }
  }
  return answer;
}

std::vector<std::size_t> BundleIndex::FindCanonical(std::string_view canonical) const {
  if (!canonicals_) {
    canonicals_.emplace();
    for (std::size_t i = 0; i < size(); ++i) {
      const Value each = resource(i);
      if (const std::string_view url = each.Get("url").text(); !url.empty()) {
        canonicals_->push_back({url, each.Get("version").text(), i});
      }
    }
    std::ranges::stable_sort(*canonicals_, {}, &Row::url);
  }
  const std::size_t bar = canonical.find('|');
  const std::string_view version = bar == std::string_view::npos ? std::string_view{} : canonical.substr(bar + 1);
  std::vector<std::size_t> found;
  for (const Row& row : std::ranges::equal_range(*canonicals_, canonical.substr(0, bar), {}, &Row::url)) {
    if (version.empty() || row.version == version) {
      found.push_back(row.entry);
    }
  }
  return found;
}

void CheckReferenceInBundle(Context& context, const Visit& visit, std::string_view reference) {
  const BundleIndex::Answer answer = context.bundle->Find(reference, context.entry);
  const Place here{&visit.place, "reference"};
  const bool included = MustBeIncluded(context, visit.element);
  if (answer.count == 0) {
    if (included && answer.asked) {
      context.findings.Add(Rule::kBundleIncluded, here);
    } else if (reference.starts_with("urn:")) {
      context.findings.Add(Rule::kBundleReference, here);
    }
    return;
  }
  if (included && answer.count > 1) {
    context.findings.Add(Rule::kBundleAmbiguous, here);
  }
  const std::string_view named = context.bundle->resource(answer.entry).Get("resourceType").text();
  if (visit.element != nullptr) {
    CheckTarget(context, *visit.element, context.definitions.FindType(named), here);
  }
}

}  // namespace throughline::validate
