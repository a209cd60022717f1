#include "fhir/validate/profiles.h"

#include "fhir/validate/profile_plan.h"

namespace throughline::validate {

Profiles::Profiles(const definitions::Definitions& definitions)
    : definitions_(definitions), count_(definitions.profile_count()), slots_(std::make_unique<Slot[]>(count_)) {}

Profiles::~Profiles() {
  for (std::size_t i = 0; i < count_; ++i) {
    delete slots_[i].load(std::memory_order_relaxed);
  }
}

std::uint32_t Profiles::Find(std::string_view canonical) const {
  definitions::Profile profile;
  return definitions_.FindProfile(canonical, profile) ? profile.row : kUnknownProfile;
}

const ProfilePlan* Profiles::Get(std::uint32_t row) const {
  if (row >= count_) {
    return nullptr;
  }
  if (const ProfilePlan* const plan = slots_[row].load(std::memory_order_acquire)) {
    return plan;
  }
  std::unique_ptr<const ProfilePlan> made = MakePlan(*this, row);
  const ProfilePlan* there = nullptr;
  return slots_[row].compare_exchange_strong(there, made.get(), std::memory_order_acq_rel) ? made.release() : there;
}

}  // namespace throughline::validate
