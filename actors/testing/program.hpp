#pragma once

#include "actors/testing/key_owners.hpp"
#include "actors/testing/sim_process.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hobnob {
class disk;
class network;
}  // namespace hobnob
namespace hobnob::sim {
class host_stack;
class fabric;
class name_table;
class node;
class simulation;
}  // namespace hobnob::sim

namespace hobnob::testing {

class frame_recorder;
class sim_disk;

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
  key_owners& keys;
  sim_process::handshake handshake = sim_process::handshake::tls;
};

/// A program on a simulated host of its own, over all its starts and ends: what it kept on the
/// host's disk survives.
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
    failed,  ///< Did not start; see `start_error`.
  };

  program(program_surroundings around, sim::node& host);
  virtual ~program();

  program(const program&) = delete;
  program& operator=(const program&) = delete;

  const std::string& host() const noexcept { return host_name_; }
  state current_state() const noexcept { return state_; }
  bool running() const noexcept { return state_ == state::running; }

  /// Since when it is in this state.
  time_point since() const noexcept { return since_; }

  struct moment {
    time_point at;
    state then;  ///< Until the next moment.
  };

  /// All its states, in the order of time.
  const std::vector<moment>& history() const noexcept { return history_; }

  /// Its open connections, direct or by circuit, with whoever has proven to have this key.
  std::size_t connections_with(const fingerprint& key) const;

  /// The most bytes that ever waited in the send queue of one of its connections.
  std::size_t send_queue_max() const noexcept;

  /// Why it did not start, for people.
  const std::string& start_error() const noexcept { return start_error_; }

  /// Starts it, again if it has ended (killed first if it has not). False: see `start_error`.
  bool start();

  /// In good order: goodbyes are said.
  void stop();

  /// As SIGKILL: its kernel closes the sockets.
  void kill();

  /// As a power cut: its neighbours hear nothing any more, and of what it wrote to the disk without
  /// a sync a part is lost.
  void crash();

  /// The same in the middle of its `count`th change of the disk from now (`sim_disk`). 0: never.
  void crash_at_write(std::uint64_t count);

  /// As SIGSTOP and SIGCONT: a slow reader, a laptop that sleeps.
  void pause();
  void resume();

  /// Sets the host's wall clock forward or back.
  void jump_clock(std::chrono::nanoseconds by);

  sim_disk& host_disk() noexcept { return *disk_; }

 protected:
  /// Where programs keep their data on their hosts' disks.
  static constexpr const char* data_folder = "/var/lib/hobnob";

  /// Reads, and makes if need be, what the program keeps on the disk; empty, or what is wrong.
  virtual std::string load(const std::shared_ptr<disk>& data, network& net) = 0;

  /// Makes and starts what runs in `process`; empty, or what is wrong.
  virtual std::string launch(sim_process& process) = 0;

  /// Asks it to end in good order.
  virtual void ask_to_quit() = 0;
  virtual bool has_quit() = 0;

  /// Hands over what `load` and `launch` made.
  virtual std::shared_ptr<void> take_leftover() = 0;

  /// That it uses this key: frames of the connections with it have two ends in the trace.
  void show_key(const fingerprint& own) const;

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
  std::unique_ptr<sim_disk> disk_;
  std::unique_ptr<frame_recorder> frames_;
  std::unique_ptr<sim_process> process_;
  state state_ = state::never_started;
  time_point since_{};
  std::vector<moment> history_;
  std::string start_error_;
  unsigned starts_ = 0;
  std::shared_ptr<program*> self_;  // Null inside once the program is gone.
};

std::string_view to_string(program::state value) noexcept;

}  // namespace hobnob::testing
