#include "actors/testing/world.hpp"

#include "actors/testing/place.hpp"
#include "actors/testing/sim_disk.hpp"
#include "transport/sim/fault_injector.hpp"
#include "transport/sim/name_table.hpp"
#include "transport/sim/simulation.hpp"
#include "transport/sim/trace_writer.hpp"

#include <spdlog/spdlog.h>
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <functional>
#include <map>
#include <ostream>
#include <set>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <variant>

namespace hobnob::testing {
namespace {

/// So long without news, and nothing more is expected to happen.
constexpr auto quiet_time = std::chrono::seconds{20};

constexpr std::chrono::milliseconds usual_heartbeat{5000};

sim::simulation_options to_simulation_options(const world_options& options) {
  sim::simulation_options result;
  result.shuffle = options.shuffle;
  result.trace_size = options.trace_size;
  return result;
}

/// Thousands of logins and losses a second are no news. SIM_LOG=debug (info, warn, ...) shows them.
class quiet_log {
 public:
  quiet_log() {
    const char* wanted = std::getenv("SIM_LOG");
    spdlog::set_level(wanted != nullptr ? spdlog::level::from_str(wanted) : spdlog::level::off);
  }
  ~quiet_log() { spdlog::set_level(before_); }
  quiet_log(const quiet_log&) = delete;
  quiet_log& operator=(const quiet_log&) = delete;

 private:
  const spdlog::level::level_enum before_ = spdlog::get_level();
};

std::variant<sim::fault, program_fault> parse_any_fault(std::string_view line) {
  if (auto order = program_fault::parse(line)) return *std::move(order);
  if (auto fault = sim::parse_fault(line)) return *std::move(fault);
  throw std::invalid_argument{"no fault: " + std::string{line}};
}

/// Whether its roster is these users without its own.
bool sees(const sim_peer& peer, const std::set<std::string>& users) {
  const auto& roster = peer.book().roster;
  auto seen = roster.begin();
  for (const auto& user : users) {
    if (user == peer.user()) continue;
    if (seen == roster.end() || seen->first != user) return false;
    ++seen;
  }
  return seen == roster.end();
}

}  // namespace

struct world::impl {
  impl(std::uint64_t seed, const world_options& o)
      : options(o),
        simulation(seed, to_simulation_options(o)),
        fabric(simulation),
        places(fabric) {}

  program_surroundings surroundings() {
    return {simulation,
            fabric,
            names,
            heart,
            keys,
            options.plain_handshake ? sim_process::handshake::plain : sim_process::handshake::tls};
  }

  sim::random_source keys_of(std::string_view name, unsigned key) const;
  std::set<std::string> present_users(const sim_relay* at) const;
  const sim_relay* relay_named(const core::relay_uri& wanted) const;
  const sim_relay* relay_of(const sim_peer& peer) const { return home_relays.at(peer.host()); }
  bool reaches(const sim_peer& from, const sim_peer& to);
  void disturb() { heart.last_disturbed = simulation.now(); }

  const quiet_log quiet;
  const world_options options;
  sim::simulation simulation;
  sim::fabric fabric;
  sim::name_table names;
  sim::fault_injector faults{fabric};
  place_table places;
  pulse heart;
  key_owners keys;
  std::vector<applied_fault> network_faults;
  std::map<std::string, host_places, std::less<>> homes;             // By host.
  std::map<std::string, const sim_relay*, std::less<>> home_relays;  // The same.
  std::vector<std::unique_ptr<sim_relay>> relays;
  std::vector<std::unique_ptr<sim_peer>> peers;
};

sim::random_source world::impl::keys_of(std::string_view name, unsigned key) const {
  return sim::random_source{simulation.seed()}.fork("identity " + std::string{name} + ' ' +
                                                    std::to_string(key));
}

world::world(std::uint64_t seed, world_options options)
    : impl_(std::make_unique<impl>(seed, options)) {}

// What the programs left goes while there is a network: in steps that follow at once.
world::~world() {
  for (auto& peer : impl_->peers) peer->kill();
  for (auto& relay : impl_->relays) relay->kill();
  impl_->simulation.run_for({});
  impl_->peers.clear();
  impl_->relays.clear();
}

std::uint64_t world::seed() const noexcept { return impl_->simulation.seed(); }
const world_options& world::options() const noexcept { return impl_->options; }

// --- Building -----------------------------------------------------------------------------------

place& world::internet() noexcept { return impl_->places.internet(); }
place& world::add_site(const std::string& name) { return add_site(name, {}); }
place& world::add_site(const std::string& name, const sim::nat_options& nat) {
  return add_site(name, nat, internet());
}
place& world::add_site(const std::string& name, const sim::nat_options& nat, place& behind) {
  return impl_->places.add_site(name, nat, behind);
}

sim_relay& world::add_relay(relay_options options) {
  auto& where = options.where ? *options.where : internet();
  auto& host = impl_->places.add_host(options.host, {&where});
  if (options.config.heartbeat == usual_heartbeat) {
    options.config.heartbeat = impl_->options.heartbeat;
  }
  auto& added = impl_->relays.emplace_back(std::make_unique<sim_relay>(
      impl_->surroundings(), host, impl_->keys_of(options.host, 0), std::move(options.config)));
  if (options.start && !added->start()) {
    throw std::invalid_argument{options.host + " does not start: " + added->start_error()};
  }
  return *added;
}

sim_peer& world::add_peer(const std::string& user, place& where) {
  return add_peer(peer_options{.user = user, .where = &where});
}

sim_peer& world::add_peer(peer_options options) {
  auto& where = options.where ? *options.where : internet();
  if (options.host.empty()) options.host = options.user;
  auto& config = options.config;
  config.user = options.user;
  if (config.link_heartbeat == usual_heartbeat) config.link_heartbeat = impl_->options.heartbeat;
  if (!options.relay && !impl_->relays.empty()) options.relay = impl_->relays.front().get();
  if (!config.relay && options.relay) config.relay = *core::relay_uri::parse(options.relay->uri());
  const host_places at{&where, options.also, options.v6};
  auto& host = impl_->places.add_host(options.host, at);
  impl_->homes.emplace(options.host, at);
  impl_->home_relays.emplace(options.host,
                             config.relay ? impl_->relay_named(*config.relay) : nullptr);
  auto& added = impl_->peers.emplace_back(std::make_unique<sim_peer>(
      impl_->surroundings(), host, impl_->keys_of(options.user, options.key), std::move(config),
      [this](const std::function<bool()>& condition) {
        return run_until(condition, std::chrono::seconds{30});
      }));
  if (options.takes_files) added->take_files();
  added->at_start(std::move(options.at_start));
  if (options.start && !added->start()) {
    throw std::invalid_argument{options.host + " does not start: " + added->start_error()};
  }
  return *added;
}

std::vector<sim_peer*> world::add_peers(const std::vector<std::string>& users) {
  std::vector<sim_peer*> result;
  for (const auto& user : users) result.push_back(&add_peer(user));
  return result;
}

program& world::find_program(std::string_view host) {
  for (auto& peer : impl_->peers) {
    if (peer->host() == host) return *peer;
  }
  for (auto& relay : impl_->relays) {
    if (relay->host() == host) return *relay;
  }
  throw std::invalid_argument{"no program runs on a host named " + std::string{host}};
}

sim_peer& world::peer(std::string_view host) {
  if (auto* found = dynamic_cast<sim_peer*>(&find_program(host))) return *found;
  throw std::invalid_argument{std::string{host} + " is no peer"};
}

sim_relay& world::relay(std::string_view host) {
  if (auto* found = dynamic_cast<sim_relay*>(&find_program(host))) return *found;
  throw std::invalid_argument{std::string{host} + " is no relay"};
}

const std::vector<std::unique_ptr<sim_peer>>& world::peers() const noexcept { return impl_->peers; }
const std::vector<std::unique_ptr<sim_relay>>& world::relays() const noexcept {
  return impl_->relays;
}

// --- Running ------------------------------------------------------------------------------------

void world::run_for(duration span) { impl_->simulation.run_for(span); }

bool world::run_until(const std::function<bool()>& condition, duration limit) {
  return impl_->simulation.run_until(condition, limit);
}

bool world::settle(duration limit) {
  auto looked_at = ~std::uint64_t{0};  // News.
  bool complete = false;
  const auto settled = [&] {
    const auto& heart = impl_->heart;
    if (std::exchange(looked_at, heart.news) != heart.news) {
      complete = everyone_sees_everyone() && everyone_is_linked();
    }
    return complete || (now() - std::max(heart.last_news, heart.last_disturbed) >= quiet_time &&
                        everyone_sees_everyone());
  };
  return run_until(settled, limit);
}

const sim_relay* world::impl::relay_named(const core::relay_uri& wanted) const {
  const auto found = std::ranges::find_if(relays, [&](const auto& relay) {
    const auto known = core::relay_uri::parse(relay->uri());
    return known && *known == wanted;
  });
  return found == relays.end() ? nullptr : found->get();
}

std::set<std::string> world::impl::present_users(const sim_relay* at) const {
  std::set<std::string> result;
  for (const auto& peer : peers) {
    const auto session = peer->book().session.state;
    const bool away = session == session_state::replaced || session == session_state::refused;
    if (peer->running() && !peer->config().hidden && !away && relay_of(*peer) == at)
      result.insert(peer->user());
  }
  return result;
}

bool world::everyone_sees_everyone() const {
  std::map<const sim_relay*, std::set<std::string>> present;
  for (const auto& peer : impl_->peers) {
    const auto* relay = relay_of(*peer);
    if (!present.contains(relay)) present.emplace(relay, impl_->present_users(relay));
    if (!peer->running() || peer->config().hidden) continue;
    const auto session = peer->book().session.state;
    if (session == session_state::replaced || session == session_state::refused) continue;
    if (session != session_state::online || !sees(*peer, present.at(relay))) return false;
  }
  return true;
}

const sim_relay* world::relay_of(const sim_peer& peer) const { return impl_->relay_of(peer); }

bool world::everyone_is_linked() const {
  return std::ranges::all_of(impl_->peers, [](const auto& peer) {
    return !peer->online() || std::ranges::includes(peer->links(), peer->roster());
  });
}

bool world::impl::reaches(const sim_peer& from, const sim_peer& to) {
  using enum direct_mode;
  const auto dials = from.config().direct, accepts = to.config().direct;
  if ((dials != both && dials != dial_only) || (accepts != both && accepts != accept_only)) {
    return false;
  }
  return places.leads(homes.at(from.host()), homes.at(to.host()));
}

bool world::can_link(const sim_peer& one, const sim_peer& other) const {
  if (relay_of(one) != relay_of(other)) return false;
  const bool by_circuit = one.config().circuits == circuit_mode::always &&
                          other.config().circuits == circuit_mode::always;
  return by_circuit || impl_->reaches(one, other) || impl_->reaches(other, one);
}

world::time_point world::now() const noexcept { return impl_->simulation.now(); }
world::duration world::elapsed() const noexcept { return now() - sim::simulation::start; }

// --- Faults -------------------------------------------------------------------------------------

void world::apply(std::string_view fault) {
  std::visit([this](const auto& value) { apply(value); }, parse_any_fault(fault));
}

void world::apply(const sim::fault& fault) {
  impl_->disturb();
  impl_->faults.apply(fault);
  impl_->network_faults.push_back({now(), fault});
}

void world::apply(const program_fault& fault) {
  impl_->disturb();
  impl_->simulation.log().event(sim::record_kind::fault, sim::host_id::none, to_string(fault));
  fault.apply_to(find_program(fault.host));
}

void world::check(const sim::fault& fault) { impl_->faults.check(fault); }
void world::check(const program_fault& fault) { find_program(fault.host); }

void world::apply_after(duration delay, std::string_view fault) {
  std::visit([&](auto&& value) { apply_after(delay, std::move(value)); }, parse_any_fault(fault));
}

void world::apply_after(duration delay, sim::fault fault) {
  impl_->simulation.after(delay, [this, what = std::move(fault)] { apply(what); });
}

void world::apply_after(duration delay, program_fault fault) {
  impl_->simulation.after(delay, [this, what = std::move(fault)] { apply(what); });
}

void world::heal_everything() {
  impl_->disturb();
  impl_->faults.restore_everything();
  impl_->network_faults.push_back({now(), {}});
  const auto revive = [](program& ended) {
    using enum program::state;
    ended.host_disk().set_full(false);
    ended.crash_at_write(0);
    if (ended.current_state() == paused) ended.resume();
    if (ended.current_state() == killed || ended.current_state() == crashed ||
        ended.current_state() == failed)
      ended.start();
  };
  for (auto& relay : impl_->relays) revive(*relay);
  for (auto& peer : impl_->peers) revive(*peer);
}

// --- Looking ------------------------------------------------------------------------------------

const std::vector<applied_fault>& world::network_faults() const noexcept {
  return impl_->network_faults;
}

std::uint64_t world::news() const noexcept { return impl_->heart.news; }
world::time_point world::last_disturbed() const noexcept { return impl_->heart.last_disturbed; }
std::uint64_t world::trace_hash() const noexcept { return impl_->simulation.log().hash(); }

void world::note(std::string_view text) {
  impl_->simulation.log().note(sim::host_id::none, "test", text);
}

void world::write_report(std::ostream& out, std::size_t lines) const {
  const auto& options = impl_->options;
  out << "world of SIM_SEED=" << seed() << (options.plain_handshake ? ", plain handshake" : "")
      << (options.shuffle ? ", shuffled" : "") << ", heartbeat "
      << std::chrono::duration<double>(options.heartbeat).count() << " s, after "
      << std::chrono::duration<double>(elapsed()).count() << " s, trace hash "
      << sim::hash_text(trace_hash()) << '\n';
  for (const auto& peer : impl_->peers) {
    out << "  " << peer->host() << ": " << to_string(peer->current_state()) << ", "
        << to_text(peer->book().session) << ", sees";
    for (const auto& user : peer->roster()) out << ' ' << user;
    out << "; linked to";
    for (const auto& user : peer->links()) out << ' ' << user;
    out << '\n';
  }
  for (const auto& relay : impl_->relays) {
    out << "  " << relay->host() << ": " << to_string(relay->current_state()) << '\n';
  }
  sim::write_text(out, impl_->simulation.log(), {}, lines);
}

const sim::trace& world::log() const noexcept { return impl_->simulation.log(); }
sim::simulation& world::simulation() noexcept { return impl_->simulation; }
sim::fabric& world::network() noexcept { return impl_->fabric; }
const sim::fabric& world::network() const noexcept { return impl_->fabric; }

std::uint64_t seed_from_environment(std::uint64_t usual) {
  const char* text = std::getenv("SIM_SEED");
  if (text == nullptr) return usual;
  const std::string_view digits{text};
  const auto end = digits.data() + digits.size();
  std::uint64_t seed = 0;
  if (const auto read = std::from_chars(digits.data(), end, seed);
      read.ec != std::errc{} || read.ptr != end)
    throw std::invalid_argument{"SIM_SEED=" + std::string{digits} + " is no seed: a whole number"};
  return seed;
}

}  // namespace hobnob::testing
