#include "echo_ends.hpp"

#include "actors/peer/peer.hpp"
#include "actors/relay/relay.hpp"
#include "actors/runtime.hpp"
#include "actors/spawn.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <stdexcept>

namespace hobnob::bench {

namespace {

constexpr const char* echo_channel = "echo";
constexpr const char* acknowledged_echo_channel = "acknowledged_echo";
constexpr const char* count_channel = "count";
constexpr const char* total_channel = "total";

identity identity_of(std::uint8_t number) { return identity::from_seed({5, number}); }

peer_config config_of(const char* user, const std::string& relay_uri) {
  peer_config config;
  config.user = user;
  config.relay = *core::relay_uri::parse(relay_uri);
  config.listen = {{ip_address::v4({0, 0, 0, 0}), 0}};
  return config;
}

send_application_message message_to(const std::string& to, const char* channel,
                                    shared_slice content) {
  send_application_message message;
  message.to = to;
  message.channel = channel;
  message.content = std::move(content);
  message.priority = frame_priority::interactive;
  message.acknowledged = channel == std::string_view{acknowledged_echo_channel};
  return message;
}

/// Sends back what comes to be echoed, and tells how many came to be counted.
peer_subscriber_actor::behavior_type answerer(peer_subscriber_actor::pointer self, peer_actor via) {
  auto counted = std::make_shared<std::uint64_t>(0);
  return {
      [](const session_changed&) {},
      [](const presence_changed&) {},
      [](const link_changed&) {},
      [](const text_received&) {},
      [=](const application_message_received& message) {
        if (message.channel == count_channel) {
          ++*counted;
        } else if (message.channel == echo_channel) {
          self->send(via, message_to(message.from, echo_channel, message.content));
        } else if (message.channel == acknowledged_echo_channel) {
          self->send(via, message_to(message.from, acknowledged_echo_channel, message.content));
        } else {
          const auto total = std::to_string(std::exchange(*counted, 0));
          self->send(via, message_to(message.from, total_channel,
                                     shared_slice::copy_of(as_byte_view(total))));
        }
      },
      [](const message_progress&) {},
      [](const peer_stopped&) {},
  };
}

/// What the asking side and its actor share.
struct exchange {
  std::mutex mutex;
  std::condition_variable changed;
  bool linked = false;
  bool done = false;
  std::uint64_t total = 0;
  // Of the run under way; the actor's own once it runs.
  samples* times = nullptr;
  const char* channel = echo_channel;
  std::chrono::steady_clock::time_point sent;
  std::chrono::steady_clock::time_point end;
  shared_slice content;

  void finish() {
    const std::lock_guard lock{mutex};
    done = true;
    changed.notify_all();
  }
};

peer_subscriber_actor::behavior_type asker(peer_subscriber_actor::pointer self, peer_actor via,
                                           exchange* with) {
  return {
      [](const session_changed&) {},
      [](const presence_changed&) {},
      [=](const link_changed& change) {
        const std::lock_guard lock{with->mutex};
        with->linked = change.state == link_state::up;
        with->changed.notify_all();
      },
      [](const text_received&) {},
      [=](const application_message_received& message) {
        if (message.channel == total_channel) {
          with->total = std::stoull(std::string{as_text(message.content.view())});
          return with->finish();
        }
        const auto now = std::chrono::steady_clock::now();
        with->times->add(std::chrono::duration<double, std::micro>(now - with->sent).count());
        if (now >= with->end) return with->finish();
        with->sent = now;
        self->send(via, message_to("bob", with->channel, with->content));
      },
      [](const message_progress&) {},
      [](const peer_stopped&) {},
  };
}

class hobnob_echo_client final : public echo_client {
 public:
  explicit hobnob_echo_client(bool acknowledged) : acknowledged_(acknowledged) {
    if (acknowledged) with_.channel = acknowledged_echo_channel;
    relay_config settings;
    settings.listen = {{ip_address::v4({127, 0, 0, 1}), 0}};
    relay_ = std::make_unique<relay>(loop_, identity_of(1), settings);
    if (relay_->start().error) throw std::runtime_error("the relay does not start");
    peer_ = std::make_unique<peer>(loop_, identity_of(2), config_of("ann", relay_->uri()));
    actor_ = hobnob::spawn(loop_.system(), asker, peer_->handle(), &with_);
    peer_->subscribe(actor_);
    if (peer_->start().error) throw std::runtime_error("the peer does not start");
    loop_.start();
    child_ = std::make_unique<child_process>(
        std::vector<std::string>{own_path(), "--role", "hobnob_echo", "--relay", relay_->uri()});
    wait([this] { return with_.linked; });
  }

  ~hobnob_echo_client() override {
    child_.reset();
    peer_->stop();
    relay_->stop();
    peer_->wait();
    relay_->wait();
  }

  void round_trips(std::size_t size, std::chrono::nanoseconds length, samples& times) override {
    with_.times = &times;
    with_.content = shared_slice::of(bytes(size, std::byte{'x'}));
    with_.sent = std::chrono::steady_clock::now();
    with_.end = with_.sent + length;
    peer_->send("bob", with_.channel, with_.content, frame_priority::interactive, acknowledged_);
    wait([this] { return std::exchange(with_.done, false); });
  }

  double one_way(std::size_t size, std::chrono::nanoseconds length) override {
    const auto content = shared_slice::of(bytes(size, std::byte{'x'}));
    const auto start = std::chrono::steady_clock::now();
    std::uint64_t batches = 0;
    // A window of batches, each closed by asking how many have come.
    while (std::chrono::steady_clock::now() - start < length) {
      for (std::size_t i = 0; i < 2000; ++i) {
        peer_->send("bob", count_channel, content, frame_priority::interactive, false);
      }
      peer_->send("bob", total_channel, content, frame_priority::interactive, false);
      wait([this] { return std::exchange(with_.done, false); });
      batches += with_.total;
    }
    return static_cast<double>(batches) /
           std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }

  pid_t other_end() const override { return child_->pid(); }

 private:
  template <class Condition>
  void wait(Condition condition) {
    std::unique_lock lock{with_.mutex};
    if (!with_.changed.wait_for(lock, std::chrono::seconds{30}, condition)) {
      throw std::runtime_error("the other peer does not answer");
    }
  }

  const bool acknowledged_;
  runtime loop_;
  exchange with_;
  std::unique_ptr<relay> relay_;
  std::unique_ptr<peer> peer_;
  peer_subscriber_actor actor_;
  std::unique_ptr<child_process> child_;
};

}  // namespace

std::unique_ptr<echo_client> hobnob_client() { return std::make_unique<hobnob_echo_client>(false); }
std::unique_ptr<echo_client> hobnob_acknowledged_client() {
  return std::make_unique<hobnob_echo_client>(true);
}

int hobnob_echo_main(const std::string& relay_uri) {
  runtime loop;
  peer bob{loop, identity_of(3), config_of("bob", relay_uri)};
  const auto actor = hobnob::spawn(loop.system(), answerer, bob.handle());
  bob.subscribe(actor);
  if (bob.start().error) return 1;
  std::puts("ready");
  std::fflush(stdout);
  loop.run();  // Until killed.
  return 0;
}

}  // namespace hobnob::bench
