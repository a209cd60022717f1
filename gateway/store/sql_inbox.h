// The inbox over a connection: the writer's, or a reader's.
#pragma once

#include "gateway/store/inbox.h"
#include "gateway/store/sql/connection.h"

namespace throughline::store {

class SqlInbox final : public Inbox {
 public:
  SqlInbox(sql::Connection& connection, bool writable) : connection_(connection), writable_(writable) {}

  Result<std::optional<InboxEntry>> Entry(std::int64_t entry) const override;
  Result<std::optional<InboxEntry>> Latest(std::string_view map, std::string_view record) const override;
  Result<std::optional<InboxEntry>> Newest(std::string_view map, std::string_view record) const override;
  Result<std::optional<InboxEntry>> MadeBy(std::string_view map, std::string_view type,
                                           std::string_view id) const override;
  Result<InboxPage> List(const InboxQuestion& question) const override;
  Result<std::optional<std::string>> Envelope(std::string_view id) const override;
  Result<std::int64_t> Append(const InboxEntry& entry) override;
  Result<void> Replace(const InboxEntry& entry) override;
  Result<std::string> KeepEnvelope(std::string_view map, std::string_view bytes) override;
  Result<std::size_t> Blank(Instant now, std::size_t limit) override;

 private:
  Result<std::optional<InboxEntry>> Found(sql::Statement& statement) const;
  Result<void> AddResources(std::int64_t number, const InboxEntry& entry);

  sql::Connection& connection_;
  bool writable_;
};

}  // namespace throughline::store
