#pragma once

#include "actors/testing/world.hpp"

#include <chrono>
#include <string>
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

  std::size_t messages_waiting_max = 5000;
};

// --- Safety ---

/// No message came twice to one life of a peer, or to somebody it was not sent to, or out of
/// nowhere.
violations check_deliveries(const world& w);

/// The messages of one life of a sender came to each life of a receiver in the order of sending.
violations check_order(const world& w);

/// A message that is said to be delivered did come.
violations check_receipts(const world& w);

/// Subscribers are told of one link per user at a time: never up twice, never down when it was not
/// up.
violations check_link_events(const world& w);

/// Nobody holds a link to a program that ended too long ago.
violations check_dead_links(const world& w, const invariant_limits& limits = {});

/// Who was replaced by a newer login has given its links up.
violations check_replaced(const world& w, const invariant_limits& limits = {});

/// All of these.
violations check_safety(const world& w, const invariant_limits& limits = {});

// --- Liveness ---

/// Everybody who runs is logged in and sees exactly the others who are.
violations check_presence(const world& w);

/// Everybody has links to exactly those whom it sees. Only where all can reach each other.
violations check_links(const world& w);

/// Every message that a peer which never ended was given has come to its end.
violations check_outcomes(const world& w);

/// No more messages wait than the outbox may hold; none, when all is quiet. Asks every peer, which
/// runs the world for a moment.
violations check_queues(world& w, const invariant_limits& limits = {});

/// Presence and outcomes; and links, if `linked`.
violations check_liveness(const world& w, bool linked = true);

/// Runs the world for `span`, checking safety again and again (each `every`) until something is
/// wrong.
violations run_checked(world& w, world::duration span,
                       world::duration every = std::chrono::seconds{1});

/// A sentence a line.
std::string to_text(const violations& all);

}  // namespace hobnob::testing
