#include "tests/conformance/instance.h"

#include <algorithm>
#include <array>
#include <optional>

#include "fhir/json/build.h"
#include "fhir/json/parse.h"
#include "fhir/terminology/terminology.h"
#include "fhir/validate/profile_rows.h"

namespace throughline::conformance {
namespace {

using definitions::Definitions;
using definitions::Element;
using definitions::ElementType;
using definitions::kNoType;
using definitions::Profile;
using definitions::ProfileElement;
using definitions::TypeId;
using definitions::TypeKind;
using definitions::ValueKind;
using json::Value;
using validate::ForEachChild;
using validate::LastName;
using validate::PlainName;

struct SampleRow {
  std::string_view type;
  std::string_view json;
};
constexpr std::array kSamples = {
    SampleRow{"base64Binary", "\"AAAA\""},
    SampleRow{"boolean", "true"},
    SampleRow{"date", "\"2020-01-01\""},
    SampleRow{"dateTime", "\"2020-01-01T00:00:00Z\""},
    SampleRow{"decimal", "1"},
    SampleRow{"instant", "\"2020-01-01T00:00:00Z\""},
    SampleRow{"integer", "1"},
    SampleRow{"positiveInt", "1"},
    SampleRow{"time", "\"12:00:00\""},
    SampleRow{"unsignedInt", "1"},
    SampleRow{"uri", "\"http://example.org/x\""},
    SampleRow{"url", "\"http://example.org/x\""},
    SampleRow{"xhtml", "\"<div xmlns='http://www.w3.org/1999/xhtml'>x</div>\""},
    SampleRow{"canonical", "\"http://example.org/x\""},
};

class Maker {
 public:
  Maker(const Definitions& definitions, json::Arena& arena) : definitions_(definitions), arena_(arena) {}

  Value Object(const Profile& profile, const ProfileElement& element, TypeId type, const Value& seed, int depth) {
    Value object = seed.is_object() ? seed : Value::Object({});
    if (depth > 12 || type == kNoType) {
      return object;
    }
    if (definitions_.IsResource(type) && object.Find("resourceType") == nullptr) {
      object = Add(object, "resourceType", Value::String(definitions_.type(type).name));
    }
    AddChildren(profile, element, type, object, false, depth);
    for (std::size_t i = 0; i < definitions_.required_count(type); ++i) {
      const Element required = definitions_.required(type, i);
      if (object.Find(required.name) == nullptr && (required.choice.empty() || !HasChoice(object, required.choice))) {
        const Value value = Plain(required, depth);
        object = Add(object, required.name, required.is_array ? List({value}) : value);
      }
    }
    const bool named = definitions_.IsResource(type) || object.Find("url") != nullptr;
    if (object.members().size() == (named ? 1U : 0U)) {
      AddChildren(profile, element, type, object, true, depth);
    }
    return object;
  }

 private:
  Value Add(const Value& object, std::string_view name, const Value& value) {
    return json::With(object, arena_.Copy(name), value, arena_);
  }
  Value List(const std::vector<Value>& items) {
    json::ArrayBuilder list(arena_);
    for (const Value& item : items) {
      list.Add(item);
    }
    return list.Build();
  }
  static bool HasChoice(const Value& object, std::string_view choice) {
    return std::ranges::any_of(object.members(), [&](const json::Member& m) { return m.name.starts_with(choice); });
  }

  // Children of a profile's element; `supported`: those of plain types that must be supported.
  void AddChildren(const Profile& profile, const ProfileElement& element, TypeId type, Value& object, bool supported,
                   int depth) {
    ForEachChild(definitions_, profile, element, [&](const ProfileElement& child) {
      if (!child.slice_name.empty() || child.max == 0) {
        return;
      }
      std::vector<ProfileElement> wanted;
      ProfileElement preferred = child;
      ForEachChild(definitions_, profile, element, [&](const ProfileElement& slice) {
        const bool beside = slice.path == child.path && !slice.slice_name.empty();
        wanted.insert(wanted.end(), beside ? slice.min : 0, slice);
        preferred = beside && preferred.slice_name.empty() ? slice : preferred;
      });
      const bool filling = child.must_support || child.path == "Extension.value[x]";
      const bool extra = supported && filling && wanted.empty() && child.min == 0;
      while (wanted.size() < child.min || (extra && wanted.empty())) {
        wanted.push_back(extra ? preferred : child);
      }
      if (!wanted.empty()) {
        AddChild(profile, child, wanted, type, object, depth);
      }
    });
  }

  void AddChild(const Profile& profile, const ProfileElement& child, const std::vector<ProfileElement>& wanted,
                TypeId owner, Value& object, int depth) {
    std::string name(PlainName(LastName(child.path)));
    if (LastName(child.path).ends_with("[x]")) {
      if (HasChoice(object, name) || wanted[0].type_count == 0) {
        return;
      }
      std::string code(definitions_.type(wanted[0], 0).code);
      code[0] = static_cast<char>(code[0] >= 'a' ? code[0] - 32 : code[0]);
      name += code;
    }
    Element row;
    if (object.Find(name) != nullptr || !definitions_.FindChild(owner, name, row)) {
      return;
    }
    std::vector<Value> values;
    for (const ProfileElement& one : wanted) {
      values.push_back(One(profile, one, row.type, depth + 1));
    }
    object = Add(object, name, row.is_array ? List(values) : values[0]);
  }

  Value One(const Profile& profile, const ProfileElement& element, TypeId type, int depth) {
    if (const auto fixed = definitions_.value(element, ValueKind::kFixed); !fixed.json.empty()) {
      return *json::Parse(fixed.json, arena_);
    }
    Value seed;
    if (const auto pattern = definitions_.value(element, ValueKind::kPattern); !pattern.json.empty()) {
      seed = *json::Parse(pattern.json, arena_);
    }
    const definitions::Type row = definitions_.type(type);
    if (row.kind == TypeKind::kPrimitive) {
      return seed.is_null() ? Sample(row.name, element.value_set) : seed;
    }
    const ElementType first = element.type_count > 0 ? definitions_.type(element, 0) : ElementType{};
    if (row.name == "Reference") {
      return ReferenceTo(first.target_count > 0 ? definitions_.target_profile(first, 0) : "");
    }
    if (seed.is_null() && !element.value_set.empty() && !HasRequired(profile, element)) {
      seed = Coded(row.name, element.value_set);
    }
    Profile inner;
    if (first.profile_count == 1 && definitions_.FindProfile(definitions_.type_profile(first, 0), inner)) {
      seed = Object(inner, definitions_.element(inner, 0), type, seed, depth);
    }
    return Object(profile, element, type, seed, depth);
  }

  bool HasRequired(const Profile& profile, const ProfileElement& element) const {
    bool required = false;
    ForEachChild(definitions_, profile, element,
                 [&](const ProfileElement& child) { required = required || child.min > 0; });
    return required;
  }

  Value Plain(const Element& element, int depth) {
    const definitions::Type row = definitions_.type(element.type);
    if (row.kind == TypeKind::kPrimitive) {
      return Sample(row.name, element.value_set);
    }
    if (row.name == "Reference") {
      return element.target_count == 0 ? ReferenceTo("")
                                       : ReferenceTo(definitions_.type(definitions_.target(element, 0)).url);
    }
    Value seed = Coded(row.name, element.value_set);
    return Object({}, {}, element.type, seed, depth + 1);
  }

  Value ReferenceTo(std::string_view canonical) {
    Profile target;
    std::string text = "Patient/1";
    if (definitions_.FindProfile(canonical, target) && target.type != "Resource") {
      text = std::string(target.type) + "/1";
    }
    return Add(Value::Object({}), "reference", Value::String(arena_.Copy(text)));
  }

  std::optional<terminology::Concept> ConceptOf(std::string_view value_set) const {
    const auto expansion = terminology::Terminology(definitions_).Expand(value_set, {.count = 1});
    return expansion && !expansion->concepts.empty() ? std::optional(expansion->concepts[0]) : std::nullopt;
  }

  Value Sample(std::string_view type, std::string_view value_set) {
    if (const auto concept_row = value_set.empty() ? std::nullopt : ConceptOf(value_set)) {
      return Value::String(concept_row->code);
    }
    const auto* const row = std::ranges::find(kSamples, type, &SampleRow::type);
    return row == kSamples.end() ? Value::String("x") : *json::Parse(row->json, arena_);
  }

  Value Coded(std::string_view type, std::string_view value_set) {
    const bool whole = type == "CodeableConcept";
    if (!whole && type != "Coding") {
      return {};
    }
    const auto concept_row = value_set.empty() ? std::nullopt : ConceptOf(value_set);
    if (!concept_row) {
      return Add(Value::Object({}), whole ? "text" : "code", Value::String("x"));
    }
    Value coding = Add(Value::Object({}), "system", Value::String(concept_row->system));
    coding = Add(coding, "code", Value::String(concept_row->code));
    return whole ? Add(Value::Object({}), "coding", List({coding})) : coding;
  }

  const Definitions& definitions_;
  json::Arena& arena_;
};

}  // namespace

Value MakeInstance(const Definitions& definitions, const Profile& profile, const Value& seed, json::Arena& arena) {
  return Maker(definitions, arena).Object(profile, definitions.element(profile, 0), profile.type_id, seed, 0);
}

}  // namespace throughline::conformance
