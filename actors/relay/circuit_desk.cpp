#include "actors/relay/circuit_desk.hpp"

#include "actors/core/circuit_table.hpp"
#include "transport/circuit_preamble.hpp"
#include "transport/circuit_runner.hpp"
#include "transport/network.hpp"

#include <algorithm>
#include <boost/asio/dispatch.hpp>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace hobnob {
namespace {

core::circuit_table_limits table_limits(const circuit_limits& limits) {
  core::circuit_table_limits result;
  result.total_max = limits.total_max;
  result.per_user_max = limits.per_user_max;
  result.pending_per_user_max = limits.pending_per_user_max;
  result.token_lifetime = limits.token_lifetime;
  return result;
}

/// A user's present rate, shared by his circuits for as long as there is one.
using rate_table = std::map<std::string, std::weak_ptr<byte_rate>>;

}  // namespace

struct circuit_desk::state : std::enable_shared_from_this<circuit_desk::state> {
  state(network& n, circuit_limits l, std::shared_ptr<relay_counters> c,
        std::shared_ptr<relay_log> written)
      : net(n),
        limits(l),
        counters(std::move(c)),
        log(std::move(written)),
        table(table_limits(l)),
        runner(n) {
    if (limits.bytes_per_second > 0)
      rate_of_all = std::make_shared<byte_rate>(limits.bytes_per_second);
  }

  /// One end that waits for the other. Destroyed in the order: deadline, place, stream.
  struct waiting_end {
    std::unique_ptr<stream> bytes;
    std::shared_ptr<void> place;
    std::unique_ptr<deadline> limit;
  };

  void wait(std::uint64_t number, time_point until, std::unique_ptr<stream> arrived,
            std::shared_ptr<void> place);
  void join(std::uint64_t number, const std::string& user, circuit::ends ends);
  void ended(std::uint64_t number, const std::string& user, const circuit_outcome& outcome,
             time_point began);
  circuit_terms terms_for(const std::string& user);
  void close_all();

  network& net;
  const circuit_limits limits;
  const std::shared_ptr<relay_counters> counters;
  const std::shared_ptr<relay_log> log;

  std::mutex mutex;
  core::circuit_table table;  // Guarded by mutex.

  // Loop thread.
  std::map<std::uint64_t, waiting_end> waiting;
  rate_table rates;
  std::shared_ptr<byte_rate> rate_of_all;
  circuit_runner runner;
  bool stopped = false;
};

circuit_desk::circuit_desk(network& net, circuit_limits limits,
                           std::shared_ptr<relay_counters> counters, std::shared_ptr<relay_log> log)
    : state_(std::make_shared<state>(net, limits, std::move(counters), std::move(log))) {}

circuit_desk::~circuit_desk() = default;

std::optional<std::array<circuit_token, 2>> circuit_desk::open(std::string_view user) {
  std::array<circuit_token, 2> tokens;
  for (auto& each : tokens) state_->net.random(each);
  const std::lock_guard guard{state_->mutex};
  if (state_->table.open(user, tokens, state_->net.time().now()) == 0) {
    count(state_->counters->circuits_refused);
    return std::nullopt;
  }
  return tokens;
}

void circuit_desk::take(std::unique_ptr<stream> arrived, const circuit_token& token,
                        std::shared_ptr<void> place) {
  auto& self = *state_;
  const auto now = self.net.time().now();
  core::circuit_table::joining found;
  if (!self.stopped) {
    const std::lock_guard guard{self.mutex};
    found = self.table.join(token, now);
  }
  const auto other = self.waiting.find(found.circuit);
  if (found.circuit == 0 || (found.complete && other == self.waiting.end())) {
    count(self.counters->circuits_refused);
    self.log->session_closed(arrived->remote_endpoint(), {}, "the token of a circuit is not valid",
                             now);
    place.reset();
    return;
  }
  if (!found.complete)
    return self.wait(found.circuit, found.until, std::move(arrived), std::move(place));
  circuit::ends ends{std::move(other->second.bytes), std::move(arrived)};
  self.waiting.erase(other);
  place.reset();
  self.join(found.circuit, found.user, std::move(ends));
}

void circuit_desk::state::wait(std::uint64_t number, time_point until,
                               std::unique_ptr<stream> arrived, std::shared_ptr<void> place) {
  auto limit = std::make_unique<deadline>(net.deadlines(), [this, number] {
    {
      const std::lock_guard guard{mutex};
      table.ended(number);
    }
    waiting.erase(number);
  });
  limit->arm(until);
  waiting.emplace(number, waiting_end{std::move(arrived), std::move(place), std::move(limit)});
}

void circuit_desk::state::join(std::uint64_t number, const std::string& user, circuit::ends ends) {
  const byte_view word{&circuit_joined, 1};
  // One byte into an empty buffer: who cannot take it is gone, and the circuit finds that out.
  for (auto& end : ends) end->try_write({&word, 1});
  count(counters->circuits);
  count(counters->circuits_joined);
  const auto began = net.time().now();
  runner.run(std::move(ends), terms_for(user),
             [weak = weak_from_this(), number, user, began](const circuit_outcome& outcome) {
               const auto alive = weak.lock();
               if (alive) alive->ended(number, user, outcome, began);
             });
}

void circuit_desk::state::ended(std::uint64_t number, const std::string& user,
                                const circuit_outcome& outcome, time_point began) {
  {
    const std::lock_guard guard{mutex};
    table.ended(number);
  }
  counters->circuits.fetch_sub(1, std::memory_order_relaxed);
  count(counters->circuit_bytes, outcome.bytes);
  const auto now = net.time().now();
  log->circuit_ended(user, outcome.bytes, outcome.why, now - began, now);
}

circuit_terms circuit_desk::state::terms_for(const std::string& user) {
  circuit_terms terms;
  terms.idle_limit = limits.idle_limit;
  if (rate_of_all) terms.rates.push_back(rate_of_all);
  if (limits.user_bytes_per_second > 0) {
    std::erase_if(rates, [](const auto& entry) { return entry.second.expired(); });
    auto& known = rates[user];
    auto rate = known.lock();
    if (!rate) rate = std::make_shared<byte_rate>(limits.user_bytes_per_second);
    known = rate;
    terms.rates.push_back(std::move(rate));
  }
  return terms;
}

void circuit_desk::state::close_all() {
  if (std::exchange(stopped, true)) return;
  waiting.clear();
  runner.stop();
}

void circuit_desk::stop() {
  boost::asio::dispatch(state_->net.executor(), [self = state_] { self->close_all(); });
}

}  // namespace hobnob
