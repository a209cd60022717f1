#include "fhir/base/error.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace throughline {
namespace {

constexpr std::array<std::string_view, 4> kSeverityCodes = {"fatal", "error", "warning", "information"};

struct IssueTypeRow {
  IssueType type;
  std::string_view code;
};

constexpr std::array kIssueTypes = {
    IssueTypeRow{IssueType::kInvalid, "invalid"},
    IssueTypeRow{IssueType::kStructure, "structure"},
    IssueTypeRow{IssueType::kRequired, "required"},
    IssueTypeRow{IssueType::kValue, "value"},
    IssueTypeRow{IssueType::kInvariant, "invariant"},
    IssueTypeRow{IssueType::kSecurity, "security"},
    IssueTypeRow{IssueType::kLogin, "login"},
    IssueTypeRow{IssueType::kUnknown, "unknown"},
    IssueTypeRow{IssueType::kExpired, "expired"},
    IssueTypeRow{IssueType::kForbidden, "forbidden"},
    IssueTypeRow{IssueType::kSuppressed, "suppressed"},
    IssueTypeRow{IssueType::kProcessing, "processing"},
    IssueTypeRow{IssueType::kNotSupported, "not-supported"},
    IssueTypeRow{IssueType::kDuplicate, "duplicate"},
    IssueTypeRow{IssueType::kMultipleMatches, "multiple-matches"},
    IssueTypeRow{IssueType::kNotFound, "not-found"},
    IssueTypeRow{IssueType::kDeleted, "deleted"},
    IssueTypeRow{IssueType::kTooLong, "too-long"},
    IssueTypeRow{IssueType::kCodeInvalid, "code-invalid"},
    IssueTypeRow{IssueType::kExtension, "extension"},
    IssueTypeRow{IssueType::kTooCostly, "too-costly"},
    IssueTypeRow{IssueType::kBusinessRule, "business-rule"},
    IssueTypeRow{IssueType::kConflict, "conflict"},
    IssueTypeRow{IssueType::kTransient, "transient"},
    IssueTypeRow{IssueType::kLockError, "lock-error"},
    IssueTypeRow{IssueType::kNoStore, "no-store"},
    IssueTypeRow{IssueType::kException, "exception"},
    IssueTypeRow{IssueType::kTimeout, "timeout"},
    IssueTypeRow{IssueType::kIncomplete, "incomplete"},
    IssueTypeRow{IssueType::kThrottled, "throttled"},
    IssueTypeRow{IssueType::kInformational, "informational"},
};

constexpr std::array kErrorKinds = {
    ErrorKindRow{ErrorKind::kInvalid, 400, IssueType::kInvalid, LogLevel::kInfo, "invalid"},
    ErrorKindRow{ErrorKind::kUnprocessable, 422, IssueType::kBusinessRule, LogLevel::kInfo, "unprocessable"},
    ErrorKindRow{ErrorKind::kUnauthenticated, 401, IssueType::kLogin, LogLevel::kWarning, "unauthenticated"},
    ErrorKindRow{ErrorKind::kForbidden, 403, IssueType::kForbidden, LogLevel::kWarning, "forbidden"},
    ErrorKindRow{ErrorKind::kNotFound, 404, IssueType::kNotFound, LogLevel::kInfo, "not-found"},
    ErrorKindRow{ErrorKind::kGone, 410, IssueType::kDeleted, LogLevel::kInfo, "gone"},
    ErrorKindRow{ErrorKind::kConflict, 409, IssueType::kConflict, LogLevel::kInfo, "conflict"},
    ErrorKindRow{ErrorKind::kPrecondition, 412, IssueType::kConflict, LogLevel::kInfo, "precondition"},
    ErrorKindRow{ErrorKind::kTooLong, 413, IssueType::kTooLong, LogLevel::kInfo, "too-long"},
    ErrorKindRow{ErrorKind::kTooCostly, 400, IssueType::kTooCostly, LogLevel::kInfo, "too-costly"},
    ErrorKindRow{ErrorKind::kNotSupported, 400, IssueType::kNotSupported, LogLevel::kInfo, "not-supported"},
    ErrorKindRow{ErrorKind::kUnsupportedMedia, 415, IssueType::kNotSupported, LogLevel::kInfo, "unsupported-media"},
    ErrorKindRow{ErrorKind::kNotAcceptable, 406, IssueType::kNotSupported, LogLevel::kInfo, "not-acceptable"},
    ErrorKindRow{ErrorKind::kThrottled, 429, IssueType::kThrottled, LogLevel::kWarning, "throttled"},
    ErrorKindRow{ErrorKind::kUnavailable, 503, IssueType::kTransient, LogLevel::kError, "unavailable"},
    ErrorKindRow{ErrorKind::kTimeout, 503, IssueType::kTimeout, LogLevel::kWarning, "timeout"},
    ErrorKindRow{ErrorKind::kInternal, 500, IssueType::kException, LogLevel::kError, "internal"},
};

template <typename Rows, typename Member>
constexpr bool InEnumOrder(const Rows& rows, Member member) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (static_cast<std::size_t>(rows[i].*member) != i) return false;
  }
  return true;
}
static_assert(InEnumOrder(kIssueTypes, &IssueTypeRow::type));
static_assert(InEnumOrder(kErrorKinds, &ErrorKindRow::kind));
static_assert(kIssueTypes.size() == static_cast<std::size_t>(IssueType::kInformational) + 1);
static_assert(kErrorKinds.size() == static_cast<std::size_t>(ErrorKind::kInternal) + 1);

}  // namespace

std::string_view CodeOf(Severity severity) { return kSeverityCodes.at(static_cast<std::size_t>(severity)); }

std::string_view CodeOf(IssueType type) { return kIssueTypes.at(static_cast<std::size_t>(type)).code; }

bool HasErrors(const Issues& issues) {
  return std::ranges::any_of(issues, [](const Issue& issue) { return issue.severity <= Severity::kError; });
}

std::span<const ErrorKindRow> ErrorKinds() { return kErrorKinds; }

const ErrorKindRow& RowOf(ErrorKind kind) { return kErrorKinds.at(static_cast<std::size_t>(kind)); }

Error MakeError(ErrorKind kind, std::string rule, std::string text) {
  Issue issue;
  issue.type = RowOf(kind).issue;
  issue.rule = std::move(rule);
  issue.text = text;
  Error error{kind, std::move(text), {}};
  error.issues.push_back(std::move(issue));
  return error;
}

}  // namespace throughline
