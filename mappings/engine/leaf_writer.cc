#include <algorithm>
#include <utility>

#include "mappings/engine/choose.h"
#include "mappings/engine/resource_writer.h"
#include "mappings/plan/absence.h"
#include "mappings/plan/local_code.h"

namespace throughline::engine {

bool ResourceWriter::EmitLeaf(const Content& content, FhirValue& out) {
  switch (content.leaf.source) {
    case Leaf::Source::kConstant:
      out.value = content.leaf.constant;
      return true;
    case Leaf::Source::kField:
      return EmitField(content, out);
    case Leaf::Source::kReference:
      return EmitReference(content, out);
    case Leaf::Source::kText:
      return EmitText(content, out);
    case Leaf::Source::kDerived:
      return EmitDerived(content, out);
    case Leaf::Source::kExpression:
      return EmitExpression(content, out);
    case Leaf::Source::kForeign:
      return EmitForeign(plan_.foreign[content.leaf.resource], out);
    case Leaf::Source::kNothing:
      break;
  }
  return false;
}

bool ResourceWriter::EmitField(const Content& content, FhirValue& out) {
  const Field& field = plan_.fields[content.leaf.field];
  const Instance* at = Reach(plan_, field.node, root_, scope_);
  if (field.place_in_choice >= 0 && (at == nullptr || at->taken != field.place_in_choice)) return false;
  json::Value local = LocalValue(plan_, field, root_, scope_, arena_);
  if (local.is_null() && at != nullptr && SaysByBlank(field, *at)) local = at->value;
  if (local.is_null()) return EmitWord(content, field, out);
  if (const AbsentToken* token = FindToken(field, local)) return EmitAbsent(content, token->reason, out);
  json::Value clock;
  if (field.clock != kNone) clock = LocalValue(plan_, plan_.fields[field.clock], root_, scope_, arena_);
  const bool later = at != nullptr && at->later;
  return ToFhirValue({findings_, field, content.leaf, arena_, &scope_, content.path, later, &clock}, local, out);
}

// Some field of the resource that is being written, or may be, has a value.
bool ResourceWriter::Speaks(const ResourcePlan& resource) const {
  return std::ranges::any_of(resource.feeds, [&](Index feed) { return Gives(resource, plan_.fields[feed]); });
}

// The field has a value for the resource; of a list in it, some item's.
bool ResourceWriter::Gives(const ResourcePlan& resource, const Field& field) const {
  Index node = field.node;
  for (Index at = node; at != resource.each && at != kNone; at = plan_.nodes[at].parent) {
    if (plan_.nodes[at].kind == LocalKind::kArray) node = at;
  }
  const Instance* instance = Reach(plan_, node, root_, scope_);
  return instance != nullptr && Feeds(plan_, node, *instance, field);
}

// Null, or the source's usual word for nothing, where the map says what it means.
bool ResourceWriter::EmitWord(const Content& content, const Field& field, FhirValue& out) {
  const Instance* at = Reach(plan_, field.node, root_, scope_);
  if (field.absent.empty() || field.part >= 0 || at == nullptr || at->presence == Presence::kOmitted) return false;
  if (at->presence != Presence::kValue && !speaks_) return false;
  const AbsentToken* token = FindToken(field, at->value);
  return token != nullptr && EmitAbsent(content, token->reason, out);
}

// Why there is no value: beside the value where R4 has a place for it, else as an extension.
bool ResourceWriter::EmitAbsent(const Content& content, std::string_view reason, FhirValue& out) {
  if (content.absent_beside) {
    absent_ = reason;
    return false;
  }
  const json::Value extension = AbsentExtension(reason, arena_);
  if (content.leaf.transform < TransformId::kCoding) {
    out.extension = extension;
    return false;
  }
  json::Value* items = arena_.Array<json::Value>(1);
  items[0] = extension;
  json::Member* member = arena_.Array<json::Member>(1);
  member[0] = {"extension", json::Value::Array({items, 1})};
  out.value = json::Value::Object({member, 1});
  return true;
}

const Made* ResourceWriter::Find(Index resource) const {
  if (first_[resource] == kNone) return nullptr;
  const std::vector<Index>& lists = plan_.resources[resource].lists;
  if (lists.size() > scope_.depth || !std::equal(lists.begin(), lists.end(), lists_.begin())) return nullptr;
  for (Index i = first_[resource]; i < made_.size() && made_[i].resource == resource; ++i) {
    if (std::equal(scope_.places, scope_.places + lists.size(), made_[i].places.begin())) return &made_[i];
  }
  return nullptr;
}

bool ResourceWriter::EmitReference(const Content& content, FhirValue& out) {
  const Made* made = Find(content.leaf.resource);
  if (made == nullptr) return false;
  std::string text(style_ == ReferenceStyle::kUrn ? "urn:uuid:" : plan_.resources[made->resource].type_name);
  if (style_ == ReferenceStyle::kRelative) text.push_back('/');
  text.append(made->id);
  out.value = json::Value::String(arena_.Copy(text));
  return true;
}

bool ResourceWriter::EmitText(const Content& content, FhirValue& out) {
  std::string text;
  for (const TextPiece& piece : content.leaf.text) {
    text.append(piece.literal);
    if (piece.field == kNone) continue;
    const Field& field = plan_.fields[piece.field];
    text.append(ScalarText(LocalValue(plan_, field, root_, scope_, arena_)));
  }
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return false;
  text = text.substr(first, text.find_last_not_of(' ') - first + 1);
  out.value = json::Value::String(arena_.Copy(text));
  return true;
}

bool ResourceWriter::EmitDerived(const Content& content, FhirValue& out) {
  const Leaf& leaf = content.leaf;
  json::Value local = LocalValue(plan_, plan_.fields[leaf.field], root_, scope_, arena_);
  if (FindToken(plan_.fields[leaf.field], local) != nullptr) local = {};
  if (leaf.table != kNone && !local.is_null() && EmitCode(leaf, ScalarText(local), out)) return true;
  out.value = leaf.table == kNone && !local.is_null() ? leaf.present : leaf.otherwise;
  return !out.value.is_null();
}

bool ResourceWriter::EmitCode(const Leaf& leaf, std::string_view local, FhirValue& out) {
  const LocalCode* code = plan_.tables[leaf.table]->TakeLocal(local, arena_);
  if (code == nullptr || code->coding.is_null()) return false;
  out.value = leaf.transform == TransformId::kConcept  ? code->concept_bare
              : leaf.transform == TransformId::kCoding ? code->codings
                                                       : code->coding.Get("code");
  if (leaf.number) out.value = json::Value::Number(out.value.text());
  return true;
}

// By its own key, as the other map makes it.
bool ResourceWriter::EmitForeign(const ForeignResource& foreign, FhirValue& out) {
  std::vector<std::string_view> parts;
  for (const Index index : foreign.key) {
    const json::Value local = LocalValue(plan_, plan_.fields[index], root_, scope_, arena_);
    if (local.text().empty() || FindToken(plan_.fields[index], local) != nullptr) return false;
    parts.push_back(local.text());
  }
  std::string text(foreign.type_name);
  text.append("/").append(ids_.ForKey(foreign.map, JoinKey(parts), foreign.name));
  out.value = json::Value::String(arena_.Copy(text));
  return true;
}

}  // namespace throughline::engine
