#pragma once

#include "actors/testing/program_fault.hpp"
#include "actors/testing/sim_peer.hpp"
#include "actors/testing/sim_relay.hpp"
#include "transport/sim/faults.hpp"
#include "transport/sim/nat_options.hpp"

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hobnob::sim {
class fabric;
class simulation;
class trace;
}  // namespace hobnob::sim

namespace hobnob::testing {

/// Somewhere to put hosts: the internet, or a LAN behind a router (`world::add_site`).
struct place;

struct world_options {
  /// Peers and relays believe each other who they are, without TLS: for big worlds, whose
  /// handshakes would cost most of the time.
  bool plain_handshake = false;

  /// Actors that could run at the same time do so in an order drawn from the seed.
  bool shuffle = false;

  /// Of relay sessions and links, unless a config says otherwise.
  std::chrono::milliseconds heartbeat{5000};

  /// Trace records kept for reading: the last ones of a run that has more. `sim::trace::keep_all`
  /// keeps every one.
  std::size_t trace_size = 10'000;
};

struct peer_options {
  std::string user{};
  std::string host{};          ///< Its name in faults and in the trace; empty: the user's.
  place* where = nullptr;      ///< Null: on the internet.
  std::vector<place*> also{};  ///< Further interfaces; the gateway is that of `where`.
  bool v6 = false;             ///< An IPv6 address on each of its LANs, which no router passes on.
  sim_relay* relay = nullptr;  ///< Null: the world's first one; if there is none yet, none ever.
  unsigned key = 0;            ///< Another number is another identity of that user.

  bool takes_files = false;            ///< See `sim_peer::take_files`.
  sim_peer::start_hook at_start = {};  ///< See `sim_peer::at_start`.

  /// `user`, `relay` and (if it is the default) `link_heartbeat` are filled in.
  peer_config config = {};
  bool start = true;
};

/// A line that was applied to the network.
struct applied_fault {
  std::chrono::steady_clock::time_point at;
  std::optional<sim::fault> what;  ///< Nothing: everything was restored.
};

struct relay_options {
  std::string host = "relay";
  place* where = nullptr;
  relay_config config = {};  ///< `heartbeat` is filled in if it is the default.
  bool start = true;
};

/// Relays and peers - the very actors and connections that ship - on a simulated network in virtual
/// time. One thread; the same seed gives the same run.
///
///     world w{42};
///     w.add_relay();
///     auto& ann = w.add_peer("ann");
///     auto& bob = w.add_peer("bob");
///     ASSERT_TRUE(w.settle());
///     w.apply("partition ann from bob");
///     const auto message = ann.send_text("bob", "hello");
///     w.run_for(30s);
///     EXPECT_EQ(ann.outcome(message).state, message_state::delivered);
///     EXPECT_EQ(bob.inbox(), std::vector<std::string>{"hello"});
///
/// Peers and relays live on hosts of their own names. Nothing happens between the calls of `run_*`
/// and `settle`.
class world {
 public:
  using duration = std::chrono::nanoseconds;
  using time_point = std::chrono::steady_clock::time_point;

  explicit world(std::uint64_t seed, world_options options = {});
  ~world();

  world(const world&) = delete;
  world& operator=(const world&) = delete;

  std::uint64_t seed() const noexcept;
  const world_options& options() const noexcept;

  // Building, at any time. Throws `std::invalid_argument` for a name that a host, router or segment
  // has already, and if the program does not start.

  place& internet() noexcept;

  /// A LAN behind a router with a NAT as most homes have it (RFC 4787: endpoint-independent
  /// mapping, address- and port-dependent filtering). The router's name is `name` + "-router".
  place& add_site(const std::string& name);
  place& add_site(const std::string& name, const sim::nat_options& nat);

  /// The same with its router not on the internet but in another site: behind two NATs.
  place& add_site(const std::string& name, const sim::nat_options& nat, place& behind);

  sim_relay& add_relay(relay_options options = {});
  sim_peer& add_peer(peer_options options);
  sim_peer& add_peer(const std::string& user, place& where);

  /// (A template: g++ 12 would take `{.user = "ann", .v6 = true}` for a string as well.)
  template <std::convertible_to<std::string> Name>
  sim_peer& add_peer(const Name& user) {
    return add_peer(peer_options{.user = user});
  }

  /// Several at once, on the internet.
  std::vector<sim_peer*> add_peers(const std::vector<std::string>& users);

  /// By the host's name; throws `std::invalid_argument` if there is none.
  sim_peer& peer(std::string_view host);
  sim_relay& relay(std::string_view host);

  /// The same of either kind.
  program& find_program(std::string_view host);

  const std::vector<std::unique_ptr<sim_peer>>& peers() const noexcept;
  const std::vector<std::unique_ptr<sim_relay>>& relays() const noexcept;

  // Running.

  void run_for(duration span);

  /// False if `condition` did not come to hold within `limit`.
  bool run_until(const std::function<bool()>& condition, duration limit);

  /// Until everybody who runs is logged in, sees everybody else, and has links to all of them; or
  /// for want of links nothing is told for 20 seconds: where they matter, ask `is_linked`. False if
  /// that did not happen within `limit`.
  bool settle(duration limit = std::chrono::minutes{3});

  /// The relay that a peer logs in to; null: one that is not of this world, or none.
  const sim_relay* relay_of(const sim_peer& peer) const;

  /// Whether everybody who runs is logged in and sees exactly the others who do; and has a link to
  /// each of them.
  bool everyone_sees_everyone() const;
  bool everyone_is_linked() const;

  /// Whether one of the two may dial the other and reaches it as the network was built: where a
  /// link has to come about. (Hole punching may lead to more.) So do two who want circuits, always.
  /// Only with the same relay they hear of each other.
  bool can_link(const sim_peer& one, const sim_peer& other) const;

  time_point now() const noexcept;

  /// Since the start of the world.
  duration elapsed() const noexcept;

  // Faults.

  /// Applies a line: a fault of the network (transport/sim/faults.hpp: `partition ann from bob`,
  /// `change internet loss=0.05`, `heal`, ...) or one of a program: `start ann`, `stop ann`,
  /// `kill ann`, `crash ann`, `pause ann`, `resume ann`, `jump ann -3600s`, `disk_full ann`,
  /// `disk_free ann`, `crash_at_write ann 3`. Throws `std::invalid_argument` for any other.
  void apply(std::string_view fault);

  /// The same as values: `apply(sim::partition{{"ann"}, {"bob"}})`. Throws for a name that nothing
  /// has.
  void apply(const sim::fault& fault);
  void apply(const program_fault& fault);

  /// Throws what `apply` would, for a name that nothing has.
  void check(const sim::fault& fault);
  void check(const program_fault& fault);

  /// The same, so long from now. A line that is no fault throws now.
  void apply_after(duration delay, std::string_view fault);
  void apply_after(duration delay, sim::fault fault);
  void apply_after(duration delay, program_fault fault);

  /// The network as it was built, room on every disk, and every program resumed or started that
  /// does not run, except what was stopped in good order or never started: what has to be true in
  /// the end, must come true now.
  void heal_everything();

  /// What was applied to the network, in the order of time.
  const std::vector<applied_fault>& network_faults() const noexcept;

  /// Grows with everything that a program tells, and with its starts and ends.
  std::uint64_t news() const noexcept;

  /// When the last fault was applied or undone, program started or ended.
  time_point last_disturbed() const noexcept;

  // Looking.

  /// Equal for two runs of one seed.
  std::uint64_t trace_hash() const noexcept;

  /// Adds a line to the trace.
  void note(std::string_view text);

  /// Seed, options, state of each program, the last `lines` of the trace: for a failed test.
  void write_report(std::ostream& out, std::size_t lines = 60) const;

  /// What happened, for transport/sim/trace_writer.hpp.
  const sim::trace& log() const noexcept;

  sim::simulation& simulation() noexcept;
  sim::fabric& network() noexcept;
  const sim::fabric& network() const noexcept;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// SIM_SEED from the environment, or else `usual`. Throws `std::invalid_argument` if it is no
/// number.
std::uint64_t seed_from_environment(std::uint64_t usual);

}  // namespace hobnob::testing
