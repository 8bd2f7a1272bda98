#include "actors/peer/peer_hub.hpp"

#include "actors/core/path_class.hpp"

#include <algorithm>
#include <utility>

namespace hobnob {
namespace {

// How soon a change of the network is noticed while the relay still seems to be there.
constexpr std::chrono::seconds address_interval{15};

// More than a trip there and back takes.
constexpr std::chrono::milliseconds turn_of_the_other{500};

}  // namespace

bool peer_hub_state::may_dial() const {
  return config->direct == direct_mode::both || config->direct == direct_mode::dial_only;
}

bool peer_hub_state::may_accept() const {
  return config->direct == direct_mode::both || config->direct == direct_mode::accept_only;
}

void peer_hub_state::plan_dials(peer_user& user, std::chrono::milliseconds head_start) {
  if (!may_dial() || stopping || !user.online) return;
  user.dial.wait_longer(record->self().fingerprint() < user.id ? turn_of_the_other
                                                               : std::chrono::milliseconds{0});
  user.dial.restart(core::dial_candidates(*user.online, record->endpoints(), observed),
                    now() + head_start);
  to_dial.insert(user.name);
  dial_due_users();
}

void peer_hub_state::dial_due_users() {
  auto next = time_point::max();
  for (auto entry = to_dial.begin(); entry != to_dial.end() && dials.size() < config->dials_max;) {
    auto& user = users.at(*entry);
    while (dials.size() < config->dials_max) {
      const auto remote = user.dial.next(now());
      if (!remote) break;
      const auto ticket = ++last_number;
      dials.emplace(ticket, dial_in_flight{user.name, *remote, false});
      dial_order order;
      order.ticket = ticket;
      order.host = to_string(remote->address);
      order.port = remote->port;
      const bool any_port = user.from_any_port.erase(*remote) > 0;
      if (!listening.empty() && !any_port) order.local_port = listening.front().port;
      order.expected = user.id;
      environment->dial(std::move(order), caf::actor_cast<dial_client_actor>(peer_hub_actor{self}));
    }
    const auto due = user.dial.due();
    if (due) next = std::min(next, *due);
    entry = due ? std::next(entry) : to_dial.erase(entry);
  }
  // At the limit, the end of any dial calls this again.
  if (dials.size() >= config->dials_max || next == time_point::max() || next >= next_dial) return;
  next_dial = next;
  at(next, [this, next] {
    if (next_dial == next) next_dial = time_point::max();
    dial_due_users();
  });
}

// --- Changes of our own network -----------------------------------------------------------------

void peer_hub_state::watch_addresses() {
  at(now() + address_interval, [this] {
    if (stopping) return;
    look_at_addresses();
    watch_addresses();
  });
}

/// What failed from the old network may work from the new one, and links may be dead: finds out
/// without waiting for the next round or for their heartbeats.
void peer_hub_state::look_at_addresses() {
  auto present = record->endpoints();
  if (present == own_endpoints) return;
  own_endpoints = std::move(present);
  if (session) self->send(session, addresses_changed{});
  for (auto& [name, user] : users) {
    probe_links(user);
    if (!is_linked_directly(user) && user.dial.has_candidates()) plan_dials(user, {});
  }
}

// --- Dials --------------------------------------------------------------------------------------

void peer_hub_state::dial_result(const dial_finished& result) {
  auto found = dials.extract(result.ticket);
  // A dial may have been under way when a newer login of this user took its place.
  if (found.empty() || stopping || status.state == session_state::replaced) {
    if (result.connection) result.connection->close({close_reason::goodbye, "not needed any more"});
    return;
  }
  const auto& [user_name, remote, by_circuit] = found.mapped();
  auto& user = users.at(user_name);
  if (by_circuit) {
    circuit_entered(user_name, result);
  } else if (result.connection) {
    if (!is_linked_directly(user) && result.connection->info().remote == user.id) {
      add_link(result.connection, user_name);
    } else {
      result.connection->close({close_reason::goodbye, "superseded"});
      dial_ended(user_name, remote, {});
    }
  } else if (result.awaits_accept) {
    user.from_any_port.insert(remote);  // Should nothing come of it.
    dial_ended(user_name, remote, "the other side's connection is on its way");
  } else if (result.key_mismatch) {
    dial_ended(user_name, remote, "somebody else answers there");
  } else {
    dial_ended(user_name, remote, result.error.empty() ? "failed" : result.error);
  }
  dial_due_users();
}

void peer_hub_state::dial_ended(const std::string& user_name, const endpoint& remote,
                                const std::string& error) {
  auto& user = users.at(user_name);
  user.dial.finished(remote, error, now());
  if (user.dial.due()) to_dial.insert(user_name);
  if (user.relay_after && !user.dial.in_flight() && !is_linked(user)) {
    user.relay_after.reset();  // No link comes of it: do not wait any longer.
    update_route(user);
  }
  consider_circuit(user);
  dial_due_users();
}

}  // namespace hobnob
