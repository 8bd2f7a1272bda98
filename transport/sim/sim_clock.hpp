#pragma once

#include "transport/clock.hpp"
#include "transport/sim/host_stack.hpp"

#include <memory>

namespace hobnob::sim {

/// A program's clocks: virtual time, and its host's time of day.
class sim_clock final : public clock {
 public:
  sim_clock(host_stack& host, std::shared_ptr<pause_gate> gate);
  ~sim_clock() override;  ///< Who still sleeps is destroyed where he sleeps.

  time_point now() const override { return host_.owner().now(); }
  wall_time wall() const override { return host_.wall(); }
  boost::asio::awaitable<boost::system::error_code> sleep_until(time_point deadline) override;

  /// Sleeps end with `operation_aborted`, from now on.
  void end();

 private:
  struct sleepers;
  struct nap;

  host_stack& host_;
  std::shared_ptr<pause_gate> gate_;
  std::shared_ptr<sleepers> sleepers_;
  bool ended_ = false;
};

}  // namespace hobnob::sim
