#pragma once

#include "actors/core/memory_content.hpp"
#include "actors/transfer/block_frame.hpp"
#include "actors/transfer/transfer_desk.hpp"
#include "actors/transfer/transfer_frame.hpp"
#include "tests/actors/fake_connection.hpp"
#include "tests/actors/test_actors.hpp"
#include "tests/actors/test_identity.hpp"
#include "transport/wire/transfer.pb.h"

#include <caf/send.hpp>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace hobnob::test {

/// Work is done at once, by whoever orders it.
class prompt_background final : public background {
 public:
  void after(std::chrono::milliseconds, std::function<void()> work) override { work(); }
};

/// Work waits until the test does it.
class held_background final : public background {
 public:
  using queue = std::deque<std::function<void()>>;

  explicit held_background(std::shared_ptr<queue> jobs) : jobs_(std::move(jobs)) {}
  void after(std::chrono::milliseconds, std::function<void()> work) override {
    jobs_->push_back(std::move(work));
  }

 private:
  std::shared_ptr<queue> jobs_;
};

/// What a desk has told its subscriber, and asked of its peer.
struct desk_told {
  std::vector<transfer_offered> offers;
  std::map<transfer_id, transfer_info> latest;
  std::size_t events = 0;
  std::vector<std::string> links_wanted;
};
using desk_told_ptr = std::shared_ptr<desk_told>;

inline peer_actor::behavior_type peer_of_desk(peer_actor::pointer, desk_told_ptr log) {
  return {[](const add_subscriber&) {},
          [](const send_text&) {},
          [](const send_application_message&) {},
          [](get_users) { return user_list{}; },
          [](get_status) { return peer_status{}; },
          [](const ping_user&) { return ping_result{}; },
          [](const verify_user&) { return verify_result{}; },
          [log](const want_link& wish) { log->links_wanted.push_back(wish.user); },
          [](stop_peer) {}};
}

inline transfer_subscriber_actor::behavior_type subscriber_of_desk(
    transfer_subscriber_actor::pointer, desk_told_ptr log) {
  const auto note = [log](const transfer_info& info) {
    ++log->events;
    log->latest[info.id] = info;
  };
  return {[=](const transfer_offered& news) {
            log->offers.push_back(news);
            note(news.info);
          },
          [=](const transfer_progress& news) { note(news.info); },
          [=](const transfer_ended& news) { note(news.info); }};
}

inline fingerprint fingerprint_number(std::uint8_t number) {
  return make_identity(number).fingerprint();
}

/// The desk of "ann" in virtual time; the test plays her peer, her links and the other side.
class lone_desk : public actors_test {
 protected:
  explicit lone_desk(transfer_config settings = {},
                     std::vector<core::transfer_record> remembered = {},
                     bool work_is_held = false) {
    if (work_is_held) held = std::make_shared<held_background::queue>();
    settings.make_background = [this]() -> std::unique_ptr<background> {
      if (held) return std::make_unique<held_background>(held);
      return std::make_unique<prompt_background>();
    };
    settings.journal = journal;
    if (!settings.make_sink) {
      settings.make_sink = [this](const transfer_config::sink_order&) {
        return std::make_shared<core::memory_sink>(shelf);
      };
    }
    transfer_desk_config made;
    made.settings = std::move(settings);
    made.own_user = "ann";
    made.remembered.records = std::move(remembered);
    made.worker = std::make_shared<prompt_background>();
    made.random = [this](std::span<std::byte> out) {
      ++last_random;
      for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<std::byte>(last_random >> (8 * (i % 4)));
    };
    made.wall_ms = [this] { return now().time_since_epoch().count() / 1'000'000; };
    peer = spawn(system(), peer_of_desk, log);
    desk = spawn(system(), transfer_desk, std::move(made), peer);
    caf::anon_send(desk, add_transfer_subscriber{spawn(system(), subscriber_of_desk, log)});
    run();
  }

  std::shared_ptr<fake_connection> open_link(std::uint64_t number, const std::string& user = "bob",
                                             std::uint8_t key = 1, bool transfers = true,
                                             std::uint64_t start = 0) {
    auto connection = std::make_shared<fake_connection>();
    caf::anon_send(desk, link_ready{number, fingerprint_number(key), user, path_kind::lan,
                                    connection, transfers, start, start});
    run();
    return connection;
  }

  /// Does what waits, and what follows from it.
  void work_off() {
    while (held && !held->empty()) {
      const auto job = std::move(held->front());
      held->pop_front();
      job();
      run();
    }
  }

  void close_link(std::uint64_t number) {
    caf::anon_send(desk, link_gone{number});
    run();
  }

  void receive(std::uint64_t link, frame_type type, byte_view payload) {
    bytes copy(payload.begin(), payload.end());
    caf::anon_send(desk, link_frames{link, make_batch({{type, std::move(copy)}}), 0});
    run();
  }

  void receive(std::uint64_t link, const wire::Transfer& message) {
    receive(link, frame_type::transfer, encode_transfer(message).view());
  }

  /// The messages of a transfer that went out on a link.
  static std::vector<wire::Transfer> sent_on(const fake_connection& connection) {
    std::vector<wire::Transfer> result;
    for (const auto& sent : connection.sent) {
      wire::Transfer message;
      if (sent.type == frame_type::transfer && decode_transfer(sent.payload, message))
        result.push_back(std::move(message));
    }
    return result;
  }

  static wire::Transfer last_on(const fake_connection& connection) {
    const auto all = sent_on(connection);
    return all.empty() ? wire::Transfer{} : all.back();
  }

  transfer_id send(const std::string& to, std::size_t size) {
    auto source = std::make_shared<core::memory_source>();
    source->add_file("a", shared_slice::of(bytes(size, std::byte{7})));
    send_files order;
    order.to = to;
    order.source = std::move(source);
    const auto answer = ask<transfer_started>(desk, std::move(order));
    EXPECT_EQ(answer.code, "");
    return answer.id;
  }

  static wire::Transfer offer_of(const transfer_id& id, std::uint64_t bytes) {
    auto message = transfer_message(id);
    auto& words = *message.mutable_offer();
    words.set_name("a");
    words.set_entries(1);
    words.set_files(1);
    words.set_bytes(bytes);
    words.set_manifest_hash(std::string(16, 'x'));
    return message;
  }

  transfer_info info(const transfer_id& id) { return log->latest[id]; }

  desk_told_ptr log = std::make_shared<desk_told>();
  std::shared_ptr<core::memory_transfer_journal> journal =
      std::make_shared<core::memory_transfer_journal>();
  std::shared_ptr<core::memory_shelf> shelf = std::make_shared<core::memory_shelf>();
  std::shared_ptr<held_background::queue> held;  ///< The work of transfers, if it is to wait.
  peer_actor peer;
  transfer_desk_actor desk;

 private:
  std::uint32_t last_random = 0;
};

}  // namespace hobnob::test
