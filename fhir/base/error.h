// The ways in which work fails, and what is said about it.
//
// `Issue` = something is wrong with the data: collect all of them, each with its place.
// `Error` = the work could not go on: one of a few kinds, with the issues that explain it.
// No text in either ever holds a value out of a record: texts name places and rules only.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace throughline {

// https://hl7.org/fhir/R4/valueset-issue-severity.html
enum class Severity : std::uint8_t { kFatal, kError, kWarning, kInformation };

// "fatal", "error", "warning", "information".
std::string_view CodeOf(Severity severity);

// https://hl7.org/fhir/R4/valueset-issue-type.html
enum class IssueType : std::uint8_t {
  kInvalid,
  kStructure,
  kRequired,
  kValue,
  kInvariant,
  kSecurity,
  kLogin,
  kUnknown,
  kExpired,
  kForbidden,
  kSuppressed,
  kProcessing,
  kNotSupported,
  kDuplicate,
  kMultipleMatches,
  kNotFound,
  kDeleted,
  kTooLong,
  kCodeInvalid,
  kExtension,
  kTooCostly,
  kBusinessRule,
  kConflict,
  kTransient,
  kLockError,
  kNoStore,
  kException,
  kTimeout,
  kIncomplete,
  kThrottled,
  kInformational,
};

// The FHIR code of the type: "structure", "not-found", ...
std::string_view CodeOf(IssueType type);

// One finding about data that came in.
struct Issue {
  Severity severity = Severity::kError;
  IssueType type = IssueType::kInvalid;
  std::string rule{};        // stable id of the rule, such as "json-syntax" or "card-min"; part of the contract
  std::string expression{};  // FHIRPath place ("Patient.name[0].given"), empty when there is none
  std::string location{};  // place in the source: "3:14" (line:column), "offset 12", "/discharges/0/mrn"; may be empty
  std::string text{};      // what is wrong and what to do about it; never a value of the record
};

using Issues = std::vector<Issue>;

// True when one of them is an error or fatal.
bool HasErrors(const Issues& issues);

// Why work stopped. The HTTP status, the issue type and the log level of each kind are rows of `ErrorKinds()`.
enum class ErrorKind : std::uint8_t {
  kInvalid,           // the bytes or the structure are wrong
  kUnprocessable,     // well-formed, but against a rule (invariant, binding, reference)
  kUnauthenticated,   // who are you
  kForbidden,         // the client's scope does not cover it
  kNotFound,          // not there, or not there for this client
  kGone,              // was there, is deleted
  kConflict,          // somebody else changed it
  kPrecondition,      // If-Match, If-None-Exist and their kin do not hold
  kTooLong,           // over a limit of size
  kTooCostly,         // over a limit of work
  kNotSupported,      // we do not do that
  kUnsupportedMedia,  // Content-Type we do not read
  kNotAcceptable,     // Accept we cannot write
  kThrottled,         // try later: too many requests
  kUnavailable,       // try later: the store cannot answer
  kTimeout,           // it took too long
  kInternal,          // our own bug
};

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };

struct ErrorKindRow {
  ErrorKind kind;
  int http_status;
  IssueType issue;
  LogLevel level;
  std::string_view name;  // for logs: "not-found"
};

// One row per kind, in the order of the enum.
std::span<const ErrorKindRow> ErrorKinds();
const ErrorKindRow& RowOf(ErrorKind kind);

struct Error {
  ErrorKind kind = ErrorKind::kInternal;
  std::string message;  // for people; no value of a record
  Issues issues;        // may be empty: then `message` is the only finding
};

// An error of one finding: the issue type comes from the kind's row.
Error MakeError(ErrorKind kind, std::string rule, std::string text);

}  // namespace throughline
