#pragma once

#include "transport/bytes.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace hobnob::sim {

/// Bytes in order, kept in the pieces in which they came. Empty, it holds next to no memory: a
/// world has thousands of idle connections.
class byte_queue {
 public:
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }

  void push(shared_slice piece);

  /// The `count` bytes from `offset` on, both within the queue. Copied only where pieces meet.
  shared_slice view(std::size_t offset, std::size_t count) const;

  /// Takes the first `count` bytes off; not more than there are.
  void pop(std::size_t count);

  /// Moves as many bytes as fit into `to`; their number.
  std::size_t read(std::span<std::byte> to);

  void clear();

 private:
  void compact();

  std::vector<shared_slice> pieces_;  // Those before `first_` are gone.
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace hobnob::sim
