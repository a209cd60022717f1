// A map's text, with a small code table, then one record through whatever plan comes out: nothing crashes, and a plan
// that was made maps both ways.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/id_source.h"
#include "fhir/definitions/definitions.h"
#include "fhir/json/parse.h"
#include "mappings/engine/onto.h"
#include "mappings/engine/past.h"
#include "mappings/engine/to_fhir.h"
#include "mappings/engine/to_local.h"
#include "mappings/language/error_report.h"
#include "mappings/language/load_map.h"
#include "mappings/plan/map.h"

namespace {

class FuzzIds : public throughline::IdSource {
 public:
  std::string Fresh() override { return "0"; }
  std::string ForKey(std::string_view, std::string_view, std::string_view name) const override {
    return std::to_string(name.size());
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace throughline;  // NOLINT: one function
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const std::size_t cut = text.find("\n---record\n");
  const std::string_view yaml = text.substr(0, cut);
  const std::string_view record = cut == std::string_view::npos ? "{}" : text.substr(cut + 11);
  const auto map = language::LoadMap(
      "map.yaml",
      [&](std::string_view path) -> Result<std::string> {
        if (path == "map.yaml") return std::string(yaml);
        return std::string(
            "local,system,code,display,equivalence\nF,http://hl7.org/fhir/administrative-gender,female,,equal\n");
      },
      definitions::R4());
  if (!map) {
    if (map.error().kind == ErrorKind::kInternal) __builtin_trap();
    language::MapErrorText(map.error());
    return 0;
  }
  json::Arena arena;
  const auto value = json::Parse(record, arena);
  if (!value) return 0;
  auto mapped = engine::ToFhir(*map, *value, FuzzIds(), arena);
  std::vector<engine::SourceResource> sources;
  std::vector<json::Value> stored;
  for (const auto& resource : mapped.resources) {
    sources.push_back({{}, resource.body});
    stored.push_back(resource.body);
  }
  engine::ToLocal(*map, sources, arena);
  const auto past = engine::PastFrom(*map, mapped, stored, FuzzIds(), arena, engine::ReferenceStyle::kRelative);
  engine::KeepPlaces(*map, past, FuzzIds(), mapped, arena);
  const engine::Onto onto(*map, mapped, past);
  for (std::size_t at = 0; at < mapped.resources.size(); ++at) onto.Merge(at, stored[at], arena, mapped.ledger);
  return 0;
}
