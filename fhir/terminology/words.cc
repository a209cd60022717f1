#include <array>

#include "fhir/terminology/terminology.h"

namespace throughline::terminology {
namespace {

constexpr std::array<std::string_view, 10> kReasons = {
    "",
    "unknown-value-set",
    "unknown-code-system",
    "incomplete-code-system",
    "unknown-filter",
    "value-set-without-content",
    "value-set-in-itself",
    "value-set-too-costly",
    "codes-cannot-be-listed",
    "no-code",
};
static_assert(kReasons.size() == static_cast<std::size_t>(Reason::kNotCode) + 1);

constexpr std::array<std::string_view, 5> kSubsumptions = {"equivalent", "subsumes", "subsumed-by", "not-subsumed", ""};

constexpr std::array<std::string_view, 10> kEquivalences = {
    "relatedto", "equivalent",  "equal",   "wider",     "subsumes",
    "narrower",  "specializes", "inexact", "unmatched", "disjoint",
};

}  // namespace

std::string_view WordOf(Reason reason) { return kReasons[static_cast<std::size_t>(reason)]; }
std::string_view CodeOf(Subsumption subsumption) { return kSubsumptions[static_cast<std::size_t>(subsumption)]; }

std::string_view CodeOf(Equivalence equivalence) { return kEquivalences[static_cast<std::size_t>(equivalence)]; }

}  // namespace throughline::terminology
