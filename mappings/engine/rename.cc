#include "mappings/engine/rename.h"

#include <charconv>
#include <string>
#include <vector>

#include "fhir/json/build.h"
#include "mappings/engine/select.h"

namespace throughline::engine {
namespace {

constexpr std::string_view kReference = "reference";
constexpr std::string_view kById = "_id=";

// False: no reference in it leads to an old id, and `out` is left alone.
bool Redirect(const json::Value& value, bool reference, const IdChanges& changes, json::Arena& arena,
              json::Value& out) {
  if (reference && value.is_string()) {
    const std::string_view text = value.text();
    const auto found = changes.find(IdOf(text));
    if (found == changes.end()) return false;
    const std::string_view before = text.substr(0, text.size() - found->first.size());
    out = json::Value::String(arena.Copy(std::string(before) + std::string(found->second)));
    return true;
  }
  bool changed = false;
  std::vector<json::Value> below(value.size());
  for (std::size_t i = 0; i < below.size(); ++i) {
    const json::Member* member = value.is_object() ? &value.members()[i] : nullptr;
    below[i] = member != nullptr ? member->value : value.items()[i];
    changed |= Redirect(below[i], member != nullptr && member->name == kReference, changes, arena, below[i]);
  }
  if (!changed) return false;
  json::ArrayBuilder items(arena);
  json::ObjectBuilder members(arena);
  for (std::size_t i = 0; i < below.size(); ++i) {
    value.is_object() ? members.Add(value.members()[i].name, below[i]) : items.Add(below[i]);
  }
  out = value.is_object() ? members.Build() : items.Build();
  return true;
}

}  // namespace

json::Value WithReferences(const json::Value& value, const IdChanges& changes, json::Arena& arena) {
  json::Value other = value;
  Redirect(value, false, changes, arena, other);
  return other;
}

void Rename(std::span<MappedResource> resources, std::span<const NewName> names, json::Arena& arena) {
  IdChanges changes;
  for (std::size_t i = 0; i < resources.size(); ++i) {
    if (!names[i].place.empty() && names[i].id != resources[i].id) changes.emplace(resources[i].id, names[i].id);
  }
  if (changes.empty()) return;
  for (std::size_t i = 0; i < resources.size(); ++i) {
    MappedResource& resource = resources[i];
    resource.body = WithReferences(resource.body, changes, arena);
    if (!changes.contains(resource.id)) continue;
    resource.place = names[i].place;
    resource.id = names[i].id;
    resource.body = json::With(resource.body, "id", json::Value::String(resource.id), arena);
    if (resource.match.starts_with(kById)) resource.match = arena.Copy(std::string(kById) + std::string(resource.id));
  }
}

bool CutPlace(std::string_view place, std::string_view& name, std::uint32_t& item) {
  const std::size_t open = place.find('[');
  if (open == std::string_view::npos || !place.ends_with(']')) return false;
  const std::string_view number = place.substr(open + 1, place.size() - open - 2);
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), item);
  name = place.substr(0, open);
  return error == std::errc() && end == number.data() + number.size();
}

}  // namespace throughline::engine
