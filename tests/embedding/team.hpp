#pragma once

#include "actors/peer/peer.hpp"
#include "actors/relay/relay.hpp"
#include "actors/runtime.hpp"
#include "actors/spawn.hpp"
#include "tests/actors/runtime_for_test.hpp"

#include <gtest/gtest.h>
#include <caf/scoped_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace hobnob::test {

/// Everything a peer has told, in the order of telling.
struct diary {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<session_changed> sessions;
  std::vector<presence_changed> presences;
  std::vector<link_changed> links;
  std::vector<text_received> texts;
  std::vector<application_message_received> application_messages;
  std::vector<message_progress> progress;
  bool stopped = false;

  template <class List, class Item>
  void add(List& list, const Item& item) {
    const std::lock_guard guard{mutex};
    list.push_back(item);
    changed.notify_all();
  }
};
using diary_ptr = std::shared_ptr<diary>;

inline peer_subscriber_actor::behavior_type keep_diary(peer_subscriber_actor::pointer,
                                                       diary_ptr book) {
  return {[=](const session_changed& e) { book->add(book->sessions, e); },
          [=](const presence_changed& e) { book->add(book->presences, e); },
          [=](const link_changed& e) { book->add(book->links, e); },
          [=](const text_received& e) { book->add(book->texts, e); },
          [=](const application_message_received& e) { book->add(book->application_messages, e); },
          [=](const message_progress& e) { book->add(book->progress, e); },
          [=](const peer_stopped&) {
            const std::lock_guard guard{book->mutex};
            book->stopped = true;
            book->changed.notify_all();
          }};
}

inline identity identity_of(std::string_view name, std::uint8_t version = 0) {
  identity::seed seed{};
  for (std::size_t i = 0; i < name.size(); ++i) seed[i] = static_cast<std::uint8_t>(name[i]);
  seed[31] = version;
  return identity::from_seed(seed);
}

/// A peer and its diary.
class member {
 public:
  member(runtime& loop, const identity& key, peer_config config)
      : system_(loop.system()), name(config.user), peer(loop, key, std::move(config)) {
    peer.subscribe(spawn(system_, keep_diary, book));
  }
  member(caf::actor_system& system, network& net, const identity& key, peer_config config)
      : system_(system), name(config.user), peer(system, net, key, std::move(config)) {
    peer.subscribe(spawn(system_, keep_diary, book));
  }

  /// Waits until `condition` holds of the diary.
  [[nodiscard]] bool wait(const std::function<bool(const diary&)>& condition) {
    std::unique_lock guard{book->mutex};
    return book->changed.wait_for(guard, std::chrono::seconds{30},
                                  [&] { return condition(*book); });
  }

  [[nodiscard]] bool wait_session(session_state state, std::size_t times = 1) {
    return wait([&](const diary& d) {
      return static_cast<std::size_t>(
                 std::count_if(d.sessions.begin(), d.sessions.end(),
                               [&](const auto& e) { return e.state == state; })) >= times;
    });
  }
  [[nodiscard]] bool wait_link(const std::string& user, link_state state) {
    return wait([&](const diary& d) {
      return std::any_of(d.links.begin(), d.links.end(),
                         [&](const auto& e) { return e.user == user && e.state == state; });
    });
  }
  [[nodiscard]] bool wait_presence(const std::string& user, presence state) {
    return wait([&](const diary& d) {
      return std::any_of(d.presences.begin(), d.presences.end(),
                         [&](const auto& e) { return e.user == user && e.state == state; });
    });
  }
  [[nodiscard]] bool wait_text(const std::string& text) {
    return wait([&](const diary& d) {
      return std::any_of(d.texts.begin(), d.texts.end(),
                         [&](const auto& e) { return e.text == text; });
    });
  }

  /// The final progress of a message.
  message_progress outcome(const message_id& id) {
    message_progress result;
    const auto is_final = [&](const message_progress& e) {
      return e.id == id &&
             (e.state == message_state::delivered || e.state == message_state::failed);
    };
    EXPECT_TRUE(wait([&](const diary& d) {
      const auto found = std::find_if(d.progress.begin(), d.progress.end(), is_final);
      if (found != d.progress.end()) result = *found;
      return found != d.progress.end();
    })) << name
        << " never heard what became of a message";
    return result;
  }

  /// The answer to a question.
  template <class Answer, class Question>
  Answer ask(Question question) {
    Answer result{};
    caf::scoped_actor self{system_};
    self->request(peer.handle(), std::chrono::seconds{20}, std::move(question))
        .receive([&](Answer& answer) { result = std::move(answer); },
                 [&](caf::error&) { ADD_FAILURE() << name << " did not answer"; });
    return result;
  }

  user_info row(const std::string& user) {
    for (auto& info : ask<user_list>(get_users{}).users) {
      if (info.user == user) return info;
    }
    return {};
  }

  /// What the diary says so far.
  template <class F>
  auto read(F f) {
    const std::lock_guard guard{book->mutex};
    return f(*book);
  }

 private:
  caf::actor_system& system_;

 public:
  const std::string name;
  const diary_ptr book = std::make_shared<diary>();
  hobnob::peer peer;
};

/// A relay and peers in one process, on loopback.
class team_test : public testing::Test {
 protected:
  team_test() {
    start_relay({ip_address::v4({127, 0, 0, 1}), 0});
    loop_.start();
  }

  ~team_test() override {
    for (auto& m : members_) m->peer.stop();
    for (auto& m : members_) EXPECT_TRUE(m->peer.wait()) << m->name;
    if (relay_) stop_relay();
    members_.clear();
    relay_.reset();
    loop_.stop();
    EXPECT_FALSE(loop_.wait());
  }

  void start_relay(const endpoint& where) {
    relay_config config;
    config.listen = {where};
    config.heartbeat = std::chrono::milliseconds{2000};
    relay_ = std::make_unique<hobnob::relay>(loop_, identity_of("relay"), config);
    on_loop([&] {
      const auto started = relay_->start();
      ASSERT_FALSE(started.error) << started.detail;
      relay_endpoint_ = started.listening.front();
    });
  }

  void stop_relay() {
    relay_->stop();
    EXPECT_TRUE(relay_->wait());
  }

  peer_config config_of(const std::string& user) {
    peer_config config;
    config.user = user;
    config.relay = *core::relay_uri::parse(relay_->uri());
    config.listen = {{ip_address::v4({127, 0, 0, 1}), 0}};
    return config;
  }

  member& join(const peer_config& config, std::uint8_t key_version = 0) {
    members_.push_back(
        std::make_unique<member>(loop_, identity_of(config.user, key_version), config));
    auto& added = *members_.back();
    on_loop([&] {
      const auto started = added.peer.start();
      ASSERT_FALSE(started.error) << started.detail;
    });
    return added;
  }
  member& join(const std::string& user) { return join(config_of(user)); }

  /// Runs `work` where the loop runs, and waits for it.
  void on_loop(const std::function<void()>& work) {
    if (!running_) {
      running_ = true;  // The first call comes before the loop starts.
      return work();
    }
    std::promise<void> done;
    loop_.post([&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }

  bool running_ = false;
  runtime loop_{options_from_environment()};
  std::unique_ptr<hobnob::relay> relay_;
  endpoint relay_endpoint_;
  std::vector<std::unique_ptr<member>> members_;
};

}  // namespace hobnob::test
