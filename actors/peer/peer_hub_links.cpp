#include "actors/peer/peer_hub.hpp"

#include "actors/control_frame.hpp"
#include "actors/core/protocol_version.hpp"
#include "actors/peer/peer_link.hpp"
#include "actors/spawn.hpp"
#include "transport/wire/control.pb.h"

#include <spdlog/spdlog.h>
#include <algorithm>
#include <utility>

namespace hobnob {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds hold_time{5000};                 // Of a link of an unknown user.
constexpr const char* earlier_start = "earlier-start";  // The link was of one.

/// Whoever dialled dials again at once, the other a little later; and who hears that this user is
/// elsewhere now leaves the relay time to tell it so.
milliseconds redial_delay(bool dialled, const close_info& why) {
  if (why.by_remote && why.code == earlier_start) return milliseconds{10'000};
  return milliseconds{dialled ? 0 : 1000};
}

core::path_class class_of(path_kind path) {
  if (path == path_kind::circuit) return core::path_class::circuit;
  return path == path_kind::lan ? core::path_class::lan : core::path_class::wan;
}

}  // namespace

// --- On the way to a link -----------------------------------------------------------------------

void peer_hub_state::accepted(const connection_ptr& connection) {
  if (stopping || !may_accept() || status.state == session_state::replaced)
    return connection->close({close_reason::refused, "no links are taken here"});
  if (connection->info().remote == record->self().fingerprint())
    return connection->close({close_reason::refused, "a connection to itself"});
  add_link(connection, {});
}

std::uint64_t peer_hub_state::add_link(const connection_ptr& connection,
                                       const std::string& dialled_user) {
  const auto number = ++last_number;
  const auto& info = connection->info();
  peer_link_config settings;
  settings.number = number;
  settings.own = record->self().fingerprint();
  settings.expected = dialled_user.empty() ? fingerprint{} : info.remote;
  settings.setup = make_setup();
  settings.heartbeat = heartbeat();

  auto& link = links[number];
  link.dialled_user = dialled_user;
  link.connection = connection;
  link.remote = info.remote_endpoint;
  link.path = path_of(info);
  link.dialled = info.dialled;  // By both, when their dials crossed.
  link.actor = spawn(self->system(), peer_link, std::move(settings), connection,
                     peer_hub_actor{self}, store, transfers);
  environment->attach(connection, caf::actor_cast<connection_consumer_actor>(link.actor));
  return number;
}

shared_slice peer_hub_state::make_setup() {
  wire::Control message;
  auto& setup = *message.mutable_setup_p2p();
  setup.mutable_versions()->set_lowest(protocol_version);
  setup.mutable_versions()->set_highest(protocol_version);
  setup.mutable_record()->ParseFromString(record->latest());
  setup.set_session(status.session);
  const auto& relay = status.relay.octets;
  if (status.session != 0) setup.set_relay_fingerprint(relay.data(), relay.size());
  setup.set_heartbeat_ms(static_cast<std::uint32_t>(heartbeat().count()));
  setup.set_software(config->software);
  setup.set_transfers(static_cast<bool>(transfers));
  return encode_control(message);
}

std::chrono::milliseconds peer_hub_state::heartbeat() const {
  return relay_heartbeat.count() > 0 ? relay_heartbeat : config->link_heartbeat;
}

void peer_hub_state::introduced(const link_introduced& news) {
  const auto found = links.find(news.link);
  if (found == links.end()) return;
  found->second.user = news.user;
  judge(news.link, now() + hold_time);
}

void peer_hub_state::judge(std::uint64_t number, time_point hold_until) {
  const auto found = links.find(number);
  if (found == links.end()) return;
  const auto& claimed = *found->second.user;
  const auto* user = find_user(claimed.user);
  if (user && user->offered)
    return end_link(number, {close_reason::refused, "the key is not trusted", "key-changed"});
  switch (trust_in(claimed.user, claimed.id)) {
    case trust::known:
      return admit(number);
    case trust::changed:
      return end_link(number,
                      {close_reason::refused, "another key is known for this user", "key-changed"});
    case trust::unknown:
      break;
  }
  if (status.state != session_state::online || now() >= hold_until)
    return end_link(number, {close_reason::refused, "not known here", "unknown-user"});
  // It was faster than the relay's notice about it. One is asked about at once; of many who come
  // together (a relay is back, a team starts its day) most are named by the next notice anyway.
  if (strangers->take(1, now())) return ask_about_stranger(number);
  at(now() + notice_time, [this, number, hold_until] { judge(number, hold_until); });
}

void peer_hub_state::ask_about_stranger(std::uint64_t number) {
  lookup_user query;
  query.id = links.at(number).user->id;
  ask_relay(query, [this, number](const user_looked_up& answer) {
    const auto held = links.find(number);
    if (held == links.end() || !held->second.user) return;
    const auto& claimed = *held->second.user;
    if (answer.online && answer.user.user == claimed.user && answer.user.id == claimed.id) {
      user_online(answer.user, false);
      if (trust_in(claimed.user, claimed.id) == trust::known) return admit(number);
    }
    end_link(number, {close_reason::refused, "the relay does not know this user", "unknown-user"});
  });
}

void peer_hub_state::admit(std::uint64_t number) {
  auto& link = links.at(number);
  link.admitted = true;
  user_named(link.user->user).id = link.user->id;
  self->send(link.actor, admit_link{});
}

// --- Links --------------------------------------------------------------------------------------

void peer_hub_state::opened(std::uint64_t number) {
  const auto found = links.find(number);
  if (found == links.end()) return;
  auto& link = found->second;
  link.open = true;
  const auto& who = *link.user;
  apply(table->opened({number, who.id, class_of(link.path), who.epoch, who.serial}, now(),
                      listed_epoch(user_named(who.user))),
        who.user);
  if (link.path != path_kind::circuit) {
    auto& user = user_named(who.user);
    user.dial.pause();
    user.from_any_port.clear();
  }
  if (!link.dialled_user.empty() && link.path != path_kind::circuit)
    dial_ended(link.dialled_user, link.remote, {});
}

void peer_hub_state::apply(const core::link_table::verdict& verdict, const std::string& user_name) {
  for (const auto number : verdict.superseded)
    end_link(number, {close_reason::goodbye, "superseded"});
  for (const auto number : verdict.replaced) {
    const close_info why{close_reason::replaced, "the user has started again", earlier_start};
    auto& user = user_named(user_name);
    // Another program is at the other end now: for subscribers that is another link.
    if (verdict.current_replaced && user.link != link_state::down)
      tell_link(user, link_state::down, links.at(number), why);
    end_link(number, why);
  }
  if (verdict.probe) self->send(links.at(*verdict.probe).actor, probe_link{});
  if (verdict.settle_at) {
    at(*verdict.settle_at, [this, user_name] {
      if (auto* user = find_user(user_name))
        apply(table->settle(user->id, listed_epoch(*user)), user_name);
    });
  }
  if (verdict.current_changed) current_link_changed(user_named(user_name), nullptr, {});
}

void peer_hub_state::current_link_changed(peer_user& user, const peer_link_entry* last,
                                          const close_info& why) {
  if (const auto* link = current_link(user)) {
    if (link->path != path_kind::circuit) {
      user.dial.pause();
      to_dial.erase(user.name);
    }
    user.circuit.failures = 0;
    user.circuit.fault.clear();
    // Other than between direct paths, subscribers see that it is another link now.
    const bool other_kind = (user.path == path_kind::circuit) != (link->path == path_kind::circuit);
    if (user.link != link_state::down && other_kind) {
      const auto old = std::find_if(links.begin(), links.end(), [&](const auto& entry) {
        return entry.second.open && entry.second.user->id == user.id &&
               entry.second.path == user.path;
      });
      const auto& before = last ? *last : old != links.end() ? old->second : *link;
      tell_link(user, link_state::down, before, {close_reason::replaced, "another path is up"});
    }
    // It may take the place of one that was suspected.
    const auto state = link->suspect ? link_state::suspect : link_state::up;
    if (user.link == link_state::down) tell_link(user, link_state::up, *link);
    if (user.link != state) tell_link(user, state, *link);
  } else if (user.link != link_state::down && last) {
    tell_link(user, link_state::down, *last, why);
    if (user.online && !stopping && last->path != path_kind::circuit)
      plan_dials(user, redial_delay(last->dialled, why));
    if (!is_told_of(user) && session_usable() && !stopping) ask_for(user);
    consider_circuit(user);
  }
  update_route(user);
}

void peer_hub_state::suspected(const link_suspected& news) {
  const auto found = links.find(news.link);
  if (found == links.end() || !found->second.open) return;
  found->second.suspect = news.suspect;
  auto& user = user_named(found->second.user->user);
  const auto state = news.suspect ? link_state::suspect : link_state::up;
  if (table->current(user.id) == news.link && user.link != state)
    tell_link(user, state, found->second);
}

void peer_hub_state::ended(const link_ended& news) {
  auto extracted = links.extract(news.link);
  if (extracted.empty()) return;
  const auto& link = extracted.mapped();
  if (link.open) {
    if (table->ended(news.link).current_changed)
      current_link_changed(user_named(link.user->user), &link, news.why);
    auto& user = user_named(link.user->user);
    // The circuit that it was to replace is left, and no substitute for ever.
    if (link.path != path_kind::circuit && is_linked(user) && !is_linked_directly(user))
      plan_dials(user, redial_delay(false, news.why));
  } else if (!link.dialled_user.empty()) {
    came_to_nothing(link, news.why);
  }
  log_fault(link, news.why);
  if (stopping && !session && links.empty()) finish_stop();
}

void peer_hub_state::came_to_nothing(const peer_link_entry& link, const close_info& end) {
  const auto why =
      end.detail.empty() ? "closed: " + std::string{to_string(end.reason)} : end.detail;
  if (link.path != path_kind::circuit) return dial_ended(link.dialled_user, link.remote, why);
  auto& user = user_named(link.dialled_user);
  if (!is_linked(user) && user.circuit.attempt == 0) circuit_failed(user, why);
}

/// Whoever came and is not wanted, or broke the protocol. The details are ours: nothing that the
/// other side said.
void peer_hub_state::log_fault(const peer_link_entry& link, const close_info& why) {
  const bool broken = why.reason == close_reason::protocol;
  const bool refused =
      !link.open && link.dialled_user.empty() && (broken || why.reason == close_reason::refused);
  if (why.by_remote || !(refused || (link.open && broken)) || !refusals->take(1, now())) return;
  if (link.open) {
    spdlog::warn("closed the link to {}: {}", link.user->user, why.detail);
  } else {
    spdlog::warn("refused a connection from {}: {}", to_string(link.remote), why.detail);
  }
}

void peer_hub_state::end_link(std::uint64_t number, close_info why) {
  self->send(links.at(number).actor, end_session{std::move(why)});
}

void peer_hub_state::probe_links(const peer_user& user) {
  for (const auto& [number, link] : links) {
    if (link.open && link.user->id == user.id) self->send(link.actor, probe_link{});
  }
}

const peer_link_entry* peer_hub_state::current_link(const peer_user& user) const {
  const auto number = table->current(user.id);
  if (!number) return nullptr;
  const auto found = links.find(*number);
  return found == links.end() ? nullptr : &found->second;
}

void peer_hub_state::tell_link(peer_user& user, link_state state, const peer_link_entry& link,
                               const close_info& why) {
  user.link = state;
  user.path = link.path;
  tell(link_changed{user.name, user.id, state, link.path, link.remote, link.dialled, why.reason,
                    why.detail});
}

}  // namespace hobnob
