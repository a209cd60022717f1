// How libFuzzer changes an input of the targets that read JSON: the changed text is JSON again, so that the fuzzing
// gets past the reader. https://llvm.org/docs/LibFuzzer.html
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/parse.h"
#include "fhir/json/write.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace {

namespace json = throughline::json;
using json::Arena;
using json::Member;
using json::Value;

// Values at the edge of what some rule of R4 allows.
constexpr std::array<std::string_view, 24> kWords = {"",
                                                     " ",
                                                     "2024",
                                                     "2024-02-30",
                                                     "2024-02-29T24:00:00Z",
                                                     "2015-02-07T13:28:17.239+02:00",
                                                     "12:00:60",
                                                     "Patient/1",
                                                     "#",
                                                     "#1",
                                                     "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
                                                     "http://loinc.org",
                                                     "http://hl7.org/fhir/a",
                                                     "urn:oid:1.2.3",
                                                     "final",
                                                     "active",
                                                     "en",
                                                     "AA==",
                                                     "kg",
                                                     "85354-9",
                                                     "<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>",
                                                     "http://hl7.org/fhir/StructureDefinition/bp|4.0.1",
                                                     "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
                                                     "$this"};
constexpr std::array<std::string_view, 6> kNumbers = {"0",   "-1",         "1.0",
                                                      "1e3", "2147483648", "1.00000000000000000000001"};

// The names of all elements of R4.
std::span<const std::string_view> ElementNames() {
  static const std::vector<std::string_view> kNames = [] {
    const auto& definitions = throughline::definitions::R4();
    std::set<std::string_view> names;
    for (std::size_t id = 0; id < definitions.type_count(); ++id) {
      const auto owner = static_cast<throughline::definitions::TypeId>(id);
      for (std::size_t i = 0; i < definitions.child_count(owner); ++i) {
        names.insert(definitions.child(owner, i).name);
      }
    }
    return std::vector<std::string_view>(names.begin(), names.end());
  }();
  return kNames;
}

enum class Change : std::uint8_t {
  kRemove,
  kDouble,
  kMove,
  kRename,
  kWrap,
  kWord,
  kNumber,
  kOtherKind,
  kBytes,
  kAddMember,
  kCount
};

class Mutation {
 public:
  Mutation(unsigned seed, Arena& arena) : random_(seed), arena_(arena) {}

  // `root` with one change at a random place below it, `graft` being what kMove puts there.
  Value Apply(const Value& root, const Value* graft) {
    target_ = Below(Count(root));
    change_ = graft != nullptr ? Change::kMove : static_cast<Change>(Below(static_cast<std::size_t>(Change::kCount)));
    graft_ = graft != nullptr ? *graft : Pick(root);
    return Rebuild(root);
  }

  // A random value at or below `root`.
  Value Pick(const Value& root) {
    std::vector<Value> all;
    Collect(root, all);
    return all[Below(all.size())];
  }

 private:
  std::size_t Below(std::size_t count) { return count == 0 ? 0 : random_() % count; }

  static std::size_t Count(const Value& value) {
    std::size_t count = 1;
    for (const Value& item : value.items()) count += Count(item);
    for (const Member& member : value.members()) count += Count(member.value);
    return count;
  }

  static void Collect(const Value& value, std::vector<Value>& all) {
    all.push_back(value);
    for (const Value& item : value.items()) Collect(item, all);
    for (const Member& member : value.members()) Collect(member.value, all);
  }

  Value Rebuild(const Value& value) {
    const bool here = target_-- == 0;
    if (value.is_array()) return here && IsLocal() ? Changed(value) : Items(value, here);
    if (value.is_object()) return here && IsLocal() ? Changed(value) : Members(value, here);
    return here ? Changed(value) : value;
  }

  // Changes of the value itself; the others are of one of its children.
  bool IsLocal() const { return change_ >= Change::kWrap && change_ <= Change::kBytes; }

  Value Items(const Value& value, bool here) {
    std::vector<Value> items;
    const std::size_t chosen = here ? Below(value.size()) : value.size();
    for (std::size_t i = 0; i < value.size(); ++i) {
      const Value item = Rebuild(value.items()[i]);
      if (i == chosen && change_ == Change::kRemove) continue;
      if (i == chosen && change_ == Change::kDouble) items.push_back(item);
      items.push_back(i == chosen && change_ == Change::kMove ? graft_ : item);
    }
    if (here && change_ == Change::kAddMember) items.push_back(graft_);
    return Array(items);
  }

  Value Members(const Value& value, bool here) {
    std::vector<Member> members;
    const std::size_t chosen = here ? Below(value.size()) : value.size();
    for (std::size_t i = 0; i < value.size(); ++i) {
      Member member{value.members()[i].name, Rebuild(value.members()[i].value)};
      if (i == chosen && change_ == Change::kRemove) continue;
      if (i == chosen && change_ == Change::kRename) member.name = Name();
      if (i == chosen && change_ == Change::kMove) member.value = graft_;
      members.push_back(member);
    }
    if (here && (change_ == Change::kAddMember || change_ == Change::kDouble)) members.push_back({Name(), graft_});
    return Object(members);
  }

  Value Changed(const Value& value) {
    switch (change_) {
      case Change::kWrap:
        return value.size() == 1 && value.is_array() ? value.items()[0] : Array({value});
      case Change::kWord:
        return Value::String(kWords[Below(kWords.size())]);
      case Change::kNumber:
        return Value::Number(kNumbers[Below(kNumbers.size())]);
      case Change::kOtherKind:
        return OtherKind();
      case Change::kMove:
        return graft_;
      default:
        return value.is_string() ? Value::String(Bytes(value.text())) : OtherKind();
    }
  }

  Value OtherKind() {
    const std::array<Value, 5> kinds = {Value(), Value::Boolean(true), Value::Boolean(false), Array({}), Object({})};
    return kinds[Below(kinds.size())];
  }

  std::string_view Bytes(std::string_view text) {
    std::string room(text);
    room.resize(text.size() + 16);
    room.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(room.data()), text.size(), room.size()));
    return arena_.Copy(room);
  }

  std::string_view Name() { return ElementNames()[Below(ElementNames().size())]; }

  Value Array(const std::vector<Value>& items) {
    Value* copy = arena_.Array<Value>(items.size());
    std::uninitialized_copy(items.begin(), items.end(), copy);
    return Value::Array({copy, items.size()});
  }

  Value Object(const std::vector<Member>& members) {
    Member* copy = arena_.Array<Member>(members.size());
    std::uninitialized_copy(members.begin(), members.end(), copy);
    return Value::Object({copy, members.size()});
  }

  std::minstd_rand random_;
  Arena& arena_;
  std::size_t target_ = 0;
  Change change_ = Change::kRemove;
  Value graft_;
};

// 0 when it does not fit.
std::size_t Put(const Value& value, std::uint8_t* out, std::size_t most) {
  const std::string text = json::ToString(value);
  if (text.size() > most) return 0;
  std::memcpy(out, text.data(), text.size());
  return text.size();
}

std::string_view Text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  constexpr unsigned kAsBytes = 16;  // one change of so many is of the bytes, whatever they are
  auto document = json::ParseDocument(Text(data, size));
  if (!document || seed % kAsBytes == 0) return LLVMFuzzerMutate(data, size, most);
  const std::size_t changed = Put(Mutation(seed, document->arena).Apply(document->root, nullptr), data, most);
  return changed != 0 ? changed : LLVMFuzzerMutate(data, size, most);
}

// A part of the second text put somewhere into the first.
extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* one, std::size_t one_size,
                                                 const std::uint8_t* other, std::size_t other_size, std::uint8_t* out,
                                                 std::size_t most, unsigned seed) {
  auto into = json::ParseDocument(Text(one, one_size));
  const auto from = json::ParseDocument(Text(other, other_size));
  if (!into || !from) return 0;
  Mutation mutation(seed, into->arena);
  const Value graft = mutation.Pick(from->root);
  return Put(mutation.Apply(into->root, &graft), out, most);
}
