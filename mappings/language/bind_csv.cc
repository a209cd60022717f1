#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "fhir/json/build.h"
#include "mappings/language/binder.h"

namespace throughline::language {
namespace {

// One ASCII character that can stand between cells or around them.
std::optional<char> SignOf(Binding& binding, const YamlNode& value, std::string_view what) {
  const std::string* text = TextOf(binding, value, what);
  if (text == nullptr) return std::nullopt;
  if (*text == "tab" || *text == "\t") return '\t';
  const bool sign = text->size() == 1 && text->front() > ' ' && static_cast<unsigned char>(text->front()) < 0x7F;
  if (sign) return text->front();
  binding.diagnostics.Error("map-local", value.mark, text->size(),
                            "'" + std::string(what) + "' is one ASCII character, or tab");
  return std::nullopt;
}

class Columns {
 public:
  explicit Columns(Binding& binding) : binding_(binding), plan_(binding.plan) {}

  void Run() {
    for (const Index child : plan_.nodes[0].children) {
      const LocalNode& node = plan_.nodes[child];
      if (IsColumn(node)) Add(node, false);
      if (node.spread > 0) AddAcross(plan_.nodes[0], child, false);
      if (IsColumn(node) || node.spread > 0 || child == plan_.rows) continue;
      if (node.name == plan_.format.csv.rows && node.kind == LocalKind::kArray) {
        plan_.rows = child;
        AddRows(plan_.nodes[node.children.front()]);
      } else {
        Misplaced(node);
      }
    }
    if (!plan_.format.csv.rows.empty() && plan_.rows == kNone) {
      binding_.diagnostics.Error("map-rows", {1, 1}, 1,
                                 "no field stands in the rows: write '" + plan_.format.csv.rows + ".*.column'");
    }
    MakeEmptyRows();
  }

 private:
  // What is wrong with an `across` below it is said there.
  bool SaysAcross(const LocalNode& node) const {
    return std::ranges::any_of(binding_.across, [&](Index at) {
      for (; at != kNone; at = plan_.nodes[at].parent) {
        if (&plan_.nodes[at] == &node) return true;
      }
      return false;
    });
  }

  void Misplaced(const LocalNode& node) {
    if (SaysAcross(node)) return;
    const std::string& rows = plan_.format.csv.rows;
    binding_.diagnostics.Error(
        "map-path", node.mark, node.path.size(),
        "a field of a CSV file is a column" +
            (rows.empty() ? ", or with 'local: rows: name' name.*.column" : ", or " + rows + ".*.column") +
            "; a column with a dot in its name is said by 'column:', several columns of a list by 'across:'");
  }

  static bool IsColumn(const LocalNode& node) { return node.kind == LocalKind::kLeaf || !node.joined.empty(); }

  void AddRows(const LocalNode& item) {
    if (item.kind != LocalKind::kObject) return Misplaced(item);
    for (const Index child : item.children) {
      const LocalNode& node = plan_.nodes[child];
      if (IsColumn(node)) {
        Add(node, true);
      } else if (node.spread > 0) {
        AddAcross(item, child, true);
      } else {
        Misplaced(node);
      }
    }
  }

  // A column for each item, or for each field in it.
  void AddAcross(const LocalNode& group, Index list, bool in_rows) {
    for (const AcrossMember& member : group.across_members) {
      if (member.list != list) continue;
      const LocalNode& leaf = plan_.nodes[member.leaf];
      formats::CsvColumn column;
      column.name = member.name;
      column.in_rows = in_rows;
      column.nothing = leaf.usual == Form::kWord ? leaf.word : "";
      column.headers = {member.name};
      CheckHeader(leaf, member.name);
      plan_.format.csv.columns.push_back(std::move(column));
    }
  }

  void Add(const LocalNode& node, bool in_rows) {
    formats::CsvColumn column;
    column.name = node.name;
    column.in_rows = in_rows;
    column.nothing = node.usual == Form::kWord ? node.word : "";
    column.headers = node.columns;
    for (const Index field : node.fields) {
      const Field& at = plan_.fields[field];
      if (!at.columns.empty()) column.headers = at.columns;
      column.key = column.key || std::ranges::find(plan_.key, field) != plan_.key.end();
    }
    if (column.headers.empty()) column.headers.push_back(node.name);
    for (const std::string& header : column.headers) CheckHeader(node, header);
    plan_.format.csv.columns.push_back(std::move(column));
  }

  void CheckHeader(const LocalNode& node, const std::string& header) {
    const bool control = std::ranges::any_of(header, [](char byte) { return static_cast<unsigned char>(byte) < 0x20; });
    if (header.empty() || control) {
      binding_.diagnostics.Error(
          "map-column", node.mark, node.path.size(),
          header.empty() ? "a column has a name" : "a tab or line end stands in this column's name: are these two?");
    }
    if (!seen_.emplace(header, node.path).second) {
      binding_.diagnostics.Error("map-column", node.mark, node.path.size(),
                                 "the column '" + header + "' is read by '" + seen_.at(header) + "' already");
    }
  }

  void MakeEmptyRows() {
    if (plan_.rows == kNone) return;
    json::ObjectBuilder row(plan_.arena);
    const LocalNode& item = plan_.nodes[plan_.nodes[plan_.rows].children.front()];
    const auto add = [&](std::string_view name, const LocalNode& node) {
      row.AddString(name, node.usual == Form::kWord ? node.word : "");
    };
    for (const Index child : item.children) {
      if (plan_.nodes[child].spread == 0) add(plan_.nodes[child].name, plan_.nodes[child]);
      for (const AcrossMember& member : item.across_members) {
        if (member.list == child) add(member.name, plan_.nodes[member.leaf]);
      }
    }
    json::ArrayBuilder rows(plan_.arena);
    rows.Add(row.Build());
    plan_.empty_rows = rows.Build();
    plan_.nodes[plan_.rows].usual = Form::kEmpty;
  }

  Binding& binding_;
  Plan& plan_;
  std::map<std::string, std::string> seen_;
};

}  // namespace

void BindDelimiter(Binding& binding, const YamlNode& value) {
  if (const auto sign = SignOf(binding, value, "delimiter")) binding.plan.format.csv.delimiter = *sign;
}

void BindQuote(Binding& binding, const YamlNode& value) {
  if (value.kind == YamlNode::Kind::kScalar && value.text == "none") {
    binding.plan.format.csv.quote = 0;
  } else if (const auto sign = SignOf(binding, value, "quote")) {
    binding.plan.format.csv.quote = *sign;
  }
}

void BindEncoding(Binding& binding, const YamlNode& value) {
  const std::string* text = TextOf(binding, value, "encoding");
  if (text == nullptr || formats::EncodingFrom(*text, binding.plan.format.csv.encoding)) return;
  binding.diagnostics.Error("map-local", value.mark, text->size(), "'encoding' is utf-8, latin-1 or windows-1252");
}

void BindDecimal(Binding& binding, const YamlNode& value) {
  if (const auto word = WordOf(binding, value, "decimal", kDecimalWords)) binding.plan.comma = *word == 1;
}

void BindLineEnd(Binding& binding, const YamlNode& value) {
  if (const auto word = WordOf(binding, value, "line-end", kLineEndWords)) {
    binding.plan.format.csv.carriage_return = *word == 1;
  }
}

void BindByteOrderMark(Binding& binding, const YamlNode& value) {
  if (const auto word = WordOf(binding, value, "byte-order-mark", kTruthWords)) {
    binding.plan.format.csv.byte_order_mark = *word == 0;
  }
}

void BindFormulas(Binding& binding, const YamlNode& value) {
  if (const auto word = WordOf(binding, value, "formulas", kFormulaWords)) binding.plan.format.csv.guarded = *word == 1;
}

void BindRows(Binding& binding, const YamlNode& value) {
  if (const std::string* text = TextOf(binding, value, "rows")) binding.plan.format.csv.rows = *text;
}

void BindNothingWord(Binding& binding, const YamlNode& value) {
  if (const std::string* text = TextOf(binding, value, "nothing")) binding.plan.nothing = *text;
}

void BindColumns(Binding& binding) {
  if (binding.plan.format.syntax == formats::Syntax::kCsv) Columns(binding).Run();
}

}  // namespace throughline::language
