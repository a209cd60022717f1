// What differs between database engines in the text of SQL. The schema's files hold `@identity@` and its kin.
#pragma once

#include <string>
#include <string_view>

namespace throughline::store::sql {

struct Dialect {
  std::string_view identity;   // column type of a number that the database gives
  std::string_view bytes;      // column type of bytes
  std::string_view ordered;    // text that is compared byte by byte
  std::string_view clustered;  // after a table whose rows are kept in the order of its key
  std::string_view begin_write;
};

inline constexpr Dialect kSqlite{
    .identity = "INTEGER PRIMARY KEY",
    .bytes = "BLOB",
    .ordered = "TEXT",
    .clustered = "WITHOUT ROWID",
    .begin_write = "BEGIN IMMEDIATE",
};

// `text` with each `@word@` in the dialect's words.
std::string Spell(std::string_view text, const Dialect& dialect);

}  // namespace throughline::store::sql
