#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "mappings/language/binder.h"
#include "mappings/language/sure_when.h"

namespace throughline::language {
namespace {

// A field comes back when each step of its way can be undone: its value, the resource that holds it, and the place of
// its item among the others.
class Grader {
 public:
  explicit Grader(Binding& binding) : binding_(binding), plan_(binding.plan), places_(plan_.fields.size()) {
    for (const ResourcePlan& resource : plan_.resources) Note(resource, plan_.contents[resource.content], nullptr);
  }

  void Run() {
    for (Index field = 0; field < plan_.fields.size(); ++field) {
      const Field& at = plan_.fields[field];
      const bool whole_of_split = at.part < 0 && !plan_.nodes[at.node].separator.empty();
      if (!whole_of_split) plan_.grades.push_back(GradeOf(field));
    }
    for (const Content& content : plan_.contents) {
      if (content.leaf.source == Leaf::Source::kExpression) plan_.grades.push_back(GradeOf(content));
    }
    for (const Binding::Demand& demand : binding_.demands) CheckDemand(demand);
  }

 private:
  void CheckDemand(const Binding::Demand& demand) {
    std::size_t count = 0;
    std::string names;
    for (const FieldGrade& grade : plan_.grades) {
      if (grade.grade != demand.grade) continue;
      ++count;
      names.append(names.empty() ? "" : ", ").append(grade.field.empty() ? grade.target : grade.field);
    }
    if (count <= demand.most) return;
    binding_.diagnostics.Error(
        "map-demand", demand.mark, 1,
        std::to_string(count) + " fields are " + std::string(CodeOf(demand.grade)) + ": " + names);
  }

  struct Place {
    const ResourcePlan* resource = nullptr;
    const Content* leaf = nullptr;
    const Content* star = nullptr;  // the innermost repeating element around it
  };

  void Note(const ResourcePlan& resource, const Content& content, const Content* star) {
    if (content.star != kNone) star = &content;
    if (content.leaf.source == Leaf::Source::kField) places_[content.leaf.field] = {&resource, &content, star};
    for (const Slot& slot : content.slots) {
      for (const Index alternative : slot.alternatives) Note(resource, plan_.contents[alternative], star);
    }
  }

  FieldGrade GradeOf(const Content& content) const {
    const path::Expression& expression = plan_.derivations[content.leaf.derivation].expression;
    return {.field = {},
            .target = content.path,
            .grade = Grade::kOneWay,
            .why = "worked out from the record: " + std::string(expression.text()),
            .line = content.leaf.mark.line};
  }

  FieldGrade GradeOf(Index index) {
    const Field& field = plan_.fields[index];
    FieldGrade grade{.field = field.path,
                     .target = field.target,
                     .grade = Grade::kExact,
                     .why = {},
                     .line = field.mark.line,
                     .file = field.mark.file == 0 ? "" : plan_.files[field.mark.file]};
    if (!field.dropped.empty()) {
      grade.grade = Grade::kDropped;
      grade.why = field.dropped;
      return grade;
    }
    if (field.derivation != kNone) {
      grade.grade = Grade::kOneWay;
      grade.why =
          "worked out from the resources: " + std::string(plan_.derivations[field.derivation].expression.text());
      return grade;
    }
    if (!field.mapped) {
      binding_.diagnostics.Error("map-field", field.mark, field.path.size(),
                                 "say where the field goes ('fhir: ...') or why it does not ('drop: ...')");
      return grade;
    }
    const Place& place = places_[field.date == kNone ? index : field.date];
    if (Adrift(*place.resource)) {
      grade.grade = Grade::kLossy;
      grade.why = "not every item makes a '" + place.resource->name +
                  "', and nothing ties it to a resource that each item makes: refer to one";
    } else if (Conditional(field, *place.resource)) {
      grade.grade = Grade::kLossy;
      grade.why = "kept only when '" + place.resource->name + "' is made, which depends on something else";
    } else if (OnlySometimes(field)) {
      grade.grade = Grade::kLossy;
      grade.why = "kept only when a condition of its cases holds";
    } else if (Unanchored(field, place)) {
      grade.grade = Grade::kLossy;
      grade.why = "fields of this list go to several places, and " + place.star->path +
                  " has nothing that stands for every item";
    } else if (field.table != kNone && KeepsLocal(field, *place.leaf)) {
      grade.grade = Grade::kExactLocalKept;
    }
    return grade;
  }

  bool KeepsLocal(const Field& field, const Content& leaf) const {
    return leaf.leaf.transform == TransformId::kConcept || field.keep_local || !plan_.tables[field.table]->one_to_one();
  }

  bool OnlySometimes(const Field& field) const {
    return field.place_in_choice >= 0 && plan_.fields[plan_.nodes[field.node].fields.back()].when != kNone;
  }

  // The resource may be missing although the field has a value: its `when` is not about the field or a group around it,
  // and not surely true for it.
  bool Conditional(const Field& field, const ResourcePlan& resource) const {
    const ResourcePlan* outer = resource.around == kNone ? nullptr : &plan_.resources[resource.around];
    const bool around = outer != nullptr && (outer->some || Conditional(field, *outer));
    if (around) return true;
    if (resource.when_expression) return !IsSureWhen(plan_, resource, field);
    return resource.when != kNone && !IsUnder(field.node, resource.when) && !StandsAlways(resource.when, field.kept);
  }

  // Every record that is mapped has a value in the node: a required field that stands in no group, or one of the key
  // wherever it stands. With `withheld` also where the map keeps only some fields of the record.
  bool StandsAlways(Index node, bool withheld) const {
    return std::ranges::any_of(plan_.fields, [&](const Field& field) {
      const auto own = static_cast<Index>(&field - plan_.fields.data());
      const bool key = std::ranges::find(plan_.key, own) != plan_.key.end();
      const bool outside = plan_.nodes[field.node].parent == 0;
      const bool there = withheld ? IsAlwaysThere(plan_, field) : field.required && field.place_in_choice < 0;
      return field.mapped && there && (key || outside) && IsUnder(field.node, node);
    });
  }

  // Items of which some make no such resource come back in their places only where it and one that all of them make
  // refer to each other.
  bool Adrift(const ResourcePlan& resource) const {
    if (!resource.some) return false;
    const auto firm = [&](Index other) {
      const ResourcePlan& at = plan_.resources[other];
      const bool certain = !at.when_expression && (at.when == kNone || StandsAlways(at.when, true));
      return at.each == resource.each && certain && !at.some;
    };
    const auto own = static_cast<Index>(&resource - plan_.resources.data());
    return std::ranges::none_of(plan_.links, [&](const Link& link) {
      return (link.from == own && firm(link.to)) || (link.to == own && firm(link.from));
    });
  }

  bool IsUnder(Index node, Index above) const {
    for (Index at = node; at != kNone; at = plan_.nodes[at].parent) {
      if (at == above) return true;
    }
    return false;
  }

  // Items of a list come back by their order. Where its fields go to several places, each place must have something for
  // every item, or the items of one place slip against those of another.
  bool Unanchored(const Field& field, const Place& place) {
    if (place.star == nullptr) return false;
    const Index list = place.star->star;
    return IsUnder(field.node, list) && HasLoose(*place.star, list);
  }

  // Fields of the list go elsewhere too, and nothing in the element stands for every item.
  bool HasLoose(const Content& star, Index list) {
    const auto [known, first] = loose_.try_emplace(&star, false);
    if (!first) return known->second;
    std::unordered_set<const Content*> inside;
    Gather(star, inside);
    const bool several = std::ranges::any_of(plan_.fields, [&](const Field& other) {
      const Place& place = places_[static_cast<std::size_t>(&other - plan_.fields.data())];
      return other.mapped && IsUnder(other.node, list) && (place.star == nullptr || !inside.contains(place.leaf));
    });
    return known->second = several && !Anchored(star, list);
  }

  void Gather(const Content& content, std::unordered_set<const Content*>& found) const {
    found.insert(&content);
    for (const Slot& slot : content.slots) {
      for (const Index alternative : slot.alternatives) Gather(plan_.contents[alternative], found);
    }
  }

  // Something in the element stands for every item: a required field, a reference to the item's resource, or a derived
  // value with a word for both cases.
  bool Anchored(const Content& content, Index list) const {
    const Leaf& leaf = content.leaf;
    using Source = Leaf::Source;
    if (leaf.source == Source::kField && IsAlwaysThere(plan_, plan_.fields[leaf.field]) &&
        IsUnder(plan_.fields[leaf.field].node, list))
      return true;
    if (leaf.source == Source::kReference && plan_.resources[leaf.resource].each == list) return true;
    if (leaf.source == Source::kDerived && !leaf.otherwise.is_null() &&
        (leaf.table != kNone || !leaf.present.is_null()))
      return true;
    return std::ranges::any_of(content.slots, [&](const Slot& slot) {
      return std::ranges::any_of(slot.alternatives,
                                 [&](Index alternative) { return Anchored(plan_.contents[alternative], list); });
    });
  }

  Binding& binding_;
  Plan& plan_;
  std::vector<Place> places_;
  std::unordered_map<const Content*, bool> loose_;  // answers of HasLoose
};

}  // namespace

void GradeFields(Binding& binding) { Grader(binding).Run(); }

}  // namespace throughline::language
