#include "actors/testing/swarm.hpp"

#include "actors/state_names.hpp"
#include "actors/testing/causes.hpp"
#include "actors/testing/invariant_text.hpp"
#include "actors/testing/invariants.hpp"
#include "actors/testing/topology.hpp"
#include "actors/testing/world.hpp"
#include "transport/sim/simulation.hpp"

#include <algorithm>
#include <ostream>
#include <set>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace hobnob::testing {
namespace {

using namespace std::chrono_literals;

/// How often invariants are looked at.
constexpr auto look_interval = 1s;

/// After the healing, until there are all links, too: a dial that failed is tried again after up to
/// a minute.
constexpr auto rest_limit = 4min;

/// For a message where nothing is broken.
constexpr auto delivery_limit = 15s;

constexpr std::size_t kept_records = 2'000;
constexpr std::size_t shown_records = 80;

topology parse(const schedule& lines) {
  auto read = topology::parse(joined(lines));
  if (!read) throw std::invalid_argument{read.error()};
  return *std::move(read);
}

/// What a fault is counted as; nothing for traffic.
std::string kind_of(const topology::event& event) {
  if (const auto* fault = std::get_if<sim::fault>(&event.what)) {
    return std::string{sim::kind_of(*fault)};
  }
  const auto* fault = std::get_if<program_fault>(&event.what);
  const auto line = fault ? to_string(*fault) : std::string{};
  return line.substr(0, line.find(' '));
}

/// What has happened until then.
std::map<std::string, std::uint64_t> count_faults(const topology& plan, world::duration until) {
  std::map<std::string, std::uint64_t> result;
  for (const auto& each : plan.events) {
    if (std::holds_alternative<traffic>(each.what) || each.at > until) continue;
    result[kind_of(each)] += each.every ? static_cast<std::uint64_t>(until / *each.every) : 1;
  }
  return result;
}

/// One run.
class runner {
 public:
  explicit runner(const schedule& lines) : plan_(parse(lines)), world_(plan_.seed, options(plan_)) {
    result_.seed = plan_.seed;
    result_.lines = lines;
  }

  swarm_result result() {
    plan_.build(world_);
    try {
      run();
    } catch (const std::runtime_error& livelock) {
      check({livelock.what()});
    }
    finish();
    return std::move(result_);
  }

 private:
  static world_options options(const topology& plan) {
    auto result = plan.options();
    result.trace_size = kept_records;
    return result;
  }

  /// Whether all is well.
  bool check(violations found) {
    result_.violations.insert(result_.violations.end(), found.begin(), found.end());
    return found.empty();
  }

  void run() {
    if (!check(run_checked(world_, watch_, plan_.length, look_interval))) return;
    world_.heal_everything();
    if (!come_to_rest()) return;
    everyone_writes_to_everyone();
    if (!result_.failed()) check(check_queues(world_, {.messages_waiting_max = 0}));
  }

  violations liveness() const { return check_liveness(world_); }

  /// Of what must hold so long after the healing, whatever still has to come.
  violations overdue(world::duration healed_for) const {
    violations result;
    if (healed_for > limits_.presence_within) result = check_presence(world_);
    if (healed_for > limits_.outcomes_within) append(result, check_outcomes(world_));
    return result;
  }

  /// Until all is well and stays so for a while: what the faults left half open may still end,
  /// which is noticed by silence.
  bool come_to_rest() {
    // What waits at a link that was narrow goes on waiting, and heartbeats behind it.
    const auto drained = causes{world_, {}}.last_end();
    if (drained > world_.now() && !check(run_checked(world_, watch_, drained - world_.now())))
      return false;
    const auto healed = world_.now();
    const auto end = healed + rest_limit;
    const auto calm = lost_within(world_, limits_);
    do {
      while (!liveness().empty() && world_.now() < end) {
        if (!check(overdue(world_.now() - healed))) return false;
        if (!check(run_checked(world_, watch_, look_interval))) return false;
      }
      if (!check(run_checked(world_, watch_, calm))) return false;
    } while (!liveness().empty() && world_.now() < end);
    return check(liveness());
  }

  /// The users at its relay, hidden ones too.
  std::set<std::string> others_of(const sim_peer& peer) const {
    std::set<std::string> result;
    for (const auto& other : world_.peers()) {
      if (other->online() && world_.relay_of(*other) == world_.relay_of(peer))
        result.insert(other->user());
    }
    result.erase(peer.user());
    return result;
  }

  void everyone_writes_to_everyone() {
    std::vector<std::pair<const sim_peer*, message_id>> messages;
    for (const auto& peer : world_.peers()) {
      if (!peer->online()) continue;
      for (const auto& user : others_of(*peer)) {
        messages.emplace_back(peer.get(), peer->send_text(user, "all well?"));
      }
    }
    const auto is_delivered = [](const auto& sent) {
      return sent.first->outcome(sent.second).state == message_state::delivered;
    };
    const auto end = world_.now() + delivery_limit;
    do {
      if (!check(run_checked(world_, watch_, look_interval))) return;
    } while (!std::ranges::all_of(messages, is_delivered) && world_.now() < end);
    check(run_checked(world_, watch_, look_interval));  // What should not come any more.
    for (const auto& sent : messages) {
      if (is_delivered(sent)) continue;
      const auto& [sender, id] = sent;
      const auto outcome = sender->outcome(id);
      check({sender->host() + "'s message to " + outcome.to + " is " +
             std::string{to_string(outcome.state)} + ' ' + outcome.code +
             ", though nothing is broken any more"});
    }
  }

  void finish() {
    for (const auto& peer : world_.peers()) result_.messages += peer->book().sent.size();
    result_.faults = count_faults(plan_, std::min(plan_.length, world_.elapsed()));
    result_.simulated = world_.elapsed();
    result_.events = world_.simulation().events_run();
    result_.trace_hash = world_.trace_hash();
    if (!result_.failed()) return;
    std::ostringstream report;
    world_.write_report(report, shown_records);
    result_.report = report.str();
  }

  topology plan_;
  world world_;
  safety_watch watch_;
  invariant_limits limits_;
  swarm_result result_;
};

}  // namespace

swarm_result run_schedule(const schedule& lines) { return runner{lines}.result(); }

swarm_result run_seed(std::uint64_t seed, const swarm_options& options) {
  return run_schedule(draw_schedule(seed, options));
}

void write_failure(std::ostream& out, const swarm_result& result) {
  for (const auto& sentence : result.violations) out << "violated: " << sentence << '\n';
  out << result.report << "--- what happened, as a topology\n" << joined(result.lines);
}

}  // namespace hobnob::testing
