#include "fhir/compile/compile.h"

#include <array>
#include <utility>

#include "fhir/compile/tables.h"
#include "fhir/compile/writer.h"

namespace throughline::compile {
namespace {

// One step a kind of resource: reads the input, may look at what steps before it left in the tables, and writes rows.
using Step = Result<void> (*)(const Input&, Tables&, Writer&);
constexpr std::array<Step, 6> kSteps = {CompileTypes,     CompileSearch,      CompileCodeSystems,
                                        CompileValueSets, CompileConceptMaps, CompileProfiles};

}  // namespace

Result<std::string> Compile(const Input& input) {
  Tables tables;
  Writer writer;
  for (const Step step : kSteps) {
    if (auto done = step(input, tables, writer); !done) {
      return std::move(done).error();
    }
  }
  blob::Header header{};
  header.fhir_version = writer.Intern(tables.fhir_version);
  header.package = writer.Intern(input.package);
  header.package_version = writer.Intern(input.package_version);
  header.r4 = input.below == nullptr ? 0 : input.below->fingerprint();
  header.type_count =
      static_cast<std::uint32_t>(input.below == nullptr ? tables.types.size() : input.below->type_count());
  return writer.Finish(header);
}

}  // namespace throughline::compile
