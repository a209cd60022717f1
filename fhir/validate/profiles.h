// Profiles compiled into plans: what a StructureDefinition asks for beyond the types of R4, ready to be checked.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "fhir/definitions/definitions.h"

namespace throughline::validate {

struct ProfilePlan;

// One of the StructureDefinitions by its row; kUnknownProfile: none is at hand.
inline constexpr std::uint32_t kUnknownProfile = 0xFFFFFFFF;

// The plans of all StructureDefinitions of some definitions: each is made when it is first asked for, and kept. Safe
// from several threads; nobody waits, and of two that make the same one, the first is kept. The definitions must
// outlive it.
class Profiles {
 public:
  explicit Profiles(const definitions::Definitions& definitions);
  ~Profiles();
  Profiles(const Profiles&) = delete;
  Profiles& operator=(const Profiles&) = delete;

  const definitions::Definitions& definitions() const { return definitions_; }
  // By canonical, with |version or without; kUnknownProfile when there is none.
  std::uint32_t Find(std::string_view canonical) const;
  // Null for kUnknownProfile.
  const ProfilePlan* Get(std::uint32_t row) const;

 private:
  using Slot = std::atomic<const ProfilePlan*>;

  const definitions::Definitions& definitions_;
  std::size_t count_;
  std::unique_ptr<Slot[]> slots_;
};

}  // namespace throughline::validate
