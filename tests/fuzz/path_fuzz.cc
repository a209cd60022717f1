// The text of an expression: compiled, and run with a small budget when it compiles.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fhir/json/parse.h"
#include "fhir/path/expression.h"

using namespace throughline;

namespace {

constexpr std::string_view kPatient =
    R"({"resourceType":"Patient","id":"p1","active":true,"birthDate":"1980-05","_birthDate":{"id":"b"},"gender":"female",)"
    R"("name":[{"use":"official","family":"F","given":["A","B"]},{"given":["C"]}],"multipleBirthInteger":2,)"
    R"("generalPractitioner":[{"reference":"Practitioner/1"},{"reference":"#o"}],"contained":[{"resourceType":)"
    R"("Organization","id":"o"}],"extension":[{"url":"http://x","valueQuantity":{"value":1.50,"unit":"mg"}}]})";

bool IsOurFault(const Error& error) { return error.kind == ErrorKind::kInternal || error.issues.empty(); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  static const Result<json::Document> patient = json::ParseDocument(kPatient);
  for (const std::string_view context : {std::string_view(), std::string_view("Patient")}) {
    const Result<path::Expression> expression =
        path::Compile(text, definitions::R4(), {.context_type = context, .published = context.empty()});
    if (!expression) {
      if (IsOurFault(expression.error())) std::abort();
      continue;
    }
    path::Environment environment;
    environment.steps = 20'000;
    const Result<path::Collection> result =
        path::Evaluate(*expression, path::ResourceItem(definitions::R4(), patient->root), environment);
    if (!result && IsOurFault(result.error())) std::abort();
  }
  return 0;
}
