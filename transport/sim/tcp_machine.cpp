#include "transport/sim/tcp_machine.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>

namespace hobnob::sim {

namespace error = boost::asio::error;

namespace {

constexpr std::uint32_t released_retries = 8;  // tcp_orphan_retries.
constexpr std::uint32_t duplicates_of_a_loss = 3;
constexpr auto last_fin_patience = std::chrono::seconds{60};  // tcp_fin_timeout.

}  // namespace

std::string_view to_string(tcp_state state) {
  switch (state) {
    case tcp_state::syn_sent:
      return "syn_sent";
    case tcp_state::syn_received:
      return "syn_received";
    case tcp_state::established:
      return "established";
    case tcp_state::fin_wait_1:
      return "fin_wait_1";
    case tcp_state::fin_wait_2:
      return "fin_wait_2";
    case tcp_state::close_wait:
      return "close_wait";
    case tcp_state::closing:
      return "closing";
    case tcp_state::last_ack:
      return "last_ack";
    case tcp_state::time_wait:
      return "time_wait";
    case tcp_state::closed:
      return "closed";
  }
  return "?";
}

tcp_machine::tcp_machine(const endpoint& local, const endpoint& remote, std::uint64_t start,
                         const tcp_options& options)
    : local_(local),
      remote_(remote),
      options_(options),
      start_(start),
      window_(options.receive_buffer) {
  told_limit_ = window_.space();
}

tcp_state tcp_machine::state() const noexcept {
  if (phase_ == phase::closed) return tcp_state::closed;
  if (phase_ == phase::syn_sent || phase_ == phase::fresh) return tcp_state::syn_sent;
  if (phase_ == phase::syn_received) return tcp_state::syn_received;
  if (!fin_sent()) return ended() ? tcp_state::close_wait : tcp_state::established;
  if (!ended()) return fin_acknowledged_ ? tcp_state::fin_wait_2 : tcp_state::fin_wait_1;
  if (fin_acknowledged_) return tcp_state::time_wait;
  return passive_close_ ? tcp_state::last_ack : tcp_state::closing;
}

bool tcp_machine::writable() const noexcept {
  return phase_ != phase::open || shut_ || buffer_.size() * 3 <= options_.send_buffer * 2;
}

// What the program does.

std::size_t tcp_machine::write(std::span<const byte_view> buffers, time_point now, packets& out) {
  now_ = now;
  if (phase_ != phase::open || shut_) return 0;
  auto room = options_.send_buffer - std::min(buffer_.size(), options_.send_buffer);
  bytes taken;
  for (const auto& buffer : buffers) {
    const auto part = buffer.first(std::min(buffer.size(), room - taken.size()));
    if (taken.empty()) taken.reserve(std::min(room, buffers.size() == 1 ? part.size() : room));
    taken.insert(taken.end(), part.begin(), part.end());
  }
  const auto count = taken.size();
  if (count == 0) return 0;
  buffer_.push(shared_slice::of(std::move(taken)));
  flush(now, out);
  return count;
}

std::size_t tcp_machine::read(std::span<std::byte> to, time_point now, packets& out) {
  now_ = now;
  const auto count = window_.read(to);
  if (count == 0 || phase_ != phase::open || ended()) return count;
  // Tells of new room only when it is worth a packet (RFC 9293, 3.8.6.2.2).
  const auto limit = window_.next() + window_.space();
  const auto worth = std::min(window_.capacity() / 2, 2 * options_.segment_max);
  const auto known = told_limit_ > window_.next() ? told_limit_ - window_.next() : 0;
  if (limit >= told_limit_ + worth && known < 2 * worth) {
    acknowledge_now_ = true;
    flush(now, out);
  }
  return count;
}

void tcp_machine::shutdown(time_point now, packets& out) {
  now_ = now;
  if (shut_ || phase_ != phase::open) return;
  shut_ = true;
  fin_sequence_ = written_end();
  flush(now, out);
}

void tcp_machine::close(time_point now, packets& out) {
  now_ = now;
  if (released_ || phase_ == phase::closed) return;
  released_ = true;
  if (state() == tcp_state::time_wait) return;
  if (phase_ != phase::open || window_.ready() > 0) return abort(out);
  shutdown(now, out);
  if (state() == tcp_state::fin_wait_2) end_at_ = now + last_fin_patience;
}

void tcp_machine::abort(packets& out) {
  released_ = true;
  if (state() == tcp_state::time_wait) return;  // It guards the endpoints, not the program.
  if (phase_ == phase::open || phase_ == phase::syn_received)
    out.push_back(make(packet_kind::reset));
  fail({});
}

// What comes.

void tcp_machine::receive(const packet& arrived, time_point now, packets& out) {
  now_ = now;
  if (arrived.kind == packet_kind::unreachable) return receive_unreachable(arrived);
  switch (phase_) {
    case phase::fresh:
      return receive_fresh(arrived, now, out);
    case phase::syn_sent:
      return receive_syn_sent(arrived, now, out);
    case phase::syn_received:
      return receive_syn_received(arrived, now, out);
    case phase::open:
      return receive_open(arrived, now, out);
    case phase::closed:
      return;
  }
}

void tcp_machine::receive_open(const packet& arrived, time_point now, packets& out) {
  if (arrived.kind == packet_kind::reset) {
    if (arrived.answers == start_) reset();
    return;
  }
  if (arrived.kind == packet_kind::syn || arrived.start != remote_start_ ||
      arrived.answers != start_) {
    // The other side began anew, or has not heard yet that it is open: tells it what we have. To
    // anything else of another connection there is no answer.
    if (arrived.kind == packet_kind::syn) send_acknowledgement(out);
    return;
  }
  receive_acknowledgement(arrived, now, out);
  if (phase_ != phase::open) return;
  if (arrived.kind == packet_kind::syn_ack) acknowledge_now_ = true;
  receive_payload(arrived, now, out);
  if (phase_ == phase::open) flush(now, out);
}

void tcp_machine::receive_acknowledgement(const packet& arrived, time_point now, packets& out) {
  const auto upto = arrived.acknowledged;
  if (upto > sent_ || upto < acknowledged_) return;
  const auto limit = upto + arrived.window;
  const bool same_window = limit == send_limit_;
  send_limit_ = std::max(send_limit_, limit);
  if (upto == acknowledged_) {
    // Any answer shows that a closed window is guarded by someone alive.
    if (!in_flight()) timer_.answered();
    const bool duplicate = in_flight() && same_window && arrived.payload.empty() && !arrived.fin;
    if (duplicate && ++duplicates_ == duplicates_of_a_loss && recover_ <= acknowledged_) {
      recover_ = sent_;
      retransmit_first(out);
    }
    return;
  }
  duplicates_ = 0;
  timer_.measured(now - arrived.echo);
  const bool with_fin = shut_ && upto > fin_sequence_;
  buffer_.pop(upto - acknowledged_ - (with_fin && !fin_acknowledged_ ? 1 : 0));
  acknowledged_ = upto;
  fin_acknowledged_ = with_fin;
  if (in_flight() && acknowledged_ < recover_) retransmit_first(out);
  arm_send_timer(now);
  if (with_fin) finish(now);
}

void tcp_machine::receive_payload(const packet& arrived, time_point now, packets& out) {
  const auto end = arrived.sequence + arrived.payload.size() + (arrived.fin ? 1 : 0);
  if (end == arrived.sequence) {
    // A bare acknowledgement; one from before what came already asks whether we are there.
    if (arrived.sequence < window_.next()) acknowledge_now_ = true;
    return;
  }
  if (released_ && arrived.sequence + arrived.payload.size() > window_.next()) {
    out.push_back(make(packet_kind::reset));  // Nobody will ever read this.
    return fail({});
  }
  if (arrived.sequence <= told_next_) heard_stamp_ = arrived.stamp;
  const bool had_ended = ended();
  const auto result = window_.take(arrived.sequence, arrived.payload, arrived.fin);
  const bool due = window_.next() - told_next_ >= 2 * options_.segment_max;
  if (!result.in_order || !result.advanced || due || window_.has_gap() || ended()) {
    acknowledge_now_ = true;
  } else if (acknowledge_at_ == time_point::max()) {
    acknowledge_at_ = now + options_.acknowledge_delay;
  }
  if (!ended()) return;
  if (!had_ended) passive_close_ = !fin_sent();
  finish(now);
}

/// Both directions may be done with.
void tcp_machine::finish(time_point now) {
  if (!fin_acknowledged_) return;
  if (!ended()) {
    if (released_) end_at_ = now + last_fin_patience;
    return;
  }
  if (passive_close_) return fail({});
  end_at_ = now + options_.time_wait;
}

// What goes.

packet tcp_machine::make(packet_kind kind) const {
  packet result;
  result.kind = kind;
  result.from = local_;
  result.to = remote_;
  result.sequence = sent_;
  result.acknowledged = window_.next();
  result.window = window_.space();
  result.start = start_;
  result.answers = remote_start_;
  result.stamp = now_;
  result.echo = heard_stamp_;
  return result;
}

void tcp_machine::flush(time_point now, packets& out) {
  const bool idle = !in_flight();
  while (sent_ < written_end() && sent_ < send_limit_) {
    const auto room = std::min(written_end(), send_limit_) - sent_;
    const auto size = std::min<std::uint64_t>(room, options_.segment_max);
    // Not a sliver where the window is nearly full: more room will come.
    if (!idle && size < options_.segment_max && sent_ + size < written_end()) break;
    send_segment(sent_, size, out);
    sent_ += size;
    if (shut_ && sent_ == fin_sequence_) ++sent_;
  }
  if (shut_ && sent_ == fin_sequence_) {
    send_segment(sent_, 0, out);
    ++sent_;
  }
  if (acknowledge_now_) send_acknowledgement(out);
  const bool probing = !in_flight() && sent_ < written_end();
  if ((idle && in_flight()) || (probing && send_timer_ == time_point::max())) arm_send_timer(now);
}

void tcp_machine::send_segment(std::uint64_t from, std::size_t size, packets& out) {
  auto segment = make(packet_kind::data);
  segment.sequence = from;
  segment.payload = buffer_.view(from - acknowledged_, size);
  segment.fin = shut_ && from + size == fin_sequence_;
  told_limit_ = window_.next() + window_.space();
  told_next_ = window_.next();
  acknowledge_now_ = false;
  acknowledge_at_ = time_point::max();
  out.push_back(std::move(segment));
}

void tcp_machine::send_acknowledgement(packets& out) {
  told_limit_ = window_.next() + window_.space();
  told_next_ = window_.next();
  acknowledge_now_ = false;
  acknowledge_at_ = time_point::max();
  out.push_back(make(packet_kind::ack));
}

void tcp_machine::retransmit_first(packets& out) {
  const auto data_end = shut_ ? std::min(sent_, fin_sequence_) : sent_;
  const auto size = std::min<std::uint64_t>(data_end - acknowledged_, options_.segment_max);
  send_segment(acknowledged_, size, out);
}

// Time.

time_point tcp_machine::wake_at() const noexcept {
  return std::min({send_timer_, acknowledge_at_, end_at_});
}

void tcp_machine::wake(time_point now, packets& out) {
  now_ = now;
  if (now >= end_at_) return fail({});
  if (now >= send_timer_) {
    phase_ == phase::open ? send_timer_expired(now, out) : syn_timer_expired(now, out);
  }
  if (now >= acknowledge_at_ && phase_ == phase::open) send_acknowledgement(out);
}

void tcp_machine::send_timer_expired(time_point now, packets& out) {
  timer_.expired();
  const auto retries = released_ ? released_retries : options_.tcp_retries2;
  if (timer_.unanswered() > retries)
    return fail(soft_error_ ? soft_error_ : error_code{error::timed_out});
  if (in_flight()) {
    recover_ = sent_;
    duplicates_ = 0;
    retransmit_first(out);
  } else {
    // The window is closed: a number from before makes the other side tell how it stands.
    auto probe = make(packet_kind::ack);
    probe.sequence = acknowledged_ > 0 ? acknowledged_ - 1 : 0;
    out.push_back(std::move(probe));
  }
  arm_send_timer(now);
}

void tcp_machine::arm_send_timer(time_point now) {
  const bool needed = in_flight() || sent_ < written_end();
  send_timer_ = needed ? now + timer_.timeout() : time_point::max();
}

void tcp_machine::reset() {
  // Linux: who has read the end hears of it when he writes only.
  fail(ended() ? error_code{error::broken_pipe} : error_code{error::connection_reset});
}

void tcp_machine::fail(error_code why) {
  phase_ = phase::closed;
  error_ = why;
  buffer_.clear();
  send_timer_ = acknowledge_at_ = end_at_ = time_point::max();
}

}  // namespace hobnob::sim
