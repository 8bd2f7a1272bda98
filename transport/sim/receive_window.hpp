#pragma once

#include "transport/sim/byte_queue.hpp"

#include <cstdint>
#include <map>
#include <optional>

namespace hobnob::sim {

/// What came in on one connection: puts pieces in order, keeps those that are early, drops what is
/// there already or does not fit. A pure class.
class receive_window {
 public:
  explicit receive_window(std::size_t capacity) : capacity_(capacity) {}

  struct arrival {
    bool advanced = false;  ///< Something new is ready to be read, or the end is reached.
    bool in_order = false;  ///< Neither early nor (partly) there already.
  };

  /// `payload` from number `sequence` on; `fin`: nothing follows.
  arrival take(std::uint64_t sequence, shared_slice payload, bool fin);

  /// The next number expected; one above the last byte's once the end is reached.
  std::uint64_t next() const noexcept { return next_; }

  /// How much more may come.
  std::size_t space() const noexcept {
    return capacity_ > ready_.size() ? capacity_ - ready_.size() : 0;
  }

  std::size_t ready() const noexcept { return ready_.size(); }
  std::size_t read(std::span<std::byte> to) { return ready_.read(to); }

  bool ended() const noexcept { return ended_; }
  bool has_gap() const noexcept { return !early_.empty(); }
  std::size_t capacity() const noexcept { return capacity_; }

 private:
  bool accept_ready();

  std::size_t capacity_;
  std::uint64_t next_ = 0;
  byte_queue ready_;
  std::map<std::uint64_t, shared_slice> early_;
  std::optional<std::uint64_t> end_;  // The FIN's number, once it has come.
  bool ended_ = false;
};

}  // namespace hobnob::sim
