// What a validation says: a line a resource as JSON, or findings the way a compiler prints them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/error.h"

namespace throughline::app {

enum class ReportFormat : std::uint8_t { kText, kJson };

// One resource, or what stood in its place and could not be read.
struct Verdict {
  std::string_view file;
  std::size_t line = 1;
  std::string_view id;  // empty: none, or none that can be shown
  const Issues& issues;
};

struct Counts {
  std::uint64_t resources = 0;
  std::uint64_t invalid = 0;
  std::uint64_t errors = 0;
  std::uint64_t warnings = 0;

  void Add(const Counts& other);
};

// A line of the report. `rule` is set on lines that are left out when there are many of the rule.
struct ReportLine {
  std::string text;
  std::string rule;
};

// Appends what is said of one resource, and counts it.
void AddToReport(ReportFormat format, const Verdict& verdict, std::vector<ReportLine>& lines, Counts& counts);

// Prints lines in their order. Of each rule's warnings the first twenty are shown: a rule that every resource breaks
// must not hide the others.
class ReportPrinter {
 public:
  // False: standard output cannot be written.
  bool Print(const std::vector<ReportLine>& lines, const Counts& counts);
  const Counts& counts() const { return counts_; }
  // "43102 resources in 12 files: 43100 valid, 2 not; 3 errors, 17 warnings", behind what was left out.
  std::string Summary(std::size_t files) const;

 private:
  static constexpr std::uint64_t kShown = 20;

  Counts counts_;
  std::map<std::string, std::uint64_t, std::less<>> of_rule_;
};

}  // namespace throughline::app
