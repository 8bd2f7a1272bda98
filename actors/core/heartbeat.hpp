#pragma once

#include <chrono>
#include <cstdint>

namespace hobnob::core {

/// Judges the silence of one connection: a ping after one interval, `suspected` after two, `lost`
/// after three. Says also when to look again, so that a busy connection costs one look per
/// interval. Pure: takes the time, answers what to do.
///
/// Both sides hear the last byte of an answered ping at nearly the same time. So that they do not
/// ping at once ever after, who pinged last waits a little longer for the next ping: on an idle
/// connection each side pings every other time. Two that come into step all the same are set apart
/// by their turns: the second side is the more patient one.
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

  /// Which side of the connection we are.
  enum class turn : std::uint8_t { first, second };

  /// The other side counts as heard at `now`. `interval` must be positive.
  heartbeat(duration interval, time_point now, turn ours = turn::first);

  /// To be called `look_again_in` after the last look (at first: one interval after construction).
  /// A look far later than that means that we were stopped or asleep: then the time we missed is
  /// not counted as the other's silence.
  verdict look(time_point now, time_point last_received);

 private:
  duration interval_;
  duration patience_;      // Beyond the interval, before a ping that would be our second in a row.
  time_point due_;         // When the next look should happen.
  time_point not_before_;  // Silence counts from here at the earliest.
  time_point heard_;       // As of the last look.
  int pings_unanswered_ = 0;
  bool pinged_last_;  // Before we heard of the other side last.
  bool suspected_ = false;
};

}  // namespace hobnob::core
