// Names in expressions over the record, held against the fields: what is written wrong there asks of nothing, silently.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/decimal.h"
#include "fhir/path/outline.h"
#include "mappings/language/binder.h"

namespace throughline::language {
namespace {

using path::ItemKind;
using path::KindBit;
using path::Kinds;
using path::Outline;
using path::PlainFinding;

// No group, and else anything.
constexpr Kinds kAnyValue = static_cast<Kinds>(path::kAnyKind & ~KindBit(ItemKind::kNode));
constexpr Kinds kTextKind = KindBit(ItemKind::kString);

// The record as FHIRPath sees it: lists are their items.
class RecordOutline : public Outline {
 public:
  explicit RecordOutline(const Plan& plan) : plan_(plan) {}

  bool Below(Place place, std::string_view name, std::vector<Place>& out) const override {
    const LocalNode& node = plan_.nodes[place];
    std::size_t hint = 0;
    const AcrossMember* across = FindAcross(node, name, hint);
    if (across != nullptr) out.push_back(across->leaf);
    bool found = across != nullptr;
    for (const Index child : node.children) {
      const LocalNode& below = plan_.nodes[child];
      if (node.kind != LocalKind::kObject || node.places || below.spread > 0 || below.name != name) continue;
      AddItems(child, out);
      found = true;
    }
    return found;
  }

  Kinds KindsAt(Place place) const override {
    const LocalNode& node = plan_.nodes[place];
    if (!node.joined.empty()) return kTextKind;
    if (node.kind != LocalKind::kLeaf) return KindBit(ItemKind::kNode);
    if (!node.separator.empty()) return kTextKind;
    Kinds kinds = 0;
    for (const Index field : node.fields) kinds |= KindsOf(plan_.fields[field]);
    return kinds == 0 ? kAnyValue : kinds;
  }

  bool IsAlwaysThere(Place place) const override {
    const LocalNode& node = plan_.nodes[place];
    const bool cell = (node.kind == LocalKind::kLeaf && node.across.empty()) || !node.joined.empty();
    return plan_.format.syntax == formats::Syntax::kCsv && cell;
  }

 private:
  // Where the items of a list stand, or a value itself.
  void AddItems(Index index, std::vector<Place>& out) const {
    const LocalNode& node = plan_.nodes[index];
    const bool list = (node.kind == LocalKind::kArray || node.places) && node.joined.empty();
    if (!list) out.push_back(index);
    for (std::size_t i = 0; list && i < node.children.size(); ++i) AddItems(node.children[i], out);
  }

  Kinds KindsOf(const Field& field) const {
    if (field.textual || !field.yes.empty()) return kTextKind;
    if (!field.dropped.empty() || field.derivation != kNone) return path::kAnyKind;
    if (!field.mapped && !field.typed) return kAnyValue;  // what its target says of it is not known
    constexpr std::array<Kinds, 7> kOfTypes = {
        kTextKind, path::kNumberKinds, path::kNumberKinds, KindBit(ItemKind::kBoolean),
        kTextKind, kTextKind,          kTextKind};
    const auto& tokens = field.absent_said ? field.absent : plan_.absent;
    const bool words =
        std::ranges::any_of(tokens, [](const AbsentToken& token) { return !token.null && !IsJsonNumber(token.token); });
    return kOfTypes[static_cast<std::size_t>(field.type)] | (words ? kTextKind : Kinds{0});
  }

  const Plan& plan_;
};

// The place of what is asked: the record, or the item of the innermost list around.
Index FocusOf(const Plan& plan, Index node) {
  while (plan.nodes[node].parent != kNone && plan.nodes[node].name != "*") node = plan.nodes[node].parent;
  return node;
}

class NameChecker {
 public:
  explicit NameChecker(Binding& binding) : binding_(binding), plan_(binding.plan), outline_(binding.plan) {}

  void Check(const Binding::RecordExpression& asked) {
    const Index each = asked.resource == kNone ? kNone : plan_.resources[asked.resource].each;
    const Index item = each == kNone ? kNone : plan_.nodes[each].children.front();
    Index focus = asked.of_item && item != kNone ? item : 0;
    if (asked.field != kNone) focus = FocusOf(plan_, plan_.fields[asked.field].node);
    variables_ = {{"context", focus}, {"resource", 0}, {"rootResource", 0}};
    if (item != kNone) variables_.push_back({"item", item});
    for (const PlainFinding& finding : path::CheckPlain(*asked.program, outline_, focus, variables_)) {
      Report(PlaceIn(*asked.value, finding.offset), finding);
    }
  }

 private:
  void Report(Mark mark, const PlainFinding& finding) {
    const std::size_t width = finding.kind == PlainFinding::Kind::kOther ? 1 : finding.text.size();
    switch (finding.kind) {
      case PlainFinding::Kind::kMember:
        return binding_.diagnostics.Error("map-unknown-field", mark, width, UnknownName(finding.text, finding.place));
      case PlainFinding::Kind::kVariable:
        return binding_.diagnostics.Error("map-unknown-field", mark, width + 1, UnknownVariable(finding.text));
      case PlainFinding::Kind::kOther:
        return binding_.diagnostics.Error(
            "map-expression", mark, width,
            "this cannot be asked of a record: " + std::string(finding.text) + CellHint());
      case PlainFinding::Kind::kAlwaysAnswers:
        return binding_.diagnostics.Warning("map-no-effect", mark, width, NeverMissing(finding));
    }
  }

  std::string UnknownName(std::string_view name, Index place) const {
    const LocalNode& node = plan_.nodes[place];
    if (node.kind != LocalKind::kObject) {
      return "'" + node.path + "' is a single value: nothing is called '" + std::string(name) + "' below it";
    }
    const std::string where = node.path.empty() ? "the record" : "'" + node.path + "'";
    return "'fields:' has no '" + std::string(name) + "' in " + where + Meant(name, place);
  }

  std::string Meant(std::string_view name, Index place) const {
    std::vector<std::string_view> names;
    for (const Index child : plan_.nodes[place].children) {
      if (plan_.nodes[child].spread == 0) names.push_back(plan_.nodes[child].name);
    }
    for (const AcrossMember& member : plan_.nodes[place].across_members) names.push_back(member.name);
    const auto longer = std::ranges::find_if(names, [&](std::string_view known) {
      return known.starts_with(name) && known.size() > name.size() && !IsLetter(known[name.size()]);
    });
    if (longer != names.end()) {
      return "; a name with other signs than letters, digits and _ stands in backticks: `" + std::string(*longer) + "`";
    }
    const auto found = std::ranges::find_if(plan_.nodes, [&](const LocalNode& node) {
      return node.name == name && node.spread == 0 && node.across.empty();
    });
    return found == plan_.nodes.end() ? DidYouMean(name, names) : Elsewhere(*found, place);
  }

  static bool IsLetter(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '_';
  }

  // How a field that stands in another place is asked for.
  std::string Elsewhere(const LocalNode& node, Index place) const {
    std::string path;
    for (const std::string_view part : CutPath(node.path)) {
      if (part != "*") path.append(path.empty() ? "" : ".").append(part);
    }
    return "; did you mean '" + std::string(plan_.nodes[place].parent == kNone ? "" : "%resource.") + path + "'?";
  }

  std::string CellHint() const {
    const bool csv = plan_.format.syntax == formats::Syntax::kCsv;
    return csv ? "; a cell of a CSV is text, a number in it is X.toInteger() or X.toDecimal()" : "";
  }

  std::string UnknownVariable(std::string_view name) const {
    if (name == "item") return "%item is the item that a resource with 'each' is made for, and there is none here";
    std::vector<std::string_view> names;
    for (const path::PlainVariable& variable : variables_) names.push_back(variable.name);
    return "there is no %" + std::string(name) + " here" + DidYouMean(name, names);
  }

  std::string NeverMissing(const PlainFinding& finding) const {
    const LocalNode& node = plan_.nodes[finding.place];
    const std::string nothing = node.usual == Form::kWord ? node.word : "";
    return std::string(finding.text) +
           "() asks only whether the file has the column; a cell without a value is the text '" + nothing +
           "': " + node.name + (finding.text == "empty" ? " = '" : " != '") + nothing + "'";
  }

  Binding& binding_;
  const Plan& plan_;
  RecordOutline outline_;
  std::vector<path::PlainVariable> variables_;
};

}  // namespace

void CheckRecordNames(Binding& binding) {
  NameChecker checker(binding);
  for (const Binding::RecordExpression& asked : binding.over_record) checker.Check(asked);
}

}  // namespace throughline::language
