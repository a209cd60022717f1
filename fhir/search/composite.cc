// https://hl7.org/fhir/R4/search.html#combining
#include <array>

#include "fhir/search/types.h"

namespace throughline::search {
namespace {

constexpr std::size_t kMaxCombinations = 1'000;  // of the values of one composite

// Components that R4 4.0.1 has wrong.
struct ErratumRow {
  std::string_view definition;
  std::string_view expression;
  std::string_view meant_definition;
  std::string_view meant_expression;
};
constexpr std::array<ErratumRow, 3> kErrata = {{
    // The two definitions stand each at the other's place.
    {"http://hl7.org/fhir/SearchParameter/DocumentReference-relatesto", "code",
     "http://hl7.org/fhir/SearchParameter/DocumentReference-relation", "code"},
    {"http://hl7.org/fhir/SearchParameter/DocumentReference-relation", "target",
     "http://hl7.org/fhir/SearchParameter/DocumentReference-relatesto", "target"},
    // There is no type of this name.
    {"http://hl7.org/fhir/SearchParameter/Observation-value-date", "value.as(DateTime) | value.as(Period)",
     "http://hl7.org/fhir/SearchParameter/Observation-value-date", "value.as(dateTime) | value.as(Period)"},
}};

definitions::SearchComponent AsMeant(definitions::SearchComponent component) {
  for (const ErratumRow& row : kErrata) {
    if (row.definition == component.definition && row.expression == component.expression) {
      return {row.meant_definition, row.meant_expression};
    }
  }
  return component;
}

// A version behind the url is not looked at: of each parameter there is one.
bool FindByUrl(const definitions::Definitions& definitions, std::string_view canonical,
               definitions::SearchParameter& out) {
  const std::string_view url = canonical.substr(0, canonical.find('|'));
  for (std::size_t row = 0; row < definitions.search_parameter_count(); ++row) {
    out = definitions.search_parameter(row);
    if (out.url == url) return true;
  }
  return false;
}

}  // namespace

bool ComponentsOf(const definitions::Definitions& definitions, const definitions::SearchParameter& parameter,
                  std::vector<ComponentType>& out) {
  out.clear();
  for (std::size_t i = 0; i < parameter.component_count; ++i) {
    const definitions::SearchComponent component = AsMeant(definitions.component(parameter, i));
    definitions::SearchParameter behaves_as;
    if (!FindByUrl(definitions, component.definition, behaves_as)) return false;
    const TypeRow* type = FindTypeRow(behaves_as.type);
    if (type == nullptr || component.expression.empty()) return false;
    out.push_back({type, component.expression});
  }
  return out.size() > 1;
}

void AddCompositeRows(RowSink& sink, const std::vector<std::vector<IndexRow>>& components) {
  std::vector<Composite> made(1);
  for (const std::vector<IndexRow>& values : components) {
    if (made.size() * values.size() > kMaxCombinations) return;
    std::vector<Composite> longer;
    for (const Composite& start : made) {
      for (const IndexRow& value : values) {
        longer.push_back(start);
        longer.back().parts.push_back(value);
      }
    }
    made = std::move(longer);
  }
  for (Composite& composite : made) sink.Add(std::move(composite));
}

bool ReadCompositeValue(const ValueContext& context, const std::vector<ComponentType>& components,
                        std::string_view text, ConditionValue& out) {
  const std::vector<std::string_view> texts = SplitEscaped(text, '$');
  if (texts.size() != components.size()) return false;
  CompositeValue value;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    ConditionValue part;
    if (texts[i].empty() || !components[i].type->read(context, texts[i], part)) return false;
    value.parts.push_back(std::move(part));
  }
  out = std::move(value);
  return true;
}

bool CompositeMatches(const ConditionValue& value, const IndexRow& row) {
  const auto* wanted = std::get_if<CompositeValue>(&value);
  const auto* composite = std::get_if<Composite>(&row.value);
  if (wanted == nullptr || composite == nullptr || wanted->parts.size() != composite->parts.size()) return false;
  for (std::size_t i = 0; i < wanted->parts.size(); ++i) {
    const TypeRow* type = FindTypeRow(wanted->parts[i]);
    if (type == nullptr || !type->matches(Modifier::kNone, wanted->parts[i], composite->parts[i])) return false;
  }
  return true;
}

}  // namespace throughline::search
