#pragma once

#include <optional>
#include <string>
#include <utility>

namespace hobnob::core {

/// A value, or a sentence for people that says what is wrong and what to do about it.
template <class T>
class checked {
 public:
  checked(T value) : value_(std::move(value)) {}

  static checked failure(std::string sentence) {
    checked result;
    result.error_ = std::move(sentence);
    return result;
  }

  explicit operator bool() const noexcept { return value_.has_value(); }

  /// Only if it holds a value.
  T& operator*() & noexcept { return *value_; }
  const T& operator*() const& noexcept { return *value_; }
  T&& operator*() && noexcept { return *std::move(value_); }
  T* operator->() noexcept { return &*value_; }
  const T* operator->() const noexcept { return &*value_; }

  /// Empty if it holds a value.
  const std::string& error() const noexcept { return error_; }

 private:
  checked() = default;

  std::optional<T> value_;
  std::string error_;
};

}  // namespace hobnob::core
