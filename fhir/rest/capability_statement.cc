#include "fhir/rest/capability_statement.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "fhir/base/date_time.h"
#include "fhir/json/build.h"

namespace throughline::rest {
namespace {

using definitions::Definitions;
using definitions::SearchParameter;
using json::ArrayBuilder;
using json::ObjectBuilder;
using json::Value;

// In the order of SearchType.
constexpr std::array<std::string_view, 9> kSearchTypes = {"number",    "date",     "string", "token",  "reference",
                                                          "composite", "quantity", "uri",    "special"};

std::vector<std::string_view> TypesOf(const CapabilityInput& input, const Definitions& definitions) {
  std::vector<std::string_view> types(input.types.begin(), input.types.end());
  if (types.empty()) {
    for (std::size_t id = 0; id < definitions.type_count(); ++id) {
      const definitions::Type type = definitions.type(static_cast<definitions::TypeId>(id));
      if (type.kind == definitions::TypeKind::kResource && !type.abstract) types.push_back(type.name);
    }
  }
  std::ranges::sort(types);
  return types;
}

constexpr std::uint16_t kPair = 2;  // the composites that the index keeps

// Rows that are answered, of any type, by code.
std::vector<SearchParameter> AnsweredParameters(const CapabilityInput& input, const Definitions& definitions) {
  std::vector<SearchParameter> rows;
  for (std::size_t row = 0; row < definitions.search_parameter_count(); ++row) {
    const SearchParameter parameter = definitions.search_parameter(row);
    const bool composite = parameter.type == definitions::SearchType::kComposite;
    const bool answered = std::ranges::find(input.search, parameter.type) != input.search.end();
    if (answered && !parameter.expression.empty() && (!composite || parameter.component_count == kPair)) {
      rows.push_back(parameter);
    }
  }
  std::ranges::sort(rows, {}, &SearchParameter::code);
  return rows;
}

class Statement {
 public:
  Statement(const CapabilityInput& input, const Definitions& definitions, json::Arena& arena)
      : input_(input), definitions_(definitions), arena_(arena), parameters_(AnsweredParameters(input, definitions)) {}

  Value Build() {
    ObjectBuilder statement(arena_);
    statement.AddString("resourceType", "CapabilityStatement");
    statement.AddString("status", "active");
    statement.AddString("date", FormatInstant(input_.date));
    statement.AddString("kind", "instance");
    statement.Add("software", Software());
    statement.Add("implementation", Implementation());
    statement.AddString("fhirVersion", definitions_.fhir_version());
    statement.Add("format", Texts({"json", "application/fhir+json"}));
    statement.Add("rest", One(Rest()));
    return statement.Build();
  }

 private:
  Value One(Value value) {
    ArrayBuilder array(arena_);
    array.Add(value);
    return array.Build();
  }

  Value Texts(std::initializer_list<std::string_view> texts) {
    ArrayBuilder array(arena_);
    for (const std::string_view text : texts) array.Add(Value::String(arena_.Copy(text)));
    return array.Build();
  }

  Value Software() {
    ObjectBuilder software(arena_);
    software.AddString("name", "Throughline");
    if (!input_.software_version.empty()) software.AddString("version", input_.software_version);
    return software.Build();
  }

  Value Implementation() {
    ObjectBuilder implementation(arena_);
    implementation.AddString("description", "A FHIR R4 gateway for aftercare");
    if (!input_.base_url.empty()) implementation.AddString("url", input_.base_url);
    return implementation.Build();
  }

  Value Rest() {
    ObjectBuilder rest(arena_);
    rest.AddString("mode", "server");
    ObjectBuilder security(arena_);
    security.AddBoolean("cors", false);
    security.AddString("description", "Clients are known by their TLS certificate.");
    rest.Add("security", security.Build());
    ArrayBuilder resources(arena_);
    for (const std::string_view type : TypesOf(input_, definitions_)) resources.Add(Resource(type));
    if (!resources.empty()) rest.Add("resource", resources.Build());
    if (!input_.system.empty()) rest.Add("interaction", Interactions(input_.system));
    return rest.Build();
  }

  Value Resource(std::string_view type) {
    ObjectBuilder resource(arena_);
    resource.AddString("type", type);
    if (!input_.interactions.empty()) resource.Add("interaction", Interactions(input_.interactions));
    resource.AddString("versioning", "versioned");
    resource.AddBoolean("updateCreate", input_.update_creates);
    ArrayBuilder parameters(arena_);
    const definitions::TypeId id = definitions_.FindType(type);
    for (const SearchParameter& parameter : parameters_) {
      const bool inherited = definitions_.Derives(id, definitions_.FindType(parameter.base));
      if (parameter.base == type || inherited) parameters.Add(Parameter(parameter));
    }
    if (!parameters.empty()) resource.Add("searchParam", parameters.Build());
    return resource.Build();
  }

  Value Interactions(std::span<const InteractionRow> rows) {
    ArrayBuilder interactions(arena_);
    for (const InteractionRow& row : rows) {
      ObjectBuilder interaction(arena_);
      interaction.AddString("code", row.code);
      if (!row.summary.empty()) interaction.AddString("documentation", row.summary);
      interactions.Add(interaction.Build());
    }
    return interactions.Build();
  }

  Value Parameter(const SearchParameter& parameter) {
    ObjectBuilder object(arena_);
    object.AddString("name", parameter.code);
    if (!parameter.url.empty()) object.AddString("definition", parameter.url);
    object.AddString("type", kSearchTypes.at(static_cast<std::size_t>(parameter.type)));
    return object.Build();
  }

  const CapabilityInput& input_;
  const Definitions& definitions_;
  json::Arena& arena_;
  const std::vector<SearchParameter> parameters_;
};

}  // namespace

Value CapabilityStatement(const CapabilityInput& input, const Definitions& definitions, json::Arena& arena) {
  return Statement(input, definitions, arena).Build();
}

}  // namespace throughline::rest
