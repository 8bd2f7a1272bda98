#pragma once

#include "actors/control_frame.hpp"
#include "actors/peer/envelope.hpp"
#include "actors/peer/message_frames.hpp"
#include "actors/peer/peer_hub.hpp"
#include "actors/signed_record.hpp"
#include "tests/actors/core/message_for_test.hpp"
#include "tests/actors/fake_connection.hpp"
#include "tests/actors/test_actors.hpp"
#include "transport/wire/control.pb.h"
#include "transport/wire/hot_frames.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hobnob::test {

/// What the peer's message store, its transfers and its subscriber were told.
struct told {
  std::vector<route_changed> routes;
  std::vector<send_text> texts;
  std::vector<session_changed> sessions;
  std::vector<presence_changed> presences;
  std::vector<link_changed> links;
  std::vector<message_progress> progress;
  std::vector<link_ready> store_links;
  std::vector<link_frames> store_frames;
  std::vector<frames_arrived> store_envelopes;  // By the relay.
  std::vector<carrier_blocked> blocked;
  std::vector<link_ready> transfer_links;
  std::vector<link_frames> transfer_frames;
  std::vector<std::uint64_t> transfers_drained;  // Links.
  std::vector<std::uint64_t> transfers_gone;
  bool settled = false;  // The store, before the end.
  bool stopped = false;
  std::uint32_t messages_in_store = 0;  // What the store answers.
};
using told_ptr = std::shared_ptr<told>;

inline message_store_actor::behavior_type fake_store(message_store_actor::pointer, told_ptr log) {
  return {[](const send_text&) {},
          [](const send_application_message&) {},
          [](const add_subscriber&) {},
          [](get_users) { return user_list{}; },
          [](get_status) { return peer_status{}; },
          [](const ping_user&) { return ping_result{}; },
          [](const verify_user&) { return verify_result{}; },
          [](const want_link&) {},
          [](stop_peer) {},
          [](const serve_hub&) {},
          [log](const keep_message& e) {
            if (const auto* text = std::get_if<send_text>(&e.message)) log->texts.push_back(*text);
          },
          [](const message_dropped&) {},
          [log](const route_changed& e) { log->routes.push_back(e); },
          [log](const carrier_blocked& e) { log->blocked.push_back(e); },
          [log](const link_ready& e) { log->store_links.push_back(e); },
          [log](const link_frames& e) { log->store_frames.push_back(e); },
          [](const link_gone&) {},
          [log](const frames_arrived& e) { log->store_envelopes.push_back(e); },
          [](const messages_refused&) {},
          [](const tell_subscriber&) {},
          [log](count_messages) { return message_count{log->messages_in_store}; },
          [log](settle_messages) {
            log->settled = true;
            return message_count{};
          },
          [](const deadline_passed&) {}};
}

inline link_transfers_actor::behavior_type fake_transfers(link_transfers_actor::pointer,
                                                          told_ptr log) {
  return {[log](const link_ready& e) { log->transfer_links.push_back(e); },
          [log](const link_frames& e) { log->transfer_frames.push_back(e); },
          [log](const link_drained& e) { log->transfers_drained.push_back(e.link); },
          [log](const link_gone& e) { log->transfers_gone.push_back(e.link); }};
}

inline peer_subscriber_actor::behavior_type fake_subscriber(peer_subscriber_actor::pointer,
                                                            told_ptr log) {
  return {[log](const session_changed& e) { log->sessions.push_back(e); },
          [log](const presence_changed& e) { log->presences.push_back(e); },
          [log](const link_changed& e) { log->links.push_back(e); },
          [](const text_received&) {},
          [](const application_message_received&) {},
          [log](const message_progress& e) { log->progress.push_back(e); },
          [log](const peer_stopped&) { log->stopped = true; }};
}

inline identity identity_of(std::string_view name) {
  identity::seed seed{};
  std::copy(name.begin(), name.end(), seed.begin());
  return identity::from_seed(seed);
}

/// The peer "ann" with its real inner actors, in virtual time; the test plays the network, the
/// relay and the other users.
class lone_peer : public actors_test {
 protected:
  struct dial {
    dial_order order;
    dial_client_actor client;
  };
  struct attachment {
    connection_handle* connection;
    connection_consumer_actor consumer;
  };

  explicit lone_peer(peer_config config = {}, bool with_transfers = false) {
    config.user = "ann";
    if (!config.relay) config.relay = core::relay_uri{"relay.test", 7440, {}};
    auto environment = std::make_shared<peer_environment>();
    environment->dial = [this](dial_order order, dial_client_actor client) {
      dials.push_back({std::move(order), std::move(client)});
    };
    environment->attach = [this](const connection_ptr& c, connection_consumer_actor consumer) {
      attachments.push_back({c.get(), std::move(consumer)});
    };
    environment->random = [](std::span<std::byte> out) {
      std::fill(out.begin(), out.end(), std::byte{1});
    };
    environment->wall_ms = [this] { return now().time_since_epoch().count() / 1'000'000; };
    environment->interface_addresses = [this] { return own_addresses; };
    own_record record{own, "ann", box_key_pair{own}, 1, environment};
    hub = spawn(system(), peer_hub, config, std::move(record), peer_environment_ptr{environment},
                spawn(system(), fake_store, log),
                with_transfers ? spawn(system(), fake_transfers, log) : link_transfers_actor{});
    caf::anon_send(hub, add_subscriber{spawn(system(), fake_subscriber, log)});
    caf::anon_send(hub, start_peer{{{ip_address::v4({0, 0, 0, 0}), 5000}}});
    run();
  }

  // --- The network ---

  static endpoint address_of(std::uint8_t host) { return {ip_address::v4({10, 0, 0, host}), 5000}; }

  std::shared_ptr<fake_connection> make_connection(const identity& remote, std::uint8_t host,
                                                   bool dialled) {
    connection_info info;
    info.remote = remote.fingerprint();
    info.remote_key = remote.key();
    info.remote_endpoint = address_of(host);
    info.dialled = dialled;
    auto connection = std::make_shared<fake_connection>(info);
    connection->heard = now();
    return connection;
  }

  void answer_dial(const dial& which, connection_ptr connection, std::string error = {}) {
    dial_finished result;
    result.ticket = which.order.ticket;
    result.connection = std::move(connection);
    result.error = std::move(error);
    caf::anon_send(which.client, result);
    run();
  }

  connection_consumer_actor consumer_of(const std::shared_ptr<fake_connection>& connection) {
    for (const auto& entry : attachments) {
      if (entry.connection == connection.get()) return entry.consumer;
    }
    return {};
  }

  void receive(const std::shared_ptr<fake_connection>& connection, const wire::Control& message) {
    const auto payload = encode_control(message);
    const auto view = payload.view();
    caf::anon_send(
        consumer_of(connection),
        connection_frames{make_batch({{frame_type::control, bytes(view.begin(), view.end())}})});
    run();
  }

  void end(const std::shared_ptr<fake_connection>& connection, close_info why) {
    caf::anon_send(consumer_of(connection), connection_closed{std::move(why)});
    run();
  }

  /// The last control message sent on a connection.
  static wire::Control last_sent(const fake_connection& connection) {
    wire::Control message;
    for (const auto& sent : connection.sent) {
      if (sent.type == frame_type::control) decode_control(sent.payload, message);
    }
    return message;
  }

  // --- The relay ---

  void log_in(session_id session = 1, std::uint32_t heartbeat_ms = 1'000'000) {
    relay = make_connection(identity_of("relay"), 9, true);
    answer_dial(dials.back(), relay);
    wire::Control ok;
    auto& login = *ok.mutable_login_ok();
    login.set_version(1);
    login.set_session(session);
    login.set_heartbeat_ms(heartbeat_ms);
    login.set_observed_endpoint("10.0.0.1:5000");
    receive(relay, ok);
  }

  static wire::SignedRecord record_of(const std::string& user, std::uint8_t host,
                                      std::uint64_t epoch = 1) {
    directory_record record;
    record.user = user;
    record.box_key = box_key_pair{identity_of(user)}.public_key();
    record.endpoints = {address_of(host)};
    record.serial = epoch;
    record.epoch = epoch;
    wire::SignedRecord result;
    sign_record(identity_of(user), record, result);
    return result;
  }

  static void add_user(wire::DirectoryChange& change, const std::string& user, std::uint8_t host) {
    auto& entry = *change.add_joined();
    entry.set_session(host);
    *entry.mutable_record() = record_of(user, host);
    entry.set_observed_endpoint(to_string(address_of(host)));
  }

  void tell_snapshot(const std::vector<std::pair<std::string, std::uint8_t>>& users) {
    wire::Control message;
    auto& change = *message.mutable_directory_change();
    change.set_snapshot(true);
    change.set_snapshot_end(true);
    for (const auto& [user, host] : users) add_user(change, user, host);
    receive(relay, message);
  }

  void tell_joined(const std::string& user, std::uint8_t host) {
    wire::Control message;
    add_user(*message.mutable_directory_change(), user, host);
    receive(relay, message);
  }

  void tell_left(std::uint8_t host, close_reason reason) {
    wire::Control message;
    auto& left = *message.mutable_directory_change()->add_left();
    left.set_session(host);
    left.set_reason(static_cast<std::uint32_t>(reason));
    receive(relay, message);
  }

  /// What the relay answers to a lookup; without a user there is none.
  void answer_lookup(const wire::Lookup& asked, const std::string& user = {},
                     session_id its_session = 0) {
    wire::Control message;
    auto& result = *message.mutable_lookup_result();
    result.set_query(asked.query());
    if (!user.empty()) {
      auto& entry = *result.mutable_entry();
      entry.set_session(its_session);
      *entry.mutable_record() = record_of(user, 2);
    }
    receive(relay, message);
  }

  /// What the relay was asked so far.
  std::vector<wire::Lookup> lookups() const {
    std::vector<wire::Lookup> result;
    for (const auto& sent : relay->sent) {
      wire::Control message;
      if (sent.type == frame_type::control && decode_control(sent.payload, message) &&
          message.has_lookup())
        result.push_back(message.lookup());
    }
    return result;
  }

  /// An envelope by the relay from a session of its; `number` is its tag and that of the text.
  void receive_text(const identity& signer, session_id from, std::uint64_t number) {
    const std::vector<core::message> texts{core::message_for_test(number, "hello")};
    const auto sealed =
        seal_envelope(signer, {own.fingerprint(), box_key_pair{own}.public_key(), 1},
                      pack_messages(texts).front().body);
    receive_envelope(from, number, sealed);
  }

  void receive_envelope(session_id from, std::uint64_t tag, byte_view sealed) {
    std::array<std::byte, wire::envelope_header::size> head{};
    wire::envelope_header{from, tag}.encode(head);
    bytes payload(head.begin(), head.end());
    payload.insert(payload.end(), sealed.begin(), sealed.end());
    caf::anon_send(
        consumer_of(relay),
        connection_frames{make_batch({{frame_type::envelope_from, std::move(payload)}})});
    run();
  }

  // --- Other users ---

  void introduce(const std::shared_ptr<fake_connection>& connection, const std::string& user,
                 std::uint8_t host, bool with_transfers = false) {
    wire::Control message;
    auto& setup = *message.mutable_setup_p2p();
    setup.mutable_versions()->set_lowest(1);
    setup.mutable_versions()->set_highest(1);
    *setup.mutable_record() = record_of(user, host);
    setup.set_session(host);
    setup.set_transfers(with_transfers);
    receive(connection, message);
  }

  std::shared_ptr<fake_connection> accept_from(const std::string& user, std::uint8_t host,
                                               bool with_transfers = false) {
    auto connection = make_connection(identity_of(user), host, false);
    caf::anon_send(hub, connection_accepted{connection});
    run();
    introduce(connection, user, host, with_transfers);
    return connection;
  }

  std::size_t dials_to(std::uint8_t host) const {
    return static_cast<std::size_t>(std::count_if(dials.begin(), dials.end(), [&](const dial& d) {
      return d.order.host == to_string(address_of(host).address);
    }));
  }

  const identity own = identity_of("ann");
  const told_ptr log = std::make_shared<told>();
  std::vector<ip_address> own_addresses{ip_address::v4({10, 0, 0, 1})};
  std::vector<dial> dials;
  std::vector<attachment> attachments;
  peer_hub_actor hub;
  std::shared_ptr<fake_connection> relay;
};

}  // namespace hobnob::test
