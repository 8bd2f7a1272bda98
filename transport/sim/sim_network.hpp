#pragma once

#include "transport/frame_observer.hpp"
#include "transport/network.hpp"
#include "transport/sim/host_stack.hpp"
#include "transport/sim/sim_clock.hpp"

namespace hobnob::sim {

/// The simulated network as one run of a program sees it, on its host. Its listeners, streams and
/// waits are that program's: `end` ends them all, and the next run gets a network of its own.
class sim_network : public network, public observed_network {
 public:
  /// `host`, which must outlive it, must have power.
  explicit sim_network(host_stack& host);

  /// As `end(killed)`, but coroutines that still wait on this network are destroyed where they
  /// stand.
  ~sim_network() override;

  sim_network(const sim_network&) = delete;
  sim_network& operator=(const sim_network&) = delete;

  host_stack& host() noexcept { return host_; }

  /// The program ends. All its waits complete with `operation_aborted` when the loop next runs
  /// (let it, before what waits is destroyed), as do all later calls. `crashed` ends the host and
  /// all programs on it (`host_stack::crash`).
  void end(process_end how);
  /// As SIGSTOP and SIGCONT: none of its waits ends meanwhile, and its host's TCP goes on.
  void pause() { gate_->pause(); }
  void resume() { gate_->resume(); }

  bool ended() const noexcept { return ended_; }

  /// Who sees the frames of connections made from now on; must outlive them. Null: nobody.
  void set_observer(frame_observer* observer) noexcept { observer_ = observer; }
  frame_observer* observer() noexcept override { return observer_; }

  // network

  boost::asio::any_io_executor executor() override;
  clock& time() override { return clock_; }
  watchdog& deadlines() override { return deadlines_; }

  /// Drawn from the seed: other numbers for each host and each of its programs.
  void random(std::span<std::byte> out) override { random_.fill(out); }

  io_value<std::unique_ptr<listener>> listen(const endpoint& local,
                                             const listen_options& options) override;
  awaitable<io_value<std::unique_ptr<stream>>> dial(const endpoint& remote,
                                                    const dial_options& options) override;

  /// Names of `host_stack::resolve`; `asio::error::host_not_found` for others.
  awaitable<io_value<std::vector<ip_address>>> resolve(std::string name) override;

  std::vector<ip_address> interface_addresses() override;

 private:
  host_stack& host_;
  process_id process_;
  std::shared_ptr<pause_gate> gate_;
  bool ended_ = false;
  frame_observer* observer_ = nullptr;
  random_source random_;
  sim_clock clock_;
  watchdog deadlines_;
};

}  // namespace hobnob::sim
