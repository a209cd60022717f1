#include "mappings/engine/departures.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "fhir/json/build.h"
#include "mappings/engine/across.h"
#include "mappings/engine/repairs.h"
#include "mappings/plan/absence.h"
#include "mappings/plan/time_forms.h"
#include "mappings/plan/truth_words.h"

namespace throughline::engine {
namespace {

struct FormRow {
  std::string_view word;
  Form form;
  Presence presence;
};
constexpr std::array kForms = {
    FormRow{"omitted", Form::kOmitted, Presence::kOmitted},
    FormRow{"null", Form::kNull, Presence::kNull},
    FormRow{"empty", Form::kEmpty, Presence::kEmpty},
    FormRow{"word", Form::kWord, Presence::kWord},
};

constexpr std::size_t kOmittedRow = 0;
constexpr std::size_t kEmptyRow = 2;
constexpr std::string_view kToken = "token";
constexpr std::string_view kForm = "form";

class Finder {
 public:
  Finder(const Plan& plan, std::vector<std::string>& lines) : plan_(plan), lines_(lines) {}

  // `usual`: how nothing is written there when no line says otherwise.
  void Visit(Index index, const Instance& instance, bool item, Form usual) {
    const LocalNode& node = plan_.nodes[index];
    const bool blank = node.spread > 0 && AcrossEnd(plan_, node, instance) == 0;
    if (blank || IsUsualRow(index, instance)) return;
    // A list of values of which all went nowhere is not written with empty ones in their place.
    const bool list = (node.kind == LocalKind::kArray && node.spread == 0) || node.places;
    if (list && !item && !instance.carries && !KeepsGroup(node, instance) && LostIn(node, instance)) {
      return IsDropped(plan_, node) ? SayDropped(node) : void();
    }
    const bool hollow = !instance.carries && instance.presence == Presence::kValue && node.kind != LocalKind::kLeaf;
    if (hollow && !item && node.parent != kNone && usual == kForms[kEmptyRow].form) {
      return VisitHollow(node, instance);
    }
    if (node.parent != kNone && !instance.carries && !Say(node, instance, item, usual)) return;
    if (node.kind == LocalKind::kLeaf && instance.carries) return SayToken(node, instance);
    VisitBelow(node, instance);
  }

 private:
  template <typename Asks>
  bool AnyItem(const LocalNode& list, const Instance& instance, const Asks& asks) const {
    for (std::uint32_t i = 0; instance.children != nullptr && i < instance.count; ++i) {
      if (asks(plan_.nodes[list.children[list.places ? i : 0]], instance.children[i])) return true;
    }
    return false;
  }

  bool LostIn(const LocalNode& node, const Instance& instance) const {
    if (node.kind == LocalKind::kLeaf) return instance.lost;
    return AnyItem(node, instance, [&](const LocalNode& item, const Instance& one) { return LostIn(item, one); });
  }

  // Groups stay, without what is lost of them.
  bool KeepsGroup(const LocalNode& node, const Instance& instance) const {
    if (node.kind == LocalKind::kLeaf) return false;
    if (node.kind == LocalKind::kObject && !node.places) return instance.presence >= Presence::kEmpty;
    return AnyItem(node, instance, [&](const LocalNode& item, const Instance& one) { return KeepsGroup(item, one); });
  }

  // What was dropped comes back as a member that is not there: the usual form of nothing would say that there was none.
  void SayDropped(const LocalNode& node) {
    const bool csv = plan_.format.syntax == formats::Syntax::kCsv;
    if (!csv && node.usual != Form::kOmitted) lines_.push_back(std::string(kForms[kOmittedRow].word) + " " + pointer_);
  }

  void VisitBelow(const LocalNode& node, const Instance& instance) {
    if (node.kind == LocalKind::kObject && instance.children != nullptr && instance.presence >= Presence::kEmpty) {
      for (const Index child : node.children) {
        const std::size_t length = pointer_.size();
        const LocalNode& below = plan_.nodes[child];
        const Instance& at = instance.children[below.position];
        if (below.twin != kNone && IsOther(below, at, instance.children[plan_.nodes[below.twin].position])) continue;
        AppendPointer(below.name, pointer_);
        if (below.second) pointer_.append(kSecond);
        Visit(child, at, false, node.places ? FormAmong(node, instance, below) : below.usual);
        pointer_.resize(length);
      }
    }
    if (node.kind == LocalKind::kArray) {
      const std::uint32_t count = node.spread > 0 ? AcrossEnd(plan_, node, instance) : instance.count;
      for (std::uint32_t i = 0; i < count; ++i) {
        const std::size_t length = pointer_.size();
        pointer_.append("/").append(std::to_string(i));
        const Index below = node.children.front();
        Visit(below, instance.children[i], true, plan_.nodes[below].usual);
        pointer_.resize(length);
      }
    }
  }

  // Before an item that is written stands something: null, in a text an empty item.
  Form FormAmong(const LocalNode& list, const Instance& instance, const LocalNode& item) const {
    if (item.usual != Form::kOmitted) return item.usual;
    for (std::size_t i = item.position + 1u; i < list.children.size(); ++i) {
      const Instance& at = instance.children[i];
      const bool leaf = plan_.nodes[list.children[i]].kind == LocalKind::kLeaf;
      const bool written = at.carries || (at.presence == Presence::kValue ? !leaf : at.presence != Presence::kOmitted);
      if (written) return list.joined.empty() ? Form::kNull : Form::kEmpty;
    }
    return Form::kOmitted;
  }

  // Where all that stands below is dropped, the empty group or list comes back, as usual; a member that says nothing,
  // or departs, needs it said.
  void VisitHollow(const LocalNode& node, const Instance& instance) {
    const auto before = static_cast<std::ptrdiff_t>(lines_.size());
    const std::string line = std::string(kForms[kEmptyRow].word) + " " + pointer_;
    VisitBelow(node, instance);
    const bool group = node.kind == LocalKind::kObject && instance.children != nullptr;
    const bool members = group && std::ranges::any_of(node.children, [&](Index child) {
                           const Presence presence = instance.children[plan_.nodes[child].position].presence;
                           const bool dropped =
                               plan_.nodes[child].kind == LocalKind::kLeaf && presence == Presence::kValue;
                           return presence != Presence::kOmitted && !dropped;
                         });
    if (members || std::ssize(lines_) > before) lines_.insert(lines_.begin() + before, line);
  }

  // A CSV record is written with one row where nothing of its rows is kept; so one row of which all is dropped is
  // usual.
  bool IsUsualRow(Index index, const Instance& instance) const {
    if (index != plan_.rows || instance.carries || instance.count != 1) return false;
    const Instance& row = instance.children[0];
    const LocalNode& shape = plan_.nodes[plan_.nodes[index].children.front()];
    if (row.carries || row.children == nullptr) return false;
    return std::ranges::all_of(shape.children, [&](Index child) {
      const Instance& cell = row.children[plan_.nodes[child].position];
      const LocalNode& column = plan_.nodes[child];
      const bool listed = column.spread > 0 && AcrossEnd(plan_, column, cell) > 0;
      if (listed || cell.spelt || SaysWhyNoTime(plan_, column, cell)) return false;
      const bool said = cell.presence == Presence::kValue || cell.presence == Presence::kOmitted;
      const auto form = std::ranges::find(kForms, cell.presence, &FormRow::presence);
      return said || (form != kForms.end() && form->form == plan_.nodes[child].usual);
    });
  }

  // Of two words for one reason the second travels by its place in the map's list.
  void SayToken(const LocalNode& node, const Instance& instance) {
    const Field& field = FieldOf(plan_, node, instance);
    const AbsentToken* token = FindToken(field, instance.value);
    if (token == nullptr) SayForm(field, instance);
    if (token == nullptr || token == TokenFor(field, token->reason)) return;
    lines_.push_back(std::string(kToken) + std::to_string(token - field.absent.data()) + " " + pointer_);
  }

  // The word that says why there is no time of day travels by its place in the map's list: FHIR has no place for it.
  bool SayWhyNoTime(const LocalNode& node, const Instance& instance) {
    if (!SaysWhyNoTime(plan_, node, instance)) return false;
    const Field& field = plan_.fields[node.fields.front()];
    lines_.push_back(std::string(kToken) + std::to_string(FindToken(field, instance.value) - field.absent.data()) +
                     " " + pointer_);
    return true;
  }

  // A date in another form than the one that its precision asks for, a truth in another word than the usual one.
  void SayForm(const Field& field, const Instance& instance) {
    std::size_t form = 0;
    if (!field.other_formats.empty()) form = OtherForm(field, instance.value.text());
    if (const auto word = FindTruth(field, instance.value.text()); word && word->place > 0) form = word->place + 1;
    if (form > 0) lines_.push_back(std::string(kForm) + std::to_string(form) + " " + pointer_);
  }

  // Says the form of a place that carries nothing. False: there is nothing below that could depart.
  bool Say(const LocalNode& node, const Instance& instance, bool item, Form usual) {
    const bool derived = !node.fields.empty() && plan_.fields[node.fields.front()].derivation != kNone;
    if (derived || SayWhyNoTime(node, instance)) return false;
    if (!node.fields.empty() && SaysByBlank(plan_.fields[node.fields.front()], instance))
      SayForm(plan_.fields[node.fields.front()], instance);
    const bool dropped = node.kind == LocalKind::kLeaf && instance.presence == Presence::kValue;
    if (dropped && !item) {
      const bool taken = !node.chosen || instance.taken < node.fields.size();
      if (taken && node.across.empty()) SayDropped(node);
      return false;
    }
    const auto found = dropped && !node.across.empty()
                           ? std::ranges::find(kForms, node.usual, &FormRow::form)
                           : std::ranges::find(kForms, instance.presence, &FormRow::presence);
    const std::size_t row = found == kForms.end() ? kEmptyRow : static_cast<std::size_t>(found - kForms.begin());
    const bool bare = instance.presence != Presence::kValue;
    const bool no_column = plan_.format.syntax == formats::Syntax::kCsv && instance.presence == Presence::kOmitted;
    if (no_column && !item) return false;
    if (bare && !item && kForms[row].form == usual && !instance.spelt) return false;
    lines_.push_back(std::string(kForms[row].word) + " " + pointer_);
    return row == kEmptyRow;
  }

  const Plan& plan_;
  std::vector<std::string>& lines_;
  std::string pointer_;
};

std::string Unescaped(std::string_view token) {
  std::string name;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] == '~' && i + 1 < token.size()) {
      name.push_back(token[++i] == '1' ? '/' : '~');
    } else {
      name.push_back(token[i]);
    }
  }
  return name;
}

// Walks to the place of a pointer, making what is missing; items at its end are put in.
class Placer {
 public:
  Placer(const Plan& plan, json::Arena& arena) : plan_(plan), arena_(arena) {}

  void Place(Instance& root, std::string_view pointer, Presence presence) {
    Instance* at = &root;
    Index node = 0;
    if (!Walk(pointer, true, at, node)) return;
    at->forced = true;
    at->presence =
        presence == Presence::kEmpty && plan_.nodes[node].kind == LocalKind::kObject ? Presence::kValue : presence;
  }

  void PlaceToken(Instance& root, std::string_view pointer, std::size_t token) {
    Instance* at = &root;
    Index node = 0;
    if (!Walk(pointer, false, at, node) || plan_.nodes[node].fields.empty()) return;
    const Field& field = FieldOf(plan_, plan_.nodes[node], *at);
    if (token >= field.absent.size()) return;
    const bool why_no_time = field.date != kNone && !at->carries;
    const AbsentToken* usual = at->carries ? FindToken(field, at->value) : nullptr;
    const bool fits = why_no_time || (usual != nullptr && usual->reason == field.absent[token].reason);
    if (!fits) return;
    at->value = TokenValue(field, field.absent[token]);
    at->presence = Presence::kValue;
    at->forced = at->forced || why_no_time;
  }

  void PlaceForm(Instance& root, std::string_view pointer, std::size_t form) {
    Instance* at = &root;
    Index node = 0;
    if (!Walk(pointer, false, at, node) || !at->carries || plan_.nodes[node].fields.empty()) return;
    const Field& field = FieldOf(plan_, plan_.nodes[node], *at);
    if (const auto word = FindTruth(field, at->value.text())) {
      const std::vector<std::string>& words = WordsFor(field, word->truth);
      if (form > 0 && form <= words.size()) at->value = json::Value::String(words[form - 1]);
      return;
    }
    const auto read = ReadForms(field, at->value.text());
    const bool fits = read && form > 0 && form <= FormCount(field) &&
                      FormAt(field, form - 1).level() == FormAt(field, read->form).level() &&
                      FormAt(field, form - 1).CanWrite(read->parts);
    if (!fits) return;
    std::string text;
    FormAt(field, form - 1).Write(read->parts, text);
    at->value = json::Value::String(arena_.Copy(text));
  }

  void PlaceSpelling(Instance& root, std::string_view pointer, const Spelling& spelling) {
    Instance* at = &root;
    Index node = 0;
    if (!Walk(pointer, false, at, node) || plan_.nodes[node].kind != LocalKind::kLeaf) return;
    const bool value = at->value.is_string() && (at->carries || (at->forced && at->presence == Presence::kValue));
    const std::string_view stands = value ? at->value.text() : std::string_view();
    if (spelling.nothing ? !stands.empty() : !value) return;
    const bool word = spelling.nothing && !value && NothingAt(plan_.nodes[node], *at) == Form::kWord;
    const auto written = AsWritten(word ? std::string_view(plan_.nodes[node].word) : stands, spelling);
    if (!written) return;
    at->value = json::Value::String(arena_.Copy(*written));
    at->presence = Presence::kValue;
    at->forced = true;
  }

 private:
  // How nothing is written there.
  static Form NothingAt(const LocalNode& node, const Instance& at) {
    const auto row = std::ranges::find(kForms, at.presence, &FormRow::presence);
    return at.forced && row != kForms.end() ? row->form : node.usual;
  }

  bool Walk(std::string_view pointer, bool insert, Instance*& at, Index& node) {
    while (!pointer.empty()) {
      pointer.remove_prefix(1);
      const std::size_t end = pointer.find('/');
      const std::string_view token = pointer.substr(0, end);
      pointer = end == std::string_view::npos ? std::string_view() : pointer.substr(end);
      if (!Step(token, insert && pointer.empty(), at, node)) return false;
    }
    return true;
  }

  bool Step(std::string_view token, bool last, Instance*& at, Index& node) {
    const LocalNode& shape = plan_.nodes[node];
    const bool second = token.ends_with(kSecond);
    if (second) token.remove_suffix(kSecond.size());
    if (shape.kind == LocalKind::kObject) return StepInto(shape, Unescaped(token), second, at, node);
    if (shape.kind != LocalKind::kArray) return false;
    std::uint32_t place = 0;
    const auto [end, code] = std::from_chars(token.data(), token.data() + token.size(), place);
    if (code != std::errc{} || end != token.data() + token.size() || place > at->count) return false;
    if (last) {
      InsertItem(plan_, node, *at, place, arena_);
      at->carries = true;
    }
    if (place >= at->count) return false;
    at = &at->children[place];
    node = shape.children.front();
    return true;
  }

  bool StepInto(const LocalNode& shape, const std::string& name, bool second, Instance*& at, Index& node) {
    for (const Index child : shape.children) {
      if (plan_.nodes[child].name != name || plan_.nodes[child].second != second) continue;
      if (at->children == nullptr) at->children = NewInstance(plan_, node, arena_)->children;
      at = &at->children[plan_.nodes[child].position];
      node = child;
      return true;
    }
    return false;
  }

  const Plan& plan_;
  json::Arena& arena_;
};

std::optional<std::size_t> NumberBehind(std::string_view word, std::string_view name) {
  if (!word.starts_with(name)) return std::nullopt;
  std::size_t number = 0;
  const auto [end, code] = std::from_chars(word.data() + name.size(), word.data() + word.size(), number);
  return code == std::errc{} && end == word.data() + word.size() ? std::optional(number) : std::nullopt;
}

}  // namespace

std::vector<std::string> FindDepartures(const Plan& plan, const Instance& root) {
  std::vector<std::string> lines;
  Finder(plan, lines).Visit(0, root, false, Form::kOmitted);
  return lines;
}

json::Value WithDepartures(const json::Value& body, const std::vector<std::string>& lines, json::Arena& arena) {
  json::ArrayBuilder extensions(arena);
  for (const json::Value& extension : body.Get("extension").items()) extensions.Add(extension);
  for (const std::string& line : lines) {
    json::ObjectBuilder extension(arena);
    extension.Add("url", json::Value::String(kLocalFormUrl));
    extension.AddString("valueString", line);
    extensions.Add(extension.Build());
  }
  return json::With(body, "extension", extensions.Build(), arena);
}

void ApplyDepartures(const Plan& plan, const json::Value& body, Instance& root, json::Arena& arena) {
  constexpr int kMaxLines = 1000;
  int lines = 0;
  Placer placer(plan, arena);
  for (const json::Value& extension : body.Get("extension").items()) {
    if (extension.Get("url").text() != kLocalFormUrl) continue;
    if (++lines > kMaxLines) return;
    const std::string_view line = extension.Get("valueString").text();
    const std::size_t blank = line.find(' ');
    if (blank == std::string_view::npos || !line.substr(blank + 1).starts_with('/')) continue;
    const std::string_view word = line.substr(0, blank);
    if (const auto token = NumberBehind(word, kToken)) placer.PlaceToken(root, line.substr(blank + 1), *token);
    if (const auto spelling = SpellingIn(word)) placer.PlaceSpelling(root, line.substr(blank + 1), *spelling);
    if (const auto form = NumberBehind(word, kForm)) placer.PlaceForm(root, line.substr(blank + 1), *form);
    for (const FormRow& row : kForms) {
      if (row.word == line.substr(0, blank)) placer.Place(root, line.substr(blank + 1), row.presence);
    }
  }
}

}  // namespace throughline::engine
