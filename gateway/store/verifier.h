// Goes through the whole store and names what does not hold.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/store/draft.h"
#include "gateway/store/sql/connection.h"
#include "gateway/store/verify.h"

namespace throughline::store {

class Verifier {
 public:
  // `deep`: null, or what index rows are derived with.
  Verifier(sql::Connection& connection, const Drafter* deep) : connection_(connection), deep_(deep) {}

  Result<DeepReport> Run();

 private:
  struct Stored;
  Result<void> CheckDatabase();
  Result<void> CheckAudit();
  Result<void> CheckIndexState();
  Result<void> CheckResources(std::string_view select, bool current);
  void CheckVersion(const Stored& stored, bool current);
  Result<void> CheckIndex(const Stored& stored, const Draft& draft);
  Result<std::vector<std::string>> StoredRows(std::int64_t rid);
  void Find(std::string_view rule, std::string place);

  sql::Connection& connection_;
  const Drafter* deep_;
  DeepReport report_;
};

}  // namespace throughline::store
