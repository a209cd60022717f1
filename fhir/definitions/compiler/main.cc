// definitions_compiler OUT DIFFERENCES FILE...: compiles the package's JSON files to the blob OUT.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fhir/definitions/compiler/tables.h"

namespace throughline::definitions::compiler {
namespace {

Result<std::string> Compile(const std::string& differences, std::span<const std::string> files) {
  auto package = Package::Read(differences, files);
  if (!package) {
    return std::move(package).error();
  }
  Tables tables;
  for (const auto step : {CompileTypes, CompileSearch, CompileValueSets}) {
    if (auto done = step(*package, tables); !done) {
      return std::move(done).error();
    }
  }
  return LayOut(tables);
}

bool WriteFile(const std::string& file, const std::string& bytes) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << bytes;
  return static_cast<bool>(out.flush());
}

int Run(std::span<const std::string> arguments) {
  if (arguments.size() < 3) {
    std::fputs("usage: definitions_compiler OUT DIFFERENCES FILE...\n", stderr);
    return 2;
  }
  auto bytes = Compile(arguments[1], arguments.subspan(2));
  if (!bytes) {
    std::fprintf(stderr, "definitions_compiler: %s\n", bytes.error().message.c_str());
    return 1;
  }
  if (!WriteFile(arguments[0], *bytes)) {
    std::fprintf(stderr, "definitions_compiler: %s: cannot be written\n", arguments[0].c_str());
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace throughline::definitions::compiler

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return throughline::definitions::compiler::Run(arguments);
}
