#include "actors/testing/invariants.hpp"

#include "actors/state_names.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace hobnob::testing {
namespace {

std::string seconds(std::chrono::nanoseconds span) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
  return std::to_string(ms / 1000) + '.' + std::to_string(ms / 100 % 10) + " s";
}

std::string listed(const std::vector<std::string>& names) {
  if (names.empty()) return "nobody";
  std::string result;
  for (const auto& name : names) result += (result.empty() ? "" : ", ") + name;
  return result;
}

/// Where a message came from, and which one of its sender's it was.
struct origin {
  const sim_peer* sender = nullptr;
  const sent_message* message = nullptr;
  std::size_t number = 0;  // Among those of its sender.
};

std::map<message_id, origin> origins_of(const world& w) {
  std::map<message_id, origin> result;
  for (const auto& peer : w.peers()) {
    std::size_t number = 0;
    for (const auto& message : peer->book().sent) {
      result.emplace(message.id, origin{peer.get(), &message, ++number});
    }
  }
  return result;
}

/// A message as it came: of a text or of an application.
struct arrival {
  unsigned life = 0;
  message_id id{};
  std::string from;
};

std::vector<arrival> arrivals_of(const sim_peer& peer) {
  std::vector<arrival> result;
  for (const auto& entry : peer.book().texts) {
    result.push_back({entry.life, entry.event.id, entry.event.from});
  }
  for (const auto& entry : peer.book().application_messages) {
    result.push_back({entry.life, entry.event.id, entry.event.from});
  }
  return result;
}

std::string name_of(const message_id& id) {
  return "message " + hobnob::to_string(id).substr(0, 8);
}

void append(violations& to, violations more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

std::chrono::milliseconds lost_within(const world& w, const invariant_limits& limits) {
  if (limits.lost_within.count() > 0) return limits.lost_within;
  return 4 * w.options().heartbeat + std::chrono::seconds{2};
}

bool is_away(const sim_peer& peer) {
  const auto session = peer.book().session.state;
  return !peer.running() || session == session_state::replaced || session == session_state::refused;
}

std::set<std::string> present_users(const world& w) {
  std::set<std::string> result;
  for (const auto& peer : w.peers()) {
    if (!is_away(*peer) && !peer->config().hidden) result.insert(peer->user());
  }
  return result;
}

std::vector<std::string> without(const std::set<std::string>& users, const std::string& self) {
  std::vector<std::string> result;
  std::ranges::copy_if(users, std::back_inserter(result),
                       [&](const auto& user) { return user != self; });
  return result;
}

}  // namespace

violations check_deliveries(const world& w) {
  violations result;
  const auto origins = origins_of(w);
  for (const auto& peer : w.peers()) {
    std::set<std::pair<unsigned, message_id>> seen;
    for (const auto& came : arrivals_of(*peer)) {
      const auto found = origins.find(came.id);
      if (found == origins.end()) {
        result.push_back(peer->host() + " got " + name_of(came.id) + ", which nobody sent");
        continue;
      }
      const auto& sent = found->second;
      if (sent.message->to != peer->user() || sent.sender->user() != came.from) {
        result.push_back(peer->host() + " got " + name_of(came.id) + " from " + came.from +
                         ", but " + sent.sender->user() + " sent it to " + sent.message->to);
      }
      if (!seen.emplace(came.life, came.id).second) {
        result.push_back(peer->host() + " got " + name_of(came.id) + " from " + came.from +
                         " twice");
      }
    }
  }
  return result;
}

violations check_order(const world& w) {
  violations result;
  const auto origins = origins_of(w);
  for (const auto& peer : w.peers()) {
    // By life of the receiver, sender, its life and channel: the number of the last one.
    std::map<std::tuple<unsigned, const sim_peer*, unsigned, std::string>, std::size_t> last;
    for (const auto& came : arrivals_of(*peer)) {
      const auto found = origins.find(came.id);
      if (found == origins.end()) continue;
      const auto& [sender, message, number] = found->second;
      auto& before = last[{came.life, sender, message->life, message->channel}];
      if (number < before) {
        result.push_back(peer->host() + " got " + name_of(came.id) + " of " + sender->host() +
                         " after one that was sent later");
      }
      before = std::max(before, number);
    }
  }
  return result;
}

violations check_receipts(const world& w) {
  violations result;
  std::set<message_id> came;
  for (const auto& peer : w.peers()) {
    for (const auto& arrived : arrivals_of(*peer)) came.insert(arrived.id);
  }
  for (const auto& peer : w.peers()) {
    for (const auto& [id, outcome] : peer->book().outcomes) {
      if (outcome.state != message_state::delivered || came.contains(id)) continue;
      result.push_back(peer->host() + " was told that " + name_of(id) + " to " + outcome.to +
                       " is delivered, but it never came");
    }
  }
  return result;
}

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
  for (const auto& dead : w.peers()) {
    using enum program::state;
    if (dead->now() == running || dead->now() == paused || dead->now() == stopping) continue;
    const auto namesakes = std::ranges::count_if(
        w.peers(), [&](const auto& other) { return other->user() == dead->user(); });
    if (namesakes > 1 || w.now() - dead->since() <= bound) continue;
    for (const auto& peer : w.peers()) {
      if (!peer->running() || w.now() - peer->since() <= bound) continue;
      if (!peer->is_linked(dead->user())) continue;
      result.push_back(peer->host() + " still has a link to " + dead->user() + ", which was " +
                       std::string{to_string(dead->now())} + ' ' +
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

violations check_safety(const world& w, const invariant_limits& limits) {
  violations result = check_deliveries(w);
  append(result, check_order(w));
  append(result, check_receipts(w));
  append(result, check_link_events(w));
  append(result, check_dead_links(w, limits));
  append(result, check_replaced(w, limits));
  return result;
}

violations check_presence(const world& w) {
  violations result;
  const auto present = present_users(w);
  for (const auto& peer : w.peers()) {
    if (is_away(*peer) || peer->config().hidden) continue;
    if (!peer->online()) {
      result.push_back(peer->host() + " is not logged in: " + to_text(peer->book().session));
      continue;
    }
    const auto expected = without(present, peer->user());
    if (peer->roster() != expected) {
      result.push_back(peer->host() + " sees " + listed(peer->roster()) + " instead of " +
                       listed(expected));
    }
  }
  return result;
}

violations check_links(const world& w) {
  violations result;
  const auto present = present_users(w);
  for (const auto& peer : w.peers()) {
    if (is_away(*peer) || peer->config().hidden) continue;
    const auto expected = without(present, peer->user());
    if (peer->links() != expected) {
      result.push_back(peer->host() + " has links to " + listed(peer->links()) + " instead of " +
                       listed(expected));
    }
  }
  return result;
}

violations check_outcomes(const world& w) {
  violations result;
  for (const auto& peer : w.peers()) {
    const auto& book = peer->book();
    if (!peer->running()) continue;
    for (const auto& message : book.sent) {
      if (message.life != book.life) continue;
      const auto state = peer->outcome(message.id).state;
      if (state == message_state::delivered || state == message_state::failed) continue;
      result.push_back(peer->host() + " never heard what became of " + name_of(message.id) +
                       " to " + message.to + ", " + seconds(w.now() - message.at) +
                       " after sending it");
    }
  }
  return result;
}

violations check_queues(world& w, const invariant_limits& limits) {
  violations result;
  for (const auto& peer : w.peers()) {
    if (!peer->running()) continue;
    const auto status = peer->ask<peer_status>(get_status{});
    if (!status) {
      result.push_back(peer->host() + " does not answer");
    } else if (status->messages_waiting > limits.messages_waiting_max) {
      result.push_back(peer->host() + " holds " + std::to_string(status->messages_waiting) +
                       " messages back");
    }
  }
  return result;
}

violations check_liveness(const world& w, bool linked) {
  violations result = check_presence(w);
  append(result, check_outcomes(w));
  if (linked) append(result, check_links(w));
  return result;
}

violations run_checked(world& w, world::duration span, world::duration every) {
  const auto end = w.now() + span;
  while (w.now() < end) {
    w.run_for(std::min<world::duration>(every, end - w.now()));
    if (auto wrong = check_safety(w); !wrong.empty()) return wrong;
  }
  return {};
}

std::string to_text(const violations& all) {
  std::string result;
  for (const auto& sentence : all) result += sentence + '\n';
  return result;
}

}  // namespace hobnob::testing
