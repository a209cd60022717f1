#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "gateway/config/config.h"
#include "gateway/config/settings.h"
#include "gateway/config/values.h"
#include "gateway/config/yaml_tree.h"

namespace throughline::config {
namespace {

constexpr std::size_t kMaxIdLength = 64;

// Where settings go: those of one client only into it.
struct Target {
  Config* config;
  Client* client;
};

const SettingRow* FindSetting(std::string_view name) {
  const auto rows = Settings();
  const auto row = std::ranges::find_if(rows, [&](const SettingRow& each) { return each.option.name == name; });
  return row == rows.end() ? nullptr : &*row;
}

bool AnyStartsWith(std::string_view prefix) {
  return std::ranges::any_of(Settings(), [&](const SettingRow& row) { return row.option.name.starts_with(prefix); });
}

// The keys that may stand below `prefix` ("" or "http."): what follows it, up to the next point.
std::set<std::string_view> KeysBelow(std::string_view prefix) {
  std::set<std::string_view> keys;
  for (const SettingRow& row : Settings()) {
    if (!row.option.name.starts_with(prefix)) continue;
    const std::string_view rest = row.option.name.substr(prefix.size());
    keys.insert(rest.substr(0, rest.find_first_of(".[")));
  }
  return keys;
}

std::string UnknownKeyText(std::string_view prefix, std::string_view key) {
  std::string text = "this key is not known";
  if (key.size() > kMaxIdLength) return text;
  std::string_view nearest;
  std::size_t shortest = std::max<std::size_t>(2, key.size() / 3) + 1;
  for (const std::string_view known : KeysBelow(prefix)) {
    const std::size_t distance = Distance(key, known);
    if (distance < shortest) {
      shortest = distance;
      nearest = known;
    }
  }
  if (!nearest.empty()) text += "; did you mean `" + std::string(nearest) + "`?";
  return text;
}

std::string_view Wanted(Kind kind) {
  switch (kind) {
    case Kind::kText:
      return "a text";
    case Kind::kPath:
      return "a path";
    case Kind::kAddress:
      return "an address and a port, such as 127.0.0.1:8443";
    case Kind::kCount:
      return "a whole number, 1 or more";
    case Kind::kBytes:
      return "a size, such as 512, 8KiB or 16MiB";
    case Kind::kDuration:
      return "a time with its unit, such as 500ms, 10s or 2min";
    case Kind::kTexts:
      return "a list of texts";
  }
  return "";
}

template <typename T>
bool Store(T& place, std::optional<T> value) {
  if (!value) return false;
  place = *std::move(value);
  return true;
}

// One overload for each type of Field; false when the node does not fit.
struct Storer {
  const OptionRow& option;
  const YamlNode& node;
  const Target& target;

  bool operator()(Address Config::*field) const { return Store(target.config->*field, ReadAddress(node.text)); }
  bool operator()(std::string Config::*field) const { return StoreText(target.config->*field); }
  bool operator()(std::string Tls::*field) const { return StoreText(target.config->tls.*field); }
  bool operator()(std::string Client::*field) const { return StoreText(target.client->*field); }
  bool operator()(Texts Config::*field) const { return StoreTexts(target.config->*field); }
  bool operator()(Texts Client::*field) const { return StoreTexts(target.client->*field); }
  bool operator()(std::size_t Limits::*field) const {
    return Store(target.config->limits.*field,
                 option.kind == Kind::kBytes ? ReadBytes(node.text) : ReadCount(node.text));
  }
  bool operator()(std::chrono::milliseconds Limits::*field) const {
    return Store(target.config->limits.*field, ReadDuration(node.text));
  }

  bool StoreText(std::string& place) const {
    if (!IsPlainText(node.text)) return false;
    place = node.text;
    return true;
  }

  bool StoreTexts(Texts& place) const {
    if (node.kind == YamlNode::Kind::kNull) return true;
    if (node.kind != YamlNode::Kind::kList) return false;
    for (const YamlNode& item : node.items) {
      if (item.kind != YamlNode::Kind::kText || !IsPlainText(item.text)) return false;
      place.push_back(item.text);
    }
    return true;
  }
};

bool IsClientId(std::string_view id) {
  const auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
           c == '-';
  };
  return id.size() <= kMaxIdLength && std::ranges::all_of(id, fits);
}

bool IsSan(std::string_view san) { return (san.starts_with("dns:") || san.starts_with("uri:")) && san.size() > 4; }

class Reader {
 public:
  explicit Reader(Findings& findings) : findings_(findings) {}

  Config Read(const YamlNode& root) {
    const Target target{&config_, nullptr};
    SetDefaults(target);
    ReadMap(root, "", target);
    CheckRequired("", root.place, seen_);
    CheckTogether(root.place);
    return std::move(config_);
  }

 private:
  using Places = std::map<std::string, Place, std::less<>>;

  static void SetDefaults(const Target& target) {
    for (const SettingRow& row : Settings()) {
      if (row.option.default_value.empty()) continue;
      YamlNode node;
      node.kind = YamlNode::Kind::kText;
      node.text = row.option.default_value;
      std::visit(Storer{row.option, node, target}, row.field);
    }
  }

  void ReadMap(const YamlNode& map, const std::string& prefix, const Target& target) {
    if (map.kind == YamlNode::Kind::kNull) return;
    if (map.kind != YamlNode::Kind::kMap)
      return findings_.Add(map.place, "config-map", "keys and values must stand here");
    for (const auto& [key, key_place, value] : map.members) {
      const std::string name = prefix + key;
      if (const SettingRow* row = FindSetting(name); row != nullptr) {
        const Place place = value.kind == YamlNode::Kind::kNull ? key_place : value.place;
        seen_[name] = place;
        ReadSetting(*row, value, place, target);
      } else if (AnyStartsWith(name + "[].")) {
        ReadClients(value, name + "[].");
      } else if (AnyStartsWith(name + ".")) {
        ReadMap(value, name + ".", target);
      } else {
        findings_.Add(key_place, "config-unknown-key", UnknownKeyText(prefix, key));
      }
    }
  }

  void ReadSetting(const SettingRow& row, const YamlNode& value, Place place, const Target& target) {
    const bool is_list = row.option.kind == Kind::kTexts;
    const bool shaped = is_list || value.kind == YamlNode::Kind::kText;
    if (shaped && std::visit(Storer{row.option, value, target}, row.field)) return;
    findings_.Add(place, "config-value",
                  std::string(row.option.name) + " must be " + std::string(Wanted(row.option.kind)));
  }

  void ReadClients(const YamlNode& list, const std::string& prefix) {
    if (list.kind == YamlNode::Kind::kNull) return;
    if (list.kind != YamlNode::Kind::kList) return findings_.Add(list.place, "config-list", "a list must stand here");
    for (const YamlNode& item : list.items) {
      Client client;
      Places outer = std::exchange(seen_, {});
      ReadMap(item, prefix, {&config_, &client});
      CheckRequired(prefix, item.place, seen_);
      CheckClient(client, seen_);
      seen_ = std::move(outer);
      config_.clients.push_back(std::move(client));
    }
  }

  // Those directly below `prefix`; members of lists belong to their items.
  void CheckRequired(std::string_view prefix, Place place, const Places& seen) {
    for (const SettingRow& row : Settings()) {
      const std::string_view name = row.option.name;
      const bool below = name.starts_with(prefix) && name.find("[]", prefix.size()) == std::string_view::npos;
      if (below && row.option.required && !seen.contains(name)) {
        findings_.Add(place, "config-required", std::string(name) + " is required");
      }
    }
  }

  void CheckClient(const Client& client, const Places& seen) {
    const auto place_of = [&](std::string_view name) {
      const auto found = seen.find(name);
      return found == seen.end() ? Place{} : found->second;
    };
    const auto has_id = [&](const Client& other) { return !client.id.empty() && other.id == client.id; };
    const auto has_san = [&](const Client& other) { return !client.san.empty() && other.san == client.san; };
    if (!client.id.empty() && !IsClientId(client.id)) {
      findings_.Add(place_of("clients[].id"), "config-client-id",
                    "an id has letters, digits, `.`, `_` and `-`, at most 64");
    }
    if (std::ranges::any_of(config_.clients, has_id)) {
      findings_.Add(place_of("clients[].id"), "config-duplicate-client", "another client has this id");
    }
    if (!client.san.empty() && !IsSan(client.san)) {
      findings_.Add(place_of("clients[].san"), "config-san", "a name has the form dns:NAME or uri:URI");
    }
    if (std::ranges::any_of(config_.clients, has_san)) {
      findings_.Add(place_of("clients[].san"), "config-duplicate-client", "another client has this name");
    }
  }

  void CheckTogether(Place root) {
    if (config_.store_path.empty() == config_.store_postgresql.empty()) {
      findings_.Add(root, "config-store", "give store.path or store.postgresql, one of the two");
    }
    if (!config_.admin_listen.loopback()) {
      findings_.Add(seen_["admin.listen"], "config-admin", "admin.listen must be a loopback address");
    }
    if (config_.limits.page_default > config_.limits.page_max) {
      findings_.Add(root, "config-page", "limits.page_default is larger than limits.page_max");
    }
  }

  Findings& findings_;
  Config config_;
  Places seen_;
};

}  // namespace

Result<Config> Parse(std::string_view yaml, std::string_view file_name) {
  Findings findings(file_name);
  const YamlNode root = ReadYaml(yaml, findings);
  if (!findings.issues().empty() && root.kind == YamlNode::Kind::kNull) {
    return Error{ErrorKind::kInvalid, "the configuration cannot be read", findings.Take()};
  }
  Config config = Reader(findings).Read(root);
  if (!findings.issues().empty()) return Error{ErrorKind::kInvalid, "the configuration is wrong", findings.Take()};
  return config;
}

}  // namespace throughline::config
