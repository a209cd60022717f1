#include "gateway/consent/scope.h"

#include <algorithm>
#include <array>
#include <optional>

#include "fhir/definitions/definitions.h"

namespace throughline::consent {
namespace {

struct ActionRow {
  Action action;
  std::string_view letter;
};
constexpr std::array kActions = {
    ActionRow{Action::kCreate, "c"}, ActionRow{Action::kRead, "r"},   ActionRow{Action::kUpdate, "u"},
    ActionRow{Action::kDelete, "d"}, ActionRow{Action::kSearch, "s"},
};

struct WordRow {
  std::string_view word;  // of version 1
  std::string_view letters;
};
constexpr std::array kWords = {WordRow{"read", "rs"}, WordRow{"write", "cud"}};

// Types that `*` does not cover: they tell about other people's work, not about a record.
constexpr std::array<std::string_view, 2> kByNameOnly = {"AuditEvent", "Provenance"};

constexpr std::string_view kContext = "system/";
constexpr std::size_t kMaxTextBytes = 4'096;

std::optional<std::uint8_t> ParseActions(std::string_view text) {
  const auto word = std::ranges::find(kWords, text, &WordRow::word);
  if (word != kWords.end()) text = word->letters;
  std::uint8_t actions = 0;
  for (const ActionRow& row : kActions) {
    if (!text.starts_with(row.letter)) continue;
    actions |= static_cast<std::uint8_t>(row.action);
    text.remove_prefix(row.letter.size());
  }
  if (!text.empty() || actions == 0) return std::nullopt;
  return actions;
}

bool IsKnownType(std::string_view type, const definitions::Definitions& definitions) {
  const definitions::TypeId id = definitions.FindType(type);
  return id != definitions::kNoType && definitions.IsResource(id) && !definitions.type(id).abstract;
}

std::optional<Scope> ParseScope(std::string_view text, const definitions::Definitions& definitions) {
  if (!text.starts_with(kContext)) return std::nullopt;
  text.remove_prefix(kContext.size());
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view type = text.substr(0, dot);
  const auto actions = ParseActions(text.substr(dot + 1));
  if (!actions || (type != "*" && !IsKnownType(type, definitions))) return std::nullopt;
  return Scope{std::string(type), *actions};
}

void AddBadScope(std::size_t place, Issues& issues) {
  Issue& issue = issues.emplace_back();
  issue.rule = "scope-grammar";
  issue.type = IssueType::kValue;
  issue.location = "scope " + std::to_string(place + 1);
  issue.text = "not a scope of the form system/Type.cruds with a known resource type and the letters in this order";
}

}  // namespace

std::string_view LetterOf(Action action) { return std::ranges::find(kActions, action, &ActionRow::action)->letter; }

Result<Scopes> Scopes::Parse(std::string_view text, const definitions::Definitions& definitions) {
  Scopes scopes;
  Issues issues;
  if (text.size() > kMaxTextBytes) return MakeError(ErrorKind::kInvalid, "scope-grammar", "the scopes are too long");
  for (std::size_t place = 0; !text.empty(); ++place) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (auto scope = ParseScope(text.substr(0, end), definitions)) {
      scopes.scopes_.push_back(*std::move(scope));
    } else {
      AddBadScope(place, issues);
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (!issues.empty()) return Error{ErrorKind::kInvalid, "scopes refused", std::move(issues)};
  return scopes;
}

bool Scopes::Cover(std::string_view type, Action action) const {
  const bool by_name_only = std::ranges::find(kByNameOnly, type) != kByNameOnly.end();
  return std::ranges::any_of(scopes_, [&](const Scope& scope) {
    const bool same_type = scope.type == type || (scope.type == "*" && !by_name_only);
    return same_type && (scope.actions & static_cast<std::uint8_t>(action)) != 0;
  });
}

}  // namespace throughline::consent
