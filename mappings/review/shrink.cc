#include "mappings/review/shrink.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "fhir/json/build.h"

namespace throughline::review {
namespace {

// What is changed of the parts of one depth, or of the texts: those of a stretch, counted through the record.
struct Stretch {
  std::size_t depth = 0;  // 0: texts
  std::size_t start = 0;
  std::size_t end = 0;
};

bool IsLongText(const json::Value& value) { return value.is_string() && value.text().size() > 1; }

std::size_t Children(const json::Value& value) { return value.is_object() || value.is_array() ? value.size() : 0; }

// Members and items at a depth below `value`; depth 0: texts that can be made shorter.
std::size_t CountAt(const json::Value& value, std::size_t depth, bool texts) {
  if (texts && IsLongText(value)) return 1;
  if (!texts && depth == 1) return Children(value);
  std::size_t count = 0;
  for (const json::Member& member : value.members()) count += CountAt(member.value, depth - 1, texts);
  for (const json::Value& item : value.items()) count += CountAt(item, depth - 1, texts);
  return count;
}

std::size_t PartsIn(const json::Value& value) {
  std::size_t count = 1;
  for (const json::Member& member : value.members()) count += PartsIn(member.value);
  for (const json::Value& item : value.items()) count += PartsIn(item);
  return count;
}

// A copy of a value with a stretch of it left out, or its texts made short.
class Cutter {
 public:
  Cutter(const Stretch& stretch, json::Arena& arena) : stretch_(stretch), arena_(arena) {}

  json::Value Of(const json::Value& value, std::size_t depth) {
    if (stretch_.depth == 0 && IsLongText(value)) return Hit() ? json::Value::String("a") : value;
    if (value.is_object()) {
      json::ObjectBuilder object(arena_);
      for (const json::Member& member : value.members()) {
        if (!LeavesOut(depth)) object.Add(member.name, Of(member.value, depth + 1));
      }
      return object.Build();
    }
    if (!value.is_array()) return value;
    json::ArrayBuilder items(arena_);
    for (const json::Value& item : value.items()) {
      if (!LeavesOut(depth)) items.Add(Of(item, depth + 1));
    }
    return items.Build();
  }

 private:
  bool Hit() {
    const std::size_t at = seen_++;
    return at >= stretch_.start && at < stretch_.end;
  }
  bool LeavesOut(std::size_t depth) { return depth == stretch_.depth && Hit(); }

  const Stretch stretch_;
  json::Arena& arena_;
  std::size_t seen_ = 0;
};

class Shrinker {
 public:
  Shrinker(const json::Value& record, const std::function<bool(const json::Value&)>& fails, ShrinkBudget budget)
      : fails_(fails), budget_(budget), smallest_(json::Clone(record, kept_)) {}

  const json::Value& Run() {
    do {
      changed_ = false;
      for (std::size_t depth = 1; CountAt(smallest_, depth, false) > 0; ++depth) Halve(depth);
      Halve(0);
    } while (changed_ && !spent_);
    return smallest_;
  }

 private:
  // Stretches of all, of half, of a quarter ... of one part.
  void Halve(std::size_t depth) {
    std::size_t count = CountAt(smallest_, depth, depth == 0);
    for (std::size_t length = count; length > 0 && !spent_; length /= 2) {
      for (std::size_t start = 0; start < count && !spent_;) {
        const std::size_t end = std::min(start + length, count);
        if (Try({depth, start, end})) {
          count -= end - start;  // of texts too: a short one is no longer counted
        } else {
          start = end;
        }
      }
    }
  }

  bool Try(const Stretch& stretch) {
    spare_.Reset();
    const json::Value form = Cutter(stretch, spare_).Of(smallest_, 1);
    const std::size_t parts = PartsIn(form) + budget_.parts_each;
    spent_ = budget_.records == 0 || budget_.parts < parts;
    if (spent_) return false;
    --budget_.records;
    budget_.parts -= parts;
    if (!fails_(form)) return false;
    // What it shares with the record before it lives in that one's arena.
    json::Arena own;
    smallest_ = json::Clone(form, own);
    kept_ = std::move(own);
    return changed_ = true;
  }

  const std::function<bool(const json::Value&)>& fails_;
  ShrinkBudget budget_;
  json::Arena kept_;   // of the smallest
  json::Arena spare_;  // of the form that is tried
  json::Value smallest_;
  bool changed_ = false;
  bool spent_ = false;
};

}  // namespace

std::size_t EditsOf(const json::Value& record) { return PartsIn(record) - 1 + CountAt(record, 0, true); }

json::Value Edited(const json::Value& record, std::size_t edit, json::Arena& arena) {
  std::size_t depth = 1;
  for (std::size_t count = CountAt(record, 1, false); count > 0 && edit >= count;
       count = CountAt(record, depth, false)) {
    edit -= count;
    ++depth;
  }
  if (CountAt(record, depth, false) == 0) depth = 0;
  return Cutter({depth, edit, edit + 1}, arena).Of(record, 1);
}

json::Value Shrunk(const json::Value& record, const std::function<bool(const json::Value&)>& fails, ShrinkBudget budget,
                   json::Arena& arena) {
  return json::Clone(Shrinker(record, fails, budget).Run(), arena);
}

}  // namespace throughline::review
