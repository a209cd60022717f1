// The entries of a Bundle, and how references find them. https://hl7.org/fhir/R4/bundle.html#references
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/value.h"
#include "fhir/validate/plan.h"

namespace throughline::validate {

class BundleIndex {
 public:
  // `bundle` must outlive it.
  explicit BundleIndex(const json::Value& bundle);

  struct Answer {
    std::size_t count = 0;  // entries that answer: several when their versions are not told apart
    std::size_t entry = 0;  // the first of them
    bool asked = false;     // false: the Bundle cannot tell, for want of a base to resolve the reference with
  };
  // What `reference` names when it stands in entry `from`.
  Answer Find(std::string_view reference, std::size_t from) const;

  // The entries whose resources have this canonical URL, with "|version" or without, as they stand. Read once, when
  // first asked.
  std::vector<std::size_t> FindCanonical(std::string_view canonical) const;

  std::string_view type() const { return type_; }  // "document"
  json::Value entry(std::size_t index) const;
  json::Value resource(std::size_t index) const { return entry(index).Get("resource"); }
  std::size_t size() const { return entries_.items().size(); }

 private:
  struct Row {
    std::string_view url;
    std::string_view version;
    std::size_t entry;
  };
  Answer FindUrl(std::string_view base, std::string_view rest) const;

  json::Value entries_;
  std::string_view type_;
  std::vector<Row> rows_;                               // sorted by url
  mutable std::optional<std::vector<Row>> canonicals_;  // sorted by url
};

// A reference within a Bundle: what it names has a type that is allowed, and is there where it must be.
void CheckReferenceInBundle(Context& context, const Visit& visit, std::string_view reference);

// fullUrl, request, response and search of the entries by the Bundle's type; what a document reaches.
void CheckBundle(Context& context, const Visit& visit);

}  // namespace throughline::validate
