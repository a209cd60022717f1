// Bundles written straight to bytes: stored resources are spliced in as they are, and never parsed again.
// https://hl7.org/fhir/R4/bundle.html
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/clock.h"
#include "fhir/base/error.h"

namespace throughline::rest {

struct BundleLink {
  std::string relation;  // "self", "next"
  std::string url;
};

struct BundleHead {
  std::string_view type = "searchset";  // https://hl7.org/fhir/R4/valueset-bundle-type.html
  std::string id;                       // left out when empty
  std::string identifier_system;        // `identifier` is left out when its value is empty
  std::string identifier_value;
  std::optional<Instant> last_updated;
  std::optional<std::uint64_t> total;
  std::vector<BundleLink> links;
};

// Every member that is empty is left out.
struct BundleEntry {
  std::string_view full_url;
  std::string_view resource;     // canonical JSON, spliced as it is
  std::string_view search_mode;  // "match", "include", "outcome"
  // request
  std::string_view method;
  std::string_view url;
  std::string_view if_match;
  std::string_view if_none_exist;
  // response
  std::string_view status;
  std::string_view location;
  std::string_view etag;
  std::string_view last_modified;
};

// Appends to `out`, which the caller may send and clear between calls: memory does not grow with the bundle.
//   BundleWriter writer(head, out);  writer.Add(entry);  writer.Finish();
class BundleWriter {
 public:
  BundleWriter(const BundleHead& head, std::string& out);

  void Add(const BundleEntry& entry);
  // An entry of mode "outcome" for what a search ignored or could not do.
  void AddOutcome(const Issues& issues);
  // Closes the bundle; nothing may be added afterwards.
  void Finish();

 private:
  std::string& out_;
  bool has_entries_ = false;
};

}  // namespace throughline::rest
