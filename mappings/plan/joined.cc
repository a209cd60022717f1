#include "mappings/plan/joined.h"

#include "fhir/json/build.h"

namespace throughline::plan {

std::optional<json::Value> CutItems(const LocalNode& list, std::string_view text, json::Arena& arena) {
  json::ArrayBuilder items(arena);
  std::string item;
  for (std::size_t i = 0; i < text.size();) {
    const bool escaped = list.escape != 0 && text[i] == list.escape;
    if (escaped) {
      const std::string_view behind = text.substr(i + 1, 1);
      const bool needed = !behind.empty() && (behind.front() == list.escape || behind.front() == list.joined.front());
      if (!needed) return std::nullopt;
      item.push_back(behind.front());
      i += 2;
    } else if (text.substr(i).starts_with(list.joined)) {
      items.Add(json::Value::String(arena.Copy(item)));
      item.clear();
      i += list.joined.size();
    } else if (list.escape != 0 && text[i] == list.joined.front()) {
      return std::nullopt;  // the sign without its blank would come back escaped
    } else {
      item.push_back(text[i++]);
    }
  }
  items.Add(json::Value::String(arena.Copy(item)));
  return items.Build();
}

json::Value JoinItems(const LocalNode& list, const json::Value& items, json::Arena& arena) {
  std::string text;
  bool first = true;
  for (const json::Value& item : items.items()) {
    if (!first) text.append(list.joined);
    first = false;
    for (const char byte : item.text()) {
      if (list.escape != 0 && (byte == list.escape || byte == list.joined.front())) text.push_back(list.escape);
      text.push_back(byte);
    }
  }
  return json::Value::String(arena.Copy(text));
}

bool CanHold(const LocalNode& list, std::string_view item) {
  return list.escape != 0 || item.find(list.joined) == std::string_view::npos;
}

}  // namespace throughline::plan
