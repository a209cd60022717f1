// No rule without a case, and no case without a rule.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <string_view>

#include "fhir/validate/validate.h"
#include "tests/unit/fhir/validate/tables.h"

namespace throughline::validate {
namespace {

using definitions::R4;

struct Ids {
  std::set<std::string, std::less<>> broken;       // that a case says an input breaks
  std::set<std::string, std::less<>> constraints;  // keys of the definitions of tables
};

std::string FirstWord(std::string_view text) { return std::string(text.substr(0, text.find(' '))); }

void Collect(const json::Value& value, Ids& ids) {
  for (const json::Value& item : value.items()) {
    Collect(item, ids);
  }
  for (const json::Member& member : value.members()) {
    if (member.name == "issues") {
      for (const json::Value& issue : member.value.items()) {
        ids.broken.insert(FirstWord(issue.text()));
      }
    } else if (member.name == "breaks") {
      ids.broken.insert(FirstWord(member.value.text()));
    } else if (member.name == "key" && member.value.is_string()) {
      ids.constraints.insert(std::string(member.value.text()));
    }
    Collect(member.value, ids);
  }
}

Ids CollectAll() {
  Ids ids;
  for (const auto& file : std::filesystem::recursive_directory_iterator(CaseFolder())) {
    if (file.is_regular_file()) {
      Collect(ReadTable(std::filesystem::relative(file.path(), CaseFolder())).root, ids);
    }
  }
  return ids;
}

void CollectConstraints(Ids& ids) {
  for (std::size_t id = 0; id < R4().type_count(); ++id) {
    const definitions::Type type = R4().type(static_cast<definitions::TypeId>(id));
    for (std::size_t i = 0; i < type.constraint_count; ++i) {
      ids.constraints.insert(std::string(R4().constraint(type, i).key));
    }
    for (std::size_t c = 0; c < R4().child_count(type.id); ++c) {
      const definitions::Element element = R4().child(type.id, c);
      for (std::size_t i = 0; i < element.constraint_count; ++i) {
        ids.constraints.insert(std::string(R4().constraint(element, i).key));
      }
    }
  }
  for (std::size_t row = 0; row < R4().profile_count(); ++row) {
    const definitions::Profile profile = R4().profile(row);
    for (std::size_t e = 0; e < profile.element_count; ++e) {
      const definitions::ProfileElement element = R4().element(profile, e);
      for (std::size_t i = 0; i < element.constraint_count; ++i) {
        ids.constraints.insert(std::string(R4().constraint(element, i).key));
      }
    }
  }
}

TEST(Rules, HaveEachACaseThatBreaksThem) {
  const Ids ids = CollectAll();
  for (const RuleRow& row : RuleRows()) {
    EXPECT_TRUE(ids.broken.contains(row.id)) << row.id << " stands in no table of tests/cases/validate";
  }
}

TEST(Cases, NameRulesThatThereAre) {
  Ids ids = CollectAll();
  CollectConstraints(ids);
  for (const RuleRow& row : RuleRows()) {
    ids.constraints.insert(std::string(row.id));
  }
  for (const std::string& id : ids.broken) {
    EXPECT_TRUE(ids.constraints.contains(id)) << id << " is no rule";
  }
}

}  // namespace
}  // namespace throughline::validate
