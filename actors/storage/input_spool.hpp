#pragma once

#include "actors/core/transfer_content.hpp"
#include "actors/storage/owned_fd.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace hobnob {

/// What comes from a descriptor, such as standard input, in a file without a name: its size is
/// known at the end, and any part of it can be read again. Any thread; of several that fill it each
/// goes on where another has stopped.
class input_spool {
 public:
  using fault = std::optional<core::transfer_fault>;

  /// `fd` stays the caller's. `folder` has room for the content.
  input_spool(int fd, std::filesystem::path folder);

  /// What another program has filled: a regular file.
  explicit input_spool(owned_fd filled);

  /// Reads the input to its end. A fault leaves what has come as it is, for a later try; one of
  /// them is that `given_up`, a descriptor, becomes readable.
  fault fill(int given_up);

  // --- once it is filled ---

  fault read(std::uint64_t offset, std::span<std::byte> bytes) const;
  std::uint64_t size() const noexcept { return size_; }
  std::int64_t modified_ns() const;
  int file() const noexcept { return file_.get(); }

 private:
  fault take_what_is_there();
  fault fetch();

  int input_ = -1;
  std::filesystem::path folder_;
  owned_fd filled_;  ///< An eventfd(2), readable from the end of the input on.

  std::mutex mutex_;
  owned_fd file_;
  std::vector<std::byte> block_;
  std::size_t unwritten_ = 0;  ///< Of the block, from its beginning.
  std::uint64_t size_ = 0;
  bool whole_ = false;
};

}  // namespace hobnob
