#include "fhir/path/expression.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "fhir/json/parse.h"
#include "fhir/path/functions.h"

namespace {
thread_local std::size_t allocations = 0;
}

// Counts what the program takes from the heap.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace throughline::path {
namespace {

using definitions::R4;

constexpr std::string_view kPatient = R"({"resourceType":"Patient","active":true,"birthDate":"1980-05-11",)"
                                      R"("name":[{"use":"official","given":["Ann","Bo"]},{"use":"usual"}],)"
                                      R"("generalPractitioner":[{"reference":"Practitioner/1"}]})";

json::Document Patient() { return std::move(*json::ParseDocument(kPatient)); }

Expression Compiled(std::string_view text, const CompileOptions& options = {}) {
  Result<Expression> expression = Compile(text, R4(), options);
  EXPECT_TRUE(expression) << text;
  return std::move(*expression);
}

std::string RuleOf(std::string_view text, const CompileOptions& options = {}) {
  const Result<Expression> expression = Compile(text, R4(), options);
  return expression ? "" : expression.error().issues.at(0).rule;
}

// `count` times `part`.
std::string Times(std::size_t count, std::string_view part) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += part;
  return text;
}

TEST(Compile, RefusesWhatIsTooLongOrTooDeep) {
  EXPECT_EQ(RuleOf(Times(4096, " ") + "1"), "fhirpath-length");
  EXPECT_EQ(RuleOf(Times(4096, " ") + "1", {.max_length = 5000}), "");
  EXPECT_EQ(RuleOf(Times(64, "(") + "1" + Times(64, ")")), "fhirpath-depth");
  EXPECT_EQ(RuleOf(Times(60, "(") + "1" + Times(60, ")")), "");
  EXPECT_EQ(RuleOf("a" + Times(1000, ".a")), "fhirpath-depth");
  EXPECT_EQ(RuleOf(Times(2000, "-") + "1"), "fhirpath-depth");
}

TEST(Compile, NamesTheKindOfErrorWithoutTheText) {
  const Result<Expression> expression = Compile("secret.", R4(), {});
  ASSERT_FALSE(expression);
  EXPECT_EQ(expression.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(expression.error().message.find("secret"), std::string::npos);
}

TEST(Compile, TakesPublishedBranchesOfOtherTypesAsEmpty) {
  const CompileOptions patient{.context_type = "Patient"};
  CompileOptions published = patient;
  published.published = true;
  EXPECT_EQ(RuleOf("Person.name | Patient.name", patient), "fhirpath-semantic");
  EXPECT_EQ(RuleOf("Person.name | Patient.name", published), "");
}

TEST(Evaluate, TakesNothingFromTheHeapForPathsComparisonsAndLiterals) {
  const json::Document patient = Patient();
  Environment environment;
  for (const std::string_view text :
       {"Patient.name.where(use = 'official').given", "birthDate < @2020-01-01 and active", "name.given | name.use",
        "name.given.first() = 'Ann' and name.count() = 2", "1.50 = 1.5",
        "generalPractitioner.where(resolve() is Practitioner).exists()"}) {
    const Expression expression = Compiled(text, {.context_type = "Patient"});
    const Item focus = ResourceItem(R4(), patient.root);
    const std::size_t before = allocations;
    const bool evaluated = static_cast<bool>(Evaluate(expression, focus, environment));
    EXPECT_EQ(allocations - before, 0u) << text;
    EXPECT_TRUE(evaluated) << text;
  }
}

TEST(Evaluate, TakesNothingFromTheHeapForLongListsTheSecondTime) {
  const json::Document patient = Patient();
  const Expression expression =
      Compiled("(1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9).where($this > 2).select($this | $this) and children().count() > 4");
  const Expression list = Compiled("descendants().where($this is string)");
  const Item focus = ResourceItem(R4(), patient.root);
  Environment environment;
  std::size_t second = 0;
  for (int turn = 0; turn < 2; ++turn) {
    const std::size_t before = allocations;
    EXPECT_FALSE(Evaluate(expression, focus, environment));
    const std::size_t failed = allocations;
    EXPECT_EQ(Evaluate(list, focus, environment)->size(), 5u);
    second = allocations - failed;
    EXPECT_GT(failed, before);  // the reason of the failure
  }
  EXPECT_EQ(second, 0u);
}

TEST(Evaluate, GivesLongListsThatOutliveTheEvaluation) {
  Environment environment;
  const Expression numbers = Compiled("(1 | 2 | 3 | 4 | 5 | 6)");
  Result<Collection> first = Evaluate(numbers, {}, environment);
  const Result<Collection> next = Evaluate(numbers, {}, environment);
  ASSERT_TRUE(first && next);
  first->Add(Item::Integer(7));
  EXPECT_EQ((*first)[5].integer(), 6);
  EXPECT_EQ((*first)[6].integer(), 7);
  EXPECT_EQ((*next)[5].integer(), 6);
}

TEST(Evaluate, StopsAtTheBudgetOfSteps) {
  const json::Document patient = Patient();
  const Expression expression =
      Compiled("descendants().select(%resource.descendants()).select(%resource.descendants())");
  Environment environment;
  environment.steps = 100;
  const Result<Collection> result = Evaluate(expression, ResourceItem(R4(), patient.root), environment);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::kTooCostly);
}

TEST(Evaluate, StopsTextsThatGrowWithoutEnd) {
  const Expression expression =
      Compiled("(1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17|18|19|20|21|22).aggregate($total & $total, 'aaaa')");
  Environment environment;
  EXPECT_FALSE(Evaluate(expression, {}, environment));
}

TEST(Evaluate, WorksOnPlainJsonWithoutAModel) {
  const json::Document document = std::move(*json::ParseDocument(R"({"a":[{"b":1.50},{"b":2}],"Patient":"x"})"));
  Environment environment;
  const Expression expression = Compiled("a.b", {.model = Model::kNone});
  const Result<Collection> result = Evaluate(expression, Item::Node(definitions::kNoType, document.root), environment);
  ASSERT_TRUE(result);
  ASSERT_EQ(result->size(), 2u);
  EXPECT_EQ((*result)[0].kind(), ItemKind::kDecimal);
  EXPECT_EQ((*result)[0].text(), "1.50");
  EXPECT_EQ((*result)[1].integer(), 2);
}

TEST(Evaluate, ReadsVariablesAndAsksTheResolver) {
  class OnePractitioner : public Resolver {
   public:
    bool Resolve(std::string_view reference, json::Value& out) override {
      if (reference == "Practitioner/1") out = document_.root;
      return reference == "Practitioner/1";
    }

   private:
    json::Document document_ = std::move(*json::ParseDocument(R"({"resourceType":"Practitioner","id":"1"})"));
  };
  OnePractitioner resolver;
  const json::Document patient = Patient();
  Environment environment;
  environment.resolver = &resolver;
  environment.variables.push_back({"wanted", Collection(Item::String("1"))});
  const Expression expression = Compiled("generalPractitioner.resolve().id = %wanted");
  const Result<bool> result = EvaluatesToTrue(expression, ResourceItem(R4(), patient.root), environment);
  ASSERT_TRUE(result);
  EXPECT_TRUE(*result);
}

TEST(Evaluate, GivesTraceWhatItWasNamed) {
  std::vector<TraceLine> trace;
  Environment environment;
  environment.trace = &trace;
  ASSERT_TRUE(Evaluate(Compiled("(1 | 2).trace('numbers', $this + 1)"), {}, environment));
  ASSERT_EQ(trace.size(), 1u);
  EXPECT_EQ(trace[0].name, "numbers");
  ASSERT_EQ(trace[0].value.size(), 2u);
  EXPECT_EQ(trace[0].value[1].integer(), 3);
}

TEST(Evaluate, IsSafeFromSeveralThreads) {
  const json::Document patient = Patient();
  const Expression expression = Compiled("Patient.name.where(use = 'official').given.matches('^A')");
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int turn = 0; turn < 200; ++turn) {
        Environment environment;
        const Expression& shared = expression;
        EXPECT_FALSE(Evaluate(shared, ResourceItem(R4(), patient.root), environment));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(ReferenceTargets, FollowsElementsAndResolve) {
  const auto names = [](std::string_view text, std::string_view type) {
    std::string found;
    for (const TypeId id : ReferenceTargets(Compiled(text, {.context_type = type, .published = true}), type)) {
      found += std::string(R4().type(id).name) + " ";
    }
    return found;
  };
  EXPECT_EQ(names("CarePlan.subject", "CarePlan"), "Patient Group ");
  EXPECT_EQ(names("CarePlan.subject.where(resolve() is Patient)", "CarePlan"), "Patient ");
  EXPECT_EQ(names("(Observation.value as Quantity)", "Observation"), "");
  EXPECT_EQ(names("Basic.subject", "Basic"), "");
}

TEST(Functions, AreSaidInOneLineEach) {
  for (const FunctionRow& row : Functions()) {
    EXPECT_FALSE(row.summary.empty()) << row.name;
    EXPECT_EQ(FindFunction(row.name), &row);
  }
}

}  // namespace
}  // namespace throughline::path
