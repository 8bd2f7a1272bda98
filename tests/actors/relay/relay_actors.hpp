#pragma once

#include "actors/control_frame.hpp"
#include "actors/relay/directory.hpp"
#include "actors/relay/user_session.hpp"
#include "actors/signed_record.hpp"
#include "actors/storage/account_store.hpp"
#include "tests/actors/fake_connection.hpp"
#include "tests/actors/test_actors.hpp"
#include "tests/actors/test_identity.hpp"
#include "transport/wire/control.pb.h"
#include "transport/wire/hot_frames.hpp"

#include <caf/send.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hobnob::test {

/// The relay's actors in virtual time; connections are fakes that the test speaks through.
class relay_actors : public actors_test {
 protected:
  using fake_ptr = std::shared_ptr<fake_connection>;

  /// One connection and its session.
  struct client {
    identity self;
    fake_ptr connection;
    user_session_actor session;
    session_id id = 0;
  };

  void start(registration admission = registration::open) {
    database = account_database::open({}).database;
    store = spawn(system(), account_store, database, [] { return std::int64_t{100}; });
    relay_environment world{[] { return std::uint64_t{998}; }, [] { return std::int64_t{100}; }};
    auto accounts = to_account_list(database->list().accounts);
    registrar = spawn(system(), directory, directory_config{.admission = admission}, world, store,
                      std::move(accounts));
    run();
  }

  client connect(std::uint8_t number) {
    client result{make_identity(number), nullptr, {}, 0};
    connection_info info;
    info.remote = result.self.fingerprint();
    info.remote_key = result.self.key();
    info.remote_endpoint = {ip_address::v4({192, 0, 2, number}), 4000};
    result.connection = std::make_shared<fake_connection>(info);
    result.connection->heard = now();
    const auto settings = std::make_shared<const user_session_config>(session_settings);
    result.session = spawn(system(), user_session, settings, connection_ptr{result.connection},
                           directory_actor{registrar});
    run();
    return result;
  }

  wire::Control login_of(const client& who, const std::string& user) {
    wire::Control message;
    auto& login = *message.mutable_login();
    login.mutable_versions()->set_lowest(1);
    login.mutable_versions()->set_highest(1);
    login.set_user(user);
    directory_record record;
    record.user = user;
    record.serial = 1;
    sign_record(who.self, record, *login.mutable_record());
    login.set_subscription(wire::ALL);
    return message;
  }

  void send(const client& who, const std::vector<std::pair<frame_type, bytes>>& frames) {
    caf::anon_send(who.session, connection_frames{make_batch(frames)});
    run();
  }

  void send(const client& who, const wire::Control& message) {
    send(who, {{frame_type::control, to_bytes(message.SerializeAsString())}});
  }

  /// Logs in as `user`; `id` stays 0 if it was refused.
  client log_in(std::uint8_t number, const std::string& user, bool hidden = false) {
    auto result = connect(number);
    auto login = login_of(result, user);
    login.mutable_login()->set_hidden(hidden);
    send(result, login);
    if (const auto ok = find_control(result, wire::Control::kLoginOk)) {
      result.id = ok->login_ok().session();
    }
    return result;
  }

  /// The control messages that were sent to `who` so far.
  std::vector<wire::Control> controls(const client& who) {
    std::vector<wire::Control> result;
    for (const auto& frame : who.connection->sent) {
      if (frame.type != frame_type::control) continue;
      wire::Control message;
      EXPECT_TRUE(decode_control(frame.payload, message));
      result.push_back(std::move(message));
    }
    return result;
  }

  /// The last of this kind.
  std::optional<wire::Control> find_control(const client& who, wire::Control::KindCase kind) {
    std::optional<wire::Control> result;
    for (auto& message : controls(who)) {
      if (message.kind_case() == kind) result = std::move(message);
    }
    return result;
  }

  /// The connection has closed, as its peer would end it.
  void hang_up(const client& who, close_reason reason) {
    caf::anon_send(who.session, connection_closed{{reason, ""}});
    run();
  }

  user_session_config session_settings;
  std::shared_ptr<account_database> database;
  account_store_actor store;
  directory_inner_actor registrar;
};

inline bytes make_envelope(session_id to, std::uint64_t tag, std::string_view body = "sealed") {
  bytes result(wire::envelope_header::size);
  wire::envelope_header{to, tag}.encode(
      std::span<std::byte, wire::envelope_header::size>{result.data(), result.size()});
  const auto tail = to_bytes(body);
  result.insert(result.end(), tail.begin(), tail.end());
  return result;
}

}  // namespace hobnob::test
