// Orders that R4 asks of what a map makes: a Period ends after it starts.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "mappings/language/binder.h"

namespace throughline::language {
namespace {

// Members of one element of which the first is not after the second (per-1, rng-2, mdd-1).
// https://hl7.org/fhir/R4/datatypes.html#Period
struct OrderRow {
  std::string_view first;
  std::string_view second;
};
constexpr std::array kOrders = {OrderRow{"start", "end"}, OrderRow{"low", "high"},
                                OrderRow{"whenPrepared", "whenHandedOver"}};

class ElementOrders {
 public:
  explicit ElementOrders(Plan& plan) : plan_(plan) {}

  void Run() {
    for (const Content& content : plan_.contents) {
      for (const OrderRow& row : kOrders) Add(content, row);
    }
  }

 private:
  // The field that fills a member of `content`, or the value below it.
  Index FieldOf(const Content& content, std::string_view member) const {
    const auto slot = std::ranges::find(content.slots, member, &Slot::name);
    if (slot == content.slots.end() || slot->is_array) return kNone;
    const Content& below = plan_.contents[slot->alternatives.front()];
    if (below.leaf.source == Leaf::Source::kField) return below.leaf.field;
    return below.is_leaf ? kNone : FieldOf(below, "value");
  }

  // Parts of a field and one of its cases have no order that can be asked of the whole.
  bool IsWhole(Index field) const {
    return field != kNone && plan_.fields[field].part < 0 && plan_.fields[field].place_in_choice < 0;
  }

  static bool SameForm(const Field& left, const Field& right) {
    const bool timed = left.clock != kNone || right.clock != kNone;
    return !timed && left.other_formats.empty() && right.other_formats.empty() &&
           (!left.format || !right.format || left.format->level() == right.format->level());
  }

  void Add(const Content& content, const OrderRow& row) {
    RecordCheck check;
    check.left = FieldOf(content, row.first);
    check.right = FieldOf(content, row.second);
    if (!IsWhole(check.left) || !IsWhole(check.right)) return;
    const Field& left = plan_.fields[check.left];
    const Field& right = plan_.fields[check.right];
    check.lists = StarsOf(plan_, left.node);
    if (check.lists != StarsOf(plan_, right.node)) return;
    const bool said = std::ranges::any_of(plan_.checks, [&](const RecordCheck& other) {
      return !other.expression && other.left == check.left && other.right == check.right && other.years >= 0;
    });
    if (said && SameForm(left, right)) return;
    check.or_equal = true;
    check.comparable = true;
    check.text = right.path + " is before " + left.path + ": R4 asks that " + content.path + " ends after it begins" +
                 (SameForm(left, right) ? "" : ", and takes dates that are not known equally well for neither");
    plan_.checks.push_back(std::move(check));
  }

  Plan& plan_;
};

}  // namespace

void BindElementOrders(Binding& binding) { ElementOrders(binding.plan).Run(); }

}  // namespace throughline::language
