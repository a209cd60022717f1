// What stands in the fields of a file. Private to the room.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "fhir/json/value.h"
#include "mappings/formats/record_format.h"
#include "mappings/plan/local_time.h"

namespace throughline::draft {

// The forms of dates that are looked for, in the order in which they are believed.
inline constexpr std::array<std::string_view, 22> kDateForms = {"yyyy-MM-dd",
                                                                "dd/MM/yyyy",
                                                                "MM/dd/yyyy",
                                                                "dd.MM.yyyy",
                                                                "dd-MM-yyyy",
                                                                "yyyy/MM/dd",
                                                                "yyyyMMdd",
                                                                "ddMMyyyy",
                                                                "yyyy-MM-dd'T'HH:mm:ss",
                                                                "yyyy-MM-dd'T'HH:mm",
                                                                "yyyy-MM-dd HH:mm:ss",
                                                                "yyyy-MM-dd HH:mm",
                                                                "dd/MM/yyyy HH:mm:ss",
                                                                "dd/MM/yyyy HH:mm",
                                                                "MM/dd/yyyy HH:mm:ss",
                                                                "MM/dd/yyyy HH:mm",
                                                                "dd.MM.yyyy HH:mm:ss",
                                                                "dd.MM.yyyy HH:mm",
                                                                "MM/yyyy",
                                                                "yyyy-MM",
                                                                "MM.yyyy",
                                                                "yyyyMMddHHmm"};

// The last bit of a set of forms: a year alone, which is a date only where others of the field are dates.
inline constexpr std::size_t kYearAlone = kDateForms.size();

// Words that mean 'no value' wherever they stand.
bool IsNothing(std::string_view text);

// What was seen in one place of the records.
struct Values {
  std::size_t records = 0;  // in which it stands
  std::size_t values = 0;   // that are none of the following
  std::size_t nulls = 0;
  std::size_t empties = 0;  // "", [], {}
  std::size_t booleans = 0;
  std::size_t integers = 0;  // numbers, or text that is one
  std::size_t decimals = 0;  // with a point
  std::size_t commas = 0;    // with a decimal comma
  std::size_t texts = 0;     // JSON: strings, whatever stands in them
  std::size_t zeros = 0;     // whole numbers with zeros in front
  std::size_t negatives = 0;
  std::size_t longest = 0;
  std::size_t instants = 0;  // times with an offset, as FHIR writes them
  std::array<std::size_t, kDateForms.size()> dates{};
  std::map<std::uint32_t, std::size_t> forms;   // values, by the set of forms that read them
  std::map<std::string, std::size_t> nothings;  // words for 'no value', by the records that hold them
  struct Count {
    std::size_t records = 0;
    std::uint64_t last = 0;  // that held it, counted from 1
  };
  std::map<std::string, Count> distinct;  // at most kMostDistinct
  bool many = false;                      // there are more
  std::vector<std::uint64_t> hashes;      // of each record's value, 0 for none; of what stands once in a record

  static constexpr std::size_t kMostDistinct = 64;
  static constexpr std::size_t kMostHashes = 50'000;
};

// A place, with those below it.
struct Node {
  std::string name;  // "*" for the items of a list
  std::string path;  // "visits.*.no"
  std::vector<Node> children;
  std::map<std::string, std::size_t, std::less<>> places;  // of the children, by name
  Values values;
  std::size_t groups = 0;  // times that it holds members
  std::size_t lists = 0;   // times that it holds items

  // What it is, by what it is most often: a map says one of the three.
  bool list() const { return lists > 0 && lists >= groups && lists >= values.values; }
  bool group() const { return groups > 0 && !list() && groups >= values.values; }
  bool mixed() const { return (lists > 0) + (groups > 0) + (values.values > 0) > 1; }
};

// A map has a path for it: a column's name may be anything but control characters, a member's has none of . # [ ] * {
// }.
bool CanBeSaid(const Node& node, bool csv);

struct Profile {
  Node root;
  std::size_t records = 0;
  std::size_t unreadable = 0;
  bool comma = false;     // numbers have a decimal comma
  bool too_many = false;  // more than kMostFields different fields: the rest was not looked at
};

inline constexpr std::size_t kMostFields = 5'000;  // a map has at most 50,000 entries

class Profiler {
 public:
  explicit Profiler(formats::Syntax syntax);
  // `columns`: the header of a CSV file; its cells are looked for under these names.
  Profile Run(const formats::RecordFormat& format, std::string_view bytes, const std::vector<std::string>& columns);

 private:
  void Take(const json::Value& value, Node& node, bool once);
  void TakeText(std::string_view text, Values& values, bool once);
  void Distinct(std::string_view text, Values& values) const;

  Node* ChildOf(Node& node, std::string_view name);

  bool csv_;
  std::size_t fields_ = 0;
  std::vector<plan::TimeFormat> forms_;  // of kDateForms
  std::uint64_t record_ = 0;
};

}  // namespace throughline::draft
