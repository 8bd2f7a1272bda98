// What must be true of messages.

#include "actors/testing/causes.hpp"
#include "actors/testing/invariant_text.hpp"

#include <map>
#include <tuple>

namespace hobnob::testing {
namespace {

using namespace std::chrono_literals;

/// Until all know who has come or gone: the relay gathers news for up to 250 ms.
constexpr auto news_time = 3s;

/// From the end of one path to the message's coming by another one.
constexpr auto resend_time = 8s;

/// So many messages fill no queue.
constexpr std::size_t few_messages = 100;

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

/// When each message came first.
std::map<message_id, world::time_point> first_arrivals(const world& w) {
  std::map<message_id, world::time_point> result;
  const auto add = [&result](const auto& entries) {
    for (const auto& entry : entries) {
      const auto known = result.try_emplace(entry.event.id, entry.at).first;
      known->second = std::min(known->second, entry.at);
    }
  };
  for (const auto& peer : w.peers()) {
    add(peer->book().texts);
    add(peer->book().application_messages);
  }
  return result;
}

/// Whether actors of its own may have sent something as this user: no book knows of that.
bool has_own_actors(const world& w, const std::string& user) {
  return std::ranges::any_of(
      w.peers(), [&](const auto& peer) { return peer->user() == user && peer->has_own_actors(); });
}

bool says_nobody_was_reached(const std::string& code) {
  return code == "offline" || code == "unknown-user" || code == "timeout" || code == "unconfirmed";
}

bool says_a_queue_was_full(const std::string& code) {
  return code == "overflow" || code == "queue-full";
}

/// Whether the relay could have carried a message from one to the other in all this time.
bool had_a_way(const world& w, const causes& why, const sim_peer& from, const sim_peer& to,
               world::time_point given, world::time_point failed) {
  const causes::span all{given - news_time, failed};
  const bool users_there = !causes::was_away(from, all) && !causes::was_away(to, all);
  return users_there && w.relay_of(from) == w.relay_of(to) && !why.was_cut_off(from, all) &&
         !why.was_cut_off(to, all);
}

}  // namespace

violations check_deliveries(const world& w) {
  violations result;
  const auto origins = origins_of(w);
  for (const auto& peer : w.peers()) {
    std::set<std::pair<unsigned, message_id>> seen;
    for (const auto& came : arrivals_of(*peer)) {
      if (!seen.emplace(came.life, came.id).second) {
        result.push_back(peer->host() + " got " + name_of(came.id) + " from " + came.from +
                         " twice");
      }
      const auto found = origins.find(came.id);
      if (found == origins.end()) {
        if (has_own_actors(w, came.from)) continue;
        result.push_back(peer->host() + " got " + name_of(came.id) + ", which nobody sent");
        continue;
      }
      const auto& sent = found->second;
      if (sent.message->to != peer->user() || sent.sender->user() != came.from) {
        result.push_back(peer->host() + " got " + name_of(came.id) + " from " + came.from +
                         ", but " + sent.sender->user() + " sent it to " + sent.message->to);
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
  const auto came = first_arrivals(w);
  for (const auto& peer : w.peers()) {
    for (const auto& [at, life, event] : peer->book().progress) {
      if (event.state != message_state::delivered) continue;
      const auto found = came.find(event.id);
      if (found != came.end() && found->second <= at) continue;
      result.push_back(peer->host() + " was told that " + name_of(event.id) + " to " + event.to +
                       " is delivered, but it " +
                       (found == came.end() ? "never came" : "came only later"));
    }
  }
  return result;
}

violations check_progress(const world& w) {
  violations result;
  for (const auto& peer : w.peers()) {
    std::map<message_id, message_state> final;
    for (const auto& [at, life, event] : peer->book().progress) {
      if (const auto before = final.find(event.id); before != final.end()) {
        result.push_back(peer->host() + " was told that " + name_of(event.id) + " is " +
                         std::string{to_string(event.state)} + " after it was " +
                         std::string{to_string(before->second)});
      }
      if (event.state == message_state::delivered || event.state == message_state::failed) {
        final.emplace(event.id, event.state);
      }
    }
  }
  return result;
}

violations check_failures(const world& w, const invariant_limits& limits) {
  violations result;
  std::optional<causes> why;  // Few runs need it.
  for (const auto& peer : w.peers()) {
    if (only_peer_of(w, peer->user()) == nullptr) continue;
    for (const auto& [at, life, event] : peer->book().progress) {
      if (event.state != message_state::failed) continue;
      const auto& sent = peer->book().sent;
      const auto given = std::ranges::find(sent, event.id, &sent_message::id);
      const auto* receiver = only_peer_of(w, event.to);
      if (given == sent.end() || receiver == nullptr || receiver == peer.get()) continue;
      if (!why) why.emplace(w, lost_within(w, limits));
      const bool wrong = (says_a_queue_was_full(event.code) && sent.size() <= few_messages) ||
                         (says_nobody_was_reached(event.code) &&
                          had_a_way(w, *why, *peer, *receiver, given->at, at));
      if (!wrong) continue;
      result.push_back(peer->host() + " was told that " + name_of(event.id) + " to " + event.to +
                       " failed (" + event.code + "), " + seconds(at - given->at) +
                       " after sending it, though nothing stood in its way");
    }
  }
  return result;
}

violations check_waits(const world& w, const invariant_limits& limits) {
  violations result;
  std::optional<causes> why;
  const auto bound = lost_within(w, limits) + resend_time;
  for (const auto& peer : w.peers()) {
    const auto& book = peer->book();
    if (!peer->running() || only_peer_of(w, peer->user()) == nullptr ||
        book.sent.size() > few_messages)
      continue;
    for (const auto& message : book.sent) {
      if (message.life != book.life || w.now() - message.at <= bound) continue;
      const auto state = peer->outcome(message.id).state;
      if (state == message_state::delivered || state == message_state::failed) continue;
      const auto* receiver = only_peer_of(w, message.to);
      if (receiver == nullptr || receiver == peer.get()) continue;
      if (!why) why.emplace(w, lost_within(w, limits));
      if (!had_a_way(w, *why, *peer, *receiver, message.at, w.now())) continue;
      result.push_back(peer->host() + "'s " + name_of(message.id) + " to " + message.to +
                       " has waited for " + seconds(w.now() - message.at) +
                       ", though the relay could carry it");
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

}  // namespace hobnob::testing
