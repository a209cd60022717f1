#include "mappings/plan/code_table.h"

#include <algorithm>
#include <new>
#include <utility>

#include "fhir/json/build.h"
#include "mappings/plan/letter_case.h"

namespace throughline::plan {
namespace {

std::string CodeKey(std::string_view system, std::string_view code) {
  std::string key(system);
  key.push_back('|');
  key.append(code);
  return key;
}

json::Value CodingOf(std::string_view system, std::string_view code, std::string_view display, json::Arena& arena) {
  json::ObjectBuilder coding(arena);
  if (!system.empty()) coding.Add("system", json::Value::String(system));
  coding.Add("code", json::Value::String(code));
  if (!display.empty()) coding.Add("display", json::Value::String(display));
  return coding.Build();
}

json::Value ConceptOf(json::Value codings, json::Arena& arena) {
  json::ObjectBuilder concept_value(arena);
  concept_value.Add("coding", codings);
  return concept_value.Build();
}

}  // namespace

std::vector<const CodeRow*> CodeTable::Fill(CodeRows read) {
  rows_ = std::move(read.rows);
  unlisted_ = read.unlisted;
  unlisted_row_ = std::move(read.unlisted_row);
  if (!read.local_system.empty()) local_system_ = std::move(read.local_system);
  std::vector<const CodeRow*> rivals;
  Group();
  for (std::size_t i = 0; i < locals_.size(); ++i) LeadBack(i, rivals);
  FindUnique();
  MakeValues();
  return rivals;
}

// Rows of a local code stand together in the order of the file; the map back is made from first rows alone.
void CodeTable::Group() {
  std::unordered_map<std::string, std::size_t> first;
  for (const CodeRow& row : rows_) first.try_emplace(row.local, first.size());
  std::ranges::stable_sort(rows_, {}, [&](const CodeRow& row) { return first.at(row.local); });
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (locals_.empty() || locals_.back().local != rows_[i].local) {
      LocalCode local;
      local.local = rows_[i].local;
      local.first = i;
      by_local_.emplace(rows_[i].local, locals_.size());
      locals_.push_back(local);
    }
    ++locals_.back().count;
  }
  for (const CodeRow& row : rows_) {
    if (row.code.empty()) continue;
    codes_.insert(CodeKey(row.system, row.code));
    codes_.insert(CodeKey("", row.code));
  }
}

void CodeTable::FindUnique() {
  if (unlisted_ == Unlisted::kFixed) {
    for (const std::string_view system : {std::string_view(unlisted_row_.system), std::string_view()}) {
      codes_.insert(CodeKey(system, unlisted_row_.code));
      by_code_.try_emplace(CodeKey(system, unlisted_row_.code), Back{});
    }
  }
  one_to_one_ = unlisted_ == Unlisted::kNone;
  for (LocalCode& local : locals_) {
    const CodeRow& row = rows_[local.first];
    bool known = false;
    local.unique = !row.code.empty() && FindCode(row.system, row.code, known) == &local;
    one_to_one_ = one_to_one_ && local.unique;
  }
}

void CodeTable::LeadBack(std::size_t local, std::vector<const CodeRow*>& rivals) {
  const CodeRow& row = rows_[locals_[local].first];
  if (row.code.empty()) return;
  const bool same = !row.one_way && (row.equivalence == "equal" || row.equivalence == "equivalent");
  const int rank = row.preferred ? 2 : same ? 1 : 0;
  for (const std::string_view system : {std::string_view(row.system), std::string_view()}) {
    auto [place, made] = by_code_.try_emplace(CodeKey(system, row.code), Back{local, rank, false});
    Back& back = place->second;
    if (made || back.local == local) continue;
    if (rank == 2 && back.rank == 2) rivals.push_back(&row);
    if (rank == back.rank) back.several = true;
    if (rank > back.rank) back = Back{local, rank, false};
  }
}

void CodeTable::MakeValues() {
  for (LocalCode& local : locals_) {
    json::ArrayBuilder kept(arena_);
    json::ArrayBuilder bare(arena_);
    for (std::size_t i = local.first; i < local.first + local.count; ++i) {
      if (rows_[i].code.empty()) continue;
      const json::Value coding = CodingOf(rows_[i].system, rows_[i].code, rows_[i].display, arena_);
      if (local.coding.is_null()) local.coding = coding;
      kept.Add(coding);
      bare.Add(coding);
    }
    local.local_coding = CodingOf(local_system_, local.local, rows_[local.first].local_display, arena_);
    kept.Add(local.local_coding);
    const bool some = !bare.empty();
    local.codings = bare.Build();
    local.concept_kept = ConceptOf(kept.Build(), arena_);
    if (some) local.concept_bare = ConceptOf(local.codings, arena_);
  }
}

const LocalCode* CodeTable::FindLocal(std::string_view local) const {
  const auto found = by_local_.find(local);
  return found == by_local_.end() ? nullptr : &locals_[found->second];
}

void CodeTable::FoldLetters() {
  if (!by_letters_.empty()) return;
  for (std::size_t i = 0; i < locals_.size(); ++i) {
    const auto [found, made] = by_letters_.try_emplace(Folded(locals_[i].local), i);
    if (!made) found->second = kSeveral;
  }
}

const LocalCode* CodeTable::FindLocalAnyCase(std::string_view local) const {
  const auto found = by_letters_.find(Folded(local));
  return found == by_letters_.end() || found->second == kSeveral ? nullptr : &locals_[found->second];
}

const LocalCode* CodeTable::TakeLocal(std::string_view local, json::Arena& arena) const {
  const LocalCode* listed = FindLocal(local);
  if (listed != nullptr || unlisted_ == Unlisted::kNone || local.empty()) return listed;
  const bool fixed = unlisted_ == Unlisted::kFixed;
  LocalCode* made = new (arena.Array<LocalCode>(1)) LocalCode;
  made->local = arena.Copy(local);
  made->coding = CodingOf(unlisted_row_.system, fixed ? std::string_view(unlisted_row_.code) : made->local,
                          unlisted_row_.display, arena);
  made->local_coding = CodingOf(local_system_, made->local, "", arena);
  json::ArrayBuilder codings(arena);
  codings.Add(made->coding);
  made->codings = codings.Build();
  made->concept_bare = ConceptOf(made->codings, arena);
  codings.Add(made->coding);
  codings.Add(made->local_coding);
  made->concept_kept = ConceptOf(codings.Build(), arena);
  return made;
}

const LocalCode* CodeTable::FindCode(std::string_view system, std::string_view code, bool& known) const {
  const auto found = by_code_.find(CodeKey(system, code));
  known = found != by_code_.end();
  if (!known || found->second.several || found->second.rank == 0) return nullptr;
  return &locals_[found->second.local];
}

bool CodeTable::HasCode(std::string_view system, std::string_view code) const {
  const bool any = unlisted_ == Unlisted::kProvided && (system.empty() || system == unlisted_row_.system);
  return any || codes_.contains(CodeKey(system, code));
}

}  // namespace throughline::plan
