// An arena a document: what is taken from the heap does not grow with the number of values.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <string>

#include "fhir/json/parse.h"
#include "fhir/json/write.h"

namespace {
thread_local std::size_t allocations = 0;
}

// Counts what the program takes from the heap.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace throughline::json {
namespace {

std::string Observations(int count) {
  std::string text = R"({"resourceType":"Bundle","entry":[)";
  for (int i = 0; i < count; ++i) {
    if (i > 0) text += ',';
    text +=
        R"({"resource":{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":)"
        R"("8480-6"}]},"valueQuantity":{"value":120.50,"unit":"mm\u005bHg]"},"note":[{"text":"a\nb"},null,true,[[]]]}})";
  }
  return text + "]}";
}

std::size_t AllocationsOf(const std::string& text, Arena& arena) {
  arena.Reset();
  const std::size_t before = allocations;
  const Result<Value> value = Parse(text, arena);
  const std::size_t taken = allocations - before;
  EXPECT_TRUE(value);
  return taken;
}

TEST(Parse, TakesNoMemoryForAValue) {
  const std::string small = Observations(10);     // 200 values
  const std::string large = Observations(1'000);  // 20,000 values
  Arena arena;
  AllocationsOf(small, arena);
  const std::size_t few = AllocationsOf(small, arena);
  AllocationsOf(large, arena);
  const std::size_t many = AllocationsOf(large, arena);
  EXPECT_LE(few, 8u) << "the reader's stack, the open values, the open containers";
  EXPECT_LE(many, few + 12) << "stacks that double, and a block of the arena for each mebibyte";
}

TEST(Parse, TakesMemoryInBlocksThatGrow) {
  const std::string text = Observations(1'000);
  const std::size_t before = allocations;
  const Result<Document> document = ParseDocument(text);
  EXPECT_LE(allocations - before, 30u);
  ASSERT_TRUE(document);
  EXPECT_EQ(ToString(document->root).size(), text.size() - 1'000 * 5);
}

}  // namespace
}  // namespace throughline::json
