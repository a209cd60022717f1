// The plan of one profile: its snapshot as a tree of nodes that keep only what the types of R4 do not ask for already.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/arena.h"
#include "fhir/json/value.h"
#include "fhir/validate/discriminator.h"
#include "fhir/validate/invariants.h"
#include "fhir/validate/profiles.h"

namespace throughline::validate {

using NodeIndex = std::uint16_t;  // an element's index in the snapshot
inline constexpr NodeIndex kNoNode = definitions::kNoElement;

// What a reference may point to.
struct TargetRule {
  std::uint32_t profile = kUnknownProfile;
  std::string_view canonical;
  definitions::TypeId type = definitions::kNoType;  // kNoType when the profile is not at hand
  bool plain = false;                               // the type alone
};

struct TypeRule {
  definitions::TypeId type = definitions::kNoType;
  std::string_view code;
  std::vector<std::uint32_t> profiles;  // one of them must hold; none: the type alone
  std::vector<std::string_view> canonicals;
  std::vector<TargetRule> targets;  // none: what R4 allows
  std::uint8_t aggregation = 0;
};

struct ValueRule {
  json::Value value;      // null: none
  std::string_view type;  // of FHIR: "CodeableConcept"
};

struct Slice {
  NodeIndex node = kNoNode;
  std::vector<Criterion> criteria;  // none: whatever conforms to the slice is in it
};

struct Slicing {
  definitions::SlicingRules rules = definitions::SlicingRules::kOpen;
  bool ordered = false;
  NodeIndex others = kNoNode;  // the slice "@default": what no other matches
  std::vector<Slice> slices;
};

struct ProfileNode {
  definitions::ProfileElement row;
  std::string_view name;  // as members are called: "component"; a choice by its bare name ("value")
  bool choice = false;
  bool counted = false;  // min or max say more than the type does
  bool typed = false;
  bool bound = false;
  bool busy = false;  // something is to be checked here or below
  ValueRule fixed, pattern, least, most;
  std::vector<TypeRule> types;
  std::vector<Invariant> constraints;
  std::unique_ptr<Slicing> slicing;
  std::vector<NodeIndex> children;  // no slices
};

// Immutable; safe from several threads.
struct ProfilePlan {
  definitions::Profile profile;
  std::vector<ProfileNode> nodes;
  // Of extensions: their contexts of kind kFhirpath, by the index of the context; and what their place must fulfil.
  std::vector<std::optional<path::Expression>> contexts;
  std::vector<Invariant> context_invariants;
  std::vector<std::string_view> unread;  // keys of rules whose expressions cannot be compiled, each once
  json::Arena arena;

  const ProfileNode& root() const { return nodes.front(); }
};

std::unique_ptr<ProfilePlan> MakePlan(const Profiles& profiles, std::uint32_t row);

}  // namespace throughline::validate
