#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hobnob {

using bytes = std::vector<std::byte>;
using byte_view = std::span<const std::byte>;

/// The bytes of `text`, not copied.
inline byte_view as_byte_view(std::string_view text) noexcept {
  return std::as_bytes(std::span{text.data(), text.size()});
}

/// The characters of `data`, not copied.
inline std::string_view as_text(byte_view data) noexcept {
  return {reinterpret_cast<const char*>(data.data()), data.size()};
}

/// A view into immutable bytes that it keeps alive: how payloads cross threads and actors without a
/// copy. Copying a `shared_slice` costs one reference count. Safe to read from any thread.
class shared_slice {
 public:
  shared_slice() = default;

  /// The whole of `owner`.
  explicit shared_slice(std::shared_ptr<const bytes> owner)
      : view_(owner ? byte_view{*owner} : byte_view{}), owner_(std::move(owner)) {}

  /// `view` must lie within what `owner` keeps alive.
  shared_slice(std::shared_ptr<const void> owner, byte_view view)
      : view_(view), owner_(std::move(owner)) {}

  /// Takes over `data`.
  static shared_slice of(bytes data) {
    return shared_slice{std::make_shared<const bytes>(std::move(data))};
  }

  /// Copies `data`.
  static shared_slice copy_of(byte_view data) { return of(bytes(data.begin(), data.end())); }

  byte_view view() const noexcept { return view_; }
  std::size_t size() const noexcept { return view_.size(); }
  bool empty() const noexcept { return view_.empty(); }

  /// The part from `offset` on, of at most `count` bytes; `offset` must not exceed `size()`.
  shared_slice sub(std::size_t offset, std::size_t count = std::dynamic_extent) const {
    auto rest = view_.subspan(offset);
    return {owner_, rest.first(count < rest.size() ? count : rest.size())};
  }

 private:
  byte_view view_;
  std::shared_ptr<const void> owner_;
};

}  // namespace hobnob
