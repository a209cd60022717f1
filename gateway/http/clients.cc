#include "gateway/http/clients.h"

#include "gateway/http/text.h"

namespace throughline::http {
namespace {

std::vector<std::string_view> IdsOf(const std::vector<Client>& clients) {
  std::vector<std::string_view> ids;
  for (const Client& client : clients) ids.push_back(client.id);
  return ids;
}

// Names of the DNS know no case; those of URIs do.
std::string Canonical(std::string_view name) { return name.starts_with("dns:") ? LowerOf(name) : std::string(name); }

}  // namespace

Clients::Clients(std::vector<Client> clients) : clients_(std::move(clients)), ids_(IdsOf(clients_)) {
  for (const Client& client : clients_) {
    for (const std::string& name : client.names) by_name_.emplace(Canonical(name), &client);
  }
}

const Client* Clients::Find(const std::vector<std::string>& names) const {
  const Client* found = nullptr;
  for (const std::string& name : names) {
    const auto row = by_name_.find(Canonical(name));
    if (row == by_name_.end()) continue;
    if (found != nullptr && found != row->second) return nullptr;
    found = row->second;
  }
  return found;
}

}  // namespace throughline::http
