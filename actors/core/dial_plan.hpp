#pragma once

#include "transport/endpoint.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hobnob::core {

struct dial_timing {
  std::chrono::milliseconds stagger{250};   ///< Between the addresses of one round.
  std::vector<std::chrono::seconds> retries{///< Between rounds; the last one repeats.
                                            std::chrono::seconds{1}, std::chrono::seconds{5},
                                            std::chrono::seconds{15}, std::chrono::seconds{60}};
};

/// When to dial which address of one user, and what came of it: the addresses of a round one after
/// the other, the next as soon as one failed or after a short while; then the next round. Pure.
class dial_plan {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  struct attempt {
    endpoint remote;
    std::string error;  ///< Of the last try; empty before it has ended, and after a success.
    time_point ended{};
  };

  explicit dial_plan(dial_timing timing = {});

  /// Between rounds, beside what the timing says. Of two who dial each other one should wait
  /// longer: whose dials cross at every round may each leave half a connection that keeps the
  /// other's out.
  void wait_longer(std::chrono::milliseconds by) { longer_ = by; }

  /// A new set of addresses: the first round begins at `first`, whatever was planned before.
  void restart(std::vector<endpoint> candidates, time_point first);

  /// No more dials (linked, or gone) until `restart` or `resume`.
  void pause();

  /// The link broke: dial again from `first` on with the addresses known.
  void resume(time_point first);

  /// The address to dial now, if it is time for one. Call again until there is none.
  std::optional<endpoint> next(time_point now);

  /// What came of a dial: why there is no link, or nothing if there is one.
  void finished(const endpoint& remote, std::string error, time_point now);

  /// When to ask `next` again; nothing if only `finished`, `restart` or `resume` change anything.
  std::optional<time_point> due() const;

  /// The newest outcome for each address, also while it is tried again, in the order of dialling.
  const std::vector<attempt>& attempts() const { return attempts_; }

  bool has_candidates() const { return !candidates_.empty(); }
  bool in_flight() const { return in_flight_ > 0; }

 private:
  attempt& attempt_to(const endpoint& remote);
  void end_round(time_point now);

  dial_timing timing_;
  std::vector<endpoint> candidates_;
  std::vector<attempt> attempts_;
  std::optional<time_point> due_;
  std::chrono::milliseconds longer_{0};
  std::size_t index_ = 0;  // Of the next candidate in this round.
  std::size_t round_ = 0;
  std::size_t in_flight_ = 0;
  bool paused_ = true;
};

}  // namespace hobnob::core
