#include <algorithm>
#include <array>
#include <utility>

#include "mappings/language/binder.h"
#include "mappings/language/words.h"
#include "mappings/plan/local_code.h"

namespace throughline::language {
namespace {

using definitions::Element;
using definitions::TypeId;
using definitions::TypeKind;

// "identifier[mrn]" -> name and slice.
struct Segment {
  std::string_view name;
  std::string_view slice;
  bool sliced = false;
  bool sound = true;
};

Segment CutSegment(std::string_view text) {
  const std::size_t open = text.find('[');
  if (open == std::string_view::npos) return {text, {}, false, !text.empty()};
  const bool closed = text.ends_with(']') && text.size() > open + 2;
  return {text.substr(0, open), closed ? text.substr(open + 1, text.size() - open - 2) : "", true, closed && open > 0};
}

class Walker {
 public:
  Walker(Binding& binding, const TargetPath& path)
      : binding_(binding), plan_(binding.plan), path_(path), at_(plan_.resources[path.resource].content) {}

  Index Walk() {
    const std::vector<std::string_view> segments = CutPath(path_.text);
    if (segments.size() > kMaxSegments) {
      Report("map-path", "a path has at most 32 parts");
      return kNone;
    }
    for (std::size_t i = 0; i < segments.size(); ++i) {
      const bool star = i + 1 < segments.size() && segments[i + 1] == "*";
      if (!Step(segments[i], star)) return kNone;
      if (star) ++i;
    }
    if (stars_ < path_.stars.size()) {
      Report("map-stars",
             "the field repeats and its target does not: write '*' behind the repeating element, or 'each:' in the "
             "resource");
      return kNone;
    }
    return at_;
  }

 private:
  void Report(std::string_view rule, std::string text) {
    binding_.diagnostics.Error(rule, path_.mark, path_.text.size() + plan_.resources[path_.resource].name.size() + 1,
                               std::move(text));
  }

  std::string KnownNames(TypeId type, std::string_view written) {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < binding_.definitions.child_count(type); ++i) {
      names.push_back(binding_.definitions.child(type, i).name);
    }
    return DidYouMean(written, names);
  }

  bool Find(std::string_view name, Element& element) {
    const TypeId owner = plan_.contents[at_].type;
    if (binding_.definitions.FindChild(owner, name, element)) return true;
    const std::string type(binding_.definitions.type(owner).name);
    const auto choice = binding_.definitions.FindChoice(owner, name);
    if (choice.count > 0) {
      Report("map-choice", "'" + std::string(name) + "' is a choice of types: write " +
                               std::string(binding_.definitions.child(owner, choice.first).name) +
                               " or another of its names");
    } else {
      Report("map-unknown-element", type + " has no element '" + std::string(name) + "'" + KnownNames(owner, name));
    }
    return false;
  }

  // The place of an element among its siblings: members are written in this order.
  std::uint32_t OrderOf(const Element& element) { return element.row; }

  std::size_t SlotOf(const Element& element) {
    std::vector<Slot>& slots = plan_.contents[at_].slots;
    const auto found = std::ranges::find(slots, element.name, &Slot::name);
    if (found != slots.end()) return static_cast<std::size_t>(found - slots.begin());
    Slot slot;
    slot.name = element.name;
    slot.type = element.type;
    slot.order = OrderOf(element);
    slot.is_array = element.is_array;
    slot.choice = element.choice;
    const auto owner = binding_.definitions.type(plan_.contents[at_].type).kind;
    slot.state = element.modifier && (owner == TypeKind::kResource || owner == TypeKind::kBackbone);
    if (binding_.definitions.type(element.type).kind == TypeKind::kPrimitive) {
      slot.sibling = plan_.arena.Copy("_" + std::string(element.name));
    }
    const auto behind = std::ranges::upper_bound(slots, slot.order, {}, &Slot::order) - slots.begin();
    slots.insert(slots.begin() + behind, std::move(slot));
    return static_cast<std::size_t>(behind);
  }

  bool Step(std::string_view text, bool star) {
    const Segment segment = CutSegment(text);
    Element element;
    if (!segment.sound || (star && segment.sliced)) {
      Report("map-path", "a target is written resource.element.element[slice].*.element");
      return false;
    }
    if (plan_.contents[at_].is_leaf && plan_.contents[at_].leaf.source != Leaf::Source::kNothing &&
        plan_.contents[at_].leaf.transform >= TransformId::kCoding) {
      Report("map-duplicate-target", "the code table writes this element whole: nothing can be put inside it");
      return false;
    }
    if (!Find(segment.name, element)) return false;
    if (!element.is_array && (star || segment.sliced)) {
      Report("map-not-repeating", "'" + std::string(segment.name) + "' does not repeat: no '*' and no [slice] here");
      return false;
    }
    Index star_node = kNone;
    if (star && !TakeStar(element, star_node)) return false;
    Enter(element, segment.slice, star_node);
    return true;
  }

  // A constant's '*' stands for the one list that fields fill this element from.
  bool TakeStar(const Element& element, Index& node) {
    if (stars_ < path_.stars.size()) {
      node = path_.stars[stars_++];
      return true;
    }
    for (const Index content : plan_.contents[at_].slots[SlotOf(element)].alternatives) {
      const Index star = plan_.contents[content].star;
      if (star != kNone && node != kNone)
        node = kNone;
      else if (star != kNone)
        node = star;
    }
    if (node != kNone) return true;
    Report("map-stars", "this '*' has no partner: no field with a '*' of its own is mapped into this element");
    return false;
  }

  void Enter(const Element& element, std::string_view slice, Index star_node) {
    const std::size_t slot = SlotOf(element);
    std::string called =
        std::to_string(at_) + "." + std::to_string(element.row) + "." + std::to_string(star_node) + ".";
    const Index next = static_cast<Index>(plan_.contents.size());
    const auto [known, made_now] = binding_.known_contents.try_emplace(std::move(called.append(slice)), next);
    if (!made_now) {
      at_ = known->second;
      return;
    }
    Content made;
    made.slice = slice;
    made.star = star_node;
    made.type = element.type;
    made.is_leaf = binding_.definitions.type(element.type).kind == TypeKind::kPrimitive;
    if (element.binding == definitions::BindingStrength::kRequired) made.required_set = element.value_set;
    if (element.binding == definitions::BindingStrength::kExtensible) made.extensible_set = element.value_set;
    Element reason;
    made.absent_beside =
        element.choice == "value" && binding_.definitions.FindChild(plan_.contents[at_].type, kAbsentElement, reason);
    made.path = plan_.contents[at_].path + "." + std::string(element.name);
    if (!slice.empty()) made.path += "[" + std::string(slice) + "]";
    if (star_node != kNone) made.path += ".*";
    plan_.contents[at_].slots[slot].alternatives.push_back(next);
    plan_.contents.push_back(std::move(made));
    at_ = next;
  }

  Binding& binding_;
  Plan& plan_;
  const TargetPath& path_;
  Index at_;
  std::size_t stars_ = 0;
};

// Which local type goes with which FHIR type, and how.
struct TransformRow {
  ValueType local;
  std::string_view fhir;
  TransformId transform;
};
constexpr std::array kTransforms = {
    TransformRow{ValueType::kInteger, "integer", TransformId::kNumber},
    TransformRow{ValueType::kInteger, "positiveInt", TransformId::kNumber},
    TransformRow{ValueType::kInteger, "unsignedInt", TransformId::kNumber},
    TransformRow{ValueType::kInteger, "decimal", TransformId::kNumber},
    TransformRow{ValueType::kDecimal, "decimal", TransformId::kNumber},
    TransformRow{ValueType::kBoolean, "boolean", TransformId::kBoolean},
    TransformRow{ValueType::kDate, "date", TransformId::kDate},
    TransformRow{ValueType::kDate, "dateTime", TransformId::kDate},
    TransformRow{ValueType::kDateTime, "dateTime", TransformId::kDateTime},
    TransformRow{ValueType::kDateTime, "instant", TransformId::kDateTime},
    TransformRow{ValueType::kTime, "time", TransformId::kTime},
};
constexpr std::array kTextTypes = {std::string_view("string"), std::string_view("markdown"),  std::string_view("uri"),
                                   std::string_view("url"),    std::string_view("canonical"), std::string_view("code"),
                                   std::string_view("id"),     std::string_view("oid"),       std::string_view("uuid")};

// What a text becomes only where it is that already, as FHIR writes it.
constexpr std::array kWrittenTypes = {std::string_view("base64Binary"), std::string_view("date"),
                                      std::string_view("dateTime"), std::string_view("instant"),
                                      std::string_view("time")};

std::optional<TransformId> TableTransform(std::string_view type) {
  if (type == "Coding") return TransformId::kCoding;
  if (type == "CodeableConcept") return TransformId::kConcept;
  if (std::ranges::find(kTextTypes, type) != kTextTypes.end()) return TransformId::kCodePrimitive;
  return std::nullopt;
}

}  // namespace

Index BindPath(Binding& binding, const TargetPath& path) { return Walker(binding, path).Walk(); }

std::optional<TransformId> TransformFor(Binding& binding, const Field& field, TypeId type, Mark mark) {
  const std::string_view name = binding.definitions.type(type).name;
  std::optional<TransformId> found;
  const bool coded = field.table != kNone || field.bands != kNone;
  if (coded && (!MayBeCodes(field.type) || (field.bands != kNone && field.type == ValueType::kBoolean))) {
    binding.diagnostics.Error("map-type", field.mark, field.path.size(),
                              "'type: " + std::string(kTypeWords[static_cast<std::size_t>(field.type)]) +
                                  "' does not go with '" + (field.table != kNone ? "codes" : "bands") +
                                  "': a code is a text (string), a whole number (integer)" +
                                  (field.table != kNone ? ", or true and false (boolean)" : ""));
    return std::nullopt;
  }
  if (field.bands != kNone) {
    if (name == "Range" && field.table == kNone) found = TransformId::kBand;
  } else if (field.table != kNone) {
    found = TableTransform(name);
  } else if (!field.yes.empty()) {
    if (name == "boolean") found = TransformId::kWords;
  } else if (field.type == ValueType::kString) {
    const bool text = std::ranges::find(kTextTypes, name) != kTextTypes.end();
    const bool written = std::ranges::find(kWrittenTypes, name) != kWrittenTypes.end();
    if (text || written) found = TransformId::kText;
  } else {
    for (const TransformRow& row : kTransforms) {
      if (row.local == field.type && row.fhir == name) found = row.transform;
    }
    const bool number = field.type == ValueType::kInteger || field.type == ValueType::kDecimal;
    const bool text = name != "code" && std::ranges::find(kTextTypes, name) != kTextTypes.end();
    if (number && text) found = TransformId::kNumberText;
  }
  if (!found) {
    const bool concept_type = name == "CodeableConcept" || name == "Coding";
    binding.diagnostics.Error(
        "map-type", mark, field.target.size(),
        "a " + std::string(field.table != kNone ? "code" : kTypeWords[static_cast<std::size_t>(field.type)]) +
            " value cannot become the " + std::string(name) + " that stands there" +
            (concept_type ? "; name a code table with 'codes:', or map to one of its elements" : ""));
  }
  return found;
}

}  // namespace throughline::language
