// The search index over a connection: the writer's, or a reader's.
#pragma once

#include "gateway/store/index.h"
#include "gateway/store/index_writer.h"
#include "gateway/store/sql/connection.h"

namespace throughline::store {

class SqlIndex final : public Index {
 public:
  // `writable`: on the writer's connection, inside a transaction.
  SqlIndex(sql::Connection& connection, bool writable)
      : connection_(connection), rows_(connection), writable_(writable) {}

  Result<IndexState> State() const override;
  Result<std::int64_t> LastPlace() const override;
  Result<std::vector<IndexEntry>> After(std::int64_t place, std::size_t count, std::size_t bytes) const override;
  Result<void> Replace(const IndexEntry& entry, const Draft& draft) override;
  Result<void> Keep(const IndexState& state) override;

  // After an undo.
  void Forget() { rows_.Forget(); }

 private:
  sql::Connection& connection_;
  IndexWriter rows_;
  bool writable_;
};

}  // namespace throughline::store
