// The commands of the program, as rows: name, options, what each does. Help is printed from the rows.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/error.h"

namespace throughline::app {

// Exit codes, as scripts rely on them.
inline constexpr int kFine = 0;
inline constexpr int kFindings = 1;
inline constexpr int kCouldNotRun = 2;

struct OptionRow {
  std::string_view name;      // "config"
  std::string_view argument;  // "FILE"; empty: a flag
  std::string_view help;
};

// What the user wrote behind the command's name, checked against its rows.
struct Invocation {
  std::vector<std::string> arguments;                       // what is no option, in order
  std::map<std::string, std::vector<std::string>> options;  // an option's values, in order; a flag has one empty value

  bool Has(const std::string& option) const { return options.contains(option); }
  // The last value given; `fallback` when there is none.
  std::string Value(const std::string& option, std::string_view fallback = {}) const;
};

struct CommandRow {
  std::string_view name;      // "map check"
  std::string_view synopsis;  // "[MAP...]"
  std::string_view summary;   // one line
  std::span<const OptionRow> options;
  int (*run)(const Invocation& invocation);
  std::string_view details = {};  // more lines for `--help`
};

// Every command, in the order of the help page.
std::span<const CommandRow> Commands();

// The words behind a command's name are not as they must be.
Error Usage(std::string text);
// A sentence on stderr, of which others may have written a part: it stays one line (fhir/base/shown.h).
void Say(std::string_view sentence);
// To stdout, for a person to read: nothing in it acts on a terminal (fhir/base/shown.h).
void PrintText(std::string_view text);
// To stdout, as it is. Whether it got there is asked once, when the command has ended.
void Print(std::string_view text);
// Says on stderr why the work could not be done, with every issue; gives kCouldNotRun.
int CouldNotRun(const Error& error);
// Prints issues the way a compiler does: `place: severity: text [rule]`.
void PrintIssues(const Issues& issues, std::string_view file);
// The lines that it prints, behind `out`.
void AppendIssues(const Issues& issues, std::string_view file, std::string& out);
// The same for bytes that are no JSON: `FILE:OFFSET: error: text`.
void PrintOffsets(const Issues& issues, std::string_view file);

// One entry each in Commands().
int Serve(const Invocation& invocation);
int Json(const Invocation& invocation);
int Fhirpath(const Invocation& invocation);
int Validate(const Invocation& invocation);
int Index(const Invocation& invocation);
int Import(const Invocation& invocation);
int MapCheck(const Invocation& invocation);
int MapTest(const Invocation& invocation);
int MapRun(const Invocation& invocation);
int MapDiff(const Invocation& invocation);
int MapNew(const Invocation& invocation);
int MapSchema(const Invocation& invocation);
int QuarantineList(const Invocation& invocation);
int QuarantineShow(const Invocation& invocation);
int QuarantineReplay(const Invocation& invocation);
int Verify(const Invocation& invocation);
int Backup(const Invocation& invocation);
int Restore(const Invocation& invocation);
int Certificates(const Invocation& invocation);
int Version(const Invocation& invocation);

}  // namespace throughline::app
