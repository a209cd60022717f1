#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "fhir/json/build.h"
#include "fhir/terminology/terminology.h"
#include "mappings/language/binder.h"
#include "mappings/plan/slice_index.h"
#include "mappings/plan/time_forms.h"
#include "mappings/plan/truth_words.h"

namespace throughline::language {
namespace {

using definitions::Element;

class Finisher {
 public:
  explicit Finisher(Binding& binding) : binding_(binding), plan_(binding.plan) {}

  void Run() {
    for (const ResourcePlan& resource : plan_.resources) {
      Visit(resource.content);
      plan_.contents[resource.content].folded.reset();
      CheckRequired(plan_.contents[resource.content], resource.mark);
      if (resource.feeds.empty() && resource.when == kNone && !resource.when_expression) {
        binding_.diagnostics.Error("map-resource", resource.mark, resource.name.size(),
                                   "no field is mapped into this resource: say by 'when' which records make it");
      }
    }
    for (Field& field : plan_.fields) CheckField(field);
    FinishRepairs(binding_);
    for (ResourcePlan& resource : plan_.resources) CheckIdentify(resource);
    for (const ResourcePlan& resource : plan_.resources) CheckKept(resource);
    BindElementOrders(binding_);
    CheckTables(binding_);
    LintCodes(binding_);
    LintTables(binding_);
    CoverTables(binding_);
    CheckWaysBack(binding_);
    OrderResources();
    FindAllLinks();
    for (const ResourcePlan& resource : plan_.resources) CheckDistinct(resource);
    if (plan_.main == kNone) {
      binding_.diagnostics.Error("map-main", {1, 1}, 1,
                                 "one resource must stand once for each record, with the record's own key");
    }
    for (Content& content : plan_.contents) IndexSlices(content);
    GradeFields(binding_);
    LintUnused(binding_);
    LintTies(binding_);
  }

 private:
  void IndexSlices(Content& content) {
    constexpr std::size_t kFew = 2;  // are gone through
    for (Slot& slot : content.slots) {
      if (slot.alternatives.size() > kFew) slot.index = std::make_shared<const SliceIndex>(plan_, slot);
    }
  }

  // What is under a content decides what it is.
  void Visit(Index index) {
    Content& content = plan_.contents[index];
    using Source = Leaf::Source;
    content.leaf.type_name = binding_.definitions.type(content.type).name;
    if (terminology::Terminology(binding_.definitions).HasValueSet(content.required_set))
      content.leaf.required_set = content.required_set;
    const Source source = content.leaf.source;
    content.bears = source == Source::kField || source == Source::kReference || source == Source::kText ||
                    source == Source::kDerived || source == Source::kExpression || source == Source::kForeign;
    content.reads = source == Source::kField;
    content.refers = source == Source::kReference;
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
        content.refers = content.refers || (below.refers && !slot.is_array);
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
      binding_.diagnostics.Error("map-primitive-items", MarkUnder(plan_, item), 1,
                                 item.path + " repeats and is primitive: its items cannot carry extensions in a map");
    }
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
      const Mark place = MarkUnder(plan_, content);
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
    GiveForm(field);
    if (!field.absent_said) {
      std::ranges::copy_if(plan_.absent, std::back_inserter(field.absent),
                           [&](const AbsentToken& token) { return token.null || !FindTruth(field, token.token); });
    }
    CheckNull(field);
    if (!field.mapped && field.derivation == kNone) return;
    if ((field.type == ValueType::kDateTime || field.clock != kNone) && !plan_.zone) {
      binding_.diagnostics.Error("map-timezone", field.mark, field.path.size(),
                                 "a local time needs a zone: 'local: timezone: America/Santiago'; where each time "
                                 "has its own offset, as FHIR writes it, 'type: string'");
    }
    CheckForms(field);
  }

  // Items of a text and parts of a split one are never null; of what the map says of all fields they leave that out.
  void CheckNull(Field& field) {
    const LocalNode& node = plan_.nodes[field.node];
    const bool part = field.part >= 0 || !plan_.nodes[node.parent].joined.empty();
    const auto null = std::ranges::find_if(field.absent, &AbsentToken::null);
    if (!part || null == field.absent.end()) return;
    if (field.absent_said) {
      binding_.diagnostics.Error("map-absent", field.mark, field.path.size(),
                                 "a part of a text is never null; the text stands in quotes: 'null'");
    }
    field.absent.erase(null);
  }

  static void GiveForm(Field& field) {
    if (field.format) return;
    if (field.type == ValueType::kDate) field.format = TimeFormat::Parse("yyyy-MM-dd");
    if (field.type == ValueType::kDateTime) field.format = TimeFormat::Parse("yyyy-MM-dd'T'HH:mm:ss");
    if (field.type == ValueType::kTime) field.format = TimeFormat::Parse("HH:mm:ss");
  }

  // A dateTime's forms may leave the time of day out, but for one.
  void CheckForms(const Field& field) {
    const auto report = [&](std::string text) {
      binding_.diagnostics.Error("map-format", field.mark, field.path.size(), std::move(text));
    };
    const bool clock = field.type == ValueType::kTime;
    const bool moment = field.type == ValueType::kDateTime;
    if (!clock && !moment && field.type != ValueType::kDate) return;
    bool time = false;
    for (std::size_t form = 0; form < FormCount(field); ++form) {
      const TimeFormat& at = FormAt(field, form);
      time = time || at.has_time();
      if (clock == at.has_year()) report(clock ? "a time's form has no date" : "a date's form has a year");
      if (!clock && !moment && at.has_time()) report("a date's form has no time of day");
      if (moment && at.has_time() && !at.has_day()) report("a dateTime's form has a day");
      for (std::size_t other = 0; other < form; ++other) {
        if (at.Clashes(FormAt(field, other))) {
          report("a text can be written in two forms, " + FormAt(field, other).pattern() + " and " + at.pattern() +
                 ", and nothing says which is meant");
        }
      }
    }
    if (moment && !time) report("a dateTime's form has hours and minutes");
  }

  // Of a record of which only some fields are taken, those that are taken have a resource to stand in.
  void CheckKept(const ResourcePlan& resource) {
    const auto kept = [&](Index field) { return plan_.fields[field].kept; };
    if (!plan_.withheld_when || std::ranges::all_of(resource.key, kept)) return;
    if (std::ranges::none_of(resource.feeds, kept)) return;
    binding_.diagnostics.Error("map-withhold", resource.mark, resource.name.size(),
                               "'withhold' keeps a field that goes here, and not the whole 'key' of the resource");
  }

  // The slice of `identifier` by which a resource is found elsewhere has a system of its own.
  void CheckIdentify(ResourcePlan& resource) {
    if (resource.identify.empty()) return;
    std::vector<std::string_view> names;
    for (const Slot& slot : plan_.contents[resource.content].slots) {
      if (slot.name != "identifier" || !slot.is_array) continue;
      for (const Index alternative : slot.alternatives) {
        const Content& slice = plan_.contents[alternative];
        names.push_back(slice.slice);
        if (slice.slice == resource.identify) resource.identify_system = SystemOf(slice);
      }
    }
    if (!resource.identify_system.empty()) return;
    binding_.diagnostics.Error("map-identify", resource.identify_mark, resource.identify.size(),
                               "'identify' names a slice of this resource's 'identifier' that has a constant 'system'" +
                                   DidYouMean(resource.identify, names));
  }

  std::string_view SystemOf(const Content& slice) const {
    const auto slot = std::ranges::find(slice.slots, std::string_view("system"), &Slot::name);
    if (slot == slice.slots.end()) return {};
    const Leaf& leaf = plan_.contents[slot->alternatives.front()].leaf;
    return leaf.source == Leaf::Source::kConstant ? leaf.constant.text() : std::string_view();
  }

  void References(Index content, std::vector<Index>& found) const {
    const Content& at = plan_.contents[content];
    if (at.leaf.source == Leaf::Source::kReference) found.push_back(at.leaf.resource);
    for (const Slot& slot : at.slots) {
      for (const Index alternative : slot.alternatives) References(alternative, found);
    }
  }

  // The references below a content, with the members on the way to them; `star`: the repeating content around.
  void FindLinks(Index resource, Index at, std::vector<std::string_view>& path, Index star, std::size_t star_depth) {
    Content& content = plan_.contents[at];
    if (content.star != kNone) {
      star = at;
      star_depth = path.size();
    }
    if (content.leaf.source == Leaf::Source::kReference) {
      const Index to = content.leaf.resource;
      const Index list = plan_.resources[to].lists.size() == 1 ? plan_.resources[to].each : kNone;
      if (list != kNone) plan_.links.push_back({resource, to, path});
      if (list != kNone && star != kNone && plan_.contents[star].star == list) {
        plan_.contents[star].item_reference.assign(path.begin() + static_cast<std::ptrdiff_t>(star_depth), path.end());
        plan_.contents[star].item_resource = to;
      }
    }
    for (const Slot& slot : plan_.contents[at].slots) {
      path.push_back(slot.name);
      for (const Index alternative : slot.alternatives) FindLinks(resource, alternative, path, star, star_depth);
      path.pop_back();
    }
  }

  void FindAllLinks() {
    for (Index i = 0; i < plan_.resources.size(); ++i) {
      std::vector<std::string_view> path;
      FindLinks(i, plan_.resources[i].content, path, kNone, 0);
    }
  }

  // What items share is found again by the references to it: from something that each item makes, or by way of others
  // that are shared.
  void CheckDistinct(const ResourcePlan& resource) {
    if (!resource.distinct) return;
    const auto self = static_cast<Index>(&resource - plan_.resources.data());
    std::vector<bool> sure(plan_.resources.size());
    for (Index i = 0; i < plan_.resources.size(); ++i) {
      const ResourcePlan& other = plan_.resources[i];
      sure[i] = other.lists == resource.lists && !other.any && !other.distinct && other.when == kNone &&
                !other.when_expression;
    }
    for (bool changed = true; changed;) {
      changed = false;
      for (const Link& link : plan_.links) {
        if (!sure[link.from] || sure[link.to] || !plan_.resources[link.to].distinct) continue;
        sure[link.to] = changed = true;
      }
    }
    if (sure[self]) return;
    binding_.diagnostics.Error("map-each", resource.mark, resource.name.size(),
                               "items share '" + resource.name +
                                   "': something that every item makes must refer to it, or the way back does not know "
                                   "which items it is about");
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

  Binding& binding_;
  Plan& plan_;
};

}  // namespace

void FinishPlan(Binding& binding) { Finisher(binding).Run(); }

void CheckCodes(Binding& binding) {
  for (Content& content : binding.plan.contents) {
    std::erase_if(content.slots, [](const Slot& slot) { return slot.alternatives.empty(); });
  }
  CheckTables(binding);
  LintCodes(binding);
}

}  // namespace throughline::language
