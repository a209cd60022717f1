// What FHIRPath expressions work on: items and collections of them.
// https://hl7.org/fhirpath/N1/#collections, https://hl7.org/fhir/R4/fhirpath.html#types
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "fhir/definitions/definitions.h"
#include "fhir/json/arena.h"
#include "fhir/json/value.h"

namespace throughline::path {

using definitions::TypeId;

enum class ItemKind : std::uint8_t {
  kNode,  // a piece of a resource, FHIR primitives included; of a JSON tree without a model when its type is kNoType
  kBoolean,
  kInteger,
  kDecimal,
  kString,
  kDate,
  kDateTime,
  kTime,
  kQuantity,
  kType,  // a TypeInfo: what type() answers; text() is the name, unit() the namespace
  kLong,  // a whole number of 64 bits (STU)
};

// A set of kinds.
using Kinds = std::uint16_t;
constexpr Kinds KindBit(ItemKind kind) { return static_cast<Kinds>(1U << static_cast<unsigned>(kind)); }
inline constexpr Kinds kAnyKind = 0xFFFF;
inline constexpr Kinds kNumberKinds =
    KindBit(ItemKind::kInteger) | KindBit(ItemKind::kLong) | KindBit(ItemKind::kDecimal);
inline constexpr Kinds kMomentKinds =
    KindBit(ItemKind::kDate) | KindBit(ItemKind::kDateTime) | KindBit(ItemKind::kTime);

// A node of a FHIR tree or a System value. A view: text and nodes live in the document, in the expression or in the
// environment the item came from. Cheap to copy.
class Item {
 public:
  // The empty node.
  Item() = default;

  // `sibling` is the `_name` member of a primitive: its id and extensions; null when there is none.
  // `system`: the kind that the value of a primitive becomes, where it is known; kNode: to be found by the type.
  static Item Node(TypeId type, const json::Value& value, const json::Value& sibling = {},
                   ItemKind system = ItemKind::kNode) {
    Item item;
    item.value_ = value;
    item.sibling_ = sibling;
    item.type_ = type;
    item.system_ = system;
    return item;
  }
  static Item Boolean(bool value);
  static Item Integer(std::int64_t value);
  static Item Long(std::int64_t value);
  static Item Decimal(std::string_view literal) { return Of(ItemKind::kDecimal, literal); }
  static Item String(std::string_view text) { return Of(ItemKind::kString, text); }
  // Dates and times as they are written in FHIR: no `@`, no leading `T`.
  static Item Date(std::string_view text) { return Of(ItemKind::kDate, text); }
  static Item DateTime(std::string_view text) { return Of(ItemKind::kDateTime, text); }
  static Item Time(std::string_view text) { return Of(ItemKind::kTime, text); }
  // `unit` without quotes: a UCUM code, or a calendar word ("year") when `calendar`.
  static Item Quantity(std::string_view number, std::string_view unit, bool calendar = false);
  // A quantity of FHIR data whose UCUM unit is one of time: beside calendar units and dates it is the calendar's.
  // https://hl7.org/fhir/R4/fhirpath.html#quantity
  static Item FhirDuration(std::string_view number, std::string_view unit);
  // A quantity with the same unit.
  Item WithNumber(std::string_view number) const;
  static Item Type(std::string_view name_space, std::string_view name) { return Of(ItemKind::kType, name, name_space); }

  ItemKind kind() const { return kind_; }
  bool is_node() const { return kind_ == ItemKind::kNode; }
  ItemKind system() const { return system_; }
  TypeId type() const { return type_; }  // nodes only; kNoType otherwise
  const json::Value& value() const { return value_; }
  const json::Value& sibling() const { return sibling_; }

  bool boolean() const { return value_.boolean(); }
  std::int64_t integer() const { return integer_; }
  std::string_view text() const { return value_.text(); }    // of every System value but booleans and integers
  std::string_view unit() const { return sibling_.text(); }  // of a Quantity
  bool calendar() const { return kind_ == ItemKind::kQuantity && integer_ == 1; }
  bool fhir_duration() const { return kind_ == ItemKind::kQuantity && integer_ == 2; }

 private:
  static Item Of(ItemKind kind, std::string_view text, std::string_view unit = {});

  json::Value value_;
  json::Value sibling_;
  std::int64_t integer_ = 0;
  TypeId type_ = definitions::kNoType;
  ItemKind kind_ = ItemKind::kNode;
  ItemKind system_ = ItemKind::kNode;
};
static_assert(std::is_trivially_copyable_v<Item> && std::is_trivially_destructible_v<Item>);

// Room for long lists, lent and given back: to evaluate again takes nothing from the heap. Not safe from several
// threads.
class ItemPool {
 public:
  // `capacity` is a power of two.
  Item* Take(std::size_t capacity);
  void Give(Item* items, std::size_t capacity);

 private:
  struct Free {
    Free* next = nullptr;
  };

  json::Arena arena_;
  std::array<Free*, 32> free_{};  // by the logarithm of the capacity
};

// An ordered list of items. The first four take no memory; more come from the pool, if there is one, which must outlive
// the list then, else from the heap. Move-only; Copy() says so.
class Collection {
 public:
  Collection() = default;
  explicit Collection(ItemPool& pool) : pool_(&pool) {}
  explicit Collection(const Item& item) { Add(item); }
  Collection(Collection&& other) noexcept;
  Collection& operator=(Collection&& other) noexcept;
  Collection(const Collection&) = delete;
  Collection& operator=(const Collection&) = delete;
  ~Collection() {
    if (more_ != nullptr) Release();
  }

  // On the heap where it is long.
  Collection Copy() const;
  // Moves what the pool lent to `arena`: the list lives as long as that.
  void Settle(json::Arena& arena);
  void Add(const Item& item);
  void Append(const Collection& other);
  void Clear() { size_ = 0; }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const Item& operator[](std::size_t index) const { return begin()[index]; }
  const Item* begin() const { return more_ != nullptr ? more_ : Inline(); }
  const Item* end() const { return begin() + size_; }

 private:
  static constexpr std::size_t kInline = 4;

  const Item* Inline() const { return reinterpret_cast<const Item*>(inline_); }
  Item* Room() { return more_ != nullptr ? more_ : reinterpret_cast<Item*>(inline_); }
  void Grow();
  void Release();

  alignas(Item) std::byte inline_[kInline * sizeof(Item)];
  Item* more_ = nullptr;
  ItemPool* pool_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = kInline;
  bool settled_ = false;  // `more_` is an arena's
};

inline bool IsNumber(const Item& item) { return (KindBit(item.kind()) & kNumberKinds) != 0; }
inline bool IsWhole(const Item& item) { return item.kind() == ItemKind::kInteger || item.kind() == ItemKind::kLong; }
inline bool IsMoment(const Item& item) { return (KindBit(item.kind()) & kMomentKinds) != 0; }

}  // namespace throughline::path
