// The ConceptMap form of a code table. https://hl7.org/fhir/R4/conceptmap.html
#include <algorithm>
#include <charconv>
#include <utility>

#include "fhir/json/locate.h"
#include "fhir/json/parse.h"
#include "fhir/validate/validate.h"
#include "mappings/language/code_table_file.h"

namespace throughline::language {
namespace {

// What a ConceptMap of R4 has no element for, on a target: the row that its code leads back to.
constexpr std::string_view kPreferredUrl = "urn:throughline:preferred";
// On the whole map, false: it is not to be read in reverse.
constexpr std::string_view kBidirectionalUrl = "http://hl7.org/fhir/StructureDefinition/concept-bidirectional";

// The value of an extension, null when it is not there.
json::Value ExtensionOf(const json::Value& object, std::string_view url) {
  for (const json::Value& extension : object.Get("extension").items()) {
    if (extension.Get("url").text() == url) return extension.Get("valueBoolean");
  }
  return {};
}

// "offset 12" as a place in the text.
Mark MarkAt(std::string_view location, std::string_view text) {
  constexpr std::string_view kOffset = "offset ";
  std::size_t offset = 0;
  if (location.starts_with(kOffset)) {
    std::from_chars(location.data() + kOffset.size(), location.data() + location.size(), offset);
  }
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto lines = static_cast<std::size_t>(std::ranges::count(before, '\n'));
  const std::size_t start = before.rfind('\n') + 1;
  return {lines + 1, before.size() - start + 1};
}

class ConceptMapReader {
 public:
  ConceptMapReader(std::string_view file, std::string_view text, Diagnostics& diagnostics, CodeRows& out)
      : file_(file), text_(text), diagnostics_(diagnostics), out_(out) {}

  bool Read(const definitions::Definitions& definitions) {
    const auto document = json::ParseDocument(text_);
    if (!document) {
      const Error& error = document.error();
      const std::string location = error.issues.empty() ? "" : error.issues.front().location;
      const std::string text = error.issues.empty() ? error.message : error.issues.front().text;
      diagnostics_.ErrorIn(file_, MarkAt(location, text_), 1, "map-code-table", "this is not JSON: " + text);
      return false;
    }
    const json::Value& root = document->root;
    if (root.Get("resourceType").text() != "ConceptMap") {
      return Report("/resourceType", "a code table in JSON is a FHIR ConceptMap");
    }
    bool sound = true;
    for (const Issue& issue : validate::Check(root, definitions)) {
      if (issue.severity > Severity::kError) continue;
      sound = Report(issue.location, issue.expression + ": " + issue.text + " [" + issue.rule + "]");
    }
    return sound && ReadGroups(root);
  }

 private:
  bool Report(std::string_view pointer, std::string text) {
    if (!diagnostics_.HasRoomIn(file_)) return false;
    const json::Position position = json::Locate(text_, pointer);
    diagnostics_.ErrorIn(file_, {position.line, position.column}, 1, "map-code-table", std::move(text));
    return false;
  }

  bool ReadGroups(const json::Value& root) {
    const json::Value reverse = ExtensionOf(root, kBidirectionalUrl);
    one_way_ = reverse.is_boolean() && !reverse.boolean();
    const auto groups = root.Get("group").items();
    if (groups.empty()) return Report("", "the table is empty: a ConceptMap has a 'group' for each target system");
    for (std::size_t i = 0; i < groups.size(); ++i) {
      group_ = static_cast<std::uint32_t>(i);
      if (!ReadGroup(groups[i])) return false;
    }
    return true;
  }

  std::string Here() const { return "/group/" + std::to_string(group_); }

  bool ReadGroup(const json::Value& group) {
    const std::string_view source = group.Get("source").text();
    if (group_ > 0 && source != out_.local_system) {
      return Report(Here() + "/source", "the groups of a table have one source: the system of its local codes");
    }
    out_.local_system = source;
    const auto elements = group.Get("element").items();
    for (std::size_t i = 0; i < elements.size(); ++i) {
      if (out_.rows.size() >= kMaxCodeRows) return Report(Here(), "more than 100000 rows");
      ReadElement(group, elements[i], static_cast<std::uint32_t>(i));
    }
    return ReadUnmapped(group);
  }

  void ReadElement(const json::Value& group, const json::Value& element, std::uint32_t place) {
    CodeRow row{.local = std::string(element.Get("code").text()),
                .system = std::string(group.Get("target").text()),
                .version = std::string(group.Get("targetVersion").text()),
                .local_display = std::string(element.Get("display").text()),
                .equivalence = "unmatched",
                .one_way = one_way_,
                .place = {.group = group_, .element = place}};
    const auto targets = element.Get("target").items();
    if (targets.empty()) Take(row);
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const json::Value& target = targets[i];
      row.code = target.Get("code").text();
      row.display = target.Get("display").text();
      row.equivalence = target.Get("equivalence").text();
      row.preferred = ExtensionOf(target, kPreferredUrl).boolean();
      row.place.target = static_cast<std::uint32_t>(i);
      for (const std::string_view word : {"dependsOn", "product"}) {
        if (target.Find(word) == nullptr) continue;
        Report(Here() + "/element/" + std::to_string(place) + "/target/" + std::to_string(i) + "/" + std::string(word),
               "a table looks at one code alone: '" + std::string(word) + "' speaks of other elements");
      }
      Take(row);
    }
  }

  void Take(const CodeRow& row) {
    const std::string_view fault = FaultOf(row);
    if (!fault.empty())
      diagnostics_.ErrorIn(file_, MarkOf(row, file_, diagnostics_), 1, "map-code-table", std::string(fault));
    out_.rows.push_back(row);
  }

  bool ReadUnmapped(const json::Value& group) {
    const json::Value* unmapped = group.Find("unmapped");
    if (unmapped == nullptr) return true;
    const std::string_view mode = unmapped->Get("mode").text();
    if (mode == "other-map") {
      return Report(Here() + "/unmapped/mode",
                    "'other-map' leads out of the file: put the rows of the other map into this one");
    }
    if (out_.unlisted != Unlisted::kNone) {
      return Report(Here() + "/unmapped", "one group of a table says what becomes of the codes that it does not list");
    }
    out_.unlisted = mode == "fixed" ? Unlisted::kFixed : Unlisted::kProvided;
    out_.unlisted_row = {.local = {},
                         .system = std::string(group.Get("target").text()),
                         .version = std::string(group.Get("targetVersion").text()),
                         .code = std::string(unmapped->Get("code").text()),
                         .display = std::string(unmapped->Get("display").text()),
                         .equivalence = "inexact",
                         .place = {.group = group_}};
    return true;
  }

  std::string_view file_;
  std::string_view text_;
  Diagnostics& diagnostics_;
  CodeRows& out_;
  std::uint32_t group_ = 0;
  bool one_way_ = false;
};

}  // namespace

bool ReadCodesJson(std::string_view file, std::string_view text, const definitions::Definitions& definitions,
                   Diagnostics& diagnostics, CodeRows& out) {
  return ConceptMapReader(file, text, diagnostics, out).Read(definitions);
}

}  // namespace throughline::language
