#include "actors/testing/sim_background.hpp"

#include "transport/network.hpp"
#include "transport/spawn_task.hpp"

#include <utility>

namespace hobnob::testing {
namespace {

class sim_background final : public background {
 public:
  explicit sim_background(network& net) : net_(net) {}

  void after(std::chrono::milliseconds delay, std::function<void()> work) override {
    spawn_task(net_.executor(), [&net = net_, delay, work = std::move(work),
                                 owner = std::weak_ptr<int>(alive_)]() mutable {
      return run(net, delay, std::move(work), std::move(owner));
    });
  }

 private:
  static awaitable<void> run(network& net, std::chrono::milliseconds delay,
                             std::function<void()> work, std::weak_ptr<int> owner) {
    const auto ended = co_await net.time().sleep_until(net.time().now() + delay);
    if (!ended && !owner.expired()) work();
  }

  network& net_;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

}  // namespace

std::unique_ptr<background> make_sim_background(network& net) {
  return std::make_unique<sim_background>(net);
}

}  // namespace hobnob::testing
