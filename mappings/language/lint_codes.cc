// What the code systems say of the codes that a map writes: in tables and in constants. What is not known offline is
// never said to be wrong.
#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <unordered_set>
#include <utility>

#include "fhir/definitions/rows.h"
#include "fhir/terminology/loaded.h"
#include "fhir/terminology/terminology.h"
#include "mappings/language/binder.h"
#include "mappings/language/code_table_file.h"
#include "mappings/language/near.h"

namespace throughline::language {
namespace {

using terminology::Answer;
using terminology::Coding;

// Systems that R4 names and does not hold the codes of. https://hl7.org/fhir/R4/terminologies-systems.html
constexpr std::array<std::string_view, 16> kOutside = {
    "http://snomed.info/sct",
    "http://www.nlm.nih.gov/research/umls/rxnorm",
    "http://loinc.org",
    "http://unitsofmeasure.org",
    "http://www.ama-assn.org/go/cpt",
    "http://hl7.org/fhir/ndfrt",
    "http://fdasis.nlm.nih.gov",
    "http://hl7.org/fhir/sid/ndc",
    "http://hl7.org/fhir/sid/cvx",
    "http://hl7.org/fhir/sid/icd-9-cm",
    "http://hl7.org/fhir/sid/icd-10",
    "http://hl7.org/fhir/sid/icd-10-cm",
    "http://hl7.org/fhir/sid/icd-10-nl",
    "http://hl7.org/fhir/sid/icpc-2",
    "http://hl7.org/fhir/sid/icf-nl",
    "http://www.whocc.no/atc",
};

// Where something was written, and how to say something about it there.
struct Said {
  std::function<void(std::string_view rule, std::string text)> error;
  std::function<void(std::string_view rule, std::string text)> warning;
};

class CodeLinter {
 public:
  explicit CodeLinter(Binding& binding)
      : binding_(binding), plan_(binding.plan), layers_(binding.definitions.layers()), terms_(binding.definitions) {}

  void Run() {
    for (const auto& table : plan_.tables) LintTable(*table);
    for (const Content& content : plan_.contents) LintConstant(content);
    for (const Binding::System& system : binding_.systems)
      LintSystem(system.url, InMap(system.mark, system.url.size()));
  }

 private:
  Said InMap(Mark mark, std::size_t width) const {
    Diagnostics* const to = &binding_.diagnostics;
    width = std::max<std::size_t>(width, 1);
    return {[=](std::string_view rule, std::string text) { to->Error(rule, mark, width, std::move(text)); },
            [=](std::string_view rule, std::string text) { to->Warning(rule, mark, width, std::move(text)); }};
  }

  Said InTable(const CodeTable& table, const CodeRow& row) const {
    Diagnostics* const to = &binding_.diagnostics;
    const auto place = [=, &table, &row] { return MarkOf(row, table.file(), *to); };
    const std::size_t width = row.place.line > 0 ? 0 : 1;
    return {[=, &table](std::string_view rule, std::string text) {
              to->ErrorIn(table.file(), place(), width, rule, std::move(text));
            },
            [=, &table](std::string_view rule, std::string text) {
              to->WarningIn(table.file(), place(), width, rule, std::move(text));
            }};
  }

  void LintTable(const CodeTable& table) {
    for (const CodeRow& row : table.rows()) LintRow(table, row);
    if (table.unlisted() == Unlisted::kFixed) LintRow(table, table.unlisted_row());
  }

  void LintRow(const CodeTable& table, const CodeRow& row) {
    if (row.system.empty()) return;
    const Said said = InTable(table, row);
    LintSystem(row.system, said);
    if (!row.code.empty()) LintCode({row.system, row.version, row.code}, row.display, said);
  }

  // `system` and `code` (and `display`) of one object, all constants.
  void LintConstant(const Content& content) {
    const Leaf* system = nullptr;
    const Leaf* code = nullptr;
    std::string_view display;
    for (const Slot& slot : content.slots) {
      const Leaf& leaf = plan_.contents[slot.alternatives.front()].leaf;
      if (leaf.source != Leaf::Source::kConstant) continue;
      if (slot.name == "system") system = &leaf;
      if (slot.name == "code") code = &leaf;
      if (slot.name == "display") display = leaf.constant.text();
    }
    if (system == nullptr || !IsCoded(content)) return;
    const std::string_view url = system->constant.text();
    LintSystem(url, InMap(system->mark, url.size()));
    if (code == nullptr) return;
    const std::string_view text = code->constant.text();
    LintCode({url, {}, text}, display, InMap(code->mark, text.size()));
  }

  // An object whose `system` is a code system: not an Identifier, not a ContactPoint.
  bool IsCoded(const Content& content) const {
    definitions::Element code;
    return binding_.definitions.FindChild(content.type, "code", code);
  }

  void LintCode(const Coding& coding, std::string_view display, const Said& said) {
    const terminology::CodeVerdict found = terms_.Find(coding);
    const std::string system(coding.system);
    if (found.answer == Answer::kNo) {
      return said.error("map-unknown-code", "the code system " + system + " has no such code" + NearestCode(coding));
    }
    if (found.answer != Answer::kYes) return;
    if (!found.found.selectable) {
      said.warning("map-code-grouper", "this code of " + system + " groups others and is not meant to be used itself");
    }
    if (!found.found.active) said.warning("map-code-retired", "this code of " + system + " is retired");
    if (found.found.deprecated) said.warning("map-code-retired", "this code of " + system + " is deprecated");
    if (display.empty() || terms_.IsDisplayOf(coding, display) != Answer::kNo) return;
    said.warning("map-display", "the display is none of this code's names; its system calls it '" +
                                    std::string(found.found.display) + "'");
  }

  std::string NearestCode(const Coding& coding) const {
    const terminology::LoadedSystem system =
        terminology::FindSystem(layers_, terminology::SplitCanonical(coding.system));
    if (!system) return "";
    std::vector<std::string_view> codes;
    for (const auto& row : terminology::ConceptsOf(system)) codes.push_back(system.Text(row.code));
    return DidYouMean(coding.code, codes);
  }

  // A system that nobody knows may be one's own; one that is written nearly like a known one is a slip.
  void LintSystem(std::string_view url, const Said& said) {
    if (!asked_.insert(std::string(url)).second) return;
    if (systems_.empty()) ListSystems();
    if (std::ranges::find(systems_, url) != systems_.end()) return;
    const std::string_view nearest = NearestUrl(url, systems_);
    if (nearest.empty()) return;
    said.warning("map-system", "no code system of this name is known; did you mean '" + std::string(nearest) + "'?");
  }

  void ListSystems() {
    systems_.assign(kOutside.begin(), kOutside.end());
    for (const auto layer : layers_) {
      for (const auto& row :
           definitions::blob::Rows<definitions::blob::CodeSystemRow>(layer, definitions::blob::kCodeSystems)) {
        systems_.push_back(definitions::blob::TextOf(layer, row.url));
      }
    }
  }

  Binding& binding_;
  const Plan& plan_;
  terminology::Layers layers_;
  terminology::Terminology terms_;
  std::vector<std::string_view> systems_;
  std::unordered_set<std::string> asked_;
};

}  // namespace

void LintCodes(Binding& binding) { CodeLinter(binding).Run(); }

}  // namespace throughline::language
