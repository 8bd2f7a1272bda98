#pragma once

#include "actors/testing/sim_process.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hobnob::sim {
class host_stack;
class fabric;
class name_table;
class node;
class simulation;
}  // namespace hobnob::sim

namespace hobnob::testing {

/// What has happened in a world, and when last.
struct pulse {
  std::uint64_t news = 0;  ///< Told by programs.
  std::chrono::steady_clock::time_point last_news{};
  std::chrono::steady_clock::time_point last_disturbed{};  ///< Faults, starts and ends.
};

/// What every program of a world shares.
struct program_surroundings {
  sim::simulation& simulation;
  sim::fabric& fabric;
  const sim::name_table& names;
  pulse& pulse_of_world;
  sim_process::handshake handshake = sim_process::handshake::tls;
};

/// A program on a simulated host of its own, over all its starts and ends: its data survive, as on
/// a disk.
class program {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  enum class state {
    never_started,
    running,
    paused,
    stopping,  ///< Saying goodbye; becomes `stopped` by itself.
    stopped,   ///< Ended in good order.
    killed,
    crashed,
    failed,  ///< Did not start; see `fault`.
  };

  program(program_surroundings around, sim::node& host);
  virtual ~program();

  program(const program&) = delete;
  program& operator=(const program&) = delete;

  const std::string& host() const noexcept { return host_name_; }
  state now() const noexcept { return state_; }
  bool running() const noexcept { return state_ == state::running; }

  /// Since when it is in this state.
  time_point since() const noexcept { return since_; }

  struct moment {
    time_point at;
    state then;  ///< Until the next moment.
  };

  /// All its states, in the order of time.
  const std::vector<moment>& history() const noexcept { return history_; }

  /// Established TCP connections of its host with the host of another program, as far as that is
  /// known by addresses of its own: what goes through a NAT is not counted.
  std::size_t connections_with(const program& other) const;

  /// Why it did not start, for people.
  const std::string& fault() const noexcept { return fault_; }

  /// Starts it, again if it has ended (killed first if it has not). False: see `fault`.
  bool start();

  /// In good order: goodbyes are said.
  void stop();

  /// As SIGKILL: its kernel closes the sockets.
  void kill();

  /// As a power cut: its neighbours hear nothing any more.
  void crash();

  /// As SIGSTOP and SIGCONT: a slow reader, a laptop that sleeps.
  void pause();
  void resume();

  /// Sets the host's wall clock forward or back.
  void jump_clock(std::chrono::nanoseconds by);

 protected:
  /// Makes and starts what runs in `process`; empty, or what is wrong.
  virtual std::string launch(sim_process& process) = 0;

  /// Asks it to end in good order.
  virtual void ask_to_quit() = 0;
  virtual bool has_quit() = 0;

  /// Hands over what `launch` made.
  virtual std::shared_ptr<void> take_leftover() = 0;

  sim_process* process() const noexcept { return process_.get(); }
  const program_surroundings& around() const noexcept { return around_; }

  /// Writes into the trace what the program told.
  void note(std::string_view word, const std::string& text) const;

 private:
  void become(state next, const char* what);
  void end(sim::process_end how);
  void watch_quitting(unsigned start_number);

  program_surroundings around_;
  sim::node& host_;
  std::string host_name_;
  std::unique_ptr<sim::host_stack> stack_;
  std::unique_ptr<sim_process> process_;
  state state_ = state::never_started;
  time_point since_{};
  std::vector<moment> history_;
  std::string fault_;
  unsigned starts_ = 0;
  std::shared_ptr<program*> self_;  // Null inside once the program is gone.
};

std::string_view to_string(program::state value) noexcept;

}  // namespace hobnob::testing
