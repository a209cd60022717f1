#include "tests/conformance/validator_cases.h"

#include <span>
#include <utility>

#include "fhir/xml/read.h"

namespace throughline::conformance {

CaseDefinitions::CaseDefinitions(std::filesystem::path files) : files_(std::move(files)) {
  input_.below = &definitions::R4();
}

std::string CaseDefinitions::Add(std::string_view name) {
  const std::string text = ReadFile(files_ / name);
  auto document = name.ends_with(".xml") ? xml::ReadDocument(text, definitions::R4()) : json::ParseDocument(text);
  if (!document) {
    return {};
  }
  documents_.push_back(std::make_unique<json::Document>(*std::move(document)));
  input_.resources.push_back(documents_.back()->root);
  return std::string(documents_.back()->root.Get("url").text());
}

std::string CaseDefinitions::Compile() {
  auto blob = compile::Compile(input_);
  if (!blob && input_.resources.size() > 1) {
    input_.resources.pop_back();
    return Compile();
  }
  if (!blob) {
    return blob.error().message;
  }
  blob_ = *std::move(blob);
  auto layered = definitions::R4().With(std::as_bytes(std::span(blob_)));
  if (!layered) {
    return layered.error().message;
  }
  layered_ = std::make_unique<definitions::Definitions>(*std::move(layered));
  return {};
}

Score JudgeCases(Context& context, const std::function<bool(const json::Value& row)>& counts,
                 const std::function<std::string(const std::filesystem::path& files, const json::Value& row)>& judge) {
  Score score;
  const auto folder = context.oracles / "validator";
  const auto table = json::ParseDocument(ReadFile(folder / "cases.json"));
  if (!table) {
    return score;
  }
  for (const json::Value& row : table->root.Get("cases").items()) {
    if (counts(row)) {
      const std::string missed = judge(folder / "files", row);
      context.Count(score, missed.empty(), std::string(row.Get("name").text()) + ": " + missed);
    }
  }
  return score;
}

}  // namespace throughline::conformance
