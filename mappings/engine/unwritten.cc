#include "mappings/engine/unwritten.h"

#include <functional>
#include <string>
#include <string_view>

#include "mappings/plan/parts.h"

namespace throughline::engine {
namespace {

// Calls `each` for every leaf of a record with its instance.
class LeafWalker {
 public:
  using Each = std::function<void(Index leaf, Instance& at, const Scope& scope)>;
  LeafWalker(const Plan& plan, Each each) : plan_(plan), each_(std::move(each)) {}

  void Visit(Index index, Instance& instance) {
    const LocalNode& node = plan_.nodes[index];
    if (node.kind == LocalKind::kLeaf) return each_(index, instance, scope_);
    if (instance.children == nullptr) return;
    const bool list = node.kind == LocalKind::kArray;
    const std::uint8_t level = scope_.depth;
    if (list) scope_.depth = static_cast<std::uint8_t>(level + 1);
    for (std::uint32_t i = 0; i < instance.count; ++i) {
      if (list) scope_.places[level] = i;
      Visit(node.children[list ? 0 : i], instance.children[i]);
    }
    scope_.depth = level;
  }

 private:
  const Plan& plan_;
  Each each_;
  Scope scope_;
};

}  // namespace

void LeaveOutParts(const Plan& plan, Instance& root, std::vector<LedgerRow>& ledger) {
  LeafWalker(plan, [&](Index leaf, Instance& at, const Scope& scope) {
    const LocalNode& node = plan.nodes[leaf];
    bool missing = false;
    for (std::uint32_t part = 0; part < at.count && !node.separator.empty(); ++part) {
      json::Value& value = at.children[part].value;
      const bool said = !value.is_null();
      const bool fits = said && FitsPart(value.text(), node.separator, part + 1 == node.fields.size());
      if (said && (missing || !fits)) {
        ledger.push_back({plan.fields[node.fields[part]].path, PointerTo(plan, leaf, scope),
                          missing ? LedgerKind::kUnmapped : LedgerKind::kCoarsened,
                          missing ? "the part before it has no value" : "the part holds what the field is split at"});
      }
      missing = missing || !fits;
      if (missing) value = {};
    }
  }).Visit(0, root);
}

void NoteExcess(const Plan& plan, Instance& root, std::vector<LedgerRow>& ledger) {
  LeafWalker(plan, [&](Index leaf, const Instance& at, const Scope& scope) {
    const LocalNode& node = plan.nodes[leaf];
    if (node.across.empty() || !at.carries || scope.places[node.stars - 1] < node.across.size()) return;
    ledger.push_back(
        {plan.fields[node.fields.front()].path, PointerTo(plan, leaf, scope), LedgerKind::kUnmapped,
         "the source has place for " + std::to_string(node.across.size()) + " of them, and this is one more"});
  }).Visit(0, root);
}

}  // namespace throughline::engine
