// Resources of a record that nothing ties together: they are no record when they are read one by one.
#include <numeric>
#include <string>
#include <vector>

#include "mappings/language/binder.h"

namespace throughline::language {
namespace {

class TieLinter {
 public:
  explicit TieLinter(Binding& binding) : binding_(binding), plan_(binding.plan), heads_(plan_.resources.size()) {
    std::iota(heads_.begin(), heads_.end(), Index{0});
  }

  void Run() {
    if (plan_.main == kNone) return;
    for (Index i = 0; i < heads_.size(); ++i) Tie(i, plan_.contents[plan_.resources[i].content]);
    for (Index i = 0; i < heads_.size(); ++i) {
      const ResourcePlan& resource = plan_.resources[i];
      if (resource.shared || Head(i) == Head(plan_.main)) continue;
      binding_.diagnostics.Warning("map-untied", resource.mark, resource.name.size(),
                                   "no reference ties '" + resource.name + "' to '" + plan_.resources[plan_.main].name +
                                       "', which stands for the record: read one by one, it would be a record of its "
                                       "own without a key. Let one of "
                                       "them refer to the other");
    }
  }

 private:
  Index Head(Index at) {
    while (heads_[at] != at) at = heads_[at] = heads_[heads_[at]];
    return at;
  }

  // What several records share ties none of them together.
  void Tie(Index from, const Content& content) {
    const Leaf& leaf = content.leaf;
    if (content.is_leaf && leaf.source == Leaf::Source::kReference && leaf.resource != kNone &&
        !plan_.resources[from].shared && !plan_.resources[leaf.resource].shared) {
      heads_[Head(from)] = Head(leaf.resource);
    }
    for (const Slot& slot : content.slots) {
      for (const Index alternative : slot.alternatives) Tie(from, plan_.contents[alternative]);
    }
  }

  Binding& binding_;
  const Plan& plan_;
  std::vector<Index> heads_;  // union-find over the resources
};

}  // namespace

void LintTies(Binding& binding) { TieLinter(binding).Run(); }

}  // namespace throughline::language
