// A value, or why there is none.
#pragma once

#include <cassert>
#include <optional>
#include <utility>
#include <variant>

#include "fhir/base/error.h"

namespace throughline {

// Either a T or an Error. Test with `if (result)`; `error()` only when it does not hold.
//   auto stored = Insert(...);
//   if (!stored) return std::move(stored).error();
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit on purpose
  Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit on purpose

  explicit operator bool() const { return held_.index() == 0; }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  T& value() & {
    assert(held_.index() == 0);
    return *std::get_if<0>(&held_);
  }
  const T& value() const& {
    assert(held_.index() == 0);
    return *std::get_if<0>(&held_);
  }
  T&& value() && {
    assert(held_.index() == 0);
    return std::move(*std::get_if<0>(&held_));
  }

  Error& error() & {
    assert(held_.index() == 1);
    return *std::get_if<1>(&held_);
  }
  const Error& error() const& {
    assert(held_.index() == 1);
    return *std::get_if<1>(&held_);
  }
  Error&& error() && {
    assert(held_.index() == 1);
    return std::move(*std::get_if<1>(&held_));
  }

 private:
  std::variant<T, Error> held_;
};

// Work without a value: success, or why not. `Result<void> done; return done;` is success.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit on purpose

  explicit operator bool() const { return !error_.has_value(); }

  Error& error() & { return *error_; }
  const Error& error() const& { return *error_; }
  Error&& error() && { return *std::move(error_); }

 private:
  std::optional<Error> error_;
};

}  // namespace throughline
