#pragma once

#include "actors/control_frame.hpp"
#include "actors/link_bridge.hpp"
#include "actors/runtime.hpp"
#include "actors/runtime_network.hpp"
#include "actors/signed_record.hpp"
#include "actors/spawn.hpp"
#include "tests/actors/test_identity.hpp"
#include "transport/wire/control.pb.h"
#include "transport/wire/hot_frames.hpp"

#include <gtest/gtest.h>
#include <caf/send.hpp>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace hobnob::test {

inline constexpr auto patience =
    std::chrono::seconds{30};  // Long: only a broken test waits for it.

/// What arrived for one client; filled on the loop, read by the test's thread.
class client_inbox {
 public:
  void dialled(dial_finished outcome) {
    change([&] { dial_ = std::move(outcome); });
  }
  void arrived(const frame_batch& batch) {
    change([&] {
      for (const auto& entry : batch.entries()) {
        frames_.push_back({entry.type, batch.payload(entry)});
      }
    });
  }
  void closed(close_info why) {
    change([&] { closed_ = std::move(why); });
  }

  std::optional<dial_finished> wait_dialled() {
    return wait([this] { return std::exchange(dial_, std::nullopt); });
  }
  std::optional<close_info> wait_closed() {
    return wait([this] { return closed_; });
  }

  /// The next frame for which `match` holds; those before it are dropped.
  template <class Match>
  std::optional<frame> wait_frame(Match match) {
    return wait([&]() -> std::optional<frame> {
      while (!frames_.empty()) {
        frame next = std::move(frames_.front());
        frames_.pop_front();
        if (match(next)) return next;
      }
      return std::nullopt;
    });
  }

 private:
  template <class Change>
  void change(Change how) {
    const std::lock_guard guard{mutex_};
    how();
    changed_.notify_all();
  }

  template <class Look>
  auto wait(Look look) -> decltype(look()) {
    std::unique_lock guard{mutex_};
    decltype(look()) result;
    changed_.wait_for(guard, patience, [&] {
      result = look();
      return result.has_value() || (closed_ && frames_.empty());
    });
    return result;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<dial_finished> dial_;
  std::optional<close_info> closed_;
  std::deque<frame> frames_;
};

using client_consumer_actor = connection_consumer_actor::extend<reacts_to<dial_finished>>;

inline client_consumer_actor::behavior_type client_consumer(client_consumer_actor::pointer self,
                                                            std::shared_ptr<client_inbox> inbox) {
  return {
      [=](const connection_frames& frames) { inbox->arrived(*frames.batch); },
      [](connection_drained) {},
      [=](const connection_closed& end) {
        inbox->closed(end.why);
        self->quit();
      },
      [=](const dial_finished& outcome) { inbox->dialled(outcome); },
  };
}

/// A peer as the relay sees it, over real sockets and TLS, driven step by step by a test's thread.
class relay_client {
 public:
  relay_client(runtime& loop, std::uint8_t key)
      : self(make_identity(key)), bridge_(network_of(loop), self) {
    consumer_ = spawn(loop.system(), client_consumer, inbox);
  }
  ~relay_client() { caf::anon_send_exit(consumer_, caf::exit_reason::user_shutdown); }

  relay_client(const relay_client&) = delete;
  relay_client& operator=(const relay_client&) = delete;

  /// Empty, or why it did not connect.
  std::string connect(const endpoint& remote, const fingerprint& expected = {}) {
    dial_order order;
    order.host = to_string(remote.address);
    order.port = remote.port;
    order.expected = expected;
    bridge_.dial(std::move(order), consumer_);
    auto outcome = inbox->wait_dialled();
    if (!outcome) return "no outcome";
    if (!outcome->connection) return outcome->error;
    connection = outcome->connection;
    bridge_.attach(connection, consumer_);
    return {};
  }

  void send(frame_type type, byte_view payload) {
    connection->send(
        outgoing_frame{type, frame_priority::normal, {}, shared_slice::copy_of(payload)});
  }
  void send(const wire::Control& message) { send_control(*connection, message); }

  void send_login(const std::string& user) {
    wire::Control message;
    auto& login = *message.mutable_login();
    login.mutable_versions()->set_lowest(1);
    login.mutable_versions()->set_highest(1);
    login.set_user(user);
    directory_record record;
    record.user = user;
    record.serial = 1;
    sign_record(self, record, *login.mutable_record());
    login.set_subscription(wire::ALL);
    send(message);
  }

  /// Connects and logs in; 0 if that failed.
  session_id log_in(const endpoint& relay, const std::string& user) {
    const auto fault = connect(relay);
    EXPECT_EQ(fault, "");
    if (!fault.empty()) return 0;
    send_login(user);
    const auto ok = wait_control([](const wire::Control& m) { return m.has_login_ok(); });
    return ok ? ok->login_ok().session() : 0;
  }

  template <class Match>
  std::optional<wire::Control> wait_control(Match match) {
    wire::Control message;
    const auto found = inbox->wait_frame([&](const frame& f) {
      return f.type == frame_type::control && decode_control(f.payload.view(), message) &&
             match(message);
    });
    return found ? std::optional{message} : std::nullopt;
  }

  identity self;
  std::shared_ptr<client_inbox> inbox = std::make_shared<client_inbox>();
  connection_ptr connection;

 private:
  link_bridge bridge_;
  client_consumer_actor consumer_;
};

}  // namespace hobnob::test
