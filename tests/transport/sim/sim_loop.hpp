#pragma once

#include "tests/transport/task_runner.hpp"
#include "transport/sim/tcp_hosts.hpp"

#include <memory>
#include <stdexcept>

namespace hobnob::test {

/// What `loop` is for the machine's network: one host with IPv4 and IPv6, and a program on it, in
/// virtual time.
class sim_loop : public task_runner<sim_loop> {
 public:
  static constexpr auto patience = std::chrono::minutes{20};

  explicit sim_loop(const sim::tcp_options& options = {}) : hosts(fabric, options) {}

  sim::simulation run_of{1};
  boost::asio::io_context& io = run_of.context();
  sim::fabric fabric{run_of};
  sim::segment& lan = fabric.add_segment("lan");
  sim::node& host = make_host("host", 1);
  sim::tcp_hosts hosts;
  std::unique_ptr<sim::sim_network> program = hosts.start_program("host");
  sim::sim_network& net = *program;

  /// Another host on the LAN: 10.0.0.`number` and fd00::`number`.
  sim::node& make_host(std::string name, int number) {
    auto& made = fabric.add_host(std::move(name));
    made.attach(lan, "10.0.0." + std::to_string(number) + "/24");
    made.attach(lan, "fd00::" + std::to_string(number) + "/64");
    return made;
  }

  template <class Predicate>
  void run_until(Predicate done) {
    const auto end = run_of.now() + patience;
    while (!done()) {
      if (run_of.now() > end) throw std::runtime_error{"condition not met in time"};
      const auto step = std::chrono::milliseconds{100};
      if (!run_of.run_until(done, step)) run_of.run_for(step);
    }
  }

  /// Runs what is ready now.
  void poll() { run_of.run_for({}); }
};

}  // namespace hobnob::test
