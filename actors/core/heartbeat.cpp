#include "actors/core/heartbeat.hpp"

#include <algorithm>
#include <utility>

namespace hobnob::core {

heartbeat::heartbeat(duration interval, time_point now, turn ours)
    : interval_(interval),
      patience_(interval / (ours == turn::first ? 16 : 8)),
      due_(now + interval),
      not_before_(now),
      heard_(now),
      pinged_last_(ours == turn::second) {}

heartbeat::verdict heartbeat::look(time_point now, time_point last_received) {
  // What arrived while we did not run still waits in the socket: one interval of silence is granted
  // as known, which lets the sockets be read (and a ping be answered) before anyone is suspected.
  const bool stalled = now - due_ > interval_ / 2;
  if (stalled) not_before_ = std::max(not_before_, now - interval_);
  const auto heard = std::max(last_received, not_before_);
  if (heard != heard_) pinged_last_ = std::exchange(pings_unanswered_, 0) > 0 && !stalled;
  heard_ = heard;
  const auto silence = std::max(now - heard, duration::zero());
  const auto silent_intervals = static_cast<int>(silence / interval_);

  verdict result;
  if (silent_intervals >= 3) {
    result.change = news::lost;
    return result;
  }
  if (silent_intervals >= 2 && !suspected_) {
    suspected_ = true;
    result.change = news::suspected;
  } else if (silent_intervals < 1 && suspected_) {
    suspected_ = false;
    result.change = news::heard_again;
  }
  const auto first_ping = interval_ + (pinged_last_ ? patience_ : duration::zero());
  const auto pings = silence < first_ping ? 0 : silent_intervals;
  result.send_ping = pings > pings_unanswered_;
  pings_unanswered_ = pings;
  due_ = heard + (pings == 0 ? first_ping : interval_ * (silent_intervals + 1));
  result.look_again_in = due_ - now;
  return result;
}

}  // namespace hobnob::core
