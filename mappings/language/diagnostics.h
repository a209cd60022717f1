// Collects an author's mistakes: each with its place, the line it stands in and a caret under it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/error.h"
#include "mappings/language/yaml_tree.h"

namespace throughline::language {

// Not safe from several threads. At most 1,000 findings are kept.
class Diagnostics {
 public:
  // `file` and `text`: what marks without another file are in.
  Diagnostics(std::string_view file, std::string_view text) { AddFile(file, text); }

  // What marks of the next file are in: the second one called is 1.
  void AddFile(std::string_view file, std::string_view text) {
    files_.push_back({std::string(file), std::string(text)});
  }

  // `width`: how many characters the caret underlines.
  void Error(std::string_view rule, Mark mark, std::size_t width, std::string text);
  void Warning(std::string_view rule, Mark mark, std::size_t width, std::string text);
  // In another file than the map (a code table); its line is shown when AddSource() was told its text. Of one file at
  // most 100 findings are kept. `width` 0: the whole line is underlined.
  void ErrorIn(std::string_view file, Mark mark, std::size_t width, std::string_view rule, std::string text);
  void WarningIn(std::string_view file, Mark mark, std::size_t width, std::string_view rule, std::string text);
  // Keeps the text of another file; the view that it gives lives as long as this.
  std::string_view AddSource(std::string file, std::string text);
  // Empty: not told.
  std::string_view SourceOf(std::string_view file) const;

  // One more finding in this file would be kept, as far as it goes.
  bool HasRoomIn(std::string_view file) const;

  std::size_t count() const { return errors_.size(); }
  bool ok() const { return errors_.empty(); }
  bool full() const;  // nothing more is kept
  // Sorted by place.
  Issues TakeErrors();
  Issues TakeWarnings();
  // Takes away the warnings of a rule in such places; how many. `file`: of another file than the map's; else empty.
  using IsThere = std::function<bool(Mark mark, std::string_view file)>;
  std::size_t TakeAway(std::string_view rule, const IsThere& there);

 private:
  struct Source {
    std::string file;
    std::string text;
    std::size_t findings = 0;
  };
  Issue Make(Severity severity, std::string_view rule, Mark mark, std::size_t width, std::string text) const;
  bool HasRoom(std::string_view file, Mark& order, std::size_t line);

  struct File {
    std::string name;
    std::string text;
  };
  std::vector<File> files_;  // of the map itself and those that it extends
  std::vector<std::unique_ptr<Source>> sources_;
  struct Placed {
    Mark mark;
    Issue issue;
  };
  struct PlacedWarning {
    Mark mark;
    std::string file;  // another than the map's
    Issue issue;
  };
  std::vector<Placed> errors_;
  std::vector<PlacedWarning> warnings_;
};

// UTF-8 without control characters other than tab and line ends.
bool IsPlainText(std::string_view text);

// "; did you mean 'x'?" for the nearest of `names`, or nothing when none is near.
std::string DidYouMean(std::string_view written, std::span<const std::string_view> names);

// Why a file that a map names is not read: ": it is a pipe"; nothing for one that is not there.
std::string WhyUnread(const throughline::Error& error);

}  // namespace throughline::language
