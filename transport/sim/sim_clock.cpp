#include "transport/sim/sim_clock.hpp"

#include "transport/sim/wait_point.hpp"

#include <boost/asio/error.hpp>

#include <map>
#include <utility>

namespace hobnob::sim {

namespace asio = boost::asio;

/// In the order in which they lay down. Outlives the clock for those who were woken and have not
/// gone on yet.
struct sim_clock::sleepers {
  std::map<std::uint64_t, wait_point*> by_number;
  std::uint64_t last_number = 0;
};

/// One sleep, in the frame of its coroutine.
struct sim_clock::nap {
  nap(simulation& owner, std::shared_ptr<pause_gate> gate, std::shared_ptr<sleepers> all,
      time_point deadline)
      : time(owner), waker(std::move(gate)), others(std::move(all)), number(++others->last_number) {
    others->by_number.emplace(number, &waker);
    event = time.network_at(deadline, [this] { waker.wake(); });
  }
  ~nap() {
    time.cancel(event);
    others->by_number.erase(number);
  }

  nap(const nap&) = delete;
  nap& operator=(const nap&) = delete;

  simulation& time;
  wait_point waker;
  std::shared_ptr<sleepers> others;
  std::uint64_t number;
  event_id event;
};

sim_clock::sim_clock(host_stack& host, std::shared_ptr<pause_gate> gate)
    : host_(host), gate_(std::move(gate)), sleepers_(std::make_shared<sleepers>()) {}

sim_clock::~sim_clock() {
  auto& left = sleepers_->by_number;
  while (!left.empty()) left.extract(left.begin()).mapped()->drop();
}

asio::awaitable<boost::system::error_code> sim_clock::sleep_until(time_point deadline) {
  if (ended_) co_return asio::error::operation_aborted;
  nap until_then{host_.owner(), gate_, sleepers_, deadline};
  co_return co_await until_then.waker.wait();
}

void sim_clock::end() {
  ended_ = true;
  for (const auto& [number, waker] : sleepers_->by_number) {
    waker->wake(asio::error::operation_aborted);
  }
}

}  // namespace hobnob::sim
