// A code table: local codes <-> codes of a system. A local code may have several rows: the first is what is written
// first, and what the others are translations of. A row without a code says that there is none (`unmatched`).
// https://hl7.org/fhir/R4/conceptmap.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "fhir/json/arena.h"
#include "fhir/json/value.h"

namespace throughline::plan {

// Where a row stands in its file: a line of a CSV, or three steps into a ConceptMap.
struct RowPlace {
  std::size_t line = 0;  // 0: in a ConceptMap
  std::uint32_t group = 0;
  std::uint32_t element = kNoStep;  // of the group; kNoStep: its `unmapped`
  std::uint32_t target = kNoStep;   // of the element; kNoStep: it has none
  static constexpr std::uint32_t kNoStep = 0xFFFFFFFF;
};

struct CodeRow {
  std::string local = {};
  std::string system = {};
  std::string version = {};  // of the system; empty: any
  std::string code = {};
  std::string display = {};
  std::string local_display = {};
  std::string equivalence = {};
  bool preferred = false;
  bool one_way = false;  // the ConceptMap says that it is not to be read in reverse
  RowPlace place = {};
};

// What a ConceptMap says of local codes that it does not list (`unmapped`).
enum class Unlisted : std::uint8_t {
  kNone,      // nothing
  kFixed,     // one code stands for them all
  kProvided,  // the local code is a code of the target system
};

// What a file says, before anything is made of it.
struct CodeRows {
  std::vector<CodeRow> rows;
  std::string local_system;  // empty: the file does not say
  Unlisted unlisted = Unlisted::kNone;
  CodeRow unlisted_row;  // system; of kFixed: code and display
};

inline constexpr std::size_t kMaxCodeRows = 100'000;

// One local code with its rows and with what it is in FHIR, made once.
struct LocalCode {
  std::string_view local;
  std::size_t first = 0;  // rows
  std::size_t count = 0;
  bool unique = false;       // its first code leads back to it alone
  json::Value coding;        // Coding of the first row; null when it has no code
  json::Value local_coding;  // Coding in the local system
  json::Value concept_kept;  // CodeableConcept with the local coding behind the others
  json::Value concept_bare;  // without; null when no row has a code
  json::Value codings;       // Codings of all rows: what a repeating element of type Coding is given
};

// Immutable once loaded, safe from several threads.
class CodeTable {
 public:
  CodeTable(std::string name, std::string file, std::string local_system)
      : name_(std::move(name)), file_(std::move(file)), local_system_(std::move(local_system)) {}
  CodeTable(const CodeTable&) = delete;
  CodeTable& operator=(const CodeTable&) = delete;

  // Takes what was read from the file, whose rows are sound (language/code_table_file.h). Once. The rows that are
  // preferred for a code for which another local code's row is preferred too.
  std::vector<const CodeRow*> Fill(CodeRows read);

  const std::string& name() const { return name_; }
  const std::string& file() const { return file_; }
  const std::string& local_system() const { return local_system_; }
  const std::vector<CodeRow>& rows() const { return rows_; }
  Unlisted unlisted() const { return unlisted_; }
  const CodeRow& unlisted_row() const { return unlisted_row_; }
  const std::vector<LocalCode>& locals() const { return locals_; }

  // Null: not in the table.
  const LocalCode* FindLocal(std::string_view local) const;
  // The one that differs from it at most in the case of letters; null where there is none, or several. FoldLetters must
  // have been called.
  const LocalCode* FindLocalAnyCase(std::string_view local) const;
  // Makes the table ready for FindLocalAnyCase. While it is loaded.
  void FoldLetters();
  // As FindLocal; and for a code that is not listed what `unmapped` makes of it, in `arena`. Null: nothing.
  const LocalCode* TakeLocal(std::string_view local, json::Arena& arena) const;
  // The local code that (system, code) leads back to: the preferred row, or the one that is `equal` or `equivalent`.
  // Null: no row has the code, or none of those that have it leads back (`known` says which). With an empty system any
  // system will do.
  const LocalCode* FindCode(std::string_view system, std::string_view code, bool& known) const;
  // Some row of the table has the code, if only as a translation.
  bool HasCode(std::string_view system, std::string_view code) const;
  // Every local code is led back to by its first code.
  bool one_to_one() const { return one_to_one_; }

 private:
  // How good a way back a row is: 0 none (`wider` and kin), 1 the same meaning, 2 preferred.
  struct Back {
    std::size_t local = 0;
    int rank = 0;
    bool several = false;
  };

  static constexpr std::size_t kSeveral = static_cast<std::size_t>(-1);

  void Group();
  void LeadBack(std::size_t local, std::vector<const CodeRow*>& rivals);
  void FindUnique();
  void MakeValues();

  std::string name_;
  std::string file_;
  std::string local_system_;
  std::vector<CodeRow> rows_;
  Unlisted unlisted_ = Unlisted::kNone;
  CodeRow unlisted_row_;
  std::vector<LocalCode> locals_;
  std::unordered_map<std::string_view, std::size_t> by_local_;
  std::unordered_map<std::string, std::size_t> by_letters_;  // folded; kSeveral: more than one
  std::unordered_map<std::string, Back> by_code_;            // "system|code" and "|code"
  std::unordered_set<std::string> codes_;                    // the same of all rows
  json::Arena arena_;
  bool one_to_one_ = true;
};

}  // namespace throughline::plan
