// What a piece of work sees, over one connection.
#pragma once

#include <memory>
#include <utility>

#include "gateway/store/sql_audit_log.h"
#include "gateway/store/sql_inbox.h"
#include "gateway/store/sql_index.h"
#include "gateway/store/sql_resources.h"
#include "gateway/store/store.h"

namespace throughline::store {

// The writer's.
class WriteSession final : public Transaction {
 public:
  explicit WriteSession(sql::Connection& connection)
      : resources_(connection, true), inbox_(connection, true), audit_(connection, true), index_(connection, true) {}

  Resources& resources() override { return resources_; }
  Inbox& inbox() override { return inbox_; }
  AuditLog& audit() override { return audit_; }
  Index& index() override { return index_; }
  Instant now() const override { return now_; }

  void StartAt(Instant now) {
    now_ = now;
    resources_.StartAt(now);
    audit_.StartAt(now);
  }
  // After an undo.
  void Forget() {
    resources_.Forget();
    audit_.Forget();
    index_.Forget();
  }

 private:
  SqlResources resources_;
  SqlInbox inbox_;
  SqlAuditLog audit_;
  SqlIndex index_;
  Instant now_;
};

// A reader's.
class ReadSession final : public Snapshot {
 public:
  explicit ReadSession(std::unique_ptr<sql::Connection> connection)
      : connection_(std::move(connection)),
        resources_(*connection_, false),
        inbox_(*connection_, false),
        audit_(*connection_, false),
        index_(*connection_, false) {}

  const Resources& resources() const override { return resources_; }
  const Inbox& inbox() const override { return inbox_; }
  const AuditLog& audit() const override { return audit_; }
  const Index& index() const override { return index_; }
  sql::Connection& connection() { return *connection_; }

 private:
  std::unique_ptr<sql::Connection> connection_;
  SqlResources resources_;
  SqlInbox inbox_;
  SqlAuditLog audit_;
  SqlIndex index_;
};

}  // namespace throughline::store
