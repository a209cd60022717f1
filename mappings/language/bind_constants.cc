#include <algorithm>
#include <array>
#include <utility>

#include "fhir/base/decimal.h"
#include "fhir/terminology/terminology.h"
#include "fhir/validate/validate.h"
#include "mappings/language/binder.h"

namespace throughline::language {
namespace {

constexpr std::string_view kTwice = "a brace that stands for itself is written twice: '{{score}}'";

// A text, and the field whose value stands behind it; of the last piece none.
struct Piece {
  std::string literal;
  std::string field;
};

// "{given} {{x}}": pieces, at least one; a text without an opening brace is as it stands. Nothing: a name does not end,
// or there is none; "{{}}" is a hole of another language that nobody filled, rather than two braces.
std::optional<std::vector<Piece>> CutPieces(std::string_view text) {
  std::vector<Piece> pieces(1);
  if (text.find('{') == std::string_view::npos) {
    pieces.front().literal = text;
    return pieces;
  }
  for (std::size_t i = 0; i < text.size();) {
    const char byte = text[i];
    const bool twice = (byte == '{' || byte == '}') && text.substr(i + 1, 1) == text.substr(i, 1);
    if (twice && text.substr(i, 4) == "{{}}") return std::nullopt;
    if (byte != '{' || twice) {
      pieces.back().literal.push_back(byte);
      i += twice ? 2 : 1;
      continue;
    }
    const std::size_t close = text.find('}', i);
    if (close == std::string_view::npos || close == i + 1) return std::nullopt;
    pieces.back().field = text.substr(i + 1, close - i - 1);
    pieces.emplace_back();
    i = close + 1;
  }
  return pieces;
}

// One line of a resource that is no word of ours: `element.path: value`.
class ConstantBinder {
 public:
  ConstantBinder(Binding& binding, Index resource) : binding_(binding), plan_(binding.plan), resource_(resource) {}

  void Bind(const YamlNode& key, const YamlNode& value) {
    std::string_view path = key.text;
    if (path.starts_with('.')) path.remove_prefix(1);
    mark_ = value.mark;
    if (value.kind == YamlNode::Kind::kMap) return BindDerived(path, key.mark, value);
    const std::string* text = TextOf(binding_, value, key.text);
    if (text == nullptr) return;
    if (text->starts_with('=') && !value.quoted) return BindReference(path, key.mark, *text);
    const Index content = Place(path, key.mark, {});
    if (content == kNone) return;
    auto pieces = CutPieces(*text);
    if (!pieces)
      return Report("map-text", text->size(), "between '{' and '}' stands a field's name; " + std::string(kTwice));
    const bool holes = std::ranges::any_of(*pieces, [](const Piece& piece) { return !piece.field.empty(); });
    if (holes) return BindText(content, *text, *std::move(pieces));
    const std::string& plain = pieces->front().literal;
    const std::string_view type = binding_.definitions.type(plan_.contents[content].type).name;
    if (plan_.contents[content].is_leaf) return PutConstant(content, Expanded(type, plain));
    BindShorthand(path, key.mark, content, type, plain);
  }

 private:
  Index Place(std::string_view path, Mark mark, std::vector<Index> stars) {
    return BindPath(binding_, {resource_, path, mark, std::move(stars)});
  }

  void Report(std::string_view rule, std::size_t width, std::string text) {
    binding_.diagnostics.Error(rule, mark_, width, std::move(text));
  }

  bool Claim(Index content) {
    if (plan_.contents[content].leaf.source == Leaf::Source::kNothing) return true;
    Report("map-duplicate-target", 1, plan_.contents[content].path + " is filled twice");
    return false;
  }

  std::string Expanded(std::string_view type, std::string_view text) {
    if (type != "uri") return std::string(text);
    for (Binding::System& system : binding_.systems) {
      if (system.name != text) continue;
      system.used = true;
      return system.url;
    }
    return std::string(text);
  }

  void PutConstant(Index content, std::string_view text) {
    if (!Claim(content)) return;
    const auto value = ConstantOf(content, text, mark_);
    if (!value) return;
    Leaf& leaf = plan_.contents[content].leaf;
    leaf.source = Leaf::Source::kConstant;
    leaf.type = plan_.contents[content].type;
    leaf.constant = *value;
    leaf.mark = mark_;
  }

  // `text` as a value of a primitive element; nothing after a report.
  std::optional<json::Value> ConstantOf(Index content, std::string_view text, Mark mark) {
    const std::string_view type = binding_.definitions.type(plan_.contents[content].type).name;
    const ValueType kind = DefaultType(type);
    const std::string_view kept = plan_.arena.Copy(text);
    json::Value value = json::Value::String(kept);
    if (kind == ValueType::kBoolean && (text == "true" || text == "false"))
      value = json::Value::Boolean(text == "true");
    if ((kind == ValueType::kInteger || kind == ValueType::kDecimal) && IsJsonNumber(text))
      value = json::Value::Number(kept);
    if (!validate::IsValidPrimitive(type, value)) {
      binding_.diagnostics.Error("map-constant", mark, text.size(), "this is not a " + std::string(type));
      return std::nullopt;
    }
    const std::string_view set = plan_.contents[content].required_set;
    const terminology::Coding coding{{}, {}, text};
    if (!set.empty() &&
        terminology::Terminology(binding_.definitions).MemberOf(set, coding).answer == terminology::Answer::kNo) {
      binding_.diagnostics.Error("map-constant", mark, text.size(),
                                 "this is not a code of " + std::string(set) + ", which R4 requires here");
      return std::nullopt;
    }
    return value;
  }

  std::string ReferenceHint(std::string_view text) const {
    const std::string_view name = text.substr(text.rfind('/') + 1);
    const bool known = FindResource(plan_, name) != kNone;
    return "a reference to a resource of this map is written '=" + (known ? std::string(name) : "patient") +
           "', its name behind '='; else name one of the elements of a Reference";
  }

  // system|code|display for a Coding or a CodeableConcept.
  void BindShorthand(std::string_view path, Mark mark, Index content, std::string_view type, std::string_view text) {
    const std::size_t first = text.find('|');
    const bool coded = type == "Coding" || type == "CodeableConcept";
    if (!coded || first == std::string_view::npos) {
      return Report("map-constant", text.size(),
                    coded                 ? "a code is written system|code or system|code|display"
                    : type == "Reference" ? ReferenceHint(text)
                                          : "a " + std::string(type) + " has elements of its own: name one of them");
    }
    const std::size_t second = text.find('|', first + 1);
    const std::string prefix = std::string(path) + (type == "Coding" ? "." : ".coding.");
    const std::pair<std::string_view, std::string_view> parts[] = {
        {"system", text.substr(0, first)},
        {"code", text.substr(first + 1, second == std::string_view::npos ? second : second - first - 1)},
        {"display", second == std::string_view::npos ? "" : text.substr(second + 1)}};
    static_cast<void>(content);
    for (const auto& [name, part] : parts) {
      if (part.empty()) continue;
      const Index leaf = Place(prefix + std::string(name), mark, {});
      if (leaf != kNone) PutConstant(leaf, name == "system" ? Expanded("uri", part) : std::string(part));
    }
  }

  void BindReference(std::string_view path, Mark mark, std::string_view text) {
    const std::string_view name = text.substr(1);
    if (name.find('/') != std::string_view::npos) return BindForeign(path, mark, name);
    const Index target = FindResource(plan_, name);
    if (target == kNone) {
      return Report("map-unknown-resource", text.size(),
                    "'resources:' has no '" + std::string(name) + "'" + DidYouMean(name, ResourceNames(plan_)));
    }
    std::string full(path);
    std::vector<Index> stars = plan_.resources[target].lists;
    const std::vector<Index>& own = plan_.resources[resource_].lists;
    stars.erase(stars.begin(), std::ranges::mismatch(stars, own).in1);
    if (stars.size() > 1) {
      return Report("map-reference", text.size(),
                    "'" + std::string(name) + "' stands for items of a list in a list: refer to it from a resource " +
                        "for the items of the list around, or the other way round");
    }
    if (!stars.empty() && (CutPath(path).size() == 1 || path.find('*') == std::string_view::npos)) full += ".*";
    const Index content = Place(full + ".reference", mark, std::move(stars));
    if (content == kNone || !Claim(content)) return;
    Leaf& leaf = plan_.contents[content].leaf;
    leaf.source = Leaf::Source::kReference;
    leaf.type = plan_.contents[content].type;
    leaf.resource = target;
    leaf.mark = mark_;
    plan_.contents[content].bears = true;
  }

  // `=Patient hospital/patient(mrn)`: as the map `hospital` makes its resource `patient` of this key.
  void BindForeign(std::string_view path, Mark mark, std::string_view text) {
    const std::size_t blank = text.find(' ');
    const std::size_t slash = text.find('/');
    const std::size_t open = text.find('(');
    const bool sound = blank < slash && slash < open && open != std::string_view::npos && text.ends_with(')');
    if (!sound) {
      return Report("map-reference", text.size(),
                    "a resource of another map is named by its type, that map, its name there and the fields of its "
                    "key: =Patient hospital/patient(mrn)");
    }
    ForeignResource foreign;
    const definitions::TypeId type = binding_.definitions.FindType(text.substr(0, blank));
    if (type == definitions::kNoType || !binding_.definitions.IsResource(type)) {
      return Report("map-unknown-type", blank, "R4 has no resource of this name");
    }
    foreign.type_name = binding_.definitions.type(type).name;
    foreign.map = text.substr(blank + 1, slash - blank - 1);
    foreign.name = text.substr(slash + 1, open - slash - 1);
    std::string_view fields = text.substr(open + 1, text.size() - open - 2);
    for (bool more = true; more;) {
      const std::size_t comma = fields.find(',');
      YamlNode name;
      name.kind = YamlNode::Kind::kScalar;
      name.text = fields.substr(0, comma);
      while (name.text.starts_with(' ')) name.text.erase(0, 1);
      name.mark = mark_;
      const Index field = FieldNamed(binding_, name, "key");
      if (field == kNone) return;
      if (!StarsOf(plan_, plan_.fields[field].node).empty()) {
        return Report("map-reference", text.size(), "a field of the key stands once in a record");
      }
      foreign.key.push_back(field);
      more = comma != std::string_view::npos;
      fields.remove_prefix(more ? comma + 1 : fields.size());
    }
    const Index content = Place(std::string(path) + ".reference", mark, {});
    if (content == kNone || !Claim(content)) return;
    Leaf& leaf = plan_.contents[content].leaf;
    leaf.source = Leaf::Source::kForeign;
    leaf.type = plan_.contents[content].type;
    leaf.resource = static_cast<Index>(plan_.foreign.size());
    leaf.mark = mark_;
    plan_.contents[content].bears = true;
    plan_.foreign.push_back(std::move(foreign));
  }

  void BindText(Index content, std::string_view text, std::vector<Piece> pieces) {
    if (!plan_.contents[content].is_leaf ||
        DefaultType(binding_.definitions.type(plan_.contents[content].type).name) != ValueType::kString) {
      return Report("map-text", text.size(), "text with {fields} can only become a string; " + std::string(kTwice));
    }
    if (!Claim(content)) return;
    Leaf& leaf = plan_.contents[content].leaf;
    for (Piece& piece : pieces) {
      leaf.text.push_back({std::move(piece.literal), piece.field.empty() ? kNone : FindField(plan_, piece.field)});
      if (piece.field.empty() || leaf.text.back().field != kNone) continue;
      const std::string near = DidYouMean(piece.field, FieldNames(plan_));
      Report("map-unknown-field", text.size(),
             "'fields:' has no '" + piece.field + "'" + (near.empty() ? "; " + std::string(kTwice) : near));
    }
    leaf.source = Leaf::Source::kText;
    leaf.type = plan_.contents[content].type;
    leaf.mark = mark_;
    plan_.contents[content].bears = true;
  }

  // A group under an element: { from: field, codes: table, present: code, otherwise: code }; written, never read back.
  void BindDerived(std::string_view path, Mark mark, const YamlNode& value) {
    for (const auto& [key, given] : value.pairs) CheckKey(binding_, key, Place::kDerived);
    const YamlNode* from = value.Find("from");
    const YamlNode* derive = value.Find("derive");
    if ((from == nullptr) == (derive == nullptr)) {
      return Report(
          "map-derived", 1,
          "a derived element says which field it comes from ('from: field'), or how it is worked out from the "
          "record ('derive: expression')");
    }
    if (derive != nullptr) return BindExpression(path, mark, value, *derive);
    const Index field = FieldNamed(binding_, *from, "from");
    if (field == kNone) return;
    std::vector<Index> stars = StarsOf(plan_, plan_.fields[field].node);
    LeaveOutLists(plan_.resources[resource_], stars);
    const Index content = Place(path, mark, std::move(stars));
    if (content == kNone || !Claim(content)) return;
    FillDerived(content, field, value);
  }

  // A group under an element: { derive: expression, codes: table, otherwise: code }; written, never read back.
  void BindExpression(std::string_view path, Mark mark, const YamlNode& value, const YamlNode& derive) {
    if (path.find('*') != std::string_view::npos || value.Find("present") != nullptr) {
      return Report("map-derived", path.size(),
                    "an expression gives one value a resource: no '*' in the path, and no 'present'");
    }
    path::CompileOptions options;
    options.model = path::Model::kNone;
    auto expression = ExpressionOf(binding_, derive, "derive", options);
    const Index content = Place(path, mark, {});
    if (content == kNone || !Claim(content) || !expression) return;
    Field shape;
    if (!FindTable(value, shape.table)) return;
    BindWords(content, value);
    if (shape.table == kNone && !plan_.contents[content].is_leaf) {
      return Report("map-derived", path.size(), "an expression gives a plain value; of a code it needs 'codes: table'");
    }
    Leaf& leaf = plan_.contents[content].leaf;
    leaf.source = Leaf::Source::kExpression;
    leaf.derivation = static_cast<Index>(plan_.derivations.size());
    binding_.over_record.push_back({&expression->program(), &derive, kNone, resource_});
    plan_.derivations.push_back({*std::move(expression), {}});
    FillTable(content, shape);
  }

  // False after a report.
  bool FindTable(const YamlNode& value, Index& table) {
    const YamlNode* codes = value.Find("codes");
    if (codes == nullptr) return true;
    const std::string* name = TextOf(binding_, *codes, "codes");
    for (Index i = 0; name != nullptr && i < plan_.tables.size(); ++i) {
      if (plan_.tables[i]->name() == *name) table = i;
    }
    if (table == kNone) Report("map-unknown-table", 1, "'codes:' below has no table of this name");
    return table != kNone;
  }

  // `present` and `otherwise`.
  void BindWords(Index content, const YamlNode& value) {
    Leaf& leaf = plan_.contents[content].leaf;
    for (const auto& [key, place] :
         {std::pair<std::string_view, json::Value*>{"present", &leaf.present}, {"otherwise", &leaf.otherwise}}) {
      const YamlNode* given = value.Find(key);
      const std::string* text = given == nullptr ? nullptr : TextOf(binding_, *given, key);
      if (text == nullptr) continue;
      if (!plan_.contents[content].is_leaf) {
        binding_.diagnostics.Error("map-derived", given->mark, text->size(),
                                   "'" + std::string(key) + "' can only be said of a primitive element");
      } else if (const auto constant = ConstantOf(content, *text, given->mark)) {
        *place = *constant;
      }
    }
  }

  void FillDerived(Index content, Index field, const YamlNode& value) {
    Field shape = plan_.fields[field];
    shape.table = kNone;
    if (!FindTable(value, shape.table)) return;
    BindWords(content, value);
    if (shape.table == kNone && value.Find("present") == nullptr) {
      return Report("map-derived", 1, "say how it is derived: 'codes: table', or 'present: value'");
    }
    Leaf& leaf = plan_.contents[content].leaf;
    leaf.source = Leaf::Source::kDerived;
    leaf.field = field;
    FillTable(content, shape);
  }

  void FillTable(Index content, const Field& shape) {
    Leaf& leaf = plan_.contents[content].leaf;
    leaf.type = plan_.contents[content].type;
    leaf.table = shape.table;
    leaf.mark = mark_;
    plan_.contents[content].bears = true;
    const ValueType kind = DefaultType(binding_.definitions.type(leaf.type).name);
    const bool number = kind == ValueType::kInteger || kind == ValueType::kDecimal;
    leaf.number = number;
    if (shape.table == kNone || number) return;
    if (const auto transform = TransformFor(binding_, shape, leaf.type, mark_)) {
      plan_.contents[content].leaf.transform = *transform;
      plan_.contents[content].is_leaf = true;
    }
  }

  Binding& binding_;
  Plan& plan_;
  Index resource_;
  Mark mark_;
};

}  // namespace

void BindConstant(Binding& binding, Index resource, const YamlNode& key, const YamlNode& value) {
  ConstantBinder(binding, resource).Bind(key, value);
}

}  // namespace throughline::language
