// Resources over a connection: the writer's, or a reader's.
#pragma once

#include "gateway/store/index_writer.h"
#include "gateway/store/resources.h"
#include "gateway/store/sql/connection.h"

namespace throughline::store {

class SqlResources final : public Resources {
 public:
  // `writable`: on the writer's connection, inside a transaction.
  SqlResources(sql::Connection& connection, bool writable)
      : connection_(connection), index_(connection), writable_(writable) {}

  Result<std::optional<Version>> Current(std::string_view type, std::string_view id, Visible visible) const override;
  Result<std::optional<Version>> At(std::string_view type, std::string_view id, std::int64_t version,
                                    Visible visible) const override;
  Result<Page> History(std::string_view type, std::string_view id, std::optional<std::int64_t> after, std::size_t limit,
                       Visible visible) const override;
  Result<Page> Search(const search::Query& query, std::optional<std::int64_t> after, Visible visible) const override;
  Result<std::uint64_t> Count(const search::Query& query, Visible visible) const override;
  Result<Stored> Put(const Draft& draft, const Expect& expect) override;
  Result<Stored> Delete(std::string_view type, std::string_view id, const Expect& expect) override;

  // The time that is written down from now on; whole milliseconds.
  void StartAt(Instant now) { now_ = now; }
  // After an undo.
  void Forget() { index_.Forget(); }

 private:
  struct Head;
  Result<std::optional<Head>> FindHead(std::string_view type, std::string_view id) const;
  Result<void> KeepPast(std::int64_t rid);
  Result<Version> Insert(const Draft& draft);
  Result<Version> Replace(const Head& head, const Draft& draft);

  sql::Connection& connection_;
  IndexWriter index_;
  bool writable_;
  Instant now_;
};

}  // namespace throughline::store
