// One resource: what is stored, what the record made of it before, what it makes now. Private to the room; see onto.h.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "fhir/json/arena.h"
#include "fhir/json/build.h"
#include "fhir/json/value.h"
#include "mappings/engine/ledger.h"
#include "mappings/engine/select.h"
#include "mappings/plan/plan.h"

namespace throughline::engine {

// The same place in all three; null where nothing stands there.
struct Versions {
  json::Value stored;
  json::Value before;
  json::Value produced;

  Versions Below(std::string_view name) const { return {stored.Get(name), before.Get(name), produced.Get(name)}; }
};

class Merger {
 public:
  // `told`: what was before is from the record's own text. `shared`: other records make this resource too.
  struct Manner {
    bool shared = false;
    bool told = false;
    bool withheld = false;
  };
  Merger(const Plan& plan, Manner manner, const OwnIds& own, json::Arena& arena, std::vector<LedgerRow>& ledger)
      : plan_(plan),
        shared_(manner.shared),
        told_(manner.told),
        withheld_(manner.withheld),
        own_(own),
        arena_(arena),
        ledger_(ledger) {}

  json::Value Resource(const Content& content, const Versions& at, bool main);

 private:
  // An item of a list.
  struct Item {
    json::Value value;
    json::Value sibling;  // of a primitive
    Index content = kNone;
    bool used = false;
  };
  // How the items of a list stand when it is merged.
  struct Order {
    std::vector<std::size_t> stands;  // for each stored item: the produced one in its place; their number: none
    std::vector<std::size_t> stored;  // for each produced item: the stored one that it is; their number: none
    std::vector<std::size_t> behind;  // produced items for which there was no place
  };
  struct Lists {
    std::vector<Item> stored;
    std::vector<Item> before;
    std::vector<Item> produced;
    Order order;
  };

  json::Value Object(const Content& content, const Versions& at, bool root);
  json::Value Member(const Slot& slot, const Versions& at);
  json::Value One(const Content& content, const Versions& at);
  json::Value LeafValue(const Content& content, const Versions& at);
  json::Value Remainder(const Content& content, const Versions& at);
  json::Value Sibling(const Slot& slot, const Versions& at);
  json::Value Reason(const Content& content, const Versions& at, const json::Value& produced) const;
  json::Value WithOwn(const json::Value& merged, const json::Value& produced);

  // merge_items.cc
  json::Value Items(const Slot& slot, const Versions& at);
  void AddPlainItems(const Slot& slot, const Versions& at, json::ObjectBuilder& out);
  void AddPair(const Slot& slot, const std::vector<Item>& items, json::ObjectBuilder& out);
  std::vector<Item> Sort(const Slot& slot, const json::Value& list, const json::Value& siblings, bool stored) const;
  Lists Arrange(const Slot& slot, const Versions& at, bool plain);
  static void Recognise(const std::vector<Item>& said, std::vector<Item>& stored);
  std::vector<std::size_t> Partners(std::vector<Item>& had, std::vector<Item>& made);
  void Pair(int round, std::vector<Item>& had, std::vector<Item>& made, std::vector<std::size_t>& partner);
  bool IsSame(int round, const Content& content, const Item& stored, const Item& produced);
  bool FirstFieldSame(const Content& content, const json::Value& stored, const json::Value& produced);
  Order OrderOf(const std::vector<Item>& had, const std::vector<Item>& made,
                const std::vector<std::size_t>& partner) const;
  json::Value Before(const Lists& lists, const Item& item);
  json::Value Leftover(const Lists& lists, const Item& item);

  void Lose(const Content& content, std::string_view why);
  bool Goes(const json::Value& before) const;
  bool GivesWay(const Content& content, const Slot* slot, std::string_view name, const json::Value& produced) const;
  bool Lacks(const Content& content, const json::Value& object) const;
  static const Slot* SlotOf(const Content& content, std::string_view name);

  const Plan& plan_;
  bool shared_;
  bool told_;
  bool withheld_;
  bool known_ = false;  // what was before
  const OwnIds& own_;
  json::Arena& arena_;
  std::vector<LedgerRow>& ledger_;
};

}  // namespace throughline::engine
