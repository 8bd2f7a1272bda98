#include "relay_main/program.hpp"

#include "actors/core/exit_code.hpp"
#include "actors/core/sanitise.hpp"
#include "actors/core/user_name.hpp"
#include "actors/relay/directory.hpp"
#include "actors/relay/relay.hpp"
#include "actors/relay/relay_environment.hpp"
#include "actors/runtime.hpp"
#include "actors/spawn.hpp"
#include "actors/storage/account_database.hpp"
#include "actors/storage/account_store.hpp"
#include "actors/storage/bounded_writer.hpp"
#include "actors/storage/control_client.hpp"
#include "actors/storage/data_directory.hpp"
#include "actors/storage/identity_file.hpp"
#include "actors/storage/json_line.hpp"
#include "actors/storage/log_sink.hpp"
#include "actors/storage/stop_signals.hpp"
#include "relay_main/administrator.hpp"
#include "relay_main/events.hpp"
#include "transport/tcp/tcp_network.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>
#include <atomic>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <filesystem>
#include <future>
#include <utility>

namespace hobnob {
namespace {

using namespace std::chrono_literals;

constexpr auto answer_timeout = 25s;  // The directory has 20 s for an order.

/// Where the program's own lines go: data on standard output, words for people on standard error.
class printer {
 public:
  explicit printer(bool json)
      : json_(json),
        err_(std::make_shared<bounded_writer>(
            STDERR_FILENO, bounded_writer_config{.drop_when_full = true, .on_failure = {}})),
        out_(STDOUT_FILENO, {.on_failure = [this](std::error_code why) {
               err_->write("error: standard output: " + why.message() + " [output]\n");
             }}) {}

  void show(const boost::json::object& event) {
    const bool fault = event.at("event") == "error";
    if (json_) out_.write(to_json_line(event) + "\n");
    if (fault) err_->write(relay_words(event) + "\n");
    if (!json_ && !fault) out_.write(relay_words(event) + "\n");
  }

  int fail(std::string_view code, std::string_view detail) {
    show(error_event(code, detail));
    return exit_code_for(code);
  }

  const std::shared_ptr<bounded_writer>& err() const { return err_; }
  bool finish() {
    const bool written = out_.stop(2s);
    err_->stop(500ms);
    return written;
  }

 private:
  bool json_;
  std::shared_ptr<bounded_writer> err_;
  bounded_writer out_;
};

runtime_options options_of_runtime(scheduler_kind scheduler) {
  runtime_options options;
  options.scheduler = scheduler;
  options.adjust = [](caf::actor_system_config& config) {
    config.add_message_types<caf::id_block::relay_main>();
  };
  return options;
}

control_server::request_handler hand_over_to(const administrator_actor& actor) {
  return [actor](const control_request& request, std::shared_ptr<control_reply> reply) {
    auto order = admin_order_from(request.words);
    if (order.command.empty()) {
      reply->send(error_event("usage", "the running relay does not know this order"));
      return reply->finish(exit_usage);
    }
    order.reply = std::move(reply);
    caf::anon_send(actor, std::move(order));
  };
}

int serve(const relay_options& options, const data_directory& data, printer& out,
          std::future<int>& stop_signal) {
  const auto self = load_or_create_identity(data.file("identity"));
  if (!self) return out.fail("identity", self.error());
  runtime loop{options_of_runtime(options.scheduler)};
  relay_config config = options.relay;
  config.log_logins = true;
  relay server{loop, *self, std::move(config)};
  const auto started = server.start();
  if (started.error) {
    const auto detail = started.detail.empty() ? started.error.message() : started.detail;
    return out.fail(started.error == std::errc::io_error ? "unexpected" : "listen", detail);
  }
  const auto admin = spawn(loop.system(), administrator, server.directory());
  const auto control = control_server::listen(data.file("control"), hand_over_to(admin));
  if (!control) return out.fail("unexpected", control.error());

  loop.start();
  out.show(relay_ready_event(server.uri(), started.listening));
  for (const auto& local : started.listening)
    spdlog::info("relay: listening on {}", to_string(local));
  const int signal = stop_signal.get();
  spdlog::info("relay: stopping (signal {})", signal);
  server.stop();
  server.wait(5s);
  loop.stop();
  loop.wait();
  return exit_signal_base + signal;
}

/// Answers an order that is done without a running relay.
class printing_reply final : public control_reply {
 public:
  explicit printing_reply(printer& out) : out_(out) {}
  void send(const boost::json::object& event) override { out_.show(event); }
  void finish(int exit_code) override { code_.set_value(exit_code); }
  int wait() { return code_.get_future().get(); }

 private:
  printer& out_;
  std::promise<int> code_;
};

/// Without a running relay the same directory actor rules over the accounts; only nobody is online.
int administer_alone(const relay_options& options, admin_order order, const data_directory& data,
                     printer& out) {
  auto opened = account_database::open(data.file("accounts.sqlite"));
  if (!opened.database) return out.fail("unexpected", opened.error);
  const std::shared_ptr<account_database> database{std::move(opened.database)};
  auto listed = database->list();
  if (!listed.error.empty()) return out.fail("unexpected", listed.error);

  runtime loop{options_of_runtime(options.scheduler)};
  tcp_network network{loop.context()};
  auto reply = std::make_shared<printing_reply>(out);
  order.reply = reply;
  {
    const auto world = make_relay_environment(network);
    const account_store_actor store =
        spawn(loop.system(), account_store, database, world.unix_time);
    const directory_actor rules = spawn(loop.system(), directory, directory_config{}, world, store,
                                        to_account_list(std::move(listed.accounts)));
    caf::anon_send(spawn(loop.system(), administrator, rules), std::move(order));
  }
  loop.start();
  const int code = reply->wait();
  loop.stop();
  loop.wait();
  return code;
}

int administer(const relay_options& options, data_directory& data, printer& out) {
  admin_order order{options.command, options.user, options.id, nullptr};
  const auto lock = data.try_lock();
  if (!lock.error.empty()) return out.fail("unexpected", lock.error);
  if (lock.locked) return administer_alone(options, std::move(order), data, out);
  const auto answer = ask_running_program(data.file("control"), to_json(order), answer_timeout,
                                          [&](const auto& event) { out.show(event); });
  if (answer.outcome == control_outcome::done) return answer.exit_code;
  return out.fail("in-use", "the relay (process " + std::to_string(lock.holder) +
                                ") that holds this data directory does not answer; try again");
}

int run_command(const relay_options& options, printer& out, std::future<int>& stop_signal) {
  const bool names_user = options.command != "run" && options.command != "users";
  if (const auto fault = core::user_name_fault(options.user); names_user && !fault.empty())
    return out.fail("bad-name",
                    "'" + core::sanitise_line(options.user, 60) + "': " + std::string{fault});
  const bool begins = options.command == "run" || options.command == "admit";
  if (!begins && !std::filesystem::exists(options.relay.data_dir))
    return out.fail("no-relay", "no relay has run in " + options.relay.data_dir.string() +
                                    "; --data-dir names the folder of yours");
  auto data = data_directory::open(options.relay.data_dir);
  if (!data) return out.fail("unexpected", data.error());
  if (options.command != "run") return administer(options, *data, out);
  const auto lock = data->try_lock();
  if (!lock.error.empty()) return out.fail("unexpected", lock.error);
  if (!lock.locked)
    return out.fail("in-use", "another relay (process " + std::to_string(lock.holder) +
                                  ") is running in " + data->path().string());
  return serve(options, *data, out, stop_signal);
}

}  // namespace

int run_relay_program(const relay_options& options) {
  std::promise<int> stop;
  auto stop_signal = stop.get_future();
  std::atomic<bool> told{false};
  const bool serves = options.command == "run";
  const stop_signals signals{[&](int number) {
    // The first one ends in good order, the second at once; orders are short enough to be broken
    // off.
    if (told.exchange(true) || !serves) ::_exit(exit_signal_base + number);
    stop.set_value(number);
  }};
  printer out{options.json};
  log_to(out.err(), options.log_level);
  int code = run_command(options, out, stop_signal);
  if (!out.finish() && code == exit_done) code = exit_unexpected;
  return code;
}

}  // namespace hobnob
