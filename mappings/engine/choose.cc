#include "mappings/engine/choose.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "fhir/path/expression.h"
#include "mappings/engine/across.h"
#include "mappings/engine/condition.h"
#include "mappings/engine/repairs.h"

namespace throughline::engine {
namespace {

const json::Value& At(const json::Value& from, std::span<const std::string> names, const json::Value& nothing) {
  const json::Value* at = &from;
  for (const std::string& name : names) {
    at = MemberOf(*at, name);
    if (at == nullptr) return nothing;
  }
  return *at;
}

class Chooser {
 public:
  Chooser(const Plan& plan, const json::Value& record, Instance* root, json::Arena& arena, Findings& findings)
      : plan_(plan), record_(record), root_(root), arena_(arena), findings_(findings) {}

  void Run() {
    for (const FieldChoice& choice : plan_.choices) Walk(choice, record_);
    if (left_out_) Recount(plan_, *root_);
  }

 private:
  void Walk(const FieldChoice& choice, const json::Value& focus) {
    const std::uint8_t level = scope_.depth;
    if (level == choice.lists.size()) return Settle(choice, focus);
    const Index list = choice.lists[level].node;
    Instance* array = Reach(plan_, list, root_, scope_);
    const json::Value nothing;
    const bool spread = plan_.nodes[list].spread > 0;
    std::span<const std::string> names = choice.lists[level].names;
    if (spread) names = names.first(names.size() - 1);
    const json::Value& around = At(focus, names, nothing);
    const auto items = around.items();
    scope_.depth = static_cast<std::uint8_t>(level + 1);
    for (std::uint32_t i = 0; array != nullptr && i < array->count; ++i) {
      scope_.items[level] = &array->children[i];
      scope_.places[level] = i;
      // The items of a list that is one text are texts.
      Walk(choice, spread             ? AcrossItem(plan_, list, around, i, arena_)
                   : i < items.size() ? items[i]
                                      : array->children[i].value);
    }
    scope_.depth = level;
  }

  void Settle(const FieldChoice& choice, const json::Value& focus) {
    Instance* instance = Reach(plan_, choice.node, root_, scope_);
    if (instance == nullptr || !instance->carries) return;
    const auto found = CaseFor(plan_, choice, focus, record_);
    if (!found) return Refuse(choice, found.error());
    const Index taken = *found;
    const Field* field = taken == kNone ? nullptr : &plan_.fields[plan_.nodes[choice.node].fields[taken]];
    instance->taken = static_cast<std::uint8_t>(taken);
    if (field != nullptr && field->mapped) return Spell(*field, *instance);
    const bool dropped = field != nullptr;
    findings_.ledger.push_back({plan_.fields[plan_.nodes[choice.node].fields.front()].path,
                                PointerTo(plan_, choice.node, scope_),
                                dropped ? LedgerKind::kDropped : LedgerKind::kWithheld,
                                dropped ? field->dropped : "no condition of the field's cases holds"});
    instance->carries = false;
    instance->lost = true;
    left_out_ = true;
  }

  void Refuse(const FieldChoice& choice, const Error& error) {
    if (findings_.issues.size() >= kMaxIssues) return;
    findings_.issues.push_back(error.issues.front());
    findings_.issues.back().location = PointerTo(plan_, choice.node, scope_);
  }

  // The words of the case that takes the value.
  void Spell(const Field& field, Instance& instance) {
    const json::Value read = RepairedFor(plan_, field, instance.value, arena_);
    if (read.text() == instance.value.text()) return;
    // Blanks around it, which were left out before, are put back behind this.
    std::vector<SpeltForm> before = std::move(findings_.forms);
    findings_.forms.clear();
    SayRepair(field, scope_, instance.value, read, instance, findings_);
    std::ranges::move(before, std::back_inserter(findings_.forms));
    instance.value = read;
  }

  const Plan& plan_;
  const json::Value& record_;
  Instance* root_;
  json::Arena& arena_;
  Findings& findings_;
  Scope scope_;
  bool left_out_ = false;
};

}  // namespace

Result<Index> CaseFor(const Plan& plan, const FieldChoice& choice, const json::Value& focus,
                      const json::Value& record) {
  const std::vector<Index>& fields = plan.nodes[choice.node].fields;
  for (Index i = 0; i < fields.size(); ++i) {
    const Index when = plan.fields[fields[i]].when;
    if (when == kNone) return i;
    path::Environment environment;
    environment.resource = path::Item::Node(definitions::kNoType, record);
    const path::Expression& condition = plan.conditions[when];
    const auto holds = Decide(plan, condition, path::Item::Node(definitions::kNoType, focus), environment);
    if (!holds) return Error{holds.error().kind, {}, {NotWorkedOut("the field's 'when'", condition, holds.error())}};
    if (*holds) return i;
  }
  return kNone;
}

void Choose(const Plan& plan, const json::Value& record, Instance* root, json::Arena& arena, Findings& findings) {
  Chooser(plan, record, root, arena, findings).Run();
}

bool Feeds(const Plan& plan, Index index, const Instance& instance, const Field& field) {
  if (!instance.carries) return false;
  if (field.place_in_choice < 0) return true;
  if (index == field.node) return instance.taken == field.place_in_choice;
  const LocalNode& node = plan.nodes[index];
  if (node.kind == LocalKind::kArray) {
    for (std::uint32_t i = 0; i < instance.count; ++i) {
      if (Feeds(plan, node.children.front(), instance.children[i], field)) return true;
    }
    return false;
  }
  Index below = field.node;
  while (plan.nodes[below].parent != index) below = plan.nodes[below].parent;
  return instance.children != nullptr && Feeds(plan, below, instance.children[plan.nodes[below].position], field);
}

}  // namespace throughline::engine
