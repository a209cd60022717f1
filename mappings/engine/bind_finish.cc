#include <algorithm>
#include <utility>

#include "fhir/json/build.h"
#include "mappings/engine/binder.h"
#include "mappings/engine/select.h"

namespace throughline::engine {
namespace {

using definitions::Element;
using definitions::TypeKind;

class Finisher {
 public:
  explicit Finisher(Binding& binding) : binding_(binding), plan_(binding.plan) {}

  void Run() {
    for (const ResourcePlan& resource : plan_.resources) {
      Visit(resource.content);
      plan_.contents[resource.content].folded.reset();
      CheckRequired(plan_.contents[resource.content], resource.mark);
      if (resource.feeds.empty()) {
        binding_.diagnostics.Error("map-resource", resource.mark, resource.name.size(),
                                   "no field is mapped into this resource");
      }
    }
    for (Field& field : plan_.fields) CheckField(field);
    CheckSelection();
    OrderResources();
    if (plan_.main == kNone) {
      binding_.diagnostics.Error("map-main", {1, 1}, 1,
                                 "one resource must stand once for each record, with the record's own key");
    }
    GradeFields();
  }

 private:
  // What is under a content decides what it is.
  void Visit(Index index) {
    Content& content = plan_.contents[index];
    using Source = Leaf::Source;
    content.leaf.type_name = binding_.definitions.type(content.type).name;
    const Source source = content.leaf.source;
    content.bears = source == Source::kField || source == Source::kReference || source == Source::kText ||
                    source == Source::kDerived;
    content.reads = source == Source::kField;
    content.selects =
        source == Source::kConstant || (source == Source::kField && plan_.fields[content.leaf.field].table != kNone);
    bool constant = content.is_leaf ? source == Source::kConstant && content.slots.empty() : !content.slots.empty();
    for (const Slot& slot : content.slots) {
      if (!slot.sibling.empty() && slot.is_array) CheckPlainItems(slot);
      for (const Index alternative : slot.alternatives) {
        Visit(alternative);
        Content& below = plan_.contents[alternative];
        // Words for people may differ from system to system: they tell nothing apart.
        const bool words = slot.name == "display" && below.leaf.source == Leaf::Source::kConstant;
        below.selects = below.selects && !words;
        content.bears = content.bears || below.bears;
        content.reads = content.reads || below.reads;
        content.selects = content.selects || below.selects;
        constant = constant && below.folded.has_value();
      }
    }
    if (constant) content.folded = Fold(content);
  }

  void CheckPlainItems(const Slot& slot) {
    for (const Index alternative : slot.alternatives) {
      const Content& item = plan_.contents[alternative];
      if (item.slots.empty()) continue;
      binding_.diagnostics.Error("map-primitive-items", MarkUnder(item), 1,
                                 item.path + " repeats and is primitive: its items cannot carry extensions in a map");
    }
  }

  Mark MarkUnder(const Content& content) const {
    if (content.leaf.mark.line > 0) return content.leaf.mark;
    for (const Slot& slot : content.slots) {
      for (const Index alternative : slot.alternatives) {
        const Mark mark = MarkUnder(plan_.contents[alternative]);
        if (mark.line > 0) return mark;
      }
    }
    return {};
  }

  json::Value Fold(const Content& content) {
    if (content.is_leaf) return content.leaf.constant;
    json::ObjectBuilder object(plan_.arena);
    for (const Slot& slot : content.slots) {
      if (!slot.is_array) {
        object.Add(slot.name, *plan_.contents[slot.alternatives.front()].folded);
        continue;
      }
      json::ArrayBuilder items(plan_.arena);
      for (const Index alternative : slot.alternatives) items.Add(*plan_.contents[alternative].folded);
      object.Add(slot.name, items.Build());
    }
    return object.Build();
  }

  // Every element that R4 requires is filled by something, wherever the map makes an object.
  void CheckRequired(const Content& content, Mark mark) {
    if (content.is_leaf) return;
    for (std::size_t i = 0; i < binding_.definitions.child_count(content.type); ++i) {
      const Element element = binding_.definitions.child(content.type, i);
      if (element.min == 0) continue;
      const bool filled = std::ranges::any_of(content.slots, [&](const Slot& slot) {
        if (slot.name == element.name) return true;
        Element other;
        return !element.choice.empty() && binding_.definitions.FindChild(content.type, slot.name, other) &&
               other.choice == element.choice;
      });
      if (filled) continue;
      if (!element.choice.empty() && i > 0 && binding_.definitions.child(content.type, i - 1).choice == element.choice)
        continue;
      const Mark place = MarkUnder(content);
      binding_.diagnostics.Error("map-required", place.line > 0 ? place : mark, 1,
                                 content.path + " needs '" +
                                     std::string(element.choice.empty() ? element.name : element.choice) +
                                     "', which R4 requires, and nothing fills it");
    }
    for (const Slot& slot : content.slots) {
      for (const Index alternative : slot.alternatives) CheckRequired(plan_.contents[alternative], mark);
    }
  }

  void CheckField(Field& field) {
    if (field.type == ValueType::kDate && !field.format) field.format = TimeFormat::Parse("yyyy-MM-dd");
    if (field.type == ValueType::kDateTime && !field.format) field.format = TimeFormat::Parse("yyyy-MM-dd'T'HH:mm:ss");
    if (field.absent.empty()) field.absent = plan_.absent;
    if (!field.mapped) return;
    if (field.type == ValueType::kDateTime && !plan_.zone) {
      binding_.diagnostics.Error("map-timezone", field.mark, field.path.size(),
                                 "a local time needs a zone: 'local: timezone: America/Santiago'");
    }
    const bool time = field.type == ValueType::kDateTime;
    if ((time || field.type == ValueType::kDate) && field.format->has_time() != time) {
      binding_.diagnostics.Error("map-format", field.mark, field.path.size(),
                                 time ? "a dateTime's form has hours and minutes" : "a date's form has no time of day");
    }
    if (time && !field.format->has_day()) {
      binding_.diagnostics.Error("map-format", field.mark, field.path.size(), "a dateTime's form has a day");
    }
    CheckTable(field);
  }

  // A required binding takes only codes of its value set.
  void CheckTable(const Field& field) {
    if (field.table == kNone) return;
    const CodeTable& table = *plan_.tables[field.table];
    const auto target = std::ranges::find_if(plan_.contents, [&](const Content& content) {
      return content.leaf.source == Leaf::Source::kField && &plan_.fields[content.leaf.field] == &field;
    });
    if (target == plan_.contents.end()) return;
    const std::string_view set = target->required_set;
    const bool primitive = target->leaf.transform == TransformId::kCodePrimitive;
    for (const CodeRow& row : table.rows()) {
      if (row.code.empty() && (primitive || target->leaf.transform == TransformId::kCoding)) {
        binding_.diagnostics.ErrorIn(table.file(), row.line, "map-code-table",
                                     "this row needs a code: " + target->path + " has no place for a local code alone");
      }
      if (row.code.empty() || set.empty() || !binding_.definitions.HasValueSet(set)) continue;
      if (binding_.definitions.ValueSetContains(set, primitive ? "" : row.system, row.code)) continue;
      binding_.diagnostics.ErrorIn(
          table.file(), row.line, "map-code-table",
          "the code is not one of " + std::string(set) + ", which R4 requires at " + target->path);
    }
    const bool unkept =
        target->leaf.transform == TransformId::kCodePrimitive || target->leaf.transform == TransformId::kCoding;
    if (field.unmatched == UnmatchedPolicy::kKeep && unkept) {
      binding_.diagnostics.Error("map-unmatched", field.mark, field.path.size(),
                                 "a code that is not in the table can be kept only in a CodeableConcept");
    }
  }

  // Two resources of one type must be told apart on the way back: what the one always says must not fit the other as
  // well.
  void CheckSelection() {
    for (Index a = 0; a < plan_.resources.size(); ++a) {
      for (Index b = a + 1; b < plan_.resources.size(); ++b) {
        const ResourcePlan& first = plan_.resources[a];
        const ResourcePlan& second = plan_.resources[b];
        if (first.type != second.type || (Told(first, second) && Told(second, first))) continue;
        binding_.diagnostics.Error("map-ambiguous", second.mark, second.name.size(),
                                   "'" + first.name + "' and '" + second.name + "' are both " +
                                       std::string(first.type_name) +
                                       " and no constant or required code tells them apart on the way back");
      }
    }
  }

  bool Told(const ResourcePlan& resource, const ResourcePlan& other) {
    json::ObjectBuilder said(plan_.arena);
    said.Add("resourceType", json::Value::String(resource.type_name));
    for (const Slot& slot : plan_.contents[resource.content].slots) {
      json::ArrayBuilder items(plan_.arena);
      for (const Index alternative : slot.alternatives) {
        if (plan_.contents[alternative].folded) items.Add(*plan_.contents[alternative].folded);
      }
      if (items.empty()) continue;
      const json::Value list = items.Build();
      said.Add(slot.name, slot.is_array ? list : list.items().front());
    }
    const json::Value body = said.Build();
    return FitResource(plan_, other, body) < std::max(FitResource(plan_, resource, body), 1);
  }

  void References(Index content, std::vector<Index>& found) const {
    const Content& at = plan_.contents[content];
    if (at.leaf.source == Leaf::Source::kReference) found.push_back(at.leaf.resource);
    for (const Slot& slot : at.slots) {
      for (const Index alternative : slot.alternatives) References(alternative, found);
    }
  }

  // What is referred to comes first; in a circle, the map's own order holds.
  void Place(Index resource, std::vector<char>& state) {
    if (state[resource] != 0) return;
    state[resource] = 1;
    std::vector<Index> referred;
    References(plan_.resources[resource].content, referred);
    for (const Index other : referred) Place(other, state);
    plan_.order.push_back(resource);
  }

  void OrderResources() {
    std::vector<char> state(plan_.resources.size());
    for (Index i = 0; i < plan_.resources.size(); ++i) Place(i, state);
  }

  void GradeFields() {
    for (const Field& field : plan_.fields) {
      const bool whole_of_split = field.part < 0 && plan_.nodes[field.node].separator != 0;
      if (whole_of_split) continue;
      FieldGrade grade{
          .field = field.path, .target = field.target, .grade = Grade::kExact, .why = {}, .line = field.mark.line};
      if (!field.dropped.empty()) {
        grade.grade = Grade::kDropped;
        grade.why = field.dropped;
      } else if (!field.mapped) {
        binding_.diagnostics.Error("map-field", field.mark, field.path.size(),
                                   "say where the field goes ('fhir: ...') or why it does not ('drop: ...')");
      } else if (field.table != kNone) {
        GradeCodes(field, grade);
      }
      plan_.grades.push_back(std::move(grade));
    }
  }

  void GradeCodes(const Field& field, FieldGrade& grade) const {
    const auto target = std::ranges::find_if(plan_.contents, [&](const Content& content) {
      return content.leaf.source == Leaf::Source::kField && &plan_.fields[content.leaf.field] == &field;
    });
    const bool kept =
        target->leaf.transform == TransformId::kConcept || field.keep_local || !plan_.tables[field.table]->one_to_one();
    if (kept) grade.grade = Grade::kExactLocalKept;
  }

  Binding& binding_;
  Plan& plan_;
};

}  // namespace

void FinishPlan(Binding& binding) { Finisher(binding).Run(); }

}  // namespace throughline::engine
