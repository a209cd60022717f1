#include "gateway/audit/row.h"

#include <array>
#include <cstddef>

namespace throughline::audit {
namespace {

constexpr std::string_view kRest = "http://terminology.hl7.org/CodeSystem/audit-event-type";
constexpr std::string_view kInteraction = "http://hl7.org/fhir/restful-interaction";
constexpr std::string_view kDicom = "http://dicom.nema.org/resources/ontology/DCM";
constexpr std::string_view kLifecycle = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle";

constexpr std::array kKinds = {
    KindRow{Kind::kStart, "start", kDicom, "110100", kDicom, "110120", 'E'},
    KindRow{Kind::kStop, "stop", kDicom, "110100", kDicom, "110121", 'E'},
    KindRow{Kind::kIntake, "intake", kDicom, "110107", kLifecycle, "receive", 'C'},
    KindRow{Kind::kQuarantine, "quarantine", kDicom, "110107", kLifecycle, "hold", 'C'},
    KindRow{Kind::kReplay, "replay", kDicom, "110107", kLifecycle, "transform", 'U'},
    KindRow{Kind::kView, "view", kDicom, "110106", kLifecycle, "disclose", 'R'},
    KindRow{Kind::kPreview, "preview", kDicom, "110107", kLifecycle, "transform", 'E'},
    KindRow{Kind::kCreate, "create", kRest, "rest", kInteraction, "create", 'C'},
    KindRow{Kind::kRead, "read", kRest, "rest", kInteraction, "read", 'R'},
    KindRow{Kind::kVRead, "vread", kRest, "rest", kInteraction, "vread", 'R'},
    KindRow{Kind::kUpdate, "update", kRest, "rest", kInteraction, "update", 'U'},
    KindRow{Kind::kDelete, "delete", kRest, "rest", kInteraction, "delete", 'D'},
    KindRow{Kind::kHistory, "history", kRest, "rest", kInteraction, "history-instance", 'R'},
    KindRow{Kind::kSearch, "search", kRest, "rest", kInteraction, "search-type", 'E'},
    KindRow{Kind::kDenied, "denied", kDicom, "110113", kDicom, "110126", 'E'},
    KindRow{Kind::kOperator, "operator", kDicom, "110100", kLifecycle, "access", 'E'},
};

constexpr bool InOrder() {
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    if (static_cast<std::size_t>(kKinds[i].kind) != i) return false;
  }
  return true;
}
static_assert(InOrder());

}  // namespace

std::span<const KindRow> Kinds() { return kKinds; }

const KindRow& RowOf(Kind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

}  // namespace throughline::audit
