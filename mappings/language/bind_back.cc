#include <algorithm>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "fhir/json/build.h"
#include "fhir/json/write.h"
#include "mappings/engine/select.h"
#include "mappings/language/binder.h"
#include "mappings/plan/absence.h"

namespace throughline::language {
namespace {

constexpr std::size_t kMostCodes = 5000;         // of a table that are tried against another
constexpr std::size_t kMostTrials = 50'000'000;  // places that are looked at in samples

// Resources or slices of which each must be told from each other. By far most differ in a constant that they have in
// the same place; these are set apart by sorting, and only what is left is tried pair by pair.
struct Rival {
  std::size_t number = 0;
  std::map<std::string, std::string> constants = {};  // by place
};
using TryPair = std::function<void(std::size_t, std::size_t)>;

// The place in which the most rivals have a constant, and not all the same; empty: there is none.
std::string Divider(std::span<const Rival* const> rivals) {
  struct Count {
    std::size_t count = 0;
    const std::string* first = nullptr;
    bool differ = false;
  };
  std::map<std::string_view, Count> counts;
  for (const Rival* rival : rivals) {
    for (const auto& [place, value] : rival->constants) {
      Count& at = counts[place];
      if (at.count++ == 0) at.first = &value;
      at.differ = at.differ || *at.first != value;
    }
  }
  std::string_view best;
  std::size_t most = 0;
  for (const auto& [place, at] : counts) {
    if (!at.differ || at.count <= most) continue;
    most = at.count;
    best = place;
  }
  return std::string(best);
}

void TryRivals(std::vector<const Rival*> rivals, const TryPair& attempt) {
  const std::string divider = Divider(rivals);
  std::map<std::string, std::vector<const Rival*>> groups;
  std::vector<const Rival*> rest;
  for (const Rival* rival : rivals) {
    const auto found = rival->constants.find(divider);
    (found == rival->constants.end() ? rest : groups[found->second]).push_back(rival);
  }
  for (std::size_t i = 0; i < rest.size(); ++i) {
    for (std::size_t j = i + 1; j < rest.size(); ++j) attempt(rest[i]->number, rest[j]->number);
    for (const auto& [value, group] : groups) {
      for (const Rival* other : group) {
        attempt(std::min(rest[i]->number, other->number), std::max(rest[i]->number, other->number));
      }
    }
  }
  for (const auto& [value, group] : groups) {
    if (group.size() > 1) TryRivals(group, attempt);
  }
}

void TryAll(const std::vector<Rival>& rivals, const TryPair& attempt) {
  std::vector<const Rival*> all;
  for (const Rival& rival : rivals) all.push_back(&rival);
  if (all.size() > 1) TryRivals(std::move(all), attempt);
}

// What is made of one template must not be taken for what is made of another on the way back.
class WaysBack {
 public:
  explicit WaysBack(Binding& binding) : binding_(binding), plan_(binding.plan) {}

  void Run() {
    std::map<definitions::TypeId, std::vector<Rival>> rivals;
    for (Index i = 0; i < plan_.resources.size(); ++i) {
      Rival rival{i};
      Collect(plan_.contents[plan_.resources[i].content], true, rival);
      rivals[plan_.resources[i].type].push_back(std::move(rival));
    }
    for (const auto& [type, group] : rivals) {
      TryAll(group, [&](std::size_t a, std::size_t b) { CheckResources(plan_.resources[a], plan_.resources[b]); });
    }
    for (const ResourcePlan& resource : plan_.resources) CheckBelow(plan_.contents[resource.content], resource.mark);
    if (trials_ <= kMostTrials) return;
    binding_.diagnostics.Error("map-ambiguous", {1, 1}, 1,
                               "too many resources and slices are alike to find out whether they can be told apart on "
                               "the way back: give each a constant of its own");
  }

 private:
  // Nothing more needs to be found out.
  bool Enough() const { return trials_ > kMostTrials || binding_.diagnostics.full(); }

  void CheckResources(const ResourcePlan& first, const ResourcePlan& second) {
    if (Enough() || (Told(first, second) && Told(second, first)) || Enough()) return;
    binding_.diagnostics.Error("map-ambiguous", second.mark, second.name.size(),
                               "'" + first.name + "' and '" + second.name + "' are both " +
                                   std::string(first.type_name) +
                                   " and no constant or required code tells them apart on the way back" + Why());
  }

  void CheckBelow(const Content& content, Mark mark) {
    for (const Slot& slot : content.slots) {
      std::vector<Rival> rivals;
      for (std::size_t i = 0; slot.alternatives.size() > 1 && i < slot.alternatives.size(); ++i) {
        rivals.push_back({i});
        Collect(plan_.contents[slot.alternatives[i]], false, rivals.back());
      }
      TryAll(rivals, [&](std::size_t a, std::size_t b) {
        CheckSlices(plan_.contents[slot.alternatives[a]], plan_.contents[slot.alternatives[b]], mark);
      });
      for (const Index alternative : slot.alternatives) CheckBelow(plan_.contents[alternative], mark);
    }
  }

  // Constants that stand in whatever is written of `content`, and contradict others there. None where it does not fit
  // what is written of it in every case.
  void Collect(const Content& content, bool resource, Rival& rival) {
    if (Sure(content)) CollectBelow(content, resource, "", rival);
  }

  void CollectBelow(const Content& content, bool resource, const std::string& place, Rival& rival) {
    for (const Slot& slot : content.slots) {
      const Content& below = plan_.contents[slot.alternatives.front()];
      if (slot.alternatives.size() > 1 || !below.folded || !below.selects) continue;
      if (resource && !slot.is_array && (below.is_leaf || slot.state)) continue;  // a status does not contradict
      const std::string at = place + "." + std::string(slot.name);
      if (below.is_leaf) {
        rival.constants.emplace(at, json::ToString(*below.folded));
      } else {
        CollectBelow(below, false, at, rival);
      }
    }
  }

  bool Sure(const Content& content) {
    if (!content.bears && !content.folded && (content.is_leaf || !content.slots.empty())) return false;
    if (const CodeTable* table = TableOf(content)) {
      const bool whole =
          content.leaf.transform == TransformId::kConcept ||
          std::ranges::none_of(table->locals(), [](const LocalCode& code) { return code.coding.is_null(); });
      if (!whole) return false;
    }
    return std::ranges::all_of(content.slots, [&](const Slot& slot) {
      return std::ranges::all_of(slot.alternatives, [&](Index below) { return Sure(plan_.contents[below]); });
    });
  }

  void CheckSlices(const Content& first, const Content& second, Mark mark) {
    if (Enough() || (!first.reads && !second.reads)) return;
    if ((Told(first, second) && Told(second, first)) || Enough()) return;
    const Mark place = MarkUnder(plan_, second);
    binding_.diagnostics.Error("map-ambiguous", place.line > 0 ? place : mark, 1,
                               first.path + " and " + second.path +
                                   " cannot be told apart on the way back: give each a constant of its own" + Why());
  }

  // Of the sample that was tried last.
  std::string Why() const {
    return without_code_ ? "; their codes do not where a word for 'no value' stands in the place of one ('absent')"
                         : "";
  }

  bool Told(const ResourcePlan& resource, const ResourcePlan& other) {
    const json::Value type = json::Value::String(resource.type_name);
    return Told(plan_.contents[resource.content], [&](const json::Value& sample, const json::Value&) {
      const json::Value body = json::With(sample, "resourceType", type, arena_);
      const int own = engine::FitResource(plan_, resource, body);
      return own < 0 ||
             engine::FitResource(plan_, other, body) < own;  // below 0: such a record is kept aside by `where`
    });
  }

  bool Told(const Content& content, const Content& other) {
    return Told(content, [&](const json::Value& item, const json::Value& beside) {
      return engine::Fit(plan_, other, item, beside, true) < engine::Fit(plan_, content, item, beside, true);
    });
  }

  // Whatever is written of `content` stands there for the sake of one field at least: each alone must do.
  bool Told(const Content& content, const std::function<bool(const json::Value&, const json::Value&)>& told) {
    std::vector<const Content*> bearers;
    FindBearers(content, bearers);
    if (bearers.empty()) bearers.push_back(nullptr);
    return std::ranges::all_of(bearers, [&](const Content* bearer) {
      const std::size_t turns = Turns(content);
      for (std::size_t turn = 0; turn < turns && trials_ <= kMostTrials; ++turn) {
        arena_.Reset();
        json::Value beside;
        without_code_ = false;
        const json::Value sample = Sample(content, bearer, turn, beside);
        if (!told(sample, beside)) return false;
      }
      return true;
    });
  }

  void FindBearers(const Content& content, std::vector<const Content*>& found) const {
    if (content.leaf.source == Leaf::Source::kField) found.push_back(&content);
    for (const Slot& slot : content.slots) {
      for (const Index alternative : slot.alternatives) FindBearers(plan_.contents[alternative], found);
    }
  }

  const CodeTable* TableOf(const Content& content) const {
    const Leaf& leaf = content.leaf;
    const Index table = leaf.source == Leaf::Source::kField     ? plan_.fields[leaf.field].table
                        : leaf.source == Leaf::Source::kDerived ? leaf.table
                                                                : kNone;
    return table == kNone ? nullptr : plan_.tables[table].get();
  }

  // Constants, required fields, and the one that all stands for.
  bool Stands(const Content& content, const Content* bearer) {
    ++trials_;
    if (content.folded || &content == bearer) return true;
    const Leaf& leaf = content.leaf;
    const bool fed = leaf.source == Leaf::Source::kField || leaf.source == Leaf::Source::kDerived;
    if (fed && IsAlwaysThere(plan_, plan_.fields[leaf.field])) return true;
    return std::ranges::any_of(content.slots, [&](const Slot& slot) {
      return std::ranges::any_of(slot.alternatives, [&](Index alternative) {
        const Content& below = plan_.contents[alternative];
        return !below.folded && Stands(below, bearer);
      });
    });
  }

  std::size_t Turns(const Content& content) const {
    std::size_t turns = 1;
    const auto count = [&](const Content& at) {
      if (const CodeTable* table = TableOf(at)) {
        turns = std::max(turns, std::min(table->locals().size() + (MayBeAbsent(at) ? 1 : 0), kMostCodes));
      }
    };
    count(content);
    for (const Slot& slot : content.slots) {
      for (const Index alternative : slot.alternatives) turns = std::max(turns, Turns(plan_.contents[alternative]));
    }
    return turns;
  }

  // A word for nothing can stand in the place of a code.
  bool MayBeAbsent(const Content& content) const {
    if (content.leaf.source != Leaf::Source::kField) return false;
    const Field& field = plan_.fields[content.leaf.field];
    const LocalNode& node = plan_.nodes[field.node];
    return std::ranges::any_of(field.absent, [&](const AbsentToken& token) {
      const bool usual = node.usual == Form::kNull    ? token.null
                         : node.usual == Form::kWord  ? node.word == token.token
                         : node.usual == Form::kEmpty ? token.token.empty() && !token.null
                                                      : false;
      return !field.required || !usual;  // what says nothing is not there for a required field
    });
  }

  // The least that is written of `content` for the sake of `bearer`; `turn` picks the code where a table stands, or the
  // reason why there is none. `beside`: of a primitive, what hangs on it.
  json::Value Sample(const Content& content, const Content* bearer, std::size_t turn, json::Value& beside) {
    ++trials_;
    if (content.folded) return *content.folded;
    if (content.is_leaf) return CodeOf(content, turn, beside);
    json::ObjectBuilder object(arena_);
    for (const Slot& slot : content.slots) {
      json::ArrayBuilder items(arena_);
      json::Value below;
      for (const Index alternative : slot.alternatives) {
        const Content& member = plan_.contents[alternative];
        if (Stands(member, bearer)) items.Add(Sample(member, bearer, turn, below));
      }
      if (items.empty()) continue;
      const json::Value list = items.Build();
      const json::Value value = slot.is_array ? list : list.items().front();
      if (!value.is_null()) object.Add(slot.name, value);
      if (!below.is_null() && !slot.is_array) object.Add(slot.sibling, below);
    }
    return object.Build();
  }

  json::Value Reason(const Content& content, json::Value& beside) {
    without_code_ = true;
    if (content.absent_beside) return {};
    json::ArrayBuilder extensions(arena_);
    extensions.Add(AbsentExtension("unknown", arena_));
    json::ObjectBuilder bearer(arena_);
    bearer.Add("extension", extensions.Build());
    const bool hangs = content.leaf.transform < TransformId::kCoding;
    if (hangs) beside = bearer.Build();
    return hangs ? json::Value() : bearer.Build();
  }

  json::Value CodeOf(const Content& content, std::size_t turn, json::Value& beside) {
    const CodeTable* table = TableOf(content);
    const bool absent = table != nullptr && MayBeAbsent(content);
    if (absent && turn % (table->locals().size() + 1) == 0) return Reason(content, beside);
    if (table == nullptr || table->locals().empty()) return {};
    const LocalCode& code =
        table->locals()[absent ? turn % (table->locals().size() + 1) - 1 : turn % table->locals().size()];
    if (content.leaf.transform == TransformId::kConcept) return code.concept_kept;
    return content.leaf.transform == TransformId::kCoding ? code.coding : code.coding.Get("code");
  }

  Binding& binding_;
  Plan& plan_;
  json::Arena arena_;  // of one sample
  bool without_code_ = false;
  std::size_t trials_ = 0;
};

}  // namespace

Mark MarkUnder(const Plan& plan, const Content& content) {
  if (content.leaf.mark.line > 0) return content.leaf.mark;
  for (const Slot& slot : content.slots) {
    for (const Index alternative : slot.alternatives) {
      const Mark mark = MarkUnder(plan, plan.contents[alternative]);
      if (mark.line > 0) return mark;
    }
  }
  return {};
}

void CheckWaysBack(Binding& binding) { WaysBack(binding).Run(); }

}  // namespace throughline::language
