// What must be true of links, of silence and of the dead.

#include "actors/testing/causes.hpp"
#include "actors/testing/invariant_text.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace hobnob::testing {
namespace {

using namespace std::chrono_literals;

/// What an usual network and the closing of connections may take.
constexpr auto margin = 1s;

/// Of a round trip through places that nothing has changed.
constexpr auto usual_delays = 100ms;

/// From a word of the relay to the end of a link that is tested because of it.
constexpr auto test_time = 3s;

/// What is needed to judge one silence.
struct silence {
  const sim_peer& observer;
  const sim_peer& other;
  world::time_point judged;  ///< When the observer was told.
  world::duration heartbeat;
  int intervals;    ///< Of the heartbeat, without a word.
  bool by_circuit;  ///< The link goes through the relay.
};

/// Whether packets of the two were lost, or for a circuit those of a relay.
bool lost_packets(const world& w, const causes& why, const sim_peer& one, const sim_peer& other,
                  bool by_circuit, causes::span when) {
  if (why.lost_packets(one.host(), other.host(), when)) return true;
  return by_circuit && std::ranges::any_of(w.relays(), [&](const auto& relay) {
           return why.lost_packets(relay->host(), relay->host(), when);
         });
}

/// Whether anything was between the two: for a circuit, between either and the relay.
bool was_between(const causes& why, const sim_peer& one, const sim_peer& other, bool by_circuit,
                 causes::span when) {
  if (by_circuit) return why.was_cut_off(one, when) || why.was_cut_off(other, when);
  return why.was_broken(one.host(), other.host(), when);
}

/// What is wrong with it; empty if nothing is.
std::string judge(const world& w, const causes& why, const silence& s) {
  const auto& [observer, other, judged, heartbeat, intervals, by_circuit] = s;
  const causes::span meanwhile{judged - intervals * heartbeat - margin, judged};
  // By circuit the ping comes through every place twice, and its answer, too.
  const auto round_trip = (by_circuit ? 2 : 1) * why.slowest_round_trip();
  const bool disturbed = causes::was_down(observer, meanwhile) ||
                         was_between(why, observer, other, by_circuit, meanwhile) ||
                         lost_packets(w, why, observer, other, by_circuit, meanwhile) ||
                         // The ping leaves after one interval of silence.
                         (intervals - 1) * heartbeat <= round_trip + usual_delays;
  if (disturbed) return {};
  if (!causes::was_down(other, meanwhile)) return "though nothing was between them";
  const auto silent_since = causes::down_since(other);
  if (!silent_since || *silent_since > judged || w.relays().size() != 1) return {};
  // The relay may have told something else of it, and then the link is tested at once: soon after a
  // login of either, or when the relay has noticed that it was cut off.
  const causes::span before{judged - 2 * intervals * heartbeat - margin, judged};
  const auto logins = *silent_since - test_time - margin;
  const bool simple = !why.was_cut_off(observer, before) && !why.was_cut_off(other, before) &&
                      !causes::was_away(observer, {logins, judged}) &&
                      !causes::was_away(other, {logins, *silent_since - 1ns});
  if (!simple) return {};
  // Its last word may have been an interval before.
  if (judged - *silent_since + margin >= (intervals - 1) * heartbeat) return {};
  return "only " + seconds(judged - *silent_since) + " after its last sign of life could have come";
}

/// Whether the observer could see all the time what became of the other one.
bool watched(const causes& why, const sim_peer& observer, const sim_peer& other,
             causes::span when) {
  const auto link = observer.book().open_links.find(other.user());
  const bool by_circuit =
      link != observer.book().open_links.end() && link->second.path == path_kind::circuit;
  return !causes::was_down(observer, when) && !was_between(why, observer, other, by_circuit, when);
}

/// When the link that there is now was told of.
world::time_point opened_at(const sim_peer& observer, const std::string& user) {
  world::time_point result{};
  auto before = link_state::down;
  for (const auto& [at, life, event] : observer.book().links) {
    if (event.user != user || life != observer.book().life) continue;
    if (before == link_state::down) result = at;
    before = event.state;
  }
  return result;
}

}  // namespace

violations check_link_events(const world& w) {
  violations result;
  for (const auto& peer : w.peers()) {
    std::map<std::pair<unsigned, std::string>, link_state> links;
    for (const auto& [at, life, event] : peer->book().links) {
      auto& state = links.try_emplace({life, event.user}, link_state::down).first->second;
      const bool impossible =
          event.state == state || (state == link_state::down && event.state == link_state::suspect);
      if (impossible) {
        result.push_back(peer->host() + " was told that its link to " + event.user + " is " +
                         std::string{to_string(event.state)} + " when it was " +
                         std::string{to_string(state)});
      }
      state = event.state;
    }
  }
  return result;
}

violations check_dead_links(const world& w, const invariant_limits& limits) {
  violations result;
  const auto bound = lost_within(w, limits);
  std::optional<causes> why;
  for (const auto& dead : w.peers()) {
    using enum program::state;
    if (dead->current_state() == running || dead->current_state() == paused ||
        dead->current_state() == stopping)
      continue;
    const auto namesakes = std::ranges::count_if(
        w.peers(), [&](const auto& other) { return other->user() == dead->user(); });
    if (namesakes > 1 || w.now() - dead->since() <= bound) continue;
    for (const auto& peer : w.peers()) {
      if (!peer->running() || w.now() - peer->since() <= bound) continue;
      if (!peer->is_linked(dead->user())) continue;
      // Who died before the link was told of is listened to from then on.
      if (w.now() - opened_at(*peer, dead->user()) <= bound) continue;
      // What was under way, also in a relay's buffers, is as good as a sign of life.
      if (!why) why.emplace(w, bound);
      if (why->was_narrow(peer->host(), dead->host(), {dead->since() - bound, w.now()})) continue;
      result.push_back(peer->host() + " still has a link to " + dead->user() + ", which was " +
                       std::string{to_string(dead->current_state())} + ' ' +
                       seconds(w.now() - dead->since()) + " ago");
    }
  }
  return result;
}

violations check_replaced(const world& w, const invariant_limits& limits) {
  violations result;
  for (const auto& peer : w.peers()) {
    const auto& sessions = peer->book().sessions;
    if (!peer->running() || sessions.empty() || peer->links().empty()) continue;
    if (peer->book().session.state != session_state::replaced) continue;
    const auto& last = sessions.back();
    if (w.now() - std::max(last.at, peer->since()) <= lost_within(w, limits)) continue;
    result.push_back(peer->host() + " still has links to " + listed(peer->links()) + ", " +
                     seconds(w.now() - last.at) + " after it was replaced");
  }
  return result;
}

violations check_silence(const world& w, const invariant_limits& limits) {
  violations result;
  std::optional<causes> why;
  for (const auto& peer : w.peers()) {
    for (const auto& [at, life, event] : peer->book().links) {
      const bool suspected = event.state == link_state::suspect;
      const bool lost = event.state == link_state::down && event.reason == close_reason::heartbeat;
      const auto* other = suspected || lost ? only_peer_of(w, event.user) : nullptr;
      if (other == nullptr) continue;
      if (!why) why.emplace(w, lost_within(w, limits));
      const auto heartbeat =
          std::min(peer->config().link_heartbeat, other->config().link_heartbeat);
      const auto wrong = judge(
          w, *why,
          {*peer, *other, at, heartbeat, suspected ? 2 : 3, event.path == path_kind::circuit});
      if (wrong.empty()) continue;
      result.push_back(peer->host() + "'s link to " + event.user + " was " +
                       (suspected ? "suspected" : "lost by heartbeat") + ' ' + wrong);
    }
  }
  return result;
}

violations check_deaths(const world& w, const invariant_limits& limits) {
  violations result;
  std::optional<causes> why;
  for (const auto& dead : w.peers()) {
    const auto since = causes::down_since(*dead);
    if (!since || dead->current_state() == program::state::stopping ||
        only_peer_of(w, dead->user()) == nullptr)
      continue;
    const auto silent = w.now() - *since;
    if (silent <= 2 * w.options().heartbeat + margin) continue;
    if (!why) why.emplace(w, lost_within(w, limits));
    const causes::span meanwhile{*since - margin, w.now()};
    for (const auto& peer : w.peers()) {
      if (peer == dead || !watched(*why, *peer, *dead, meanwhile)) continue;
      const auto heartbeat = peer->config().link_heartbeat;
      const auto link = peer->book().open_links.find(dead->user());
      const bool linked = link != peer->book().open_links.end();
      const auto told = ", which has been silent for " + seconds(silent);
      // Who died while the link waited to be admitted is listened to from then on.
      const auto listened =
          linked ? std::min(silent, w.now() - opened_at(*peer, dead->user())) : silent;
      if (linked && listened > 3 * heartbeat + margin) {
        result.push_back(peer->host() + " still has a link to " + dead->user() + told);
      } else if (linked && link->second.state == link_state::up &&
                 listened > 2 * heartbeat + margin) {
        result.push_back(peer->host() + " does not suspect " + dead->user() + told);
      }
      const bool told_by_relay = !why->was_cut_off(*peer, meanwhile) &&
                                 !why->was_cut_off(*dead, meanwhile) &&
                                 !causes::was_away(*peer, meanwhile);
      if (told_by_relay && peer->book().roster.contains(dead->user()) &&
          silent > 3 * w.options().heartbeat + 2 * margin) {
        result.push_back(peer->host() + " still sees " + dead->user() + told);
      }
    }
  }
  return result;
}

violations check_links(const world& w) {
  violations result;
  const auto takes_part = [](const sim_peer& peer) { return !is_away(peer) && peer.online(); };
  for (const auto& peer : w.peers()) {
    if (!takes_part(*peer)) continue;
    for (const auto& [user, link] : peer->book().open_links) {
      if (link.state == link_state::suspect) {
        result.push_back(peer->host() + " still suspects its link to " + user);
      }
      const bool is_there = std::ranges::any_of(w.peers(), [&](const auto& other) {
        return other->user() == user && takes_part(*other);
      });
      if (!is_there) result.push_back(peer->host() + " has a link to " + user + ", who is gone");
    }
    for (const auto& other : w.peers()) {
      if (other == peer || other->user() == peer->user() || !takes_part(*other)) continue;
      if (w.relay_of(*other) != w.relay_of(*peer)) continue;  // Names belong to a relay.
      // A hidden one has links only with whom it wanted to speak to.
      const bool both_shown = !peer->config().hidden && !other->config().hidden;
      if (both_shown && w.can_link(*peer, *other) && !peer->is_linked(other->user())) {
        result.push_back(peer->host() + " has no link to " + other->host());
      }
      if (peer->is_linked(other->user()) && !other->is_linked(peer->user())) {
        result.push_back(peer->host() + " has a link to " + other->host() +
                         ", which has none to it");
      }
      if (const auto count = peer->connections_with(other->id()); count > 1) {
        result.push_back(peer->host() + " has " + std::to_string(count) + " connections with " +
                         other->host());
      }
    }
  }
  return result;
}

violations pair_watch::look(const world& w, const invariant_limits& limits) {
  violations result;
  for (const auto& one : w.peers()) {
    for (const auto& other : w.peers()) {
      if (one == other) continue;
      const auto pair = std::pair{one.get(), other.get()};
      if (!one->running() || one->connections_with(other->id()) < 2) {
        since_.erase(pair);
        continue;
      }
      const auto since = since_.try_emplace(pair, w.now()).first->second;
      if (w.now() - since <= lost_within(w, limits) + hand_over) continue;
      result.push_back(one->host() + " has had more than one connection with " + other->host() +
                       " for " + seconds(w.now() - since));
    }
  }
  return result;
}

}  // namespace hobnob::testing
