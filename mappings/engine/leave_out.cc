#include "mappings/engine/leave_out.h"

#include <string>
#include <string_view>
#include <vector>

#include "fhir/path/expression.h"
#include "mappings/engine/across.h"
#include "mappings/engine/condition.h"

namespace throughline::engine {
namespace {

Result<bool> IsTrue(const Plan& plan, const path::Expression& condition, const json::Value& focus,
                    const json::Value& record) {
  path::Environment environment;
  environment.resource = path::Item::Node(definitions::kNoType, record);
  environment.variables.push_back({"item", path::Collection(path::Item::Node(definitions::kNoType, focus))});
  return Decide(plan, condition, path::Item::Node(definitions::kNoType, focus), environment);
}

// Items of lists that make no resource of their own because its condition is not true of them.
class LeaverOut {
 public:
  LeaverOut(const Plan& plan, const json::Value& record, Instance* root, json::Arena& arena, Findings& findings)
      : plan_(plan), record_(record), root_(root), arena_(arena), findings_(findings) {}

  ItemsLeftOut Run() {
    ItemsLeftOut left_out;
    for (Index i = 0; i < plan_.resources.size(); ++i) {
      const ResourcePlan& resource = plan_.resources[i];
      if (!resource.some || !resource.when_expression) continue;
      Instance* list = Reach(plan_, resource.each, root_, Scope{});
      const json::Value around = Around(resource.each);
      for (std::uint32_t place = 0; list != nullptr && place < list->count; ++place) {
        if (!list->children[place].carries) continue;
        const json::Value item = ItemOf(resource.each, around, list->children[place], place);
        const auto made = IsTrue(plan_, *resource.when_expression, item, record_);
        if (!made) {
          Refuse(resource, place, made.error());
          continue;
        }
        if (*made) continue;
        left_out.emplace(i, place);
        LeaveOut(resource, *list, place);
      }
    }
    if (!left_out.empty()) Recount(plan_, *root_);
    return left_out;
  }

 private:
  // The list in the record; of one that stands across members, the group around it.
  json::Value Around(Index list) const {
    std::vector<std::string_view> names = CutPath(plan_.nodes[list].path);
    if (plan_.nodes[list].spread > 0) names.pop_back();
    const json::Value* at = &record_;
    for (const std::string_view name : names) at = at == nullptr ? nullptr : MemberOf(*at, name);
    return at == nullptr ? json::Value() : *at;
  }

  // The items of a list that is one text are texts.
  json::Value ItemOf(Index list, const json::Value& around, const Instance& item, std::uint32_t place) const {
    if (plan_.nodes[list].spread > 0) return AcrossItem(plan_, list, around, place, arena_);
    return place < around.items().size() ? around.items()[place] : item.value;
  }

  void Refuse(const ResourcePlan& resource, std::uint32_t place, const Error& error) {
    if (findings_.issues.size() >= kMaxIssues) return;
    findings_.issues.push_back(NotWorkedOut("'when'", *resource.when_expression, error));
    findings_.issues.back().expression = resource.name;
    findings_.issues.back().location = PointerTo(plan_, resource.each, Scope{}) + "/" + std::to_string(place);
  }

  void LeaveOut(const ResourcePlan& resource, Instance& list, std::uint32_t place) {
    scope_.items[0] = &list.children[place];
    scope_.places[0] = place;
    scope_.depth = 1;
    const Index item = plan_.nodes[resource.each].children.front();
    for (const Index feed : resource.feeds) Silence(resource, feed, item, list.children[place]);
  }

  // The values of a field at or below a place.
  void Silence(const ResourcePlan& resource, Index feed, Index at, Instance& instance) {
    const Field& field = plan_.fields[feed];
    if (!instance.carries) return;
    if (at == field.node) {
      if (field.place_in_choice >= 0 && instance.taken != field.place_in_choice) return;
      instance.carries = false;
      instance.lost = true;
      findings_.ledger.push_back({field.path, PointerTo(plan_, at, scope_), LedgerKind::kWithheld,
                                  "'" + resource.name + "' is not made of this item: its condition does not hold"});
      return;
    }
    const LocalNode& node = plan_.nodes[at];
    if (node.kind == LocalKind::kArray) {
      const std::uint8_t level = scope_.depth++;
      for (std::uint32_t i = 0; i < instance.count; ++i) {
        scope_.items[level] = &instance.children[i];
        scope_.places[level] = i;
        Silence(resource, feed, node.children.front(), instance.children[i]);
      }
      scope_.depth = level;
      return;
    }
    Index below = field.node;
    while (plan_.nodes[below].parent != at) below = plan_.nodes[below].parent;
    if (instance.children != nullptr) {
      Silence(resource, feed, below, instance.children[plan_.nodes[below].position]);
    }
  }

  const Plan& plan_;
  const json::Value& record_;
  Instance* root_;
  json::Arena& arena_;
  Findings& findings_;
  Scope scope_;
};

}  // namespace

ItemsLeftOut LeaveOutItems(const Plan& plan, const json::Value& record, Instance* root, json::Arena& arena,
                           Findings& findings) {
  return LeaverOut(plan, record, root, arena, findings).Run();
}

}  // namespace throughline::engine
