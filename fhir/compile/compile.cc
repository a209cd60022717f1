#include "fhir/compile/compile.h"

#include <array>
#include <utility>

#include "fhir/compile/tables.h"
#include "fhir/compile/writer.h"

namespace throughline::compile {
namespace {

// One step a kind of resource: reads the input, may look at what steps before it left in the tables, and writes rows.
using Step = Result<void> (*)(const Input&, Tables&, Writer&);
constexpr std::array<Step, 3> kSteps = {CompileTypes, CompileSearch, CompileValueSets};

}  // namespace

Result<std::string> Compile(const Input& input) {
  Tables tables;
  Writer writer;
  for (const Step step : kSteps) {
    if (auto done = step(input, tables, writer); !done) {
      return std::move(done).error();
    }
  }
  return writer.Finish(tables.fhir_version);
}

}  // namespace throughline::compile
