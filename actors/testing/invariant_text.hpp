#pragma once

#include "actors/state_names.hpp"
#include "actors/testing/invariants.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

// What the invariants share.

namespace hobnob::testing {

inline std::string seconds(std::chrono::nanoseconds span) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
  return std::to_string(ms / 1000) + '.' + std::to_string(ms / 100 % 10) + " s";
}

inline std::string listed(const std::vector<std::string>& names) {
  if (names.empty()) return "nobody";
  std::string result;
  for (const auto& name : names) result += (result.empty() ? "" : ", ") + name;
  return result;
}

inline std::string name_of(const message_id& id) {
  return "message " + hobnob::to_string(id).substr(0, 8);
}

inline void append(violations& to, violations more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

inline std::chrono::milliseconds lost_within(const world& w, const invariant_limits& limits) {
  if (limits.lost_within.count() > 0) return limits.lost_within;
  return 4 * w.options().heartbeat + std::chrono::seconds{2};
}

inline bool is_away(const sim_peer& peer) {
  const auto session = peer.book().session.state;
  return !peer.running() || session == session_state::replaced || session == session_state::refused;
}

/// The only peer of a user; null if nobody or more than one has the name.
inline const sim_peer* only_peer_of(const world& w, const std::string& user) {
  const sim_peer* result = nullptr;
  for (const auto& peer : w.peers()) {
    if (peer->user() != user) continue;
    if (result) return nullptr;
    result = peer.get();
  }
  return result;
}

}  // namespace hobnob::testing
