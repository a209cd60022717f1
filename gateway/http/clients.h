// The registered clients, found by what their certificates say.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/consent/requester.h"
#include "gateway/http/message.h"
#include "gateway/log/log.h"

namespace throughline::http {

// A registered client: who may come in, and what for.
struct Client {
  std::string id;
  std::vector<std::string> names;  // as the certificate says them: "dns:hospital.example", "uri:urn:oid:2.999.1"
  std::string organization;
  std::string role;
  consent::Scopes scopes;
};

// Immutable; safe from several threads.
class Clients {
 public:
  explicit Clients(std::vector<Client> clients);

  // The one client that `names` belong to; null when they belong to none, or to more than one (B11).
  const Client* Find(const std::vector<std::string>& names) const;
  log::Word WordOf(const Client& client) const { return ids_.Pick(client.id); }

 private:
  std::vector<Client> clients_;
  std::map<std::string, const Client*, std::less<>> by_name_;
  log::Vocabulary ids_;
};

}  // namespace throughline::http
