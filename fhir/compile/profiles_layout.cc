#include <map>
#include <span>
#include <utility>

#include "fhir/compile/profiles.h"

namespace throughline::compile {
namespace {

using definitions::kNoElement;
using Elements = std::span<const ElementRules>;

struct Relatives {
  std::uint16_t parent = kNoElement;
  std::uint16_t first_child = kNoElement;
  std::uint16_t next_sibling = kNoElement;
};

// A parent is the last element before that has the parent's path: the children of a slice follow it.
Result<std::vector<Relatives>> FindRelatives(const ProfileDraft& profile) {
  std::vector<Relatives> relatives(profile.elements.size());
  std::vector<std::uint16_t> last_child(profile.elements.size(), kNoElement);
  std::map<std::string_view, std::uint16_t> last_of_path;
  for (std::size_t i = 0; i < profile.elements.size(); ++i) {
    const std::string_view path = profile.elements[i].path;
    const auto index = static_cast<std::uint16_t>(i);
    if (i > 0) {
      const auto parent = last_of_path.find(ParentOf(path));
      if (parent == last_of_path.end()) {
        return Unusable(profile.url, "an element of its snapshot stands before its parent: " + std::string(path));
      }
      relatives[i].parent = parent->second;
      std::uint16_t& last = last_child[parent->second];
      (last == kNoElement ? relatives[parent->second].first_child : relatives[last].next_sibling) = index;
      last = index;
    }
    last_of_path[path] = index;
  }
  return relatives;
}

class Layout {
 public:
  Layout(const ProfileDraft& profile, const Tables& tables, Writer& writer)
      : profile_(profile), tables_(tables), writer_(writer) {
    for (std::size_t i = 0; i < profile.elements.size(); ++i) {
      by_id_.try_emplace(profile.elements[i].id, static_cast<std::uint16_t>(i));
    }
  }

  void AddProfile() {
    blob::ProfileRow row{};
    row.url = writer_.Intern(profile_.url);
    row.version = writer_.Intern(profile_.version);
    row.name = writer_.Intern(profile_.name);
    row.type = writer_.Intern(profile_.type);
    row.base = writer_.Intern(profile_.base);
    row.first_element = writer_.CountOf(blob::kProfileElements);
    row.element_count = static_cast<std::uint32_t>(profile_.elements.size());
    std::vector<blob::ContextRow> contexts;
    contexts.reserve(profile_.contexts.size());
    for (const auto& [kind, expression] : profile_.contexts) {
      contexts.push_back({writer_.Intern(expression), static_cast<std::uint32_t>(kind)});
    }
    row.first_context = writer_.AppendRun(blob::kContexts, std::span<const blob::ContextRow>(contexts));
    row.context_count = static_cast<std::uint16_t>(contexts.size());
    row.first_invariant = Canonicals(profile_.invariants);
    row.invariant_count = static_cast<std::uint16_t>(profile_.invariants.size());
    row.type_id = tables_.IdOf(profile_.type);
    row.kind = static_cast<std::uint8_t>(profile_.kind);
    row.derivation = static_cast<std::uint8_t>(profile_.derivation);
    row.abstract = profile_.abstract ? 1 : 0;
    writer_.AddKey(blob::kProfileSeeds, blob::Hash(profile_.url, 0), writer_.Append(blob::kProfiles, row));
  }

  void AddElement(const ElementRules& element, const Relatives& relatives) {
    blob::ProfileElementRow row{};
    AddNames(element, relatives, row);
    row.min = element.min.value_or(0);
    row.max = element.max.value_or(definitions::kUnbounded);
    row.base_max = element.base_max.value_or(row.max);
    row.type_count = static_cast<std::uint16_t>(element.types.size());
    row.first_type = AddTypes(element.types);
    row.first_constraint = AddConstraintList(element.constraints);
    row.constraint_count = static_cast<std::uint16_t>(element.constraints.size());
    row.value_count = static_cast<std::uint8_t>(element.values.size());
    row.first_value = AddValues(element.values);
    row.max_length = element.max_length.value_or(0);
    AddBinding(element.binding.value_or(BindingRules{}), row);
    AddSlicing(element, row);
    row.flags = static_cast<std::uint8_t>((element.must_support.value_or(false) ? blob::kMustSupport : 0) |
                                          (element.modifier.value_or(false) ? blob::kModifier : 0) |
                                          (element.summary.value_or(false) ? blob::kSummary : 0));
    writer_.Append(blob::kProfileElements, row);
  }

 private:
  void AddNames(const ElementRules& element, const Relatives& relatives, blob::ProfileElementRow& row) {
    row.id = writer_.Intern(element.id);
    row.path = writer_.Intern(element.path);
    row.slice_name = writer_.Intern(element.slice_name);
    row.content_reference = writer_.Intern(element.content_reference);
    row.parent = relatives.parent;
    row.first_child = relatives.first_child;
    row.next_sibling = relatives.next_sibling;
    const auto content = by_id_.find(element.content_reference);
    row.content = element.content_reference.empty() || content == by_id_.end() ? kNoElement : content->second;
  }

  std::uint32_t Canonicals(const std::vector<std::string>& canonicals) {
    std::vector<blob::Text> texts;
    texts.reserve(canonicals.size());
    for (const std::string& canonical : canonicals) {
      texts.push_back(writer_.Intern(canonical));
    }
    return writer_.AppendRun(blob::kCanonicals, std::span<const blob::Text>(texts));
  }

  std::uint32_t AddTypes(const std::vector<TypeRules>& types) {
    std::vector<blob::ElementTypeRow> rows;
    rows.reserve(types.size());
    for (const TypeRules& type : types) {
      blob::ElementTypeRow row{};
      row.code = writer_.Intern(type.code);
      row.first_profile = Canonicals(type.profiles);
      row.profile_count = static_cast<std::uint16_t>(type.profiles.size());
      row.first_target = Canonicals(type.targets);
      row.target_count = static_cast<std::uint16_t>(type.targets.size());
      row.type_id = tables_.IdOf(type.code);
      row.aggregation = type.aggregation;
      rows.push_back(row);
    }
    return writer_.AppendRun(blob::kElementTypes, std::span<const blob::ElementTypeRow>(rows));
  }

  std::uint32_t AddConstraintList(const std::vector<ConstraintRules>& rules) {
    std::vector<std::uint32_t> list;
    list.reserve(rules.size());
    for (const ConstraintRules& rule : rules) {
      const blob::ConstraintRow row = ToRow(rule, writer_);
      const bool inherited = tables_.stated_by_types.contains({rule.key, rule.expression});
      list.push_back(writer_.AppendRun(blob::kConstraints, std::span(&row, 1)) | (inherited ? blob::kInherited : 0));
    }
    return writer_.AppendRun(blob::kConstraintLists, std::span<const std::uint32_t>(list));
  }

  std::uint32_t AddValues(const std::vector<ValueRules>& values) {
    std::vector<blob::ElementValueRow> rows;
    rows.reserve(values.size());
    for (const ValueRules& value : values) {
      rows.push_back({writer_.Intern(value.type), writer_.Intern(value.json), static_cast<std::uint32_t>(value.kind)});
    }
    return writer_.AppendRun(blob::kElementValues, std::span<const blob::ElementValueRow>(rows));
  }

  void AddBinding(const BindingRules& binding, blob::ProfileElementRow& row) {
    row.binding = static_cast<std::uint8_t>(binding.strength);
    row.value_set = writer_.Intern(binding.value_set);
    row.max_value_set = writer_.Intern(binding.max_value_set);
  }

  void AddSlicing(const ElementRules& element, blob::ProfileElementRow& row) {
    std::vector<blob::DiscriminatorRow> rows;
    if (element.slicing) {
      row.slicing = static_cast<std::uint8_t>(element.slicing->rules);
      row.ordered = element.slicing->ordered ? 1 : 0;
      for (const DiscriminatorRules& rule : element.slicing->discriminators) {
        rows.push_back({writer_.Intern(rule.path), static_cast<std::uint32_t>(rule.type)});
      }
    }
    row.discriminator_count = static_cast<std::uint16_t>(rows.size());
    row.first_discriminator = writer_.AppendRun(blob::kDiscriminators, std::span<const blob::DiscriminatorRow>(rows));
  }

  const ProfileDraft& profile_;
  const Tables& tables_;
  Writer& writer_;
  std::map<std::string_view, std::uint16_t> by_id_;
};

}  // namespace

Result<void> LayOutProfile(const ProfileDraft& profile, const Tables& tables, Writer& writer) {
  if (profile.elements.size() >= kNoElement) {
    return Unusable(profile.url, "its snapshot has too many elements");
  }
  if (profile.elements.empty() || profile.elements.front().path.find('.') != std::string::npos) {
    return Unusable(profile.url, "its snapshot does not begin with a root");
  }
  auto relatives = FindRelatives(profile);
  if (!relatives) {
    return std::move(relatives).error();
  }
  Layout layout(profile, tables, writer);
  layout.AddProfile();
  for (std::size_t i = 0; i < profile.elements.size(); ++i) {
    layout.AddElement(profile.elements[i], (*relatives)[i]);
  }
  return {};
}

}  // namespace throughline::compile
