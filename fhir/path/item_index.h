// Finds items in long lists by the rules of `=` without comparing with each: what is equal for certain has the same
// key. https://hl7.org/fhirpath/N1/#equality
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fhir/path/evaluate.h"

namespace throughline::path {

// An index over a list that may grow while it is asked. Takes steps for what it looks at; every function is false when
// they run out. Short lists are compared one by one and take nothing from the heap.
class ItemIndex {
 public:
  // Of the items from `first` on.
  explicit ItemIndex(Evaluator& run, std::size_t first = 0) : run_(run), first_(first), done_(first) {}

  // `found`: is one of `items` equal for certain? The same list each time, which may have become longer.
  bool Has(const Collection& items, const Item& item, bool& found);
  // Adds `item` unless one is equal for certain.
  bool Add(const Item& item, Collection& items);

 private:
  struct Key {
    std::uint64_t hash = 0;
    bool loose = false;  // may be equal to an item of another key
    bool amount = false;
  };
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t place = 0;  // in the list, from 1; 0: free
  };

  bool KeyOf(const Item& item, Key& out);
  Key KeyOfValue(const Item& value, std::size_t& work) const;
  bool CatchUp(const Collection& items);
  bool Find(const Collection& items, const Item& item, const Key& key, bool& found);
  bool Compare(const Item& item, const Item& other, bool& found);
  bool CompareAll(const Collection& items, const Item& item, bool& found);
  void Insert(const Key& key, std::size_t place);
  void Grow();

  Evaluator& run_;
  std::size_t first_;
  std::size_t done_;  // items before it are in the index
  std::size_t used_ = 0;
  std::vector<Slot> slots_;  // a power of two of them
  std::vector<std::uint32_t> loose_;
};

// Appends those of `items` that are not there yet. `seen`: the index of `out`. False: over the budget.
bool AddDistinct(ItemIndex& seen, const Collection& items, Collection& out);

// A list to look into, and its index; either its own or one that the evaluation keeps.
struct Lookup {
  explicit Lookup(Evaluator& run) : own(run.pool()), own_index(run) {}
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;

  bool Has(const Item& item, bool& found) { return index->Has(*list, item, found); }

  Collection own;
  ItemIndex own_index;
  const Collection* list = &own;
  ItemIndex* index = &own_index;
};

}  // namespace throughline::path
