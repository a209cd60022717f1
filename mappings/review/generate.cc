#include "mappings/review/generate.h"

#include <algorithm>
#include <array>
#include <span>

#include "fhir/base/decimal.h"
#include "fhir/json/build.h"
#include "fhir/validate/validate.h"
#include "mappings/engine/checks.h"
#include "mappings/engine/choose.h"
#include "mappings/engine/instance.h"
#include "mappings/language/binder.h"
#include "mappings/plan/absence.h"
#include "mappings/plan/joined.h"
#include "mappings/plan/local_code.h"
#include "mappings/plan/parts.h"
#include "mappings/plan/spelling.h"
#include "mappings/plan/time_forms.h"
#include "mappings/plan/truth_words.h"
#include "mappings/review/generate_clocks.h"
#include "mappings/review/generate_order.h"
#include "mappings/review/generate_spelling.h"

namespace throughline::review {
namespace {

// Texts of types that a text must be already.
struct WrittenRow {
  std::string_view type;
  std::array<std::string_view, 4> texts;
};
constexpr std::array kWritten = {
    WrittenRow{"base64Binary", {"aGVsbG8=", "/+8AAQ==", "YQ==", "YWI="}},
    WrittenRow{"date", {"2024-02-29", "1990-08-13", "2021-11", "1970"}},
    WrittenRow{"dateTime", {"2025-01-09T09:40:00Z", "2024-02-29T23:59:59.125-03:00", "2021-11", "1999-12-31"}},
    WrittenRow{"instant",
               {"2025-01-09T09:40:00Z", "2024-02-29T23:59:59.125-03:00", "2025-04-06T00:30:00+13:45",
                "1999-12-31T23:59:59.9Z"}},
    WrittenRow{"time", {"09:40:00", "23:59:59.5", "00:00:00", "12:30:01"}},
};

constexpr std::array<std::string_view, 16> kPieces = {
    "a", "Z", "7", " ", "-", "é", "ñ", "\"", "\\", "|", "/", "\n", "\xE2\x82\xAC", "\xF0\x9F\x8C\xB1", "~", "{}"};

// Of a record, where nothing may stand in another form than usual: 1,000 of them are kept (engine/to_fhir.cc).
constexpr std::size_t kMostNothings = 900;

class Generator {
 public:
  Generator(const Plan& plan, Dice& dice, json::Arena& arena)
      : plan_(plan), dice_(dice), arena_(arena), leaves_(plan.fields.size()) {
    for (const Content& content : plan.contents) {
      if (content.leaf.source == Leaf::Source::kField) leaves_[content.leaf.field] = &content.leaf;
    }
  }

  json::Value Make(Index index) {
    const LocalNode& node = plan_.nodes[index];
    if (node.places) return Places(node);
    if (node.kind == LocalKind::kObject) return Object(node);
    return node.kind == LocalKind::kArray ? Array(node) : MakeLeaf(node);
  }

 private:
  bool IsCsv() const { return plan_.format.syntax == formats::Syntax::kCsv; }

  json::Value Object(const LocalNode& node) {
    json::ObjectBuilder object(arena_);
    for (const Index child : node.children) {
      const LocalNode& below = plan_.nodes[child];
      if (below.second) continue;
      if (below.spread > 0) {
        Across(node, child, object);
        continue;
      }
      if (Required(below) || dice_.Percent(75)) {
        object.Add(below.name, Make(below.twin != kNone && dice_.Percent(50) ? below.twin : child));
        continue;
      }
      if (++nothings_ > kMostNothings) {
        if (IsCsv() || below.usual != Form::kOmitted) object.Add(below.name, engine::NothingOf(plan_, below));
        continue;
      }
      // A cell is always there.
      if (IsCsv()) {
        object.Add(below.name, dice_.Percent(90) ? engine::NothingOf(plan_, below) : Empty(below));
        continue;
      }
      switch (dice_.Below(3)) {
        case 0:
          object.Add(below.name, json::Value());
          break;
        case 1:
          object.Add(below.name, Empty(below));
          break;
        default:
          break;
      }
    }
    const bool focus = node.parent == kNone || node.name == "*";
    return focus && !plan_.choices.empty() ? WithCases(node, object.Build()) : object.Build();
  }

  // The members of a list, with gaps between its items and behind them.
  void Across(const LocalNode& group, Index list, json::ObjectBuilder& object) {
    std::vector<json::Value> items(plan_.nodes[list].spread);
    const Index item = plan_.nodes[list].children.front();
    const bool objects = plan_.nodes[item].kind == LocalKind::kObject;
    for (json::Value& value : items) value = dice_.Percent(60) ? Make(item) : Nothing(plan_.nodes[item]);
    for (const AcrossMember& member : group.across_members) {
      if (member.list != list) continue;
      const LocalNode& leaf = plan_.nodes[member.leaf];
      const json::Value* value = objects ? items[member.item].Find(leaf.name) : &items[member.item];
      const bool left_out = value == nullptr || (!objects && value->is_null() && dice_.Percent(50));
      if (!left_out || IsCsv()) object.Add(member.name, left_out ? engine::NothingOf(plan_, leaf) : *value);
    }
  }

  // An item that says nothing.
  json::Value Nothing(const LocalNode& item) {
    if (item.kind == LocalKind::kObject) return json::Value::Object({});
    if (IsCsv()) return dice_.Percent(90) ? engine::NothingOf(plan_, item) : Empty(item);
    return dice_.Percent(70) ? json::Value() : Empty(item);
  }

  // Values of fields with cases become what the case takes whose condition holds.
  json::Value WithCases(const LocalNode& node, const json::Value& object) {
    std::vector<json::Member> members(object.members().begin(), object.members().end());
    const json::Value focus = json::Value::Object({members.data(), members.size()});  // sees what becomes of `members`
    for (const FieldChoice& choice : plan_.choices) {
      Index above = plan_.nodes[choice.node].parent;
      while (plan_.nodes[above].parent != kNone && plan_.nodes[above].name != "*") above = plan_.nodes[above].parent;
      if (&plan_.nodes[above] != &node || choice.names.empty()) continue;
      for (int tries = 0; tries < 4 && Holds(focus, choice); ++tries) {
        const Index taken = CaseOf(choice, focus);
        if (taken == kNone) break;
        const auto member = std::ranges::find(members, choice.names.front(), &json::Member::name);
        const json::Value value = Scalar(plan_.nodes[choice.node].fields[taken], {});
        member->value = Put(member->value, std::span(choice.names).subspan(1), value);
        if (CaseOf(choice, focus) == taken) break;
      }
    }
    json::Member* const made = arena_.Array<json::Member>(members.size());
    std::ranges::copy(members, made);
    return json::Value::Object({made, members.size()});
  }

  // kNone also where it cannot be told.
  Index CaseOf(const FieldChoice& choice, const json::Value& focus) const {
    const auto taken = engine::CaseFor(plan_, choice, focus, focus);
    return taken ? *taken : kNone;
  }

  // The value there is none of the words for nothing.
  bool Holds(const json::Value& focus, const FieldChoice& choice) const {
    const json::Value* at = &focus;
    for (const std::string& name : choice.names) {
      at = MemberOf(*at, name);
      if (at == nullptr) return false;
    }
    const LocalNode& node = plan_.nodes[choice.node];
    return !at->is_null() && !at->text().empty() && (node.usual != Form::kWord || at->text() != node.word);
  }

  json::Value Put(const json::Value& at, std::span<const std::string> names, const json::Value& value) {
    if (names.empty()) return value;
    const json::Value* member = MemberOf(at, names.front());
    const json::Value below = member == nullptr ? json::Value() : *member;
    return WithMember(at, names.front(), Put(below, names.subspan(1), value), arena_);
  }

  // A list whose items have places of their own; it may end before the last of them.
  json::Value Places(const LocalNode& node) {
    std::vector<json::Value> items;
    const json::Value gap = node.joined.empty() ? json::Value() : json::Value::String("");
    const std::uint64_t count = dice_.Percent(60) ? node.children.size() : dice_.Below(node.children.size() + 1);
    for (std::size_t i = 0; i < count; ++i) {
      const Index child = node.children[i];
      const LocalNode& below = plan_.nodes[child];
      items.resize(*PlaceFrom(below.name), gap);
      const bool made = Required(below) || dice_.Percent(75);
      items.push_back(made ? Make(child) : dice_.Percent(70) ? gap : Empty(below));
    }
    json::ArrayBuilder list(arena_);
    for (const json::Value& item : items) {
      list.Add(node.joined.empty() || CanHold(node, item.text()) ? item : json::Value::String(""));
    }
    return node.joined.empty() ? list.Build() : JoinItems(node, list.Build(), arena_);
  }

  // A group that holds a required field cannot be written as {}: that would be a group without it, which is nothing.
  json::Value Empty(const LocalNode& node) {
    if (IsCsv() && node.kind == LocalKind::kArray) return engine::NothingOf(plan_, node);
    if (node.places) return node.joined.empty() ? json::Value::Array({}) : json::Value::String("");
    if (node.kind == LocalKind::kObject) return json::Value::Object({});
    if (!node.joined.empty()) return json::Value::String("");
    if (node.kind == LocalKind::kArray) return json::Value::Array({});
    const Field& field = plan_.fields[node.fields.front()];
    const bool text = field.textual || field.type == ValueType::kString || field.type >= ValueType::kDate;
    return text ? json::Value::String("") : json::Value();
  }

  bool Required(const LocalNode& node) const {
    const auto required = [&](Index field) { return plan_.fields[field].required; };
    if (std::ranges::any_of(node.fields, required)) return true;
    return node.kind == LocalKind::kObject && node.parent == 0 && std::ranges::any_of(plan_.key, [&](Index field) {
             return plan_.nodes[plan_.fields[field].node].path.starts_with(node.path + ".");
           });
  }

  // The text of a list that is written as one.
  json::Value Joined(const LocalNode& node) {
    json::ArrayBuilder items(arena_);
    std::uint64_t count = 1 + dice_.Below(4);
    for (const bool alone = count == 1; count > 0; --count) {
      const bool empty = !alone && dice_.Percent(8);
      const json::Value item = empty ? json::Value::String("") : MakeLeaf(plan_.nodes[node.children.front()]);
      items.Add(CanHold(node, item.text()) ? item : json::Value::String(""));
    }
    return JoinItems(node, items.Build(), arena_);
  }

  json::Value Array(const LocalNode& node) {
    if (!node.joined.empty()) return Joined(node);
    const LocalNode& item = plan_.nodes[node.children.front()];
    json::ArrayBuilder items(arena_);
    const bool rows = IsCsv();
    for (std::uint64_t count = dice_.Below(4) + (rows ? 1 : 0); count > 0; --count) {
      if (!rows && dice_.Percent(4)) {
        items.Add(json::Value());
      } else if (!rows && dice_.Percent(4)) {
        items.Add(Empty(item));
      } else {
        items.Add(Make(node.children.front()));
      }
    }
    const json::Value list = plan_.distincts ? WithSameItems(node, items.Build()) : items.Build();
    const bool alone = node.single && list.size() == 1 && !list.items().front().is_array() &&
                       !list.items().front().is_null() && dice_.Percent(50);
    return alone ? list.items().front() : list;
  }

  // What items may share is the same in some of them that follow each other.
  json::Value WithSameItems(const LocalNode& node, const json::Value& list) {
    std::vector<json::Value> items(list.items().begin(), list.items().end());
    for (const ResourcePlan& resource : plan_.resources) {
      if (!resource.distinct || &plan_.nodes[resource.each] != &node) continue;
      for (std::size_t i = 1; i < items.size(); ++i) {
        if (!items[i].is_object() || !items[i - 1].is_object() || !dice_.Percent(50)) continue;
        for (const Index feed : resource.feeds) {
          const std::vector<std::string> names = NamesBelow(node, plan_.nodes[plan_.fields[feed].node]);
          const json::Value* value = &items[i - 1];
          for (const std::string& name : names) value = value == nullptr ? nullptr : MemberOf(*value, name);
          if (value != nullptr) items[i] = Put(items[i], names, *value);
        }
      }
    }
    json::ArrayBuilder same(arena_);
    for (const json::Value& item : items) same.Add(item);
    return same.Build();
  }

  // The members on the way from an item of a list to a leaf in it; of a list below, to the list.
  std::vector<std::string> NamesBelow(const LocalNode& list, const LocalNode& leaf) const {
    std::vector<std::string> names;
    for (const LocalNode* at = &leaf; at->parent != kNone; at = &plan_.nodes[at->parent]) {
      if (&plan_.nodes[at->parent] == &list) break;
      if (at->name == "*")
        names.clear();
      else
        names.insert(names.begin(), at->name);
    }
    return names;
  }

  json::Value MakeLeaf(const LocalNode& node) { return Spoilt(plan_, node, Sound(node), dice_, arena_); }

  json::Value Sound(const LocalNode& node) {
    if (node.separator.empty()) return Scalar(node.fields.front(), {});
    std::string text;
    for (const Index field : node.fields) {
      if (!text.empty() && dice_.Percent(50)) break;
      const json::Value part = Scalar(field, node.separator);
      const bool last = field == node.fields.back();
      text.append(text.empty() ? "" : node.separator);
      text.append(FitsPart(part.text(), node.separator, last) ? part.text() : "plain");
    }
    return json::Value::String(arena_.Copy(text));
  }

  json::Value Scalar(Index index, std::string_view separator) {
    const Field& field = plan_.fields[index];
    if (!field.absent.empty() && !field.required && separator.empty() && dice_.Percent(10)) {
      return TokenValue(field, field.absent[dice_.Below(field.absent.size())]);
    }
    if (field.table != kNone) return Code(field, separator);
    if (field.bands != kNone) return BandCode(field);
    if (!field.yes.empty()) {
      const std::vector<std::string>& words = WordsFor(field, dice_.Percent(50));
      return json::Value::String(words[dice_.Below(words.size())]);
    }
    switch (field.type) {
      case ValueType::kBoolean:
        return json::Value::Boolean(dice_.Percent(50));
      case ValueType::kInteger:
      case ValueType::kDecimal:
        return Number(index, field);
      case ValueType::kDate:
      case ValueType::kDateTime:
      case ValueType::kTime:
        return Time(field);
      case ValueType::kString:
        break;
    }
    return Text(index, separator);
  }

  json::Value BandCode(const Field& field) {
    const Bands& bands = plan_.bands[field.bands];
    std::string code = bands.rows[dice_.Below(bands.rows.size())].code;
    const bool closed = bands.same && bands.same->low && bands.same->high;
    if (closed && dice_.Percent(40)) code = (dice_.Percent(50) ? bands.same->low : bands.same->high)->text();
    return CodeValue(field, arena_.Copy(code)).value_or(json::Value());
  }

  json::Value Code(const Field& field, std::string_view separator) {
    const auto& locals = plan_.tables[field.table]->locals();
    const bool more =
        field.unmatched == UnmatchedPolicy::kKeep || plan_.tables[field.table]->unlisted() == Unlisted::kFixed;
    if (more && dice_.Percent(5)) {
      if (const auto other = CodeValue(field, field.type == ValueType::kInteger ? "987654" : "NEW-CODE")) return *other;
    }
    for (std::size_t tries = 0; tries < 16 && !locals.empty(); ++tries) {
      const std::string_view code = locals[dice_.Below(locals.size())].local;
      if (separator.empty() || code.find(separator) == std::string_view::npos) {
        return CodeValue(field, code).value_or(json::Value());
      }
    }
    return {};
  }

  json::Value Number(Index index, const Field& field) {
    const auto bound = [](const std::optional<Decimal>& limit, long long otherwise) {
      long long value = 0;
      if (!limit || limit->exponent() != 0 || limit->text().size() > 9) return otherwise;
      for (const char digit : limit->digits()) value = value * 10 + (digit - '0');
      return limit->negative() ? -value : value;
    };
    const bool positive = leaves_[index] != nullptr && leaves_[index]->type_name == "positiveInt";
    const long long low = std::max(bound(field.low, 0), positive ? 1LL : -1'000'000'000LL);
    const long long high = std::max(bound(field.high, low + 1000), low);
    std::string text =
        std::to_string(low + static_cast<long long>(dice_.Below(static_cast<std::uint64_t>(high - low) + 1)));
    if (field.type == ValueType::kDecimal && !field.high) text += dice_.Percent(50) ? ".50" : ".0";
    if (field.comma) std::ranges::replace(text, '.', ',');
    return field.textual ? json::Value::String(arena_.Copy(text)) : json::Value::Number(arena_.Copy(text));
  }

  json::Value Time(const Field& field) {
    for (;;) {
      TimeParts parts{static_cast<int>(1920 + dice_.Below(110)),
                      static_cast<int>(1 + dice_.Below(12)),
                      static_cast<int>(1 + dice_.Below(28)),
                      static_cast<int>(dice_.Below(24)),
                      static_cast<int>(dice_.Below(60)),
                      static_cast<int>(dice_.Below(60)),
                      true};
      const TimeFormat& form = FormAt(field, dice_.Below(FormCount(field)));
      if (form.first_year() > 0) parts.year = form.first_year() + static_cast<int>(dice_.Below(100));
      if (!form.has_month()) parts.month = 0;
      if (!form.has_day()) parts.day = 0;
      if (!form.has_time()) parts.hour = parts.minute = parts.second = 0;
      if (!form.has_seconds()) parts.second = 0;
      if (field.type == ValueType::kDateTime && form.has_time() && !IsShown(plan_, parts)) continue;
      std::string text;
      form.Write(parts, text);
      return json::Value::String(arena_.Copy(text));
    }
  }

  json::Value Text(Index index, std::string_view separator) {
    const std::string_view type = leaves_[index] == nullptr ? "string" : leaves_[index]->type_name;
    const auto written = std::ranges::find(kWritten, type, &WrittenRow::type);
    if (written != kWritten.end()) return json::Value::String(written->texts[dice_.Below(written->texts.size())]);
    for (std::size_t tries = 0; tries < 8; ++tries) {
      std::string text;
      for (std::uint64_t length = 1 + dice_.Below(12); length > 0; --length)
        text.append(kPieces[dice_.Below(kPieces.size())]);
      if (!separator.empty())
        std::erase_if(text, [&](char byte) { return separator.find(byte) != std::string_view::npos; });
      const bool trim = plan_.nodes[plan_.fields[index].node].trim;
      const std::string_view read = trim ? Trimmed(text) : std::string_view(text);
      const json::Value value = json::Value::String(arena_.Copy(read));
      if (!read.empty() && validate::IsValidPrimitive(type, value)) return value;
    }
    return json::Value::String("plain");
  }

  const Plan& plan_;
  Dice& dice_;
  json::Arena& arena_;
  std::vector<const Leaf*> leaves_;
  std::size_t nothings_ = 0;
};

}  // namespace

std::uint64_t Dice::Next() {
  std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

GeneratedRecord GenerateRecord(const Plan& plan, Dice& dice, std::size_t tries, json::Arena& arena) {
  json::Arena own;
  OrderedRecord made;
  for (std::size_t i = 0; i < tries; ++i) {
    own.Reset();
    made = Ordered(plan, WithDatesOfClocks(plan, Generator(plan, dice, own).Make(0), own), dice, own);
    made.holds = made.holds && ShowsClocks(plan, made.record, own) && engine::KeepsChecks(plan, made.record);
    if (made.holds) break;
  }
  return {json::Clone(made.record, arena), made.holds};
}

}  // namespace throughline::review
