#include "gateway/http/message.h"

#include <algorithm>
#include <array>

#include "gateway/http/text.h"

namespace throughline::http {
namespace {

struct MethodRow {
  std::string_view name;
  Method method;
};

constexpr std::array kMethods = {
    MethodRow{"GET", Method::kGet},         MethodRow{"HEAD", Method::kHead},   MethodRow{"POST", Method::kPost},
    MethodRow{"PUT", Method::kPut},         MethodRow{"PATCH", Method::kPatch}, MethodRow{"DELETE", Method::kDelete},
    MethodRow{"OPTIONS", Method::kOptions},
};

std::optional<std::string_view> FindIn(const std::vector<Parameter>& parameters, std::string_view name) {
  for (const Parameter& parameter : parameters) {
    if (parameter.name == name) return parameter.value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view NameOf(Method method) { return kMethods[static_cast<std::size_t>(method)].name; }

std::optional<Method> MethodOf(std::string_view name) {
  for (const MethodRow& row : kMethods) {
    if (row.name == name) return row.method;
  }
  return std::nullopt;
}

void Headers::Remove(std::string_view name) {
  std::erase_if(fields_, [&](const Field& field) { return SameWithoutCase(field.name, name); });
}

void Headers::Set(std::string_view name, std::string_view value) {
  Remove(name);
  Add(name, value);
}

std::optional<std::string_view> Headers::Find(std::string_view name) const {
  for (const Field& field : fields_) {
    if (SameWithoutCase(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::size_t Headers::Count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(fields_, [&](const Field& field) { return SameWithoutCase(field.name, name); }));
}

Result<std::string> ReadAll(BodyReader& body) {
  std::string bytes;
  while (true) {
    auto piece = body.Next();
    if (!piece) return std::move(piece).error();
    if (piece->empty()) return bytes;
    bytes.append(*piece);
  }
}

std::string_view Request::Place(std::string_view name) const { return FindIn(places, name).value_or(""); }

std::optional<std::string_view> Request::Query(std::string_view name) const { return FindIn(query, name); }

}  // namespace throughline::http
