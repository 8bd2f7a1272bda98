#include "transport/circuit.hpp"

#include "transport/error.hpp"
#include "transport/spawn_task.hpp"
#include "transport/tcp/splice_flow.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace hobnob {
namespace {

std::unique_ptr<circuit_flow> make_flow(stream& from, stream& to) {
  auto* from_socket = dynamic_cast<tcp_stream*>(&from);
  auto* to_socket = dynamic_cast<tcp_stream*>(&to);
  std::unique_ptr<circuit_flow> result;
  if (from_socket && to_socket) result = make_splice_flow(*from_socket, *to_socket);
  return result ? std::move(result) : make_copy_flow(from, to);
}

}  // namespace

circuit::circuit(network& net, ends joined, circuit_terms terms,
                 std::function<void(circuit_outcome)> tell)
    : net_(net),
      ends_(std::move(joined)),
      flows_{make_flow(*ends_[0], *ends_[1]), make_flow(*ends_[1], *ends_[0])},
      terms_(std::move(terms)),
      tell_(std::move(tell)),
      limit_(net.deadlines(), [this] { check_time(); }),
      quiet_since_(net.time().now()) {}

void circuit::start() {
  running_ = 2;
  check_time();
  for (std::size_t from : {0, 1})
    spawn_task(net_.executor(), [self = shared_from_this(), from] { return self->carry(from); });
}

awaitable<void> circuit::carry(std::size_t from) {
  const auto self = shared_from_this();
  auto at_once = std::numeric_limits<std::size_t>::max();
  for (const auto& rate : terms_.rates) at_once = std::min(at_once, rate->share());
  while (!closed_) {
    const auto moved = co_await flows_[from]->move(at_once);
    const auto now = net_.time().now();
    outcome_.bytes += moved.count;
    if (moved.count > 0) quiet_since_ = now;
    if (moved.error == boost::asio::error::eof) {
      ends_[1 - from]->shutdown();
      half_closed_until_ = now + terms_.half_closed_limit;
      check_time();
      break;
    }
    if (moved.error) {
      close(describe(moved.error));
      break;
    }
    auto go_on = now;
    for (const auto& rate : terms_.rates) go_on = std::max(go_on, rate->spend(moved.count, now));
    // In steps, as others may have spent much of the same rate, and it may be closed meanwhile.
    for (auto at = now; !closed_ && at < go_on; at = net_.time().now()) {
      const auto step_end = std::min<time_point>(go_on, at + byte_rate::step);
      if (const auto error = co_await net_.time().sleep_until(step_end)) close(describe(error));
    }
  }
  flow_ended();
}

/// Looked at when the time is over that there was, not with every byte.
void circuit::check_time() {
  if (closed_) return;
  const auto now = net_.time().now();
  if (now >= half_closed_until_) return close("one side went on after the other had ended");
  if (now >= quiet_since_ + terms_.idle_limit) return close("idle");
  limit_.arm(std::min(quiet_since_ + terms_.idle_limit, half_closed_until_));
}

void circuit::close(std::string why) {
  if (std::exchange(closed_, true)) return;
  outcome_.why = std::move(why);
  limit_.disarm();
  for (auto& end : ends_) end->close(stream::close_mode::abort);
}

void circuit::flow_ended() {
  if (--running_ > 0) return;
  if (!closed_) {
    closed_ = true;
    outcome_.why = "ended";
    limit_.disarm();
    for (auto& end : ends_) end->close(stream::close_mode::graceful);
  }
  if (auto tell = std::exchange(tell_, nullptr)) tell(std::move(outcome_));
}

}  // namespace hobnob
