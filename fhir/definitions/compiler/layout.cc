#include <array>
#include <string>
#include <unordered_map>
#include <utility>

#include "fhir/definitions/blob.h"
#include "fhir/definitions/compiler/perfect_table.h"
#include "fhir/definitions/compiler/tables.h"

namespace throughline::definitions::compiler {
namespace {

class Writer {
 public:
  explicit Writer(const Tables& tables) : tables_(tables) {}

  Result<std::string> Write() {
    AddTypes();
    AddSearchParameters();
    AddCompartments();
    AddValueSets();
    const blob::Text version = Intern(tables_.fhir_version);
    if (auto hashed = AddTables(); !hashed) {
      return std::move(hashed).error();
    }
    sections_[blob::kText] = text_;
    return Assemble(version);
  }

 private:
  blob::Text Intern(std::string_view text) {
    const auto found = offsets_.find(std::string(text));
    if (found != offsets_.end()) {
      return {found->second, static_cast<std::uint32_t>(text.size())};
    }
    const auto offset = static_cast<std::uint32_t>(text_.size());
    text_.append(text);
    offsets_.emplace(text, offset);
    return {offset, static_cast<std::uint32_t>(text.size())};
  }

  template <typename Row>
  void Append(blob::Section section, const Row& row) {
    sections_[section].append(reinterpret_cast<const char*>(&row), sizeof row);
  }

  template <typename Row>
  std::uint32_t CountOf(blob::Section section) const {
    return static_cast<std::uint32_t>(sections_[section].size() / sizeof(Row));
  }

  std::uint32_t AddTargets(const std::vector<TypeId>& targets) {
    const auto first = CountOf<TypeId>(blob::kTargets);
    for (const TypeId target : targets) {
      Append(blob::kTargets, target);
    }
    return first;
  }

  std::uint16_t AddRequired(const TypeDraft& type) {
    std::uint16_t count = 0;
    for (std::size_t i = 0; i < type.children.size(); ++i) {
      const ElementDraft& element = type.children[i];
      const bool counted = i > 0 && !element.choice.empty() && type.children[i - 1].choice == element.choice;
      if (element.min > 0 && !counted) {
        Append(blob::kRequired, static_cast<std::uint16_t>(i));
        ++count;
      }
    }
    return count;
  }

  void AddTypes() {
    for (const TypeDraft& type : tables_.types) {
      blob::TypeRow row{};
      row.name = Intern(type.name);
      row.url = Intern(type.url);
      row.first_child = CountOf<blob::ElementRow>(blob::kElements);
      row.child_count = static_cast<std::uint16_t>(type.children.size());
      row.base = tables_.IdOf(type.base);
      row.first_required = CountOf<std::uint16_t>(blob::kRequired);
      row.required_count = AddRequired(type);
      row.kind = static_cast<std::uint8_t>(type.kind);
      row.abstract = type.abstract ? 1 : 0;
      const auto id = CountOf<blob::TypeRow>(blob::kTypes);
      keys_[blob::kTypeSeeds].push_back({blob::Hash(type.name, 0), id});
      if (!type.url.empty()) {
        keys_[blob::kTypeUrlSeeds].push_back({blob::Hash(type.url, 0), id});
      }
      Append(blob::kTypes, row);
      for (const ElementDraft& element : type.children) {
        AddElement(element);
      }
      AddChoices(type, static_cast<TypeId>(id));
    }
  }

  void AddElement(const ElementDraft& element) {
    blob::ElementRow row{};
    row.name = Intern(element.name);
    row.choice = Intern(element.choice);
    row.path = Intern(element.path);
    row.value_set = Intern(element.value_set);
    row.first_target = AddTargets(element.targets);
    row.target_count = static_cast<std::uint16_t>(element.targets.size());
    row.owner = element.owner;
    row.type = tables_.IdOf(element.type);
    row.min = element.min;
    row.max = element.max;
    row.binding = static_cast<std::uint8_t>(element.binding);
    row.flags =
        static_cast<std::uint8_t>((element.is_array ? blob::kArray : 0) | (element.modifier ? blob::kModifier : 0) |
                                  (element.summary ? blob::kSummary : 0));
    keys_[blob::kChildSeeds].push_back(
        {blob::Hash(element.name, element.owner), CountOf<blob::ElementRow>(blob::kElements)});
    Append(blob::kElements, row);
  }

  void AddChoices(const TypeDraft& type, TypeId owner) {
    for (std::size_t first = 0; first < type.children.size();) {
      const std::string& name = type.children[first].choice;
      std::size_t end = first + 1;
      while (end < type.children.size() && type.children[end].choice == name && !name.empty()) {
        ++end;
      }
      if (!name.empty()) {
        blob::ChoiceRow row{};
        row.name = Intern(name);
        row.owner = owner;
        row.first = static_cast<std::uint16_t>(first);
        row.count = static_cast<std::uint16_t>(end - first);
        keys_[blob::kChoiceSeeds].push_back({blob::Hash(name, owner), CountOf<blob::ChoiceRow>(blob::kChoices)});
        Append(blob::kChoices, row);
      }
      first = end;
    }
  }

  void AddSearchParameters() {
    for (const SearchParameterDraft& draft : tables_.search_parameters) {
      blob::SearchParameterRow row{};
      row.code = Intern(draft.row.code);
      row.url = Intern(draft.row.url);
      row.base = Intern(draft.row.base);
      row.expression = Intern(draft.row.expression);
      row.first_target = AddTargets(draft.targets);
      row.target_count = static_cast<std::uint16_t>(draft.targets.size());
      row.first_component = CountOf<blob::ComponentRow>(blob::kComponents);
      row.component_count = static_cast<std::uint16_t>(draft.components.size());
      row.type = static_cast<std::uint8_t>(draft.row.type);
      keys_[blob::kSearchParameterSeeds].push_back({blob::Hash(draft.row.code, blob::Hash(draft.row.base, 0)),
                                                    CountOf<blob::SearchParameterRow>(blob::kSearchParameters)});
      Append(blob::kSearchParameters, row);
      for (const SearchComponent& component : draft.components) {
        Append(blob::kComponents, blob::ComponentRow{Intern(component.definition), Intern(component.expression)});
      }
    }
  }

  void AddCompartments() {
    for (const CompartmentRow& row : tables_.compartments) {
      Append(blob::kCompartments,
             blob::CompartmentRow{Intern(row.compartment), Intern(row.type), Intern(row.parameter)});
    }
  }

  void AddValueSets() {
    for (const ValueSetDraft& set : tables_.value_sets) {
      keys_[blob::kValueSetSeeds].push_back({blob::Hash(set.url, 0), CountOf<blob::ValueSetRow>(blob::kValueSets)});
      Append(blob::kValueSets, blob::ValueSetRow{Intern(set.url), CountOf<blob::CodeRow>(blob::kCodes),
                                                 static_cast<std::uint32_t>(set.codes.size())});
      for (const CodeDraft& code : set.codes) {
        Append(blob::kCodes, blob::CodeRow{Intern(code.code), Intern(code.system)});
      }
    }
  }

  Result<void> AddTables() {
    for (const auto& [seeds, rows] : keys_) {
      auto table = BuildPerfectTable(rows);
      if (!table) {
        return std::move(table).error();
      }
      for (const std::uint32_t seed : table->seeds) {
        Append(seeds, seed);
      }
      for (const std::uint32_t slot : table->slots) {
        Append(static_cast<blob::Section>(seeds + 1), slot);
      }
    }
    return {};
  }

  std::string Assemble(blob::Text version) const {
    blob::Header header{};
    header.magic = blob::kMagic;
    header.version = blob::kVersion;
    header.fhir_version = version;
    std::string bytes(sizeof header, '\0');
    for (std::size_t section = 0; section < blob::kSectionCount; ++section) {
      bytes.resize((bytes.size() + 7) / 8 * 8);
      header.sections[section] = {static_cast<std::uint32_t>(bytes.size()),
                                  static_cast<std::uint32_t>(sections_[section].size() / blob::kRowSize[section])};
      bytes.append(sections_[section]);
    }
    bytes.resize((bytes.size() + 7) / 8 * 8);
    header.size = static_cast<std::uint32_t>(bytes.size());
    bytes.replace(0, sizeof header, reinterpret_cast<const char*>(&header), sizeof header);
    return bytes;
  }

  const Tables& tables_;
  std::string text_;
  std::unordered_map<std::string, std::uint32_t> offsets_;
  std::array<std::string, blob::kSectionCount> sections_;
  std::map<blob::Section, std::vector<KeyedRow>> keys_;
};

}  // namespace

Result<std::string> LayOut(const Tables& tables) { return Writer(tables).Write(); }

}  // namespace throughline::definitions::compiler
