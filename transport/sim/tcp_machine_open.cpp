#include "transport/sim/tcp_machine.hpp"

#include <boost/asio/error.hpp>

namespace hobnob::sim {

namespace error = boost::asio::error;

namespace {

constexpr std::uint32_t syn_ack_retries = 5;  // tcp_synack_retries.

duration doubled(duration span, std::uint32_t times) { return span * (std::int64_t{1} << times); }

}  // namespace

void tcp_machine::connect(time_point now, packets& out) {
  dialled_ = true;
  phase_ = phase::syn_sent;
  now_ = now;
  send_syn(now, out);
}

void tcp_machine::send_syn(time_point now, packets& out) {
  out.push_back(make(packet_kind::syn));
  send_timer_ = now + syn_timeout();
}

duration tcp_machine::syn_timeout() const {
  const auto linear = options_.tcp_syn_linear_timeouts;
  const auto expiries = timer_.unanswered();
  return doubled(round_trip_timer::initial, expiries > linear ? expiries - linear : 0);
}

void tcp_machine::send_syn_ack(time_point now, packets& out) {
  auto answer = make(packet_kind::syn_ack);
  answer.crossing = crossed_;
  out.push_back(std::move(answer));
  send_timer_ = now + doubled(round_trip_timer::initial, timer_.unanswered());
}

void tcp_machine::receive_fresh(const packet& syn, time_point now, packets& out) {
  if (syn.kind != packet_kind::syn) return;
  phase_ = phase::syn_received;
  remote_start_ = syn.start;
  send_limit_ = syn.window;
  heard_stamp_ = syn.stamp;
  send_syn_ack(now, out);
}

void tcp_machine::receive_syn_sent(const packet& arrived, time_point now, packets& out) {
  switch (arrived.kind) {
    case packet_kind::reset:
      if (arrived.answers == start_) fail(error::connection_refused);
      return;
    case packet_kind::syn:
      // Simultaneous open (RFC 9293, figure 7): one connection, two diallers.
      crossed_ = true;
      phase_ = phase::syn_received;
      remote_start_ = arrived.start;
      send_limit_ = arrived.window;
      heard_stamp_ = arrived.stamp;
      timer_.answered();
      return send_syn_ack(now, out);
    case packet_kind::syn_ack:
      if (arrived.answers == start_) {
        remote_start_ = arrived.start;
        open(arrived, now);
        acknowledge_now_ = true;
        return flush(now, out);
      }
      break;
    default:
      break;
  }
  // Of a connection that the other side has left from before: it must go, then our next SYN opens.
  out.push_back(reset_answering(arrived));
}

void tcp_machine::receive_syn_received(const packet& arrived, time_point now, packets& out) {
  if (arrived.kind == packet_kind::syn) {
    // Once more, or the other side began anew: then it answers this with an RST.
    auto again = make(packet_kind::syn_ack);
    again.crossing = crossed_;
    out.push_back(std::move(again));
    return;
  }
  if (arrived.answers != start_) return;
  if (arrived.kind == packet_kind::reset) return reset();
  if (arrived.start != remote_start_) return;
  open(arrived, now);
  if (arrived.kind == packet_kind::syn_ack) acknowledge_now_ = true;
  receive_open(arrived, now, out);
}

void tcp_machine::receive_unreachable(const packet& arrived) {
  error_code why;
  switch (arrived.about.cause) {
    case unreachable_cause::network:
      why = error::network_unreachable;
      break;
    case unreachable_cause::host:
      why = error::host_unreachable;
      break;
    case unreachable_cause::port:
      why = error::connection_refused;
      break;
  }
  const bool opening = phase_ == phase::syn_sent || (phase_ == phase::syn_received && dialled_);
  if (opening) return fail(why);
  soft_error_ = why;
}

void tcp_machine::open(const packet& by, time_point now) {
  if (by.echo != time_point::min()) timer_.measured(now - by.echo);
  heard_stamp_ = by.stamp;
  send_timer_ = time_point::max();
  phase_ = phase::open;
  send_limit_ = by.acknowledged + by.window;
}

void tcp_machine::syn_timer_expired(time_point now, packets& out) {
  timer_.expired();
  const bool first_syn = phase_ == phase::syn_sent;
  const auto syn_retries = options_.tcp_syn_retries + options_.tcp_syn_linear_timeouts;
  if (timer_.unanswered() > (first_syn ? syn_retries : syn_ack_retries)) {
    return fail(soft_error_ ? soft_error_ : error_code{error::timed_out});
  }
  first_syn ? send_syn(now, out) : send_syn_ack(now, out);
}

}  // namespace hobnob::sim
