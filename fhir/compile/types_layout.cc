#include "fhir/compile/tables.h"

namespace throughline::compile {
namespace {

std::uint32_t AddRequired(const TypeDraft& type, Writer& writer, std::uint16_t& count) {
  const std::uint32_t first = writer.CountOf(blob::kRequired);
  for (std::size_t i = 0; i < type.children.size(); ++i) {
    const ElementDraft& element = type.children[i];
    const bool counted = i > 0 && !element.choice.empty() && type.children[i - 1].choice == element.choice;
    if (element.min > 0 && !counted) {
      writer.Append(blob::kRequired, static_cast<std::uint16_t>(i));
      ++count;
    }
  }
  return first;
}

void AddElement(const ElementDraft& element, const Tables& tables, Writer& writer) {
  blob::ElementRow row{};
  row.name = writer.Intern(element.name);
  row.choice = writer.Intern(element.choice);
  row.path = writer.Intern(element.path);
  row.value_set = writer.Intern(element.value_set);
  row.max_value_set = writer.Intern(element.max_value_set);
  row.first_constraint = AddConstraints(element.constraints, writer);
  row.constraint_count = static_cast<std::uint16_t>(element.constraints.size());
  row.first_target = writer.AppendRun(blob::kTargets, std::span(element.targets));
  row.target_count = static_cast<std::uint16_t>(element.targets.size());
  row.owner = element.owner;
  row.type = tables.IdOf(element.type);
  row.min = element.min;
  row.max = element.max;
  row.binding = static_cast<std::uint8_t>(element.binding);
  row.flags =
      static_cast<std::uint8_t>((element.is_array ? blob::kArray : 0) | (element.modifier ? blob::kModifier : 0) |
                                (element.summary ? blob::kSummary : 0));
  writer.AddKey(blob::kChildSeeds, blob::Hash(element.name, element.owner), writer.Append(blob::kElements, row));
}

void AddChoices(const TypeDraft& type, TypeId owner, Writer& writer) {
  for (std::size_t first = 0; first < type.children.size();) {
    const std::string& name = type.children[first].choice;
    std::size_t end = first + 1;
    while (end < type.children.size() && type.children[end].choice == name && !name.empty()) {
      ++end;
    }
    if (!name.empty()) {
      blob::ChoiceRow row{};
      row.name = writer.Intern(name);
      row.owner = owner;
      row.first = static_cast<std::uint16_t>(first);
      row.count = static_cast<std::uint16_t>(end - first);
      writer.AddKey(blob::kChoiceSeeds, blob::Hash(name, owner), writer.Append(blob::kChoices, row));
    }
    first = end;
  }
}

}  // namespace

blob::ConstraintRow ToRow(const ConstraintRules& rule, Writer& writer) {
  return {writer.Intern(rule.key), writer.Intern(rule.human), writer.Intern(rule.expression),
          writer.Intern(rule.source), static_cast<std::uint32_t>(rule.severity)};
}

std::uint32_t AddConstraints(std::span<const ConstraintRules> rules, Writer& writer) {
  std::vector<std::uint32_t> list;
  for (const ConstraintRules& rule : rules) {
    const blob::ConstraintRow row = ToRow(rule, writer);
    list.push_back(writer.AppendRun(blob::kConstraints, std::span(&row, 1)));
  }
  return writer.AppendRun(blob::kConstraintLists, std::span<const std::uint32_t>(list));
}

void LayOutTypes(const Tables& tables, Writer& writer) {
  for (const TypeDraft& type : tables.types) {
    blob::TypeRow row{};
    row.name = writer.Intern(type.name);
    row.url = writer.Intern(type.url);
    row.first_child = writer.CountOf(blob::kElements);
    row.child_count = static_cast<std::uint16_t>(type.children.size());
    row.base = tables.IdOf(type.base);
    row.first_required = AddRequired(type, writer, row.required_count);
    row.kind = static_cast<std::uint8_t>(type.kind);
    row.abstract = type.abstract ? 1 : 0;
    row.first_constraint = AddConstraints(type.constraints, writer);
    row.constraint_count = static_cast<std::uint32_t>(type.constraints.size());
    const std::uint32_t id = writer.Append(blob::kTypes, row);
    writer.AddKey(blob::kTypeSeeds, blob::Hash(type.name, 0), id);
    if (!type.url.empty()) {
      writer.AddKey(blob::kTypeUrlSeeds, blob::Hash(type.url, 0), id);
    }
    for (const ElementDraft& element : type.children) {
      AddElement(element, tables, writer);
    }
    AddChoices(type, static_cast<TypeId>(id), writer);
  }
}

}  // namespace throughline::compile
