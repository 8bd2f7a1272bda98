#include "actors/testing/invariants.hpp"

#include "actors/testing/invariant_text.hpp"
#include "actors/testing/memory_use.hpp"

#include <utility>

namespace hobnob::testing {
namespace {

std::set<std::string> present_users(const world& w, const sim_relay* at) {
  std::set<std::string> result;
  for (const auto& peer : w.peers()) {
    if (!is_away(*peer) && !peer->config().hidden && w.relay_of(*peer) == at)
      result.insert(peer->user());
  }
  return result;
}

std::vector<std::string> without(const std::set<std::string>& users, const std::string& self) {
  std::vector<std::string> result;
  std::ranges::copy_if(users, std::back_inserter(result),
                       [&](const auto& user) { return user != self; });
  return result;
}

bool its_relay_runs(const world& w, const sim_peer& peer) {
  const auto* relay = w.relay_of(peer);
  return relay != nullptr && relay->running();
}

}  // namespace

violations check_told(const world& w, const invariant_limits& limits) {
  violations result = check_deliveries(w);
  append(result, check_order(w));
  append(result, check_receipts(w));
  append(result, check_progress(w));
  append(result, check_failures(w, limits));
  append(result, check_link_events(w));
  append(result, check_silence(w, limits));
  append(result, check_keys(w));
  append(result, check_accounts(w));
  append(result, check_transfers(w));
  return result;
}

violations check_present(const world& w, const invariant_limits& limits) {
  violations result = check_dead_links(w, limits);
  append(result, check_replaced(w, limits));
  append(result, check_deaths(w, limits));
  append(result, check_waits(w, limits));
  append(result, check_send_queues(w, limits));
  append(result, check_memory(w, limits));
  return result;
}

violations check_safety(const world& w, const invariant_limits& limits) {
  violations result = check_told(w, limits);
  append(result, check_present(w, limits));
  return result;
}

violations safety_watch::look(const world& w, const invariant_limits& limits) {
  violations result;
  if (std::exchange(news_, w.news()) != w.news()) result = check_told(w, limits);
  append(result, check_present(w, limits));
  append(result, pairs_.look(w, limits));
  return result;
}

violations check_presence(const world& w) {
  violations result;
  for (const auto& peer : w.peers()) {
    if (is_away(*peer)) continue;
    if (!its_relay_runs(w, *peer)) continue;  // Nobody can know.
    if (!peer->online()) {
      result.push_back(peer->host() + " is not logged in: " + to_text(peer->book().session));
      continue;
    }
    const auto shown = peer->config().hidden ? std::set<std::string>{}  // It is told of nobody.
                                             : present_users(w, w.relay_of(*peer));
    const auto expected = without(shown, peer->user());
    if (peer->roster() != expected) {
      result.push_back(peer->host() + " sees " + listed(peer->roster()) + " instead of " +
                       listed(expected));
    }
    for (const auto& [user, news] : peer->book().roster) {
      if (news.state != presence::suspect) continue;
      result.push_back(peer->host() + " still suspects " + user);
    }
  }
  return result;
}

violations check_send_queues(const world& w, const invariant_limits& limits) {
  violations result;
  const auto look = [&](const program& each) {
    if (each.send_queue_max() <= limits.send_queue_max) return;
    result.push_back(each.host() + " had " + std::to_string(each.send_queue_max()) +
                     " bytes in the send queue of one connection");
  };
  for (const auto& peer : w.peers()) look(*peer);
  for (const auto& relay : w.relays()) look(*relay);
  return result;
}

violations check_memory(const world& w, const invariant_limits& limits) {
  violations result;
  for (const auto& peer : w.peers()) {
    if (!peer->running()) continue;
    const auto used = memory_of(*peer->facade());
    const auto look = [&](std::size_t held, std::size_t most, const char* what) {
      if (held > most)
        result.push_back(peer->host() + " holds " + std::to_string(held) + ' ' + what);
    };
    look(used.outbox_messages, limits.outgoing.queued_messages_max, "messages to one user");
    look(used.outbox_bytes, limits.outgoing.queued_bytes_max, "bytes of messages to one user");
    look(used.held_messages, limits.incoming.held_messages_max, "messages of one user for order");
    look(used.held_bytes, limits.incoming.held_bytes_max, "bytes of one user for order");
    look(used.unfinished_messages, limits.incoming.parts.messages_max, "unfinished messages");
    look(used.unfinished_bytes, limits.incoming.parts.bytes_max, "bytes of unfinished messages");
    look(used.input_bytes, limits.input_bytes_max, "bytes that came for its transfers");
  }
  return result;
}

violations check_queues(world& w, const invariant_limits& limits) {
  violations result = check_send_queues(w, limits);
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
  append(result, check_transfer_ends(w));
  if (linked) append(result, check_links(w));
  return result;
}

violations run_checked(world& w, safety_watch& watch, world::duration span, world::duration every) {
  const auto end = w.now() + span;
  while (w.now() < end) {
    w.run_for(std::min<world::duration>(every, end - w.now()));
    auto wrong = watch.look(w);
    if (!wrong.empty()) return wrong;
  }
  return {};
}

violations run_checked(world& w, world::duration span, world::duration every) {
  safety_watch watch;
  return run_checked(w, watch, span, every);
}

std::string to_text(const violations& all) {
  std::string result;
  for (const auto& sentence : all) result += sentence + '\n';
  return result;
}

}  // namespace hobnob::testing
