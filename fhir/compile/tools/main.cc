// definitions_compiler OUT DIFFERENCES FILE...: compiles the package's JSON files (Bundles of resources) to the blob
// OUT.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "fhir/compile/compile.h"
#include "fhir/json/parse.h"

namespace throughline::compile {
namespace {

constexpr json::Limits kLimits{.items_per_array = 10'000'000, .nodes = 100'000'000};

using Documents = std::vector<std::unique_ptr<json::Document>>;

Result<json::Value> ReadJson(const std::string& file, Documents& documents) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    return MakeError(ErrorKind::kInvalid, "definitions-file", file + ": cannot be read");
  }
  auto document = json::ParseDocument(std::string(std::istreambuf_iterator<char>(in), {}), kLimits);
  if (!document) {
    Error error = std::move(document).error();
    error.message = file + ": " + error.message;
    return error;
  }
  documents.push_back(std::make_unique<json::Document>(*std::move(document)));
  return documents.back()->root;
}

Result<std::string> CompileFiles(const std::string& differences, std::span<const std::string> files) {
  Documents documents;
  Input input;
  auto root = ReadJson(differences, documents);
  if (!root) {
    return std::move(root).error();
  }
  input.differences = Differences::Read(*root);
  for (const std::string& file : files) {
    auto bundle = ReadJson(file, documents);
    if (!bundle) {
      return std::move(bundle).error();
    }
    for (const json::Value& entry : bundle->Get("entry").items()) {
      input.resources.push_back(entry.Get("resource"));
    }
  }
  return Compile(input);
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
  auto bytes = CompileFiles(arguments[1], arguments.subspan(2));
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
}  // namespace throughline::compile

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return throughline::compile::Run(arguments);
}
