// FHIRPath in maps: expressions over the record, and columns that follow from the resources.
#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "fhir/path/variables.h"
#include "mappings/language/binder.h"

namespace throughline::language {
namespace {

void Report(Binding& binding, const YamlNode& value, const Error& error) {
  constexpr std::string_view kOffset = "offset ";
  const std::string location = error.issues.empty() ? "" : error.issues.front().location;
  std::size_t offset = 0;
  if (location.starts_with(kOffset)) {
    std::from_chars(location.data() + kOffset.size(), location.data() + location.size(), offset);
  }
  const std::string& reason = error.issues.empty() ? error.message : error.issues.front().text;
  binding.diagnostics.Error("map-expression", PlaceIn(value, offset), 1,
                            "this is not a FHIRPath expression that can be asked here: " + reason);
}

// What the types tell of a result, and the FHIR type that stands for it.
struct ResultRow {
  std::string_view name;
  std::string_view type;
};
constexpr std::array kResults = {
    ResultRow{"System.Boolean", "boolean"},
    ResultRow{"boolean", "boolean"},
    ResultRow{"System.Integer", "integer"},
    ResultRow{"System.Long", "integer"},
    ResultRow{"integer", "integer"},
    ResultRow{"positiveInt", "integer"},
    ResultRow{"unsignedInt", "integer"},
    ResultRow{"System.Decimal", "decimal"},
    ResultRow{"decimal", "decimal"},
    ResultRow{"System.Date", "date"},
    ResultRow{"date", "date"},
    ResultRow{"System.DateTime", "dateTime"},
    ResultRow{"dateTime", "dateTime"},
    ResultRow{"instant", "dateTime"},
    ResultRow{"System.String", "string"},
    ResultRow{"string", "string"},
    ResultRow{"code", "string"},
    ResultRow{"id", "string"},
    ResultRow{"uri", "string"},
    ResultRow{"url", "string"},
    ResultRow{"canonical", "string"},
    ResultRow{"markdown", "string"},
    ResultRow{"oid", "string"},
    ResultRow{"uuid", "string"},
};

// A wider type that holds both.
struct WiderRow {
  std::string_view one;
  std::string_view other;
  std::string_view both;
};
constexpr std::array kWider = {WiderRow{"integer", "decimal", "decimal"}, WiderRow{"date", "dateTime", "dateTime"}};

class ColumnBinder {
 public:
  ColumnBinder(Binding& binding, Index field, const YamlNode& value)
      : binding_(binding), plan_(binding.plan), field_(binding.plan.fields[field]), value_(value) {}

  void Bind(const std::vector<path::VariableType>& variables) {
    CheckField();
    path::CompileOptions options;
    options.context_type = "Bundle";
    auto expression = ExpressionOf(binding_, value_, "derive", options);
    if (!expression) return;
    const auto types = path::CheckVariables(*expression, "Bundle", variables);
    if (!types) return Report(binding_, value_, types.error());
    const std::string_view type = TypeOf(*types);
    if (type.empty()) return;
    if (!field_.typed && field_.table == kNone) field_.type = DefaultType(type);
    const definitions::TypeId id = binding_.definitions.FindType(type);
    const auto transform = TransformFor(binding_, field_, id, value_.mark);
    if (!transform) return;
    Leaf leaf;
    leaf.transform = *transform;
    leaf.type = id;
    leaf.type_name = binding_.definitions.type(id).name;
    leaf.mark = value_.mark;
    field_.derivation = static_cast<Index>(plan_.derivations.size());
    plan_.derivations.push_back({*std::move(expression), std::move(leaf)});
  }

 private:
  void Refuse(std::string text) {
    binding_.diagnostics.Error("map-derived", field_.mark, field_.path.size(), std::move(text));
  }

  void CheckField() {
    if (!field_.target.empty() || !field_.dropped.empty()) {
      Refuse("a derived field goes nowhere by itself: it has neither 'fhir' nor 'drop'");
    }
    if (field_.required) Refuse("nobody asks for what stands in a derived field: it is not 'required'");
    const bool key = std::ranges::any_of(plan_.key, [&](Index part) { return &plan_.fields[part] == &field_; });
    if (key) Refuse("the key of a record is what the source says: no part of it is derived");
    const LocalNode& node = plan_.nodes[field_.node];
    if (field_.part >= 0 || !node.separator.empty()) Refuse("a split field is not derived");
    if (plan_.nodes[node.parent].places) Refuse("no item at one place of a list is derived");
    if (node.stars == 0) return;
    const std::vector<Index> stars = StarsOf(plan_, field_.node);
    const bool each = std::ranges::any_of(plan_.resources,
                                          [&](const ResourcePlan& resource) { return resource.each == stars.front(); });
    if (node.stars > 1 || !each) {
      Refuse("a derived field stands once in a record, or once in an item for which there is a resource with 'each'");
    }
  }

  // The FHIR type of the result; a code of a table is text.
  std::string_view TypeOf(std::string_view names) {
    std::string_view type;
    for (std::string_view left = names; !left.empty();) {
      const std::size_t bar = left.find(" | ");
      const std::string_view name = left.substr(0, bar);
      left = bar == std::string_view::npos ? std::string_view() : left.substr(bar + 3);
      const auto row = std::ranges::find(kResults, name, &ResultRow::name);
      const std::string_view both = row == kResults.end() ? std::string_view() : Wider(type, row->type);
      if (both.empty()) {
        binding_.diagnostics.Error(
            "map-derived", value_.mark, value_.text.size(),
            "the expression gives " + std::string(names) + ", and a field holds one plain value");
        return {};
      }
      type = both;
    }
    const bool codes = field_.table != kNone && (type.empty() || type == "string" || type == "integer");
    if (codes) return "code";
    if (!type.empty()) return type;
    constexpr std::array<std::string_view, 6> kDeclared = {"string",  "integer", "decimal",
                                                           "boolean", "date",    "dateTime"};
    if (!field_.yes.empty()) return "boolean";
    return kDeclared[static_cast<std::size_t>(field_.type)];
  }

  static std::string_view Wider(std::string_view one, std::string_view other) {
    if (one.empty() || one == other) return other;
    for (const WiderRow& row : kWider) {
      if ((row.one == one && row.other == other) || (row.one == other && row.other == one)) return row.both;
    }
    return {};
  }

  Binding& binding_;
  Plan& plan_;
  Field& field_;
  const YamlNode& value_;
};

}  // namespace

Mark PlaceIn(const YamlNode& value, std::size_t offset) {
  Mark mark = value.mark;
  if (value.text.find('\n') == std::string::npos) mark.column += offset + (value.quoted ? 1 : 0);
  return mark;
}

std::optional<path::Expression> ExpressionOf(Binding& binding, const YamlNode& value, std::string_view what,
                                             const path::CompileOptions& options) {
  const std::string* text = TextOf(binding, value, what);
  if (text == nullptr) return std::nullopt;
  auto expression = path::Compile(*text, binding.definitions, options);
  if (!expression) {
    Report(binding, value, expression.error());
    return std::nullopt;
  }
  if (!CheckNoClock(binding, value, *expression)) return std::nullopt;
  return std::move(expression).value();
}

bool CheckNoClock(Binding& binding, const YamlNode& value, const path::Expression& expression) {
  const std::string_view function = path::AsksForTime(expression);
  if (function.empty()) return true;
  binding.diagnostics.Error(
      "map-clock", value.mark, value.text.size(),
      "a map has no clock: with " + std::string(function) +
          "() the same record would become another one each day. Reckon from a date of the record");
  return false;
}

void BindDerivations(Binding& binding) {
  std::vector<path::VariableType> variables;
  variables.reserve(binding.plan.resources.size());
  for (const ResourcePlan& resource : binding.plan.resources) variables.push_back({resource.name, resource.type_name});
  for (const auto& [field, value] : binding.derives) ColumnBinder(binding, field, *value).Bind(variables);
}

}  // namespace throughline::language
