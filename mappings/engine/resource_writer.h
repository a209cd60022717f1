// The resources of one record, written from the templates of its map. Private to the room.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/base/id_source.h"
#include "fhir/base/result.h"
#include "mappings/engine/instance.h"
#include "mappings/engine/leave_out.h"
#include "mappings/engine/to_fhir.h"
#include "mappings/engine/transforms.h"
#include "mappings/plan/plan.h"

namespace throughline::engine {

// A resource of this record before it is written.
struct Made {
  Index resource = kNone;
  std::array<std::uint32_t, kMaxStars> places{};  // of its item, and of those around it, outermost first
  std::string_view place;
  std::string_view id;
};

// Prepare, then Write, once. The arena must outlive what is written.
class ResourceWriter {
 public:
  ResourceWriter(const Plan& plan, Instance* root, const IdSource& ids, json::Arena& arena, Findings& findings,
                 ReferenceStyle style)
      : plan_(plan),
        root_(root),
        ids_(ids),
        arena_(arena),
        findings_(findings),
        style_(style),
        first_(plan.resources.size(), kNone) {}

  // Items of which resources are not made; before Prepare.
  void LeaveOut(ItemsLeftOut items) { left_out_ = std::move(items); }
  // Which resources the record makes; `root` is the record as it was laid out.
  void Prepare(const json::Value& record, std::string_view key);
  void Write(std::vector<MappedResource>& out);
  // What expressions are asked of; without it, they give nothing.
  void SetRecord(const json::Value& record) { record_ = record; }

 private:
  // An item of a list; of a primitive with what hangs on it (http://hl7.org/fhir/R4/json.html#primitive).
  struct Item {
    json::Value value;
    json::Value sibling;
  };

  void TooMany(const ResourcePlan& resource);
  bool Exists(const ResourcePlan& resource) const;
  Result<bool> IsMade(const ResourcePlan& resource, const json::Value& record) const;
  void Withhold(const ResourcePlan& resource);
  void WithholdAll(const ResourcePlan& resource, std::string_view why);
  std::optional<std::string> OwnKey(const ResourcePlan& resource) const;
  void Make(Index resource, std::string_view name, std::string_view key);
  bool MakeItems(Index resource, std::string_view key);
  void Open(Index array_node, Instance* array, std::uint32_t item);
  std::string ItemPath(const ResourcePlan& resource) const;
  std::string ItemName(const ResourcePlan& resource) const;
  const Made* Find(Index resource) const;

  bool Emit(Index content, json::Value& out, json::Value& sibling);
  bool EmitMembers(const Content& content, bool root, json::Value& out, const Made* made, const json::Value& extension);
  bool EmitSlot(const Slot& slot, bool& bore);
  bool EmitItems(const Slot& slot, bool& bore);
  json::Value ListOf(std::size_t start, json::Value Item::*part);
  bool EmitLeaf(const Content& content, FhirValue& out);
  bool EmitField(const Content& content, FhirValue& out);
  bool Speaks(const ResourcePlan& resource) const;
  bool Gives(const ResourcePlan& resource, const Field& field) const;
  bool EmitWord(const Content& content, const Field& field, FhirValue& out);
  bool EmitAbsent(const Content& content, std::string_view reason, FhirValue& out);
  bool EmitReference(const Content& content, FhirValue& out);
  bool EmitForeign(const ForeignResource& foreign, FhirValue& out);
  bool EmitText(const Content& content, FhirValue& out);
  bool EmitDerived(const Content& content, FhirValue& out);
  bool EmitExpression(const Content& content, FhirValue& out);
  bool Refuse(const Content& content, Issue issue);
  bool EmitCode(const Leaf& leaf, std::string_view local, FhirValue& out);
  bool MayStand(const Leaf& leaf, const json::Value& value) const;
  json::Value ItemOfRecord() const;
  void CheckWhere(const ResourcePlan& resource, const Made& made, const json::Value& body);
  std::string_view MatchOf(const Made& made, const json::Value& body);

  const Plan& plan_;
  Instance* root_;
  const IdSource& ids_;
  json::Arena& arena_;
  Findings& findings_;
  ReferenceStyle style_;
  Scope scope_;
  std::array<Index, kMaxStars> lists_{};  // whose items are in `scope_`
  std::vector<Made> made_;
  std::vector<Index> first_;  // of made_, for each resource
  bool speaks_ = false;       // the resource that is being written holds some value
  std::string_view absent_;   // reason of the value that was asked for last, to be written beside it
  std::vector<json::Member> members_;
  std::vector<Item> items_;
  json::Value record_;
  const ResourcePlan* writing_ = nullptr;
  ItemsLeftOut left_out_;
};

}  // namespace throughline::engine
