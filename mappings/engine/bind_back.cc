#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "fhir/json/build.h"
#include "mappings/engine/binder.h"
#include "mappings/engine/select.h"

namespace throughline::engine {
namespace {

constexpr std::size_t kMostCodes = 5000;  // of a table that are tried against another

// What is made of one template must not be taken for what is made of another on the way back.
class WaysBack {
 public:
  explicit WaysBack(Binding& binding) : binding_(binding), plan_(binding.plan) {}

  void Run() {
    for (Index a = 0; a < plan_.resources.size(); ++a) {
      for (Index b = a + 1; b < plan_.resources.size(); ++b) CheckResources(plan_.resources[a], plan_.resources[b]);
    }
    for (const ResourcePlan& resource : plan_.resources) CheckBelow(plan_.contents[resource.content], resource.mark);
  }

 private:
  void CheckResources(const ResourcePlan& first, const ResourcePlan& second) {
    if (first.type != second.type || (Told(first, second) && Told(second, first))) return;
    binding_.diagnostics.Error("map-ambiguous", second.mark, second.name.size(),
                               "'" + first.name + "' and '" + second.name + "' are both " +
                                   std::string(first.type_name) +
                                   " and no constant or required code tells them apart on the way back");
  }

  void CheckBelow(const Content& content, Mark mark) {
    for (const Slot& slot : content.slots) {
      for (std::size_t a = 0; a < slot.alternatives.size(); ++a) {
        for (std::size_t b = a + 1; b < slot.alternatives.size(); ++b) {
          CheckSlices(plan_.contents[slot.alternatives[a]], plan_.contents[slot.alternatives[b]], mark);
        }
      }
      for (const Index alternative : slot.alternatives) CheckBelow(plan_.contents[alternative], mark);
    }
  }

  void CheckSlices(const Content& first, const Content& second, Mark mark) {
    if ((!first.reads && !second.reads) || (Told(first, second) && Told(second, first))) return;
    const Mark place = MarkUnder(plan_, second);
    binding_.diagnostics.Error(
        "map-ambiguous", place.line > 0 ? place : mark, 1,
        first.path + " and " + second.path + " cannot be told apart on the way back: give each a constant of its own");
  }

  bool Told(const ResourcePlan& resource, const ResourcePlan& other) {
    const json::Value type = json::Value::String(resource.type_name);
    return Told(plan_.contents[resource.content], [&](const json::Value& sample) {
      const json::Value body = json::With(sample, "resourceType", type, plan_.arena);
      return FitResource(plan_, other, body) < FitResource(plan_, resource, body);
    });
  }

  bool Told(const Content& content, const Content& other) {
    return Told(content, [&](const json::Value& item) {
      return Fit(plan_, other, item, {}, true) < Fit(plan_, content, item, {}, true);
    });
  }

  // Whatever is written of `content` stands there for the sake of one field at least: each alone must do.
  bool Told(const Content& content, const std::function<bool(const json::Value&)>& told) {
    std::vector<const Content*> bearers;
    FindBearers(content, bearers);
    if (bearers.empty()) bearers.push_back(nullptr);
    return std::ranges::all_of(bearers, [&](const Content* bearer) {
      for (std::size_t turn = 0; turn < Turns(content); ++turn) {
        if (!told(Sample(content, bearer, turn))) return false;
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
  bool Stands(const Content& content, const Content* bearer) const {
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
      if (const CodeTable* table = TableOf(at)) turns = std::max(turns, std::min(table->locals().size(), kMostCodes));
    };
    count(content);
    for (const Slot& slot : content.slots) {
      for (const Index alternative : slot.alternatives) turns = std::max(turns, Turns(plan_.contents[alternative]));
    }
    return turns;
  }

  // The least that is written of `content` for the sake of `bearer`; `turn` picks the code where a table stands.
  json::Value Sample(const Content& content, const Content* bearer, std::size_t turn) {
    if (content.folded) return *content.folded;
    if (content.is_leaf) return CodeOf(content, turn);
    json::ObjectBuilder object(plan_.arena);
    for (const Slot& slot : content.slots) {
      json::ArrayBuilder items(plan_.arena);
      for (const Index alternative : slot.alternatives) {
        const Content& member = plan_.contents[alternative];
        if (Stands(member, bearer)) items.Add(Sample(member, bearer, turn));
      }
      if (items.empty()) continue;
      const json::Value list = items.Build();
      object.Add(slot.name, slot.is_array ? list : list.items().front());
    }
    return object.Build();
  }

  json::Value CodeOf(const Content& content, std::size_t turn) const {
    const CodeTable* table = TableOf(content);
    if (table == nullptr || table->locals().empty()) return {};
    const LocalCode& code = table->locals()[turn % table->locals().size()];
    if (content.leaf.transform == TransformId::kConcept) return code.concept_kept;
    return content.leaf.transform == TransformId::kCoding ? code.coding : code.coding.Get("code");
  }

  Binding& binding_;
  Plan& plan_;
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

}  // namespace throughline::engine
