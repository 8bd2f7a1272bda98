#pragma once

#include "actors/core/inbox.hpp"
#include "actors/core/outbox.hpp"
#include "actors/testing/world.hpp"
#include "actors/transfer/kept_input.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace hobnob::testing {

/// What is always true of a team, as a library: each function looks at a world and answers the
/// sentences that tell what is wrong, empty if nothing is.
///
/// Safety must hold at any moment, whatever is broken; liveness must come to hold when nothing is
/// broken any more (`world::heal_everything`) and time has passed.
using violations = std::vector<std::string>;

/// How long a peer may not know what it cannot be told.
struct invariant_limits {
  /// From the end of a user's program to the end of every link to it and of its presence, whatever
  /// is lost on the way: three heartbeats, one more in which silence is noticed, and the closing.
  std::chrono::milliseconds lost_within{0};  ///< 0: from the heartbeats of the world.

  /// From the end of the last fault until everybody is logged in and seen, for good: a dial that
  /// was under way fails after 8 s, the next one follows after up to 30 s, a login has 8 s, and who
  /// lost its connection without noticing gives it up within three heartbeats meanwhile. Of 36,000
  /// seeds of the swarm none took more than 28 s.
  std::chrono::milliseconds presence_within{60'000};

  /// From the same moment until every message has come to its end: it fails after 30 s. None took
  /// more than 32 s.
  std::chrono::milliseconds outcomes_within{45'000};

  std::size_t messages_waiting_max = 5000;

  /// Of one connection; what comes above it closes the connection or is refused.
  std::size_t send_queue_max = 4 * 1024 * 1024;

  // What a peer may hold for one other user, and of what came for its transfers.
  core::outbox_limits outgoing{};
  core::inbox_limits incoming{};
  std::size_t input_bytes_max = kept_input_budget::bytes_max;
};

// --- Safety ---

/// No message came twice to one life of a peer, or to somebody it was not sent to, or out of
/// nowhere (which is where those of a peer's own actors seem to come from: they are not judged).
violations check_deliveries(const world& w);

/// The messages of one life of a sender came to each life of a receiver in the order of sending.
violations check_order(const world& w);

/// A message that is said to be delivered came to its receiver's subscriber before that was said.
violations check_receipts(const world& w);

/// Nothing more is told of a message that was delivered or has failed.
violations check_progress(const world& w);

/// A message fails for want of a way ("offline", "unknown-user", "timeout", "unconfirmed") only if
/// the run gave a cause: sender, receiver or relay were not there at some time between, or a fault
/// lay between one of them and the relay. And for want of room only where much was sent. A user
/// with several programs is not judged.
violations check_failures(const world& w, const invariant_limits& limits = {});

/// No message waits, whatever became of a link, for longer than its end takes to be noticed, while
/// the relay could have carried it all the time.
violations check_waits(const world& w, const invariant_limits& limits = {});

/// Subscribers are told of one link per user at a time: never up twice, never down when it was not
/// up.
violations check_link_events(const world& w);

/// Nobody holds a link to a program that ended too long ago.
violations check_dead_links(const world& w, const invariant_limits& limits = {});

/// Who was replaced by a newer login has given its links up.
violations check_replaced(const world& w, const invariant_limits& limits = {});

/// A link is suspected and lost by heartbeat only if something was between its ends or one of them
/// did not run; and, where nothing else disturbed, not earlier than the heartbeat allows.
violations check_silence(const world& w, const invariant_limits& limits = {});

/// Whoever could see all the time what became of a program that does not run any more suspects its
/// link after two heartbeats, gives it up after three, and its presence as soon as the relay has
/// said so; a second more for the network each. Where something disturbed, `check_dead_links` has
/// the wider bound.
violations check_deaths(const world& w, const invariant_limits& limits = {});

/// A peer that was online with a key keeps it, and is never told again that its name belongs to
/// another one.
violations check_keys(const world& w);

/// A relay finds, whenever it is started, every login that it ever acknowledged.
violations check_accounts(const world& w);

/// No connection, of a peer or a relay, ever had more waiting in its send queue than it may.
violations check_send_queues(const world& w, const invariant_limits& limits = {});

/// No peer holds more for another user, or of what came for its transfers, than it may.
violations check_memory(const world& w, const invariant_limits& limits = {});

/// What `sim_peer::give` gave is at its receiver, byte for byte, once either side says it is done;
/// and what has failed says why.
violations check_transfers(const world& w);

/// Of these what follows from what was told and done alone, and cannot become wrong by the passing
/// of time: need not be looked at again before `world::news` has grown.
violations check_told(const world& w, const invariant_limits& limits = {});

/// The others: what may last so long and no longer, and what nobody tells.
violations check_present(const world& w, const invariant_limits& limits = {});

/// All of these.
violations check_safety(const world& w, const invariant_limits& limits = {});

// --- Liveness ---

/// Everybody who runs is logged in and sees exactly the others who are, and suspects nobody.
/// Nothing where no relay runs.
violations check_presence(const world& w);

/// Everybody who is logged in has a link to everyone whom it can (`world::can_link`), over a single
/// connection, suspects none, and the other side knows of it.
violations check_links(const world& w);

/// Every message that a peer which never ended was given has come to its end.
violations check_outcomes(const world& w);

/// Every transfer between two who are online, and can have a link, has come to its end on both
/// sides.
violations check_transfer_ends(const world& w);

/// `check_send_queues`, and no more messages wait than the outbox may hold; none, when all is
/// quiet. Asks every peer, which runs the world for a moment.
violations check_queues(world& w, const invariant_limits& limits = {});

/// More than one connection between two peers, direct or by circuit, for longer than crossing dials
/// need to be sorted out and a dead connection to be noticed.
class pair_watch {
 public:
  violations look(const world& w, const invariant_limits& limits = {});

 private:
  /// The login of the last connection, and the delay after which one of two is chosen.
  static constexpr std::chrono::seconds hand_over{11};

  std::map<std::pair<const sim_peer*, const sim_peer*>, world::time_point> since_;
};

/// Looks at one world again and again for what `check_safety` and `pair_watch` find. What was told
/// is read again only after news: most looks are at worlds in which nothing has happened.
class safety_watch {
 public:
  violations look(const world& w, const invariant_limits& limits = {});

 private:
  pair_watch pairs_;
  std::uint64_t news_ = ~std::uint64_t{0};
};

/// Presence and outcomes; and links, if `linked`.
violations check_liveness(const world& w, bool linked = true);

/// Runs the world for `span`, checking safety again and again (each `every`) until something is
/// wrong.
violations run_checked(world& w, world::duration span,
                       world::duration every = std::chrono::seconds{1});

/// The same, in parts that belong together.
violations run_checked(world& w, safety_watch& watch, world::duration span,
                       world::duration every = std::chrono::seconds{1});

/// A sentence a line.
std::string to_text(const violations& all);

}  // namespace hobnob::testing
