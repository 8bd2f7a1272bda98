#pragma once

#include <atomic>
#include <cstdint>

namespace hobnob {

/// What a relay has done so far; written by its actors, read from any thread.
struct relay_counters {
  std::atomic<std::uint64_t> connections{0};  ///< Accepted, TLS done.
  std::atomic<std::uint64_t> sessions{0};     ///< Logged in right now.
  std::atomic<std::uint64_t> logins{0};       ///< Since the start.
  std::atomic<std::uint64_t> logins_refused{0};
  std::atomic<std::uint64_t> protocol_errors{0};
  std::atomic<std::uint64_t> envelopes_forwarded{0};
  std::atomic<std::uint64_t> envelopes_refused{0};
  std::atomic<std::uint64_t> circuits{0};          ///< Joined right now.
  std::atomic<std::uint64_t> circuits_joined{0};   ///< Since the start.
  std::atomic<std::uint64_t> circuits_refused{0};  ///< Limits, and tokens that are not valid.
  std::atomic<std::uint64_t> circuit_bytes{0};     ///< Of circuits that have ended, both ways.
};

/// Counts without ordering anything else.
inline void count(std::atomic<std::uint64_t>& counter, std::uint64_t by = 1) noexcept {
  counter.fetch_add(by, std::memory_order_relaxed);
}

}  // namespace hobnob
