#include "actors/peer/peer_link.hpp"

#include "actors/control_frame.hpp"
#include "actors/core/path_class.hpp"
#include "actors/core/protocol_version.hpp"
#include "actors/heartbeat_monitor.hpp"
#include "actors/peer/wire_users.hpp"
#include "actors/spawn.hpp"
#include "transport/timed_ping.hpp"
#include "transport/wire/control.pb.h"

#include <utility>

namespace hobnob {
namespace {

// Tokens of `deadline_passed`; pings follow from `first_ping_token` on.
constexpr std::uint64_t setup_token = 1;
constexpr std::uint64_t probe_token = 2;
constexpr std::uint64_t first_ping_token = 16;

}  // namespace

path_kind path_of(const connection_info& info) {
  if (info.by_circuit) return path_kind::circuit;
  return core::classify(info.remote_endpoint) == core::path_class::lan ? path_kind::lan
                                                                       : path_kind::wan;
}

peer_link_actor::behavior_type peer_link_state::make_behavior(peer_link_config settings,
                                                              connection_ptr conn,
                                                              peer_hub_actor owner,
                                                              message_store_actor messages,
                                                              link_transfers_actor files) {
  config = std::move(settings);
  connection = std::move(conn);
  hub = std::move(owner);
  store = std::move(messages);
  transfers = std::move(files);
  path = path_of(connection->info());
  wake_in(config.setup_timeout, setup_token);
  const auto& info = connection->info();
  is_tls_client = info.dialled && (!info.crossed || config.own > info.remote);
  if (is_tls_client) send_setup();
  // CAF tries them in this order: first what comes often.
  return {[this](const connection_frames& frames) { take(frames); },
          [this](connection_drained) {
            self->send(store, carrier_blocked{user.id, config.number, false});
            if (transfers) self->send(transfers, link_drained{config.number});
          },
          [this](const connection_closed& closed) { ended(closed.why); },
          [this](const silence_suspected& s) {
            self->send(hub, link_suspected{config.number, s.suspect});
          },
          [this](silence_lost) {
            close({close_reason::heartbeat, "nothing was heard for three heartbeats"});
          },
          [this](admit_link) { admit(); },
          [this](const probe_link& order) { probe(order.timeout); },
          [this](const ping_user&) { return ping(); },
          [this](const deadline_passed& d) { woken(d.token); },
          [this](const end_session& order) { close(order.why); }};
}

// --- Introduction ---

void peer_link_state::send_setup() {
  setup_sent = true;
  connection->send(
      outgoing_frame{frame_type::control, frame_priority::interactive, {}, config.setup});
}

void peer_link_state::take_setup(const wire::SetupP2P& setup) {
  const auto& info = connection->info();
  if (now_in != phase::introducing) return close({close_reason::protocol, "SetupP2P came twice"});
  if (setup.versions().lowest() > protocol_version || setup.versions().highest() < protocol_version)
    return close({close_reason::refused, "no common protocol version", "version"});
  auto introduced = read_user(setup.record(), setup.session());
  if (!introduced) return close({close_reason::protocol, "the record does not check"});
  if (introduced->id != info.remote)
    return close(
        {close_reason::refused, "the record is of another key than the connection", "key"});
  user = *std::move(introduced);
  with_transfers = transfers && setup.transfers();
  now_in = phase::introduced;
  self->send(hub, link_introduced{config.number, user});
}

void peer_link_state::admit() {
  if (now_in != phase::introduced) return;
  now_in = phase::open;
  connection->set_authenticated();
  if (!setup_sent) send_setup();
  monitor = spawn(self->system(), heartbeat_monitor, connection,
                  heartbeat_config{.interval = config.heartbeat,
                                   .turn = is_tls_client ? core::heartbeat::turn::first
                                                         : core::heartbeat::turn::second},
                  caf::actor_cast<heartbeat_owner_actor>(peer_link_actor{self}));
  const link_ready ready{config.number, user.id,        user.user,  path,
                         connection,    with_transfers, user.epoch, user.serial};
  self->send(store, ready);
  if (transfers) self->send(transfers, ready);
  self->send(hub, link_opened{config.number});
  for (auto& content : std::exchange(early, {})) hand_on(std::move(content));
}

// --- Frames ---

void peer_link_state::take(const connection_frames& frames) {
  content found{frames.batch};
  for (const auto& entry : frames.batch->entries()) {
    if (now_in == phase::closing || !take_frame(*frames.batch, entry, found)) return;
  }
  if (now_in == phase::introduced && (found.messages || found.transfer_bytes > 0))
    return early.push_back(std::move(found));
  hand_on(std::move(found));
}

/// What is the store's it acknowledges when it has dealt with it, all other frames of that read
/// (our own among them) but the transfers' included.
void peer_link_state::hand_on(content found) {
  const auto rest = found.batch->wire_size() - found.transfer_bytes;
  if (const auto dealt_with = found.transfer_bytes + (found.messages ? 0 : rest); dealt_with > 0)
    connection->acknowledge(dealt_with);
  if (found.transfer_bytes > 0) self->send(transfers, link_frames{config.number, found.batch, 0});
  if (found.messages) self->send(store, link_frames{config.number, std::move(found.batch), rest});
}

bool peer_link_state::take_frame(const frame_batch& batch, const frame_batch::entry& entry,
                                 content& found) {
  switch (entry.type) {
    case frame_type::control: {
      wire::Control message;
      if (!decode_control(batch.view(entry), message) || !message.has_setup_p2p()) break;
      take_setup(message.setup_p2p());
      return now_in != phase::closing;
    }
    case frame_type::ping:
      connection->send(
          outgoing_frame{frame_type::pong, frame_priority::urgent, batch.view(entry), {}});
      return true;
    case frame_type::pong:
      take_pong(batch.view(entry));
      return true;
    case frame_type::message:
    case frame_type::receipt:
      if (now_in == phase::introducing) break;
      found.messages = true;
      return true;
    case frame_type::transfer:
    case frame_type::blocks:
      if (!with_transfers) break;  // So it is not before the introduction.
      found.transfer_bytes += frame_header_size + entry.size;
      return true;
    default:
      break;
  }
  close({close_reason::protocol, "a frame that may not come now"});
  return false;
}

void peer_link_state::take_pong(byte_view payload) {
  const auto now = self->clock().now();
  const auto took = pings.returned(round_trips::decode(payload), now);
  if (took) connection->note_round_trip(*took);
}

// --- Signs of life ---

void peer_link_state::probe(std::chrono::milliseconds timeout) {
  if (now_in != phase::open) return;
  probed_at = self->clock().now();
  probe_due = probed_at + timeout;
  connection->send(
      outgoing_frame{frame_type::ping, frame_priority::urgent, timed_ping(probed_at), {}});
  wake_in(timeout, probe_token);
}

round_trips::promise peer_link_state::ping() {
  auto answer = self->make_response_promise<ping_result>();
  ping_result result;
  result.user = user.user;
  result.path = path;
  result.remote = connection->info().remote_endpoint;
  const auto token = pings.begin(answer, std::move(result), self->clock().now());
  connection->send(
      outgoing_frame{frame_type::ping, frame_priority::urgent, round_trips::encode(token), {}});
  wake_in(round_trips::timeout, first_ping_token + token);
  return answer;
}

void peer_link_state::wake_in(std::chrono::milliseconds time, std::uint64_t token) {
  self->delayed_send(self, time, deadline_passed{token});
}

void peer_link_state::woken(std::uint64_t token) {
  if (token == setup_token) {
    if (now_in != phase::open) close({close_reason::refused, "the introduction took too long"});
  } else if (token == probe_token) {
    // A later probe has its own time.
    if (self->clock().now() >= probe_due && connection->last_received() < probed_at)
      close({close_reason::heartbeat, "no answer to a probe"});
  } else {
    pings.expired(token - first_ping_token);
  }
}

// --- The end ---

void peer_link_state::close(close_info why) {
  if (now_in == phase::closing) return;
  now_in = phase::closing;
  end = why;
  connection->close(std::move(why));
}

void peer_link_state::ended(const close_info& why) {
  pings.abandon();
  // What the other side said is the better reason, unless we had decided to end it ourselves.
  self->send(hub, link_ended{config.number, now_in == phase::closing ? end : why});
  self->send(store, link_gone{config.number});
  if (transfers) self->send(transfers, link_gone{config.number});
  if (monitor) self->send_exit(monitor, caf::exit_reason::user_shutdown);
  self->quit();
}

peer_link_actor::behavior_type peer_link(peer_link_actor::stateful_pointer<peer_link_state> self,
                                         peer_link_config config, connection_ptr connection,
                                         peer_hub_actor hub, message_store_actor store,
                                         link_transfers_actor transfers) {
  return self->state.make_behavior(std::move(config), std::move(connection), std::move(hub),
                                   std::move(store), std::move(transfers));
}

}  // namespace hobnob
