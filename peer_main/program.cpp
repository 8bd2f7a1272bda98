#include "peer_main/program.hpp"

#include "actors/core/exit_code.hpp"
#include "actors/core/sanitise.hpp"
#include "actors/core/user_name.hpp"
#include "actors/storage/control_client.hpp"
#include "actors/storage/data_directory.hpp"
#include "actors/storage/identity_file.hpp"
#include "actors/storage/input_spool.hpp"
#include "actors/storage/log_sink.hpp"
#include "actors/storage/stop_signals.hpp"
#include "actors/storage/transfer_journal_file.hpp"
#include "actors/transfer/transfer_words.hpp"
#include "peer_main/input_command.hpp"
#include "peer_main/live_peer.hpp"
#include "peer_main/transfer_events.hpp"

#include <poll.h>
#include <sys/timerfd.h>
#include <termios.h>
#include <unistd.h>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace hobnob {
namespace {

using namespace std::chrono_literals;

constexpr int look_again_ms = 50;
constexpr auto patience_for_id = 2s;
// The job's own time-out is to be told by the program that does it.
constexpr auto answer_grace = 5s;
constexpr std::chrono::milliseconds patience_for_files = std::chrono::hours{24 * 365};

int fail(event_output& output, std::string_view code, std::string_view detail) {
  output.show(error_event(code, detail));
  return exit_code_for(code);
}

/// The mode that the terminal was found in; a console that is ended at once leaves its own behind.
class terminal_mode {
 public:
  terminal_mode() : known_(::tcgetattr(STDIN_FILENO, &found_) == 0) {}
  void restore() const {
    if (known_) ::tcsetattr(STDIN_FILENO, TCSANOW, &found_);
  }

 private:
  termios found_{};
  bool known_;
};

/// All of standard input, or as much of it as shows that it is too much.
std::string read_input() {
  std::string text;
  char block[4096];
  while (text.size() <= text_size_max + 1) {
    const auto got = ::read(STDIN_FILENO, block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    text.append(block, static_cast<std::size_t>(got));
  }
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

std::string text_to_say(const peer_options& options) {
  if (options.command != "say") return {};
  if (options.arguments.size() == 2 && options.arguments[1] == "-") return read_input();
  std::string text;
  for (std::size_t i = 1; i < options.arguments.size(); ++i)
    text += (i > 1 ? " " : "") + options.arguments[i];
  return text;
}

/// The program that runs in the data directory knows name and relay even where nothing here names
/// them; alone, what the settings say.
int show_id(const peer_options& options, const data_directory& data, const identity& self,
            event_output& output) {
  const auto answer =
      ask_running_program(data.file("control"), to_json(make_job_request(options, {})),
                          patience_for_id, [&](const event_object& event) { output.show(event); });
  if (answer.outcome == control_outcome::done) return answer.exit_code;
  output.show(id_event(options.user, self.fingerprint(),
                       options.relay ? to_string(*options.relay) : std::string{}));
  return exit_done;
}

int run_or_chat(const peer_surroundings& all, data_directory& data, event_output& output) {
  const auto lock = data.try_lock();
  if (lock.locked) return run_live(all);
  if (!lock.error.empty()) return fail(output, "unexpected", lock.error);
  return fail(output, "in-use",
              "another program (process " + std::to_string(lock.holder) +
                  ") is already running in " + data.path().string() +
                  "; end it, or take another --data-dir");
}

bool is_about_transfers(const std::string& command) {
  return command == "send" || command == "transfers" || orders_transfer(command);
}

/// What is wrong with the name that the command is about; empty if nothing is.
std::string user_fault(const peer_options& options) {
  if (options.arguments.empty() || is_about_transfers(options.command)) return {};
  const auto& user = options.arguments.front();
  const auto fault = core::user_name_fault(user);
  return fault.empty() ? std::string{}
                       : "'" + core::sanitise_line(user, 60) + "': " + std::string{fault};
}

/// What a later start will go on with, and how earlier ones ended.
int show_remembered(const data_directory& data, event_output& output) {
  const auto remembered = transfer_journal_file{data.file("transfers")}.load();
  for (const auto& record : remembered.records) output.show(event_of(info_of(record)));
  output.show(transfers_event(remembered.records.size()));
  return exit_done;
}

/// Reads standard input to its end for the program that is to send it. What is left of the time
/// that the request has is that program's.
std::optional<core::transfer_fault> read_ahead(input_spool& input, job_request& request) {
  if (request.until_done) return input.fill(-1);
  const owned_fd alarm{::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC)};
  itimerspec left{};
  left.it_value.tv_sec = request.timeout.count() / 1000;
  left.it_value.tv_nsec = request.timeout.count() % 1000 * 1'000'000;
  ::timerfd_settime(alarm.get(), 0, &left, nullptr);
  auto fault = input.fill(alarm.get());
  ::timerfd_gettime(alarm.get(), &left);
  request.timeout = std::chrono::seconds{left.it_value.tv_sec} +
                    std::chrono::milliseconds{left.it_value.tv_nsec / 1'000'000};
  if (request.timeout > 0ms) return fault;
  return core::transfer_fault{"timeout", "standard input did not end in time; nothing was sent"};
}

/// By the program that runs in the data directory if there is one, else with a peer of our own.
int do_job(const peer_surroundings& all, data_directory& data,
           const std::shared_ptr<event_output>& to) {
  auto& output = *to;
  if (const auto fault = user_fault(all.options); !fault.empty())
    return fail(output, "bad-name", fault);
  auto request = make_job_request(all.options, text_to_say(all.options));
  if (const auto fault = check_text(request.text); !fault.code.empty())
    return fail(output, fault.code, fault.detail);
  if (request.command == "say" && request.text.empty())
    return fail(output, "usage", "there is nothing to say");
  if (const auto fault = transfer_words_fault(request); !fault.empty())
    return fail(output, "usage", fault);

  all.gate.route_to([&streams = all.streams](const end_program& order) {
    streams.err->stop(500ms);
    ::_exit(order.exit_code);
  });
  std::shared_ptr<input_spool> input;
  if (!request.name.empty()) input = std::make_shared<input_spool>(STDIN_FILENO, all.data.path());
  // Another lone command may hold the directory for a moment; it serves no socket.
  auto patience_ms = request.timeout.count();
  while (true) {
    const auto lock = data.try_lock();
    if (lock.locked && request.command == "transfers") return show_remembered(data, output);
    if (lock.locked && orders_transfer(request.command))
      return fail(output, "not-running",
                  "nothing runs in " + data.path().string() +
                      ": start `peer_main run` or `peer_main chat` there first");
    if (lock.locked) {
      const auto lacking = what_login_lacks(all.options);
      return lacking.empty() ? run_alone(all, request, input, to)
                             : fail(output, "no-relay", lacking);
    }
    if (!lock.error.empty()) return fail(output, "unexpected", lock.error);
    const auto holder =
        "process " + std::to_string(lock.holder) + ", which runs in " + data.path().string() + ", ";
    if (input) {
      if (const auto fault = read_ahead(*input, request))
        return fail(output, fault->code, fault->detail);
    }
    const auto patience = request.until_done ? patience_for_files : request.timeout + answer_grace;
    const auto answer = ask_running_program(
        data.file("control"), to_json(request), patience,
        [&](const event_object& event) { output.show(event); }, input ? input->file() : -1);
    if (answer.outcome == control_outcome::done) return answer.exit_code;
    if (answer.outcome == control_outcome::silent)
      return fail(output, "timeout",
                  holder + "does not answer; it may still do this when it goes on");
    if (answer.outcome == control_outcome::broken_off && request.command == "send" && !input)
      return fail(output, "stopped",
                  "the running program ended; the files go on with its next start");
    if (answer.outcome == control_outcome::broken_off)
      return fail(output, "unexpected", "the running program ended before this was done");
    if (patience_ms <= 0) return fail(output, "in-use", holder + "takes no commands");
    ::poll(nullptr, 0, look_again_ms);
    patience_ms -= look_again_ms;
  }
}

int run_command(const peer_options& options, standard_streams& streams, exit_gate& gate) {
  const bool moves_files = options.command == "send";
  const auto output =
      moves_files ? streams.make_transfer_output(options.json) : streams.make_output(options.json);
  auto data = data_directory::open(options.data_dir);
  if (!data) return fail(*output, "unexpected", data.error());
  const auto self = load_or_create_identity(data->file("identity"));
  if (!self) return fail(*output, "identity", self.error());
  if (options.command == "id") return show_id(options, *data, *self, *output);

  const peer_surroundings all{options, *data, *self, streams, gate};
  if (options.command == "run" || options.command == "chat")
    return run_or_chat(all, *data, *output);
  return do_job(all, *data, output);
}

}  // namespace

int run_peer_program(const peer_options& options) {
  const terminal_mode mode;
  exit_gate gate;
  std::atomic<bool> told{false};
  const stop_signals signals{[&](int number) {
    // The first one ends in good order, the second at once.
    if (told.exchange(true)) {
      mode.restore();
      ::_exit(exit_signal_base + number);
    }
    gate.wish({exit_signal_base + number, {}, {}});
  }};
  standard_streams streams{gate};
  log_to(streams.err, options.log_level);
  int code = run_command(options, streams, gate);
  if (!streams.finish() && code == exit_done) code = exit_unexpected;
  return code;
}

}  // namespace hobnob
