// Runs a compiled tree. Everything here belongs to one evaluation, on one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/path/ast.h"
#include "fhir/path/expression.h"

namespace throughline::path {

struct Lookup;  // item_index.h

// What `$this`, `$index` and `$total` mean at a place.
struct Scope {
  const Item* self = nullptr;  // null: nothing is in focus
  std::int64_t index = -1;
  const Collection* total = nullptr;
  const Collection* many = nullptr;  // in place of `self`, where $this is a whole list
};

enum class Truth : std::uint8_t { kEmpty, kFalse, kTrue };

// Functions answer true, or false after Fail() has kept the first reason.
class Evaluator {
 public:
  Evaluator(const Program& program, const Item& focus, Environment& environment);
  ~Evaluator();
  Evaluator(const Evaluator&) = delete;
  Evaluator& operator=(const Evaluator&) = delete;

  Result<Collection> Run();

  bool Run(NodeId node, const Scope& scope, Collection& out);
  // As Run(), but resolve() may answer with a resource of which the type alone is known.
  bool RunForType(NodeId node, const Scope& scope, Collection& out);

  // As Run(), to look into the list: one that is kept is not copied.
  bool LookInto(NodeId node, const Scope& scope, Lookup& out);

  // The one boolean that is asked for at `offset`, by the rules of ToTruth().
  bool RunTruth(NodeId node, std::size_t offset, const Scope& scope, Truth& out);
  // `and`, `or` and their kin.
  bool Combine(const Binary& binary, std::size_t offset, const Scope& scope, Truth& out);

  // kNotFound: for want of something that is not at hand.
  bool Fail(std::size_t offset, std::string_view reason, ErrorKind kind = ErrorKind::kUnprocessable);
  // Takes `steps` from the budget. A step is a part of the expression that is evaluated, four items of a list that is
  // made, or as much work.
  bool Charge(std::size_t steps);

  // Within a loop that makes a list: takes the steps of what was added since `paid`, when it is much.
  bool ChargeGrowth(const Collection& out, std::size_t& paid);

  const Program& program() const { return program_; }
  const definitions::Definitions& definitions() const { return *program_.definitions; }
  Environment& environment() { return environment_; }
  ItemPool& pool() { return environment_.items; }
  const Item& focus() const { return focus_; }
  const Item& resource() const { return environment_.resource.value().is_null() ? focus_ : environment_.resource; }
  const Item& root_resource() const {
    return environment_.root_resource.value().is_null() ? resource() : environment_.root_resource;
  }

  // Variables of defineVariable(): those defined while a guard lives end with it.
  class Variables {
   public:
    explicit Variables(Evaluator& run) : run_(run), before_(run.defined_.size()) {}
    ~Variables() {
      if (run_.defined_.size() > before_) run_.Forget(before_);
    }
    Variables(const Variables&) = delete;
    Variables& operator=(const Variables&) = delete;

   private:
    Evaluator& run_;
    std::size_t before_;
  };
  // Fails when the name is taken.
  bool Define(std::size_t offset, std::string_view name, Collection&& value);
  // Null: no such variable of defineVariable() or of the environment.
  const Collection* FindVariable(std::string_view name) const;

  // Text that lives as long as the environment; one over the limit of 1 MiB fails.
  bool Keep(std::size_t offset, std::string_view text, std::string_view& kept);

  // The System value of `item`; false when it has none.
  bool System(const Item& item, Item& out) const { return ToSystem(definitions(), item, out); }

 private:
  struct Visit;
  bool Invoke(const Call& call, std::size_t offset, const Scope& scope, bool type_only, Collection& out);
  Error Failure() const;
  void Forget(std::size_t before);
  bool RunKept(NodeId node, Lookup*& out);

  const Program& program_;
  Environment& environment_;
  Item focus_;
  std::vector<Variable> defined_;
  std::vector<std::unique_ptr<Lookup>> kept_;  // by Node::kept; null: not evaluated yet
  std::size_t steps_;
  bool failed_ = false;
  ErrorKind failure_ = ErrorKind::kUnprocessable;
  std::size_t failed_at_ = 0;
  std::string reason_;
};

// What a collection means where one boolean is asked for: a single item that is no boolean counts as true.
// https://hl7.org/fhirpath/N1/#singleton-evaluation-of-collections
bool ToTruth(Evaluator& run, std::size_t offset, const Collection& collection, Truth& out);
void AddTruth(Truth truth, Collection& out);

// The only item of a collection as System value: `there` is false when it is empty. Fails for several.
bool Single(Evaluator& run, std::size_t offset, const Collection& collection, Item& out, bool& there);

// Does `item` have the type, or one that derives from it?
bool IsOfType(const definitions::Definitions& definitions, const Item& item, const TypeSpecifier& type);

}  // namespace throughline::path
