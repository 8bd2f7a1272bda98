#include "file_ends.hpp"
#include "relay_under_test.hpp"

#include "actors/peer/peer.hpp"
#include "actors/runtime.hpp"
#include "actors/spawn.hpp"
#include "actors/storage/file_sink.hpp"
#include "actors/storage/file_source.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <stdexcept>
#include <vector>

namespace hobnob::bench {

namespace {

identity file_identity(std::uint8_t number) { return identity::from_seed({9, number}); }

peer_config file_peer_config(const char* user, const std::string& relay_uri, bool by_circuit) {
  peer_config config;
  if (by_circuit) {
    config.direct = direct_mode::off;
    config.circuits = circuit_mode::always;
  }
  config.user = user;
  config.relay = *core::relay_uri::parse(relay_uri);
  config.listen = {{ip_address::v4({127, 0, 0, 1}), 0}};
  return config;
}

/// Takes everything and keeps nothing.
class null_sink final : public core::transfer_sink {
 public:
  using fault = std::optional<core::transfer_fault>;

  fault open(const core::transfer_summary&) override { return {}; }
  fault declare(std::uint64_t, std::span<const core::transfer_entry>) override { return {}; }
  fault look(std::uint64_t, standing&) override { return {}; }
  fault read(std::uint64_t, std::uint64_t, std::span<std::byte>) override { return {}; }
  fault write(std::uint64_t, std::uint64_t, std::span<const std::byte>) override { return {}; }
  fault finish(std::uint64_t, bool, std::string&) override { return {}; }
  fault close() override { return {}; }
  void discard() override {}
};

/// What the sending side and its actors share.
struct file_tally {
  std::mutex mutex;
  std::condition_variable changed;
  bool linked = false;
  std::size_t done = 0;
  std::size_t progress = 0;  ///< How often some was told.
  std::string fault;
};

peer_subscriber_actor::behavior_type link_watcher(peer_subscriber_actor::pointer,
                                                  file_tally* tally) {
  return {
      [](const session_changed&) {},
      [](const presence_changed&) {},
      [=](const link_changed& change) {
        const std::lock_guard lock{tally->mutex};
        tally->linked = change.state == link_state::up;
        tally->changed.notify_all();
      },
      [](const text_received&) {},
      [](const application_message_received&) {},
      [](const message_progress&) {},
      [](const peer_stopped&) {},
  };
}

transfer_subscriber_actor::behavior_type transfer_watcher(transfer_subscriber_actor::pointer,
                                                          file_tally* tally) {
  return {
      [](const transfer_offered&) {},
      [=](const transfer_progress&) {
        const std::lock_guard lock{tally->mutex};
        ++tally->progress;
        tally->changed.notify_all();
      },
      [=](const transfer_ended& news) {
        const std::lock_guard lock{tally->mutex};
        ++tally->done;
        if (news.info.state != transfer_state::done) tally->fault = news.info.detail;
        tally->changed.notify_all();
      },
  };
}

class hobnob_files final : public file_client {
 public:
  explicit hobnob_files(file_route route) : relay_(relay_under_test::hobnob()) {
    const bool by_circuit = route == file_route::circuit;
    std::vector<std::string> receiver{own_path(), "--role", "hobnob_files", "--relay",
                                      relay_->uri()};
    if (by_circuit) receiver.emplace_back("--by-circuit");
    peer_ = std::make_unique<peer>(loop_, file_identity(2),
                                   file_peer_config("ann", relay_->uri(), by_circuit));
    peer_->subscribe(hobnob::spawn(loop_.system(), link_watcher, &tally_));
    caf::anon_send(peer_->transfers(), add_transfer_subscriber{hobnob::spawn(
                                           loop_.system(), transfer_watcher, &tally_)});
    if (peer_->start().error) throw std::runtime_error("the peer does not start");
    loop_.start();
    child_ = std::make_unique<child_process>(receiver);
    wait([this] { return tally_.linked; });
  }

  ~hobnob_files() override {
    child_.reset();
    peer_->stop();
    peer_->wait();
  }

  std::chrono::duration<double> send(const file_job& job) override {
    const auto started = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < job.at_once; ++i) {
      send_files order;
      order.to = "bob";
      order.source = std::make_shared<file_source>(std::vector{job.source});
      order.note = job.folder;  // The other end puts it there.
      caf::anon_send(peer_->transfers(), std::move(order));
    }
    wait([&, this] { return tally_.done == job.at_once; });
    tally_.done = 0;
    if (!tally_.fault.empty()) throw std::runtime_error(tally_.fault);
    return std::chrono::steady_clock::now() - started;
  }

  pid_t other_end() const override { return child_->pid(); }
  pid_t relay() const override { return relay_->pid(); }

  void round_trip(samples& times) override {
    caf::scoped_actor self{loop_.system()};
    self->request(peer_->handle(), std::chrono::seconds{10}, ping_user{"bob"})
        .receive(
            [&](const ping_result& result) {
              if (result.path == path_kind::none) throw std::runtime_error(result.detail);
              times.add(static_cast<double>(result.round_trip.count()));
            },
            [](const caf::error&) { throw std::runtime_error("no answer to a ping"); });
  }

 private:
  template <class Condition>
  void wait(Condition condition) {
    std::unique_lock lock{tally_.mutex};
    while (!condition()) {
      const auto news = [this, before = tally_.progress] { return tally_.progress != before; };
      if (!tally_.changed.wait_for(lock, std::chrono::minutes{2},
                                   [&] { return condition() || news(); }))
        throw std::runtime_error("the other peer does not answer");
    }
  }

  runtime loop_;
  file_tally tally_;
  std::unique_ptr<relay_under_test> relay_;
  std::unique_ptr<peer> peer_;
  std::unique_ptr<child_process> child_;
};

transfer_subscriber_actor::behavior_type taker(transfer_subscriber_actor::pointer,
                                               transfers_actor transfers) {
  return {
      [=](const transfer_offered& offer) {
        answer_offer answer;
        answer.id = offer.info.id;
        answer.accept = true;
        if (offer.info.note.empty()) {
          answer.sink = std::make_shared<null_sink>();
        } else {
          answer.sink = std::make_shared<file_sink>(offer.info.note, offer.info.id);
        }
        caf::anon_send(transfers, answer);
      },
      [](const transfer_progress&) {},
      [](const transfer_ended&) {},
  };
}

}  // namespace

std::unique_ptr<file_client> hobnob_file_client(file_route route) {
  return std::make_unique<hobnob_files>(route);
}

int hobnob_files_main(const bench_options& options) {
  runtime loop;
  peer bob{loop, file_identity(3),
           file_peer_config("bob", options.text("--relay", ""), options.has("--by-circuit"))};
  caf::anon_send(bob.transfers(),
                 add_transfer_subscriber{hobnob::spawn(loop.system(), taker, bob.transfers())});
  if (bob.start().error) return 1;
  std::puts("ready");
  std::fflush(stdout);
  loop.run();  // Until killed.
  return 0;
}

}  // namespace hobnob::bench
