#pragma once

#include "actors/testing/convergence.hpp"
#include "actors/testing/traffic.hpp"

#include <boost/json/object.hpp>
#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

namespace hobnob::testing {

/// How messages of a peer to a user travel.
struct route {
  std::string from;  ///< A peer, by its host.
  std::string to;    ///< A user.
  path_kind path = path_kind::none;
  std::string reason{};  ///< Why there is no better one; may be empty on a direct link.
};

struct message_counts {
  std::uint64_t sent = 0;
  std::uint64_t not_sent = 0;               ///< See `traffic_counts`.
  std::map<std::string, int> delivered{};   ///< By path.
  std::map<std::string, int> failed{};      ///< By code.
  std::uint64_t unsettled = 0;              ///< Neither as yet.
  std::uint64_t doubled = 0;                ///< Came once more.
  std::uint64_t delivered_but_missing = 0;  ///< Though their receiver never had them.
};

/// As their senders know it.
struct transfer_counts {
  std::uint64_t given = 0;
  std::uint64_t not_given = 0;  ///< See `traffic_counts`.

  /// Fewer than were given if a file was given again while it was on its way, or to oneself.
  std::uint64_t begun = 0;

  std::uint64_t done = 0;
  std::map<std::string, int> failed{};  ///< By code.
  std::map<std::string, int> open{};    ///< By state, and code if there is one.
};

/// What came of a run.
struct run_report {
  std::uint64_t seed = 0;
  world::duration simulated{};
  convergence team;
  std::vector<route> routes;  ///< Of each peer to every other user.
  message_counts messages;
  transfer_counts transfers;
  std::uint64_t trace_hash = 0;
};

/// Runs the world for exactly `length`. `counts` (of `topology::build`) are read afterwards.
run_report run_and_report(world& w, world::duration length, const traffic_counts& counts = {});

/// docs/simulation.md says what each key means.
boost::json::object to_json(const run_report& report);

/// The same for people.
void write_words(std::ostream& out, const run_report& report);

}  // namespace hobnob::testing
