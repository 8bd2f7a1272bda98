#include "actors/testing/program.hpp"

#include "actors/testing/frame_recorder.hpp"
#include "actors/testing/sim_disk.hpp"
#include "transport/sim/host_stack.hpp"
#include "transport/sim/simulation.hpp"

#include <utility>

namespace hobnob::testing {
namespace {

/// How often a program that is stopping is looked at.
constexpr auto quit_look_interval = std::chrono::milliseconds{10};

}  // namespace

std::string_view to_string(program::state value) noexcept {
  switch (value) {
    case program::state::never_started:
      return "never started";
    case program::state::running:
      return "running";
    case program::state::paused:
      return "paused";
    case program::state::stopping:
      return "stopping";
    case program::state::stopped:
      return "stopped";
    case program::state::killed:
      return "killed";
    case program::state::crashed:
      return "crashed";
    case program::state::failed:
      return "failed to start";
  }
  return "?";
}

program::program(program_surroundings around, sim::node& host)
    : around_(around),
      host_(host),
      host_name_(host.name()),
      stack_(std::make_unique<sim::host_stack>(around.fabric, host, around.names)),
      disk_(std::make_unique<sim_disk>(
          sim::random_source{around.simulation.seed()}.fork("disk " + host_name_))),
      frames_(std::make_unique<frame_recorder>(around.simulation.log(), host.id(), around.keys)),
      self_(std::make_shared<program*>(this)) {}

program::~program() { *self_ = nullptr; }

void program::note(std::string_view word, const std::string& text) const {
  auto& pulse = around_.pulse_of_world;
  ++pulse.news;
  pulse.last_news = around_.simulation.now();
  around_.simulation.log().note(host_.id(), word, text);
}

void program::show_key(const fingerprint& own) const {
  around_.keys.insert_or_assign(own, host_.id());
}

void program::become(state next, const char* what) {
  state_ = next;
  since_ = around_.pulse_of_world.last_disturbed = around_.simulation.now();
  history_.push_back({since_, next});
  note("program", what);
}

std::size_t program::connections_with(const fingerprint& key) const {
  return frames_->connections_with(key);
}

std::size_t program::send_queue_max() const noexcept { return frames_->queued_max(); }

bool program::start() {
  if (process_) kill();
  if (!host_.powered()) stack_->boot();
  process_ = std::make_unique<sim_process>(*stack_, around_.handshake, *frames_);
  ++starts_;
  become(state::running, "starts");
  start_error_ = load(disk_->mount(), process_->net());
  if (process_ && start_error_.empty()) start_error_ = launch(*process_);
  if (process_ && start_error_.empty()) return true;
  if (!process_) {
    start_error_ = "the power failed";
    return false;
  }
  end(sim::process_end::killed);
  become(state::failed, "does not start");
  return false;
}

void program::stop() {
  if (state_ == state::paused) resume();
  if (state_ != state::running) return;
  become(state::stopping, "is asked to stop");
  ask_to_quit();
  watch_quitting(starts_);
}

void program::watch_quitting(unsigned start_number) {
  around_.simulation.after(quit_look_interval, [self = self_, start_number] {
    auto* alive = *self;
    if (alive == nullptr || alive->state_ != state::stopping || alive->starts_ != start_number) {
      return;
    }
    if (!alive->has_quit()) return alive->watch_quitting(start_number);
    alive->end(sim::process_end::killed);
    alive->become(state::stopped, "has stopped");
  });
}

void program::kill() {
  if (!process_) return;
  end(sim::process_end::killed);
  become(state::killed, "is killed");
}

void program::crash() {
  if (!process_) return;
  end(sim::process_end::crashed);
  become(state::crashed, "crashes");
}

void program::crash_at_write(std::uint64_t count) {
  disk_->cut_power_at_change(count, [this] {
    if (process_) return crash();
    disk_->cut_power();  // It has stopped, and puts its things away.
  });
}

void program::pause() {
  if (state_ != state::running) return;
  process_->pause();
  become(state::paused, "is paused");
}

void program::resume() {
  if (state_ != state::paused) return;
  process_->resume();
  become(state::running, "goes on");
}

void program::jump_clock(std::chrono::nanoseconds by) {
  stack_->jump_clock(by);
  note("program",
       "its clock jumps by " +
           std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(by).count()) +
           " ms");
}

// Who stops in good order closes its files when it is freed.
void program::end(sim::process_end how) {
  if (how == sim::process_end::crashed) {
    disk_->cut_power();
  } else if (state_ != state::stopping) {
    disk_->unmount();
  }
  sim_process::end(std::move(process_), how, take_leftover());
  frames_->forget_connections();
}

}  // namespace hobnob::testing
