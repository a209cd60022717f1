#include "mappings/draft/key.h"

#include <algorithm>
#include <array>
#include <functional>
#include <unordered_set>

namespace throughline::draft {
namespace {

// Parts of names, in English, Spanish, Portuguese, French and German; small letters.
constexpr std::array kIdentifierWords = {
    "id",   "ident",  "no",      "nr",      "num",      "number", "nummer",  "numero",   "code",       "codigo",
    "key",  "mrn",    "uid",     "uuid",    "ref",      "folio",  "caseid",  "episodid", "clientid",   "hash",
    "case", "client", "patient", "episode", "episodio", "episod", "journey", "stay",     "expediente", "ficha"};
constexpr std::array<std::string_view, 5> kIdentifierEnds = {"id", "nr", "num", "nummer", "number"};
constexpr std::array kPersonWords = {
    "name",      "names",   "nombre",        "nombres",  "apellido", "apellidos", "nom",      "prenom",    "nachname",
    "vorname",   "surname", "family",        "given",    "first",    "last",      "initial",  "initials",  "finitial",
    "sinitial",  "fname",   "lname",         "mname",    "dob",      "birth",     "born",     "birthdt",   "nacimiento",
    "naissance", "geburt",  "geb",           "nasc",     "address",  "addr",      "street",   "direccion", "adresse",
    "strasse",   "rue",     "calle",         "city",     "town",     "comuna",    "postcode", "zip",       "pc",
    "plz",       "phone",   "tel",           "telefono", "mobile",   "fax",       "email",    "mail",      "correo",
    "ssn",       "nhs",     "nhsno",         "rut",      "run",      "dni",       "cpf",      "passport",  "contact",
    "carer",     "mother",  "father",        "madre",    "padre",    "text",      "note",     "notes",     "comment",
    "comments",  "remark",  "observaciones", "freetext", "worker",   "doctor",    "gp",       "user",      "staff"};

char Lower(char byte) { return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte; }

// "firstName", "FIRST_NAME", "first.name" -> first, name; and the whole.
std::vector<std::string> PartsOf(std::string_view name) {
  std::vector<std::string> parts(1);
  std::string whole;
  bool small = false;
  for (const char byte : name) {
    const bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte & 0x80) != 0;
    const bool large = byte >= 'A' && byte <= 'Z';
    if ((!letter || (large && small)) && !parts.back().empty()) parts.emplace_back();
    if (letter) {
      parts.back().push_back(Lower(byte));
      whole.push_back(Lower(byte));
    }
    small = letter && !large;
  }
  parts.push_back(whole);
  return parts;
}

template <typename Words>
bool HasWord(std::string_view name, const Words& words) {
  const auto parts = PartsOf(name);
  return std::ranges::any_of(parts,
                             [&](const std::string& part) { return std::ranges::find(words, part) != words.end(); });
}

constexpr std::size_t kLongNumber = 5;
constexpr std::size_t kMostTried = 24;  // fields of which pairs are made

struct Candidate {
  const Node* node = nullptr;
  std::size_t distinct = 0;
  bool named = false;    // like an identifier
  bool date = false;     // may only be the second part of a key
  bool together = true;  // what is the same stands together
};

void Gather(const Node& node, const Profile& profile, bool csv, std::vector<Candidate>& out) {
  for (const Node& child : node.children) {
    if (child.list() || child.mixed() || child.name == "*" || !CanBeSaid(child, csv)) continue;
    if (child.group()) {
      if (!csv) Gather(child, profile, csv, out);
      continue;
    }
    const Values& values = child.values;
    const bool dates = std::ranges::any_of(values.dates, [&](std::size_t count) { return count * 2 > values.values; });
    const bool digits = values.integers == values.values;
    const bool named = IsIdentifier(child.name);
    const bool sound = values.values == profile.records && !values.hashes.empty() && values.decimals == 0 &&
                       values.commas == 0 && values.booleans == 0;
    if (!sound) continue;
    Candidate made{&child, 0, named, dates && !(digits && named), true};
    std::unordered_set<std::uint64_t> seen;
    for (std::size_t i = 0; i < values.hashes.size(); ++i) {
      const bool again = !seen.insert(values.hashes[i]).second;
      if (again && values.hashes[i] != values.hashes[i - 1]) made.together = false;
    }
    made.distinct = seen.size();
    out.push_back(made);
  }
}

std::size_t Pairs(const Candidate& a, const Candidate& b) {
  std::unordered_set<std::uint64_t> seen;
  const auto& left = a.node->values.hashes;
  const auto& right = b.node->values.hashes;
  for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
    seen.insert(left[i] * 0x9E3779B97F4A7C15ULL ^ right[i]);
  }
  return seen.size();
}

// Rows of one key that do not hold the same.
std::vector<std::string> Varying(const Profile& profile, const Node& key) {
  std::vector<std::string> names;
  const auto& keys = key.values.hashes;
  for (const Node& child : profile.root.children) {
    const auto& hashes = child.values.hashes;
    const auto at = [&](std::size_t i) { return i < hashes.size() ? hashes[i] : 0; };
    bool differs = false;
    for (std::size_t i = 1; i < keys.size() && !differs; ++i) differs = keys[i] == keys[i - 1] && at(i) != at(i - 1);
    // Which word for nothing a cell holds is not among the hashes.
    const bool words = child.values.nothings.size() + (child.values.empties > 0 ? 1 : 0) > 1;
    if (differs || words) names.push_back(child.name);
  }
  std::erase(names, key.name);
  return names;
}

}  // namespace

bool IsAboutAPerson(std::string_view name) { return HasWord(name, kPersonWords); }
bool IsIdentifier(std::string_view name) {
  if (HasWord(name, kIdentifierWords)) return true;
  // "FALLNR", "episodid": words that stand together.
  const auto parts = PartsOf(name);
  return std::ranges::any_of(parts, [](const std::string& part) {
    return std::ranges::any_of(kIdentifierEnds, [&](std::string_view end) { return part.ends_with(end); });
  });
}

Key GuessKey(const Profile& profile, bool csv) {
  std::vector<Candidate> candidates;
  Gather(profile.root, profile, csv, candidates);
  const std::size_t records = std::min(profile.records, Values::kMostHashes);
  std::ranges::stable_sort(candidates, std::greater(), [](const Candidate& one) { return one.named; });
  const bool named = !candidates.empty() && candidates.front().named;
  for (const Candidate& one : candidates) {
    // An age may be unique by chance.
    const bool telling =
        one.named || !named ||
        (one.node->values.longest >= kLongNumber && one.node->values.integers == one.node->values.values);
    if (one.distinct == records && !one.date && telling) return {.parts = {one.node}};
  }
  const Candidate* grouped = nullptr;
  for (const Candidate& one : candidates) {
    const bool repeats = csv && one.named && !one.date && one.together && one.distinct > 1;
    if (repeats && (grouped == nullptr || one.distinct > grouped->distinct)) grouped = &one;
  }
  if (grouped != nullptr) {
    // Where nearly everything differs, the rows are records of their own that share a person.
    auto varying = Varying(profile, *grouped->node);
    if (!varying.empty() && varying.size() * 2 <= profile.root.children.size()) {
      return {.parts = {grouped->node}, .rows = true, .varying = std::move(varying)};
    }
  }
  const std::size_t most = std::min(candidates.size(), kMostTried);
  for (std::size_t i = 0; i < most && !candidates[i].date; ++i) {
    for (std::size_t j = i + 1; j < most; ++j) {
      if (Pairs(candidates[i], candidates[j]) == records) return {.parts = {candidates[i].node, candidates[j].node}};
    }
  }
  if (candidates.empty()) return {};
  const auto best = std::ranges::max_element(candidates, {}, &Candidate::distinct);
  return {.parts = {best->node}, .guessed = best->distinct != records};
}

}  // namespace throughline::draft
