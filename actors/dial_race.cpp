#include "actors/dial_race.hpp"

#include "transport/spawn_task.hpp"

#include <boost/asio/error.hpp>
#include <utility>

namespace hobnob {
namespace {

// What helps most to understand why nothing was reached.
int weight(const dial_result& failed) {
  if (failed.error.error == errc::key_mismatch) return 3;
  return failed.awaits_accept ? 2 : 1;
}

}  // namespace

dial_race::dial_race(network& net, std::shared_ptr<const handshaker> secure, order what,
                     on_outcome tell)
    : net_(net),
      secure_(std::move(secure)),
      order_(std::move(what)),
      tell_(std::move(tell)),
      until_(net.time().now() + order_.timeout),
      patience_(net.deadlines(), [this] { next_address(); }),
      limit_(net.deadlines(), [this] { fail(boost::asio::error::timed_out); }) {}

void dial_race::start() {
  limit_.arm(until_);
  spawn_task(net_.executor(), [self = shared_from_this()] { return self->resolve(); });
}

awaitable<void> dial_race::resolve() {
  const auto self = shared_from_this();
  auto found = co_await net_.resolve(order_.host);
  if (!tell_) co_return;
  if (!found.error && found.value.empty()) found.error = boost::asio::error::host_not_found;
  if (found.error) {
    fail(found.error);
    co_return;
  }
  for (const auto& address : found.value) remotes_.push_back({address, order_.port});
  next_address();
}

void dial_race::next_address() {
  if (!tell_ || next_ == remotes_.size()) return;
  const auto remote = remotes_[next_++];
  ++running_;
  if (next_ < remotes_.size()) patience_.arm(net_.time().now() + head_start);
  spawn_task(net_.executor(),
             [self = shared_from_this(), remote] { return self->try_address(remote); });
}

awaitable<void> dial_race::try_address(endpoint remote) {
  const auto self = shared_from_this();
  dial_request request;
  request.remote = remote;
  request.local.port = order_.local_port;
  request.expected = order_.expected;
  request.until = until_;
  request.circuit = order_.circuit;
  auto result = co_await dial(net_, secure_, request, {});
  --running_;
  ended(remote, std::move(result));
}

void dial_race::ended(const endpoint& remote, dial_result result) {
  if (!tell_) return;
  if (result.connection) return finish({std::move(result), remote});
  if (!failure_ || weight(result) > weight(failure_->result)) {
    failure_ = outcome{std::move(result), remote};
  }
  if (next_ < remotes_.size()) {
    next_address();
  } else if (running_ == 0) {
    finish(std::move(*failure_));
  }
}

void dial_race::fail(error_code error) {
  if (!tell_) return;
  outcome what = failure_.value_or(outcome{});
  if (!failure_) {
    what.result.error = {error};
    if (!remotes_.empty()) what.remote = remotes_.front();
  }
  finish(std::move(what));
}

void dial_race::finish(outcome what) {
  patience_.disarm();
  limit_.disarm();
  std::exchange(tell_, nullptr)(std::move(what));
}

}  // namespace hobnob
