// One JSON value a line, valid or not, for each primitive type (and Reference); null lines do not count.
#include <array>
#include <string>
#include <string_view>

#include "fhir/definitions/definitions.h"
#include "fhir/json/parse.h"
#include "fhir/validate/validate.h"
#include "tests/conformance/suite.h"

namespace throughline::conformance {
namespace {

// "date_time" is the type "dateTime"; complex types begin with a capital letter.
std::string TypeName(std::string_view file) {
  std::string name;
  for (std::size_t i = 0; i < file.size(); ++i) {
    const bool upper = i > 0 && file[i - 1] == '_';
    if (file[i] != '_') {
      name += upper ? static_cast<char>(file[i] - 'a' + 'A') : file[i];
    }
  }
  return name == "reference" ? "Reference" : name;
}

bool IsAccepted(const std::string& type, std::string_view line) {
  const auto document = json::ParseDocument(line);
  if (!document) {
    return false;
  }
  const definitions::Definitions& r4 = definitions::R4();
  const definitions::TypeId id = r4.FindType(type);
  if (r4.type(id).kind == definitions::TypeKind::kPrimitive) {
    return validate::IsValidPrimitive(type, document->root);
  }
  validate::Options options;
  options.conditional_references = true;
  return !HasErrors(validate::CheckType(document->root, id, type, r4, options));
}

}  // namespace

Score Primitives(Context& context) {
  Score score;
  for (const auto& path : FilesIn(context.oracles / "primitives", ".ndjson")) {
    const std::string name = path.filename().string();
    const std::string type = TypeName(name.substr(0, name.find('.')));
    const bool valid = name.find(".valid.") != std::string::npos;
    std::string text = ReadFile(path) + '\n';
    for (std::size_t end = text.find('\n'), line = 0; end != std::string::npos; end = text.find('\n'), ++line) {
      const std::string value = text.substr(0, end);
      text.erase(0, end + 1);
      if (!value.empty() && value != "null") {
        context.Count(score, IsAccepted(type, value) == valid, name + ':' + std::to_string(line + 1));
      }
    }
  }
  return score;
}

}  // namespace throughline::conformance
