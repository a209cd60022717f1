#include "fhir/search/query.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "fhir/path/expression.h"
#include "fhir/search/types.h"

namespace throughline::search {
namespace {

using definitions::Definitions;
using definitions::SearchType;
using definitions::TypeId;

constexpr std::size_t kMaxNested = 100;  // queries that one chain may lead to

struct ModifierRow {
  std::string_view name;
  Modifier modifier;
  std::array<SearchType, 3> types;  // the first one again where there are fewer
};
constexpr std::array<ModifierRow, 8> kModifiers = {
    {{"not", Modifier::kNot, {SearchType::kToken, SearchType::kToken, SearchType::kToken}},
     {"text", Modifier::kText, {SearchType::kToken, SearchType::kToken, SearchType::kToken}},
     {"of-type", Modifier::kOfType, {SearchType::kToken, SearchType::kToken, SearchType::kToken}},
     {"exact", Modifier::kExact, {SearchType::kString, SearchType::kString, SearchType::kString}},
     {"contains", Modifier::kContains, {SearchType::kString, SearchType::kString, SearchType::kString}},
     {"identifier", Modifier::kIdentifier, {SearchType::kReference, SearchType::kReference, SearchType::kReference}},
     {"above", Modifier::kAbove, {SearchType::kUri, SearchType::kUri, SearchType::kUri}},
     {"below", Modifier::kBelow, {SearchType::kUri, SearchType::kUri, SearchType::kUri}}}};

// "subject:Patient.identifier": name, modifier and what is asked of the resource it leads to.
struct Name {
  std::string_view code;
  std::string_view modifier;
  std::string_view chain;
  bool has_modifier = false;
  bool has_chain = false;
};

Name SplitName(std::string_view text) {
  Name name;
  const std::size_t dot = text.find('.');
  name.has_chain = dot != std::string_view::npos;
  if (name.has_chain) name.chain = text.substr(dot + 1);
  const std::string_view head = text.substr(0, dot);
  const std::size_t colon = head.find(':');
  name.code = head.substr(0, colon);
  name.has_modifier = colon != std::string_view::npos;
  if (name.has_modifier) name.modifier = head.substr(colon + 1);
  return name;
}

// What the values of a parameter are read as.
struct Kind {
  const TypeRow* type = nullptr;  // null: composite
  const std::vector<ComponentType>& components;
  std::string_view modifier_type;
};

class Reader {
 public:
  Reader(const Definitions& definitions, const QueryOptions& options) : definitions_(definitions), options_(options) {}

  Result<Query> Run(std::string_view type, std::span<const Parameter> parameters);

 private:
  bool ReadResultParameter(const Parameter& parameter, Query& query, bool& known);
  bool ReadCount(const Parameter& parameter, Query& query);
  bool ReadSummary(const Parameter& parameter, Query& query);
  bool ReadTotal(const Parameter& parameter, Query& query);
  bool ReadCondition(std::string_view type, std::string_view name, std::string_view value, std::size_t depth,
                     Condition& out);
  bool ReadChain(const definitions::SearchParameter& parameter, const Name& name, std::string_view type,
                 std::string_view value, std::size_t depth, Condition& out);
  bool AddChained(TypeId target, const Name& name, std::string_view value, std::size_t depth, Condition& out);
  std::vector<TypeId> ChainTargets(const definitions::SearchParameter& parameter, const Name& name,
                                   std::string_view type) const;
  bool ReadModifier(const Name& name, SearchType type, Condition& out, std::string_view& modifier_type);
  bool ReadValues(const Kind& kind, std::string_view value, Condition& out);

  bool Refuse(ErrorKind kind, std::string_view rule, std::string text);
  bool RefuseValue() {
    return Refuse(ErrorKind::kInvalid, "search-value", Place() + " has a value that cannot be read");
  }
  std::string Place() const { return "parameter " + std::to_string(place_ + 1); }

  const Definitions& definitions_;
  const QueryOptions& options_;
  std::size_t place_ = 0;  // of the parameter at hand: names may be anything, so that errors count
  std::size_t nested_ = 0;
  bool counted_ = false;
  Issues issues_;
  Issues warnings_;
  std::optional<ErrorKind> kind_;
};

// The kinds by which of several decides, the last one first.
int Weight(ErrorKind kind) { return kind == ErrorKind::kTooCostly ? 2 : kind == ErrorKind::kInvalid ? 1 : 0; }

// Always false.
bool Reader::Refuse(ErrorKind kind, std::string_view rule, std::string text) {
  Issue issue;
  issue.type = kind == ErrorKind::kInvalid ? IssueType::kValue : RowOf(kind).issue;
  issue.rule = rule;
  issue.location = Place();
  issue.text = std::move(text);
  if (kind == ErrorKind::kNotSupported && options_.handling == Handling::kLenient) {
    issue.severity = Severity::kWarning;
    issue.text += "; it was ignored";
    warnings_.push_back(std::move(issue));
    return false;
  }
  issues_.push_back(std::move(issue));
  if (!kind_ || Weight(kind) > Weight(*kind_)) kind_ = kind;
  return false;
}

Result<Query> Reader::Run(std::string_view type, std::span<const Parameter> parameters) {
  Query query;
  query.type = type;
  query.count = options_.default_count;
  if (parameters.size() > options_.max_parameters) {
    return MakeError(ErrorKind::kTooCostly, "search-limit",
                     "a search has at most " + std::to_string(options_.max_parameters) + " parameters");
  }
  for (place_ = 0; place_ < parameters.size(); ++place_) {
    const Parameter& parameter = parameters[place_];
    bool known = false;
    bool used = ReadResultParameter(parameter, query, known);
    if (!known) {
      Condition condition;
      used = ReadCondition(type, parameter.name, parameter.value, 0, condition);
      if (used) query.conditions.push_back(std::move(condition));
    }
    if (used && parameter.name != "_cursor") query.used.push_back(parameter);
  }
  query.warnings = std::move(warnings_);
  if (!kind_) return query;
  return Error{*kind_, issues_.front().text, std::move(issues_)};
}

// What says how to answer, not what to find. `_format` and `_pretty` are the server's to read.
bool Reader::ReadResultParameter(const Parameter& parameter, Query& query, bool& known) {
  known = true;
  if (parameter.name == "_count") return ReadCount(parameter, query);
  if (parameter.name == "_summary") return ReadSummary(parameter, query);
  if (parameter.name == "_total") return ReadTotal(parameter, query);
  if (parameter.name == "_cursor") {
    query.cursor = parameter.value;
    return true;
  }
  known = parameter.name == "_format" || parameter.name == "_pretty";
  return known;
}

bool Reader::ReadCount(const Parameter& parameter, Query& query) {
  const std::string& text = parameter.value;
  const bool digits = !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || counted_) {
    return Refuse(ErrorKind::kInvalid, "search-count", "_count is one whole number of digits, and stands once");
  }
  counted_ = true;
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  query.count = error == std::errc{} ? std::min(count, options_.max_count) : options_.max_count;
  query.count_only = query.count_only || query.count == 0;
  return true;
}

bool Reader::ReadSummary(const Parameter& parameter, Query& query) {
  if (parameter.value == "count") query.count_only = true;
  if (parameter.value == "count" || parameter.value == "false") return true;
  return Refuse(ErrorKind::kNotSupported, "search-parameter", "of _summary only count and false are supported");
}

bool Reader::ReadTotal(const Parameter& parameter, Query& query) {
  struct TotalRow {
    std::string_view name;
    Total total;
  };
  constexpr std::array<TotalRow, 3> kTotals = {
      {{"none", Total::kNone}, {"estimate", Total::kEstimate}, {"accurate", Total::kAccurate}}};
  const auto row = std::ranges::find(kTotals, parameter.value, &TotalRow::name);
  if (row == kTotals.end()) return RefuseValue();
  query.total = row->total;
  return true;
}

bool Reader::ReadCondition(std::string_view type, std::string_view text, std::string_view value, std::size_t depth,
                           Condition& out) {
  const Name name = SplitName(text);
  definitions::SearchParameter parameter;
  if (!definitions_.FindSearchParameter(type, name.code, parameter)) {
    return Refuse(ErrorKind::kNotSupported, "search-parameter", Place() + " is not known for this type");
  }
  const TypeRow* row = FindTypeRow(parameter.type);
  std::vector<ComponentType> components;
  const bool composite = parameter.type == SearchType::kComposite && ComponentsOf(definitions_, parameter, components);
  if ((row == nullptr && !composite) || parameter.expression.empty()) {
    return Refuse(ErrorKind::kNotSupported, "search-parameter", Place() + " is of a type that is not supported");
  }
  out.parameter = name.code;
  out.type = parameter.type;
  if (name.has_chain) return ReadChain(parameter, name, type, value, depth, out);
  std::string_view modifier_type;
  if (!ReadModifier(name, parameter.type, out, modifier_type)) return false;
  if (out.modifier == Modifier::kMissing) {
    out.missing = value == "true";
    return out.missing || value == "false" || RefuseValue();
  }
  if (out.modifier == Modifier::kIdentifier || out.modifier == Modifier::kText || out.modifier == Modifier::kOfType) {
    out.parameter += ":";
    out.parameter += name.modifier;
  }
  return ReadValues({row, components, modifier_type}, value, out);
}

bool Reader::ReadModifier(const Name& name, SearchType type, Condition& out, std::string_view& modifier_type) {
  if (!name.has_modifier) return true;
  // https://hl7.org/fhir/R4/search.html#modifiers: for all parameters but combinations.
  if (name.modifier == "missing" && type != SearchType::kComposite) {
    out.modifier = Modifier::kMissing;
    return true;
  }
  const auto row = std::ranges::find(kModifiers, name.modifier, &ModifierRow::name);
  if (row != kModifiers.end() && std::ranges::find(row->types, type) != row->types.end()) {
    out.modifier = row->modifier;
    return true;
  }
  const TypeId named = definitions_.FindType(name.modifier);
  if (type == SearchType::kReference && named != definitions::kNoType && definitions_.IsResource(named)) {
    out.modifier = Modifier::kType;
    modifier_type = name.modifier;
    return true;
  }
  return Refuse(ErrorKind::kNotSupported, "search-modifier", Place() + " has a modifier that it does not take");
}

bool Reader::ReadValues(const Kind& kind, std::string_view value, Condition& out) {
  const std::vector<std::string_view> texts = SplitEscaped(value, ',');
  if (texts.size() > options_.max_values) {
    return Refuse(ErrorKind::kTooCostly, "search-limit",
                  "a parameter has at most " + std::to_string(options_.max_values) + " values");
  }
  const ValueContext context{definitions_, options_, out.modifier, kind.modifier_type};
  for (const std::string_view text : texts) {
    ConditionValue read;
    if (text.empty()) return RefuseValue();
    const bool is_value = kind.type != nullptr ? kind.type->read(context, text, read)
                                               : ReadCompositeValue(context, kind.components, text, read);
    if (!is_value) return RefuseValue();
    out.values.push_back(std::move(read));
  }
  return true;
}

std::vector<TypeId> Reader::ChainTargets(const definitions::SearchParameter& parameter, const Name& name,
                                         std::string_view type) const {
  if (name.has_modifier) {
    const TypeId named = definitions_.FindType(name.modifier);
    if (named == definitions::kNoType || !definitions_.IsResource(named)) return {};
    return {named};
  }
  const Result<path::Expression> expression =
      path::Compile(parameter.expression, definitions_, {.context_type = type, .published = true});
  return expression ? path::ReferenceTargets(*expression, type) : std::vector<TypeId>{};
}

bool Reader::ReadChain(const definitions::SearchParameter& parameter, const Name& name, std::string_view type,
                       std::string_view value, std::size_t depth, Condition& out) {
  if (depth + 1 > options_.max_chain) {
    return Refuse(ErrorKind::kTooCostly, "search-limit",
                  "a chain has at most " + std::to_string(options_.max_chain) + " steps");
  }
  if (parameter.type != SearchType::kReference) {
    return Refuse(ErrorKind::kNotSupported, "search-parameter", Place() + " is no reference and cannot be chained");
  }
  const std::string_view next = SplitName(name.chain).code;
  for (const TypeId target : ChainTargets(parameter, name, type)) {
    definitions::SearchParameter ignored;
    const std::string_view target_name = definitions_.type(target).name;
    if (!definitions_.FindSearchParameter(target_name, next, ignored)) continue;
    if (!AddChained(target, name, value, depth, out)) return false;
  }
  if (!out.chain.empty()) return true;
  return Refuse(ErrorKind::kNotSupported, "search-parameter",
                Place() + " leads to no type that has the chained parameter; name the type");
}

bool Reader::AddChained(TypeId target, const Name& name, std::string_view value, std::size_t depth, Condition& out) {
  if (++nested_ > kMaxNested) {
    return Refuse(ErrorKind::kTooCostly, "search-limit", "the chain leads to too many types; name the type");
  }
  Query nested;
  nested.type = definitions_.type(target).name;
  Condition condition;
  if (!ReadCondition(nested.type, name.chain, value, depth + 1, condition)) return false;
  nested.conditions.push_back(std::move(condition));
  out.chain.push_back(std::move(nested));
  return true;
}

}  // namespace

Result<Query> ParseQuery(const Definitions& definitions, std::string_view type, std::span<const Parameter> parameters,
                         const QueryOptions& options) {
  const TypeId id = definitions.FindType(type);
  if (id == definitions::kNoType || !definitions.IsResource(id) || definitions.type(id).abstract) {
    return MakeError(ErrorKind::kNotSupported, "search-type", "there is no such resource type");
  }
  return Reader(definitions, options).Run(type, parameters);
}

}  // namespace throughline::search
