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

struct ContextRow {
  std::string_view prefix;
  Context context;
};
constexpr std::array kContexts = {ContextRow{"system/", Context::kSystem}, ContextRow{"local/", Context::kLocal}};

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

// Names of maps: lower case words, parted by single hyphens.
bool IsMapName(std::string_view name) {
  const bool plain =
      std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  return plain && !name.empty() && name.front() != '-' && name.back() != '-';
}

std::optional<Scope> ParseScope(std::string_view text, const definitions::Definitions& definitions) {
  const auto row = std::ranges::find_if(kContexts, [&](const ContextRow& one) { return text.starts_with(one.prefix); });
  if (row == kContexts.end()) return std::nullopt;
  text.remove_prefix(row->prefix.size());
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view name = text.substr(0, dot);
  const auto actions = ParseActions(text.substr(dot + 1));
  const bool known = row->context == Context::kSystem ? IsKnownType(name, definitions) : IsMapName(name);
  if (!actions || (name != "*" && !known)) return std::nullopt;
  return Scope{row->context, std::string(name), *actions};
}

void AddBadScope(std::size_t place, Issues& issues) {
  Issue& issue = issues.emplace_back();
  issue.rule = "scope-grammar";
  issue.type = IssueType::kValue;
  issue.location = "scope " + std::to_string(place + 1);
  issue.text =
      "not a scope of the form system/Type.cruds with a known resource type, or local/map.cruds, and the letters in "
      "this order";
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
    return scope.context == Context::kSystem && same_type && (scope.actions & static_cast<std::uint8_t>(action)) != 0;
  });
}

bool Scopes::CoverMap(std::string_view map, Action action) const {
  return std::ranges::any_of(scopes_, [&](const Scope& scope) {
    const bool same_map = scope.type == map || scope.type == "*";
    return scope.context == Context::kLocal && same_map && (scope.actions & static_cast<std::uint8_t>(action)) != 0;
  });
}

}  // namespace throughline::consent
