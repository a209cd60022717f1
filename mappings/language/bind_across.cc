// `across`: a list whose items stand in several columns, or members, of the group around it: DX1, DX2, DX3.
#include <algorithm>
#include <charconv>
#include <string>
#include <unordered_map>
#include <utility>

#include "mappings/language/binder.h"

namespace throughline::language {
namespace {

constexpr std::uint32_t kMostAcross = 100;

// "SUB{1..3}" -> SUB1, SUB2, SUB3; "D{01..12}" -> D01 to D12. A text without braces is one name; nothing: braces that
// say no numbers, or too many.
std::vector<std::string> NamesAcross(std::string_view text) {
  const std::size_t open = text.find('{');
  if (open == std::string_view::npos) return {std::string(text)};
  const std::size_t dots = text.find("..", open);
  const std::size_t close = text.find('}', open);
  if (dots == std::string_view::npos || close == std::string_view::npos || dots > close) return {};
  const std::string_view first = text.substr(open + 1, dots - open - 1);
  const std::string_view last = text.substr(dots + 2, close - dots - 2);
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  const auto read = [](std::string_view digits, std::uint32_t& number) {
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return code == std::errc{} && end == digits.data() + digits.size();
  };
  if (!read(first, from) || !read(last, to) || to < from || to - from >= kMostAcross) return {};
  std::vector<std::string> names;
  for (std::uint32_t number = from; number <= to; ++number) {
    std::string digits = std::to_string(number);
    if (first.size() > 1 && first.front() == '0' && digits.size() < first.size())
      digits.insert(0, first.size() - digits.size(), '0');
    names.push_back(std::string(text.substr(0, open)) + digits + std::string(text.substr(close + 1)));
  }
  return names;
}

class AcrossBinder {
 public:
  explicit AcrossBinder(Binding& binding) : binding_(binding), plan_(binding.plan) {}

  void Run() {
    for (Index list = 0; list < plan_.nodes.size(); ++list) {
      if (plan_.nodes[list].kind != LocalKind::kArray || !IsSpread(plan_.nodes[list])) continue;
      if (CheckList(plan_.nodes[list])) Spread(list);
    }
    for (const LocalNode& node : plan_.nodes) {
      const bool item = node.name == "*" || (node.parent != kNone && plan_.nodes[node.parent].name == "*");
      if (!node.across.empty() && !item)
        Report(node, "'across' is said of the items of a list, or of what stands in them: 'dx.*', 'drug.*.dose'");
    }
    for (LocalNode& group : plan_.nodes) ByName(group);
  }

 private:
  void Report(const LocalNode& node, std::string text) {
    binding_.diagnostics.Error("map-across", node.mark, node.path.size(), std::move(text));
  }

  // The leaves of its items; of items that are single values, the item. None of a list below which a path went wrong.
  std::vector<Index> LeavesOf(const LocalNode& list) const {
    if (list.children.empty()) return {};
    const Index item = list.children.front();
    return plan_.nodes[item].kind == LocalKind::kObject ? plan_.nodes[item].children : std::vector<Index>{item};
  }

  bool IsSpread(const LocalNode& list) const {
    const std::vector<Index> leaves = LeavesOf(list);
    return std::ranges::any_of(leaves, [&](Index leaf) { return !plan_.nodes[leaf].across.empty(); });
  }

  bool CheckList(const LocalNode& list) {
    const bool rows = list.parent == 0 && !list.name.empty() && list.name == plan_.format.csv.rows;
    std::string wrong;
    if (rows || !list.joined.empty() || list.single || list.twin != kNone)
      wrong = "the rows of a file, a list in one cell and what is now a list and now not do not stand across columns";
    if (list.usual_declared)
      wrong = "how nothing is written in its columns is said of the items: '" + list.path + ".*'";
    for (const Index index : LeavesOf(list)) {
      const LocalNode& leaf = plan_.nodes[index];
      if (leaf.kind != LocalKind::kLeaf || plan_.nodes[leaf.parent].places)
        wrong = "an item that stands across columns holds no groups and no lists";
      const bool derived =
          std::ranges::any_of(binding_.derives, [&](const auto& one) { return plan_.fields[one.first].node == index; });
      if (derived) wrong = "what stands across columns is not worked out";
      if (leaf.kind == LocalKind::kLeaf && leaf.across.empty())
        wrong = "'" + leaf.path + "' does not say across which columns it stands, and others of the list do";
    }
    if (!wrong.empty()) Report(list, wrong);
    return wrong.empty();
  }

  // An item after the other, in each the leaves in the order of the map.
  void Spread(Index list) {
    const std::vector<Index> leaves = LeavesOf(plan_.nodes[list]);
    LocalNode& group = plan_.nodes[plan_.nodes[list].parent];
    std::size_t items = 0;
    for (const Index leaf : leaves) items = std::max(items, plan_.nodes[leaf].across.size());
    plan_.nodes[list].spread = static_cast<std::uint32_t>(items);
    group.spread_lists.push_back(list);
    plan_.spreads = true;
    for (std::uint32_t item = 0; item < items; ++item) {
      for (const Index leaf : leaves) {
        const std::vector<std::string>& names = plan_.nodes[leaf].across;
        if (item < names.size()) group.across_members.push_back({names[item], list, leaf, item});
      }
    }
  }

  // The members by name; a name is read by one field.
  void ByName(LocalNode& group) {
    std::vector<AcrossMember>& members = group.across_members;
    group.across_by_name.resize(members.size());
    for (std::uint32_t i = 0; i < members.size(); ++i) group.across_by_name[i] = i;
    std::ranges::stable_sort(group.across_by_name, {},
                             [&](std::uint32_t i) -> std::string_view { return members[i].name; });
    std::unordered_map<std::string_view, Index> known;
    for (const Index child : group.children) {
      if (plan_.nodes[child].spread == 0) known.emplace(plan_.nodes[child].name, child);
    }
    for (const AcrossMember& member : members) {
      const auto [found, made] = known.emplace(member.name, member.leaf);
      const LocalNode& leaf = plan_.nodes[member.leaf];
      if (!made) Report(leaf, "'" + member.name + "' is read by '" + plan_.nodes[found->second].path + "' already");
    }
  }

  Binding& binding_;
  Plan& plan_;
};

}  // namespace

void BindAcross(Binding& binding, Index field, const YamlNode& value) {
  binding.across.insert(binding.plan.fields[field].node);
  const std::vector<YamlNode> one = {value};
  const bool list = value.kind == YamlNode::Kind::kList;
  std::vector<std::string> names;
  for (const YamlNode& item : list ? value.items : one) {
    const std::string* text = TextOf(binding, item, "across");
    if (text == nullptr) return;
    std::vector<std::string> made = NamesAcross(*text);
    if (made.empty() || text->empty()) {
      return binding.diagnostics.Error(
          "map-across", item.mark, std::max<std::size_t>(text->size(), 1),
          "'across' names the columns of a list's items: 'DX{1..3}', or [DX1, DX2, DX3]; at most 100");
    }
    std::ranges::move(made, std::back_inserter(names));
  }
  if (names.empty() || names.size() > kMostAcross) {
    return binding.diagnostics.Error("map-across", value.mark, 1,
                                     "a list stands across one column or more, and at most 100");
  }
  if (!binding.plan.fields[field].columns.empty() || binding.plan.fields[field].part >= 0) {
    return binding.diagnostics.Error(
        "map-across", value.mark, 1,
        "'across' names the columns itself, beside no 'column', and of a split field those "
        "of the whole");
  }
  binding.plan.nodes[binding.plan.fields[field].node].across = std::move(names);
}

void CheckAcross(Binding& binding) { AcrossBinder(binding).Run(); }

}  // namespace throughline::language
