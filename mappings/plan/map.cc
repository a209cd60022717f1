#include "mappings/plan/map.h"

#include <algorithm>
#include <array>
#include <utility>

#include "mappings/plan/plan.h"

namespace throughline::plan {
namespace {

constexpr std::array<std::string_view, 5> kGrades = {"exact", "exact, local code kept", "lossy", "one-way", "dropped"};
constexpr std::array<std::string_view, 6> kGoldenWords = {"expect",   "back",   "standard-codes",
                                                          "findings", "ledger", "report"};

}  // namespace

std::string_view CodeOf(Grade grade) { return kGrades[static_cast<std::size_t>(grade)]; }

std::string_view CodeOf(GoldenKind kind) { return kGoldenWords[static_cast<std::size_t>(kind)]; }

bool GoldenKindFrom(std::string_view word, GoldenKind& kind) {
  const auto found = std::ranges::find(kGoldenWords, word);
  if (found == kGoldenWords.end()) return false;
  kind = static_cast<GoldenKind>(found - kGoldenWords.begin());
  return true;
}

Map::Map(std::unique_ptr<const Plan> plan) : plan_(std::move(plan)) {}
Map::Map(Map&&) noexcept = default;
Map& Map::operator=(Map&&) noexcept = default;
Map::~Map() = default;

std::string_view Map::name() const { return plan_->name; }
std::string_view Map::version() const { return plan_->version; }
std::string_view Map::title() const { return plan_->title; }
std::string_view Map::path() const { return plan_->path; }
const formats::RecordFormat& Map::format() const { return plan_->format; }
std::span<const FieldGrade> Map::grades() const { return plan_->grades; }
std::span<const TableCoverage> Map::coverage() const { return plan_->coverage; }
std::span<const MapTest> Map::tests() const { return plan_->tests; }
std::span<const AcceptedWarnings> Map::accepted() const { return plan_->accepted; }
bool Map::IsShared(std::string_view place) const {
  const Index resource = FindResource(*plan_, place.substr(0, place.find('[')));
  return resource != kNone && plan_->resources[resource].shared;
}
const Issues& Map::warnings() const { return plan_->warnings; }

}  // namespace throughline::plan
