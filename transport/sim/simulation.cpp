#include "transport/sim/simulation.hpp"

#include <boost/asio/post.hpp>
#include <stdexcept>
#include <string>

namespace hobnob::sim {

namespace {

constexpr wall_time first_day{std::chrono::seconds{1'893'456'000}};  // 2030-01-01 00:00 UTC

/// True as long as it lives.
class marked {
 public:
  explicit marked(bool& flag) : flag_(flag) { flag_ = true; }
  ~marked() { flag_ = false; }
  marked(const marked&) = delete;
  marked& operator=(const marked&) = delete;

 private:
  bool& flag_;
};

}  // namespace

simulation::simulation(std::uint64_t seed, simulation_options options)
    : seed_(seed),
      options_(options),
      random_(random_source{seed}.fork("simulation")),
      order_(random_source{seed}.fork("order")),
      trace_(now_, start, options.trace_size),
      context_(1),
      work_(context_.get_executor()) {}

simulation::~simulation() {
  // While the run queue still lives: what events own may post to it as it goes.
  while (!events_.empty()) events_.pop();
}

wall_time simulation::wall() const {
  return first_day + std::chrono::duration_cast<wall_time::duration>(now_ - start);
}

std::size_t simulation::choose(std::size_t count) {
  return options_.shuffle ? static_cast<std::size_t>(order_.below(count)) : 0;
}

event_id simulation::at(time_point when, event_function function) {
  return events_.push(when < now_ ? now_ : when, std::move(function));
}

event_id simulation::network_at(time_point when, event_function function) {
  return events_.push(when < now_ ? now_ : when, std::move(function), event_kind::network);
}

void simulation::run_until(time_point deadline) {
  run(deadline, nullptr);
  advance_to(deadline);
}

bool simulation::run_until(const std::function<bool()>& condition, duration limit) {
  return run(now_ + limit, &condition);
}

bool simulation::run_until_idle(duration limit) {
  run(now_ + limit, nullptr);
  return events_.empty();
}

/// Every event of a program is a handler of the run queue, so that `running_in_this_thread` holds
/// in it as it does in production. (One handler for all of them, which polls in between, would not
/// do: what it posts counts as work only when it returns, and a context without work stops.)
bool simulation::run(time_point deadline, const std::function<bool()>* condition) {
  if (in_event_) throw std::logic_error{"a simulation is run from within one of its events"};
  {
    const marked within{in_event_};
    context_.poll();
  }
  while (true) {
    if (condition != nullptr && (*condition)()) return true;
    const auto next = events_.next_time();
    if (!next || *next > deadline) return false;
    advance_to(*next);
    if (++events_this_instant_ > options_.events_per_instant_max) {
      throw std::runtime_error("livelock: time stands still after " +
                               std::to_string(options_.events_per_instant_max) + " events");
    }
    ++events_run_;
    const marked within{in_event_};
    run(events_.pop());
    context_.poll();
  }
}

void simulation::run(queued_event next) {
  if (next.kind == event_kind::network) return next.function();
  boost::asio::post(context_, [function = std::move(next.function)]() mutable {
    function();
    function.reset();  // What it owned goes before anything else runs.
  });
}

void simulation::advance_to(time_point when) {
  if (when <= now_) return;
  now_ = when;
  events_this_instant_ = 0;
}

}  // namespace hobnob::sim
