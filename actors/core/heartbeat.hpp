#pragma once

#include <chrono>
#include <cstdint>

namespace hobnob::core {

/// Judges the silence of one connection: a ping after one interval, `suspected` after two, `lost`
/// after three. Says also when to look again, so that a busy connection costs one look per
/// interval. Pure: takes the time, answers what to do.
class heartbeat {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::steady_clock::duration;

  enum class news : std::uint8_t {
    none,
    suspected,    ///< Silent for two intervals.
    heard_again,  ///< No longer suspected.
    lost,         ///< Silent for three intervals: the last word, do not ask again.
  };

  struct verdict {
    news change = news::none;
    bool send_ping = false;
    duration look_again_in{};  ///< Meaningless once `lost`.
  };

  /// The other side counts as heard at `now`. `interval` must be positive.
  heartbeat(duration interval, time_point now);

  /// To be called `look_again_in` after the last look (at first: one interval after construction).
  /// A look far later than that means that we were stopped or asleep: then the time we missed is
  /// not counted as the other's silence.
  verdict look(time_point now, time_point last_received);

 private:
  duration interval_;
  time_point due_;         // When the next look should happen.
  time_point not_before_;  // Silence counts from here at the earliest.
  time_point heard_;       // As of the last look.
  int pings_unanswered_ = 0;
  bool suspected_ = false;
};

}  // namespace hobnob::core
