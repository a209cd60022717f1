// The compiled tree of an expression: nodes in one vector, children by number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/arena.h"
#include "fhir/path/expression.h"
#include "fhir/path/item.h"

namespace re2 {
class RE2;
}

namespace throughline::path {

struct OperatorRow;
struct FunctionRow;

using NodeId = std::uint32_t;
inline constexpr NodeId kNoNode = 0xFFFFFFFF;  // as the left side of a member or call: $this

inline constexpr std::uint32_t kNotKept = 0xFFFFFFFF;

// A type as `is`, `as` and ofType() name it.
struct TypeSpecifier {
  TypeId fhir = definitions::kNoType;  // of the namespace FHIR
  ItemKind system = ItemKind::kNode;   // of the namespace System; kNode: none
  bool any = false;                    // System.Any
};

struct Literal {
  Item value;
  bool empty = false;  // {}
};

enum class Place : std::uint8_t { kThis, kIndex, kTotal };
struct Dollar {
  Place place = Place::kThis;
};

struct Percent {
  std::string_view name;
};

// What a member's name means on one type.
struct Step {
  TypeId owner = definitions::kNoType;
  TypeId type = definitions::kNoType;  // of the child
  ItemKind system = ItemKind::kNode;   // of a primitive: the kind of its value
  bool primitive = false;
  bool resource = false;
};

struct Member {
  NodeId on = kNoNode;
  std::string_view name;
  TypeId type = definitions::kNoType;  // when `name` is a type and nothing stands left of it
  std::uint32_t first_step = 0;        // in Program::steps, where the types left of it are known
  std::uint32_t step_count = 0;
};

struct Indexed {
  NodeId on = kNoNode;
  NodeId at = kNoNode;
};

struct Sign {
  bool minus = false;
  NodeId operand = kNoNode;
};

struct Binary {
  const OperatorRow* row = nullptr;
  NodeId left = kNoNode;
  NodeId right = kNoNode;
};

struct TypeTest {
  bool as = false;  // else: is
  NodeId operand = kNoNode;
  TypeSpecifier type;
};

struct Call {
  const FunctionRow* row = nullptr;
  NodeId on = kNoNode;
  std::uint32_t first_argument = 0;  // in Program::arguments
  std::uint32_t argument_count = 0;
  TypeSpecifier type;                 // of functions that take one
  const re2::RE2* pattern = nullptr;  // of functions that take a pattern, when it is a literal
};

struct Node {
  std::uint32_t offset = 0;
  std::uint32_t height = 1;
  std::variant<Literal, Dollar, Percent, Member, Indexed, Sign, Binary, TypeTest, Call> part;
  std::uint32_t kept = kNotKept;  // where an evaluation keeps its value: see kept.h
};

struct Program {
  Program();
  ~Program();

  std::string text;
  const definitions::Definitions* definitions = nullptr;
  Model model = Model::kR4;
  bool published = false;
  std::vector<Node> nodes;
  std::vector<NodeId> arguments;
  std::vector<Step> steps;
  NodeId root = kNoNode;
  std::uint32_t kept_count = 0;
  json::Arena arena;  // unescaped strings
  std::vector<std::unique_ptr<re2::RE2>> patterns;
};

}  // namespace throughline::path
